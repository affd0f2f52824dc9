"""Samples of what an agent does by itself, and of what may stop it."""

from .sample import Sample

HOOK = {
    "type": "prompt",
    "prompt": "Did it delete something? $ARGUMENTS",
    "matcher": "RunAzCli.*",
    "timeout": 10,
    "fail_mode": "block",
    "model": "gpt-5",
    "max_rejections": 5,
}

EXTENSIONS: dict[str, Sample] = {
    "ScheduledTask": Sample(
        {
            "name": "daily-health-check",
            "description": "Looks at everything once a day.",
            "cron_expression": "0 8 * * 1-5",
            "agent_prompt": "Check the health of all services.\n",
            "agent": "health-checker",
            "agent_mode": "Review",
            "is_enabled": False,
            "max_executions": 10,
        },
        {
            "description": "Looks at everything twice a day.",
            "cron_expression": "0 8,20 * * *",
            "agent_prompt": "Check the health of the queues.\n",
            "agent": "queue-checker",
            "agent_mode": "ReadOnly",
            "is_enabled": True,
            "max_executions": 20,
        },
    ),
    "Hook": Sample(
        {
            "name": "deny-prod-deletes",
            "event_type": "Stop",
            "activation_mode": "always",
            "description": "Keeps production alive.",
            "permission_decision": "deny",
            "enabled": False,
            "hook": HOOK,
        },
        {
            "event_type": "PostToolUse",
            "activation_mode": "onDemand",
            "description": "Keeps everything alive.",
            "hook": {
                **HOOK,
                "prompt": "Did it restart something? $ARGUMENTS",
                "matcher": "*",
                "model": "Other",
                "timeout": 20,
            },
        },
        replaces={"hook": {**HOOK, "type": "command"}},
        hidden={
            "permission_decision": "ask",
            "enabled": True,
            "hook": {**HOOK, "fail_mode": "allow", "max_rejections": 4},
        },
    ),
    "PluginConfig": Sample(
        {
            "name": "runbooks",
            "properties": {"folder": "runbooks", "depth": 3, "apiKey": "s3cret-key", "tags": ["b", "a"]},
        },
        {"properties": {"folder": "playbooks", "depth": 3, "apiKey": "s3cret-key", "tags": ["b", "a"]}},
    ),
}
