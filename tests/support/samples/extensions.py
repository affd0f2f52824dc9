"""Samples of what an agent does by itself, and of what may stop it."""

from pulumi_sre_agent.api.kinds import Kind
from support.azure import LocalAzure

from .sample import LONG, Json, Sample

HOOK = {
    "type": "prompt",
    "prompt": "Did it delete something? $ARGUMENTS",
    "matcher": "RunAzCli.*",
    "timeout": 10,
    "fail_mode": "block",
    "model": "gpt-5",
    "max_rejections": 5,
}

CHECK_TOOLS = {
    "type": "command",
    "script": "#!/bin/bash\nexit 0\n",
    "matcher": "RunAzCli.*",
    "timeout": 5,
    "fail_mode": "block",
    "model": "gpt-5",
}


def write_permissions(cloud: LocalAzure, kind: Kind, inputs: Json) -> None:
    permissions = {name: inputs.get(name, []) for name in ("allow", "ask", "deny")}
    body = {"permissions": permissions}
    assert cloud.data("PUT", inputs["agent_id"], str(kind.data), body, headers={"If-Match": "*"}).is_success


def has_permissions(cloud: LocalAzure, kind: Kind, inputs: Json) -> bool:
    permissions = cloud.data("GET", inputs["agent_id"], str(kind.data)).json()["permissions"]
    return any(permissions.values())


def write_subagent_permissions(cloud: LocalAzure, kind: Kind, inputs: Json) -> None:
    path = f"{kind.data}/{inputs['subagent']}/permissions"
    assert cloud.data("PUT", inputs["agent_id"], path, {"allow": inputs["allow"]}).is_success


def never_shown(_cloud: LocalAzure, _kind: Kind, _inputs: Json) -> bool:
    return False


def has_overrides(cloud: LocalAzure, kind: Kind, inputs: Json) -> bool:
    tools = cloud.data("GET", inputs["agent_id"], str(kind.data)).json()["data"]
    on = {tool["name"]: tool["enabled"] for tool in tools}
    return all(on[name] is wanted for name, wanted in inputs["overrides"].items())


def write_overrides(cloud: LocalAzure, kind: Kind, inputs: Json) -> None:
    overrides = [{"name": name, "enabled": on} for name, on in inputs["overrides"].items()]
    path = f"{kind.data}/configure"
    assert cloud.data("POST", inputs["agent_id"], path, {"overrides": overrides}).is_success


EXTENSIONS: dict[str, Sample] = {
    "Subagent": Sample(
        {
            "name": "alert-investigator",
            "instructions": LONG,
            "handoff_description": "Investigates alerts.",
            "handoffs": [],
            "tools": ["RunAzCliReadCommands", "SearchMemory"],
            "mcp_tools": ["dynatrace/*"],
            "agent_type": "Autonomous",
            "agent_mode": "Review",
            "model": "ReasoningFast",
            "temperature": 0.5,
            "allow_parallel_tool_calls": True,
            "enable_skills": True,
            "add_system_skills": False,
            "allowed_skills": ["triage"],
            "common_tools": ["azure"],
            "common_prompts": ["safety-rules", "house-style"],
            "max_reflection_count": 2,
            "custom_reflection_note": "Did you look at the queues?",
            "critic_prompt_path": "critics/strict.md",
            "critic_on_handoff": True,
            "disable_document_retrieval": False,
            "enable_vanilla_mode": False,
            "hooks": {"stop": [HOOK], "post_tool_use": [CHECK_TOOLS]},
            "additional_properties": {"deepThought": {"turns": 2}},
        },
        {
            "instructions": LONG[::-1],
            "handoff_description": "Investigates everything.",
            "tools": ["SearchMemory"],
            "mcp_tools": ["dynatrace_query"],
            "agent_type": "Other",
            "agent_mode": "Autonomous",
            "model": "gpt-5",
            "temperature": 1.0,
            "allow_parallel_tool_calls": False,
            "enable_skills": False,
            "add_system_skills": True,
            "allowed_skills": ["triage", "rollback"],
            "common_tools": ["azure", "kubernetes"],
            "common_prompts": ["house-style", "safety-rules"],
            "max_reflection_count": 3,
            "custom_reflection_note": "Did you look at the disks?",
            "critic_prompt_path": "critics/mild.md",
            "critic_on_handoff": False,
            "disable_document_retrieval": True,
            "enable_vanilla_mode": True,
            "hooks": {"stop": [HOOK], "post_tool_use": [{**CHECK_TOOLS, "script": "#!/bin/bash\nexit 1\n"}]},
            "additional_properties": {"deepThought": {"turns": 3}},
        },
    ),
    "ScheduledTask": Sample(
        {
            "name": "daily-health-check",
            "description": "Looks at everything once a day.",
            "cron_expression": "0 8 * * 1-5",
            "time_zone": "Europe/Berlin",
            "agent_prompt": "Check the health of all services.\n",
            "agent": "health-checker",
            "agent_mode": "Review",
            "is_enabled": False,
            "max_executions": 10,
            "additional_properties": {"threadMode": "Same"},
        },
        {
            "description": "Looks at everything twice a day.",
            "cron_expression": "0 8,20 * * *",
            "time_zone": "America/New_York",
            "agent_prompt": "Check the health of the queues.\n",
            "agent": "queue-checker",
            "agent_mode": "ReadOnly",
            "is_enabled": True,
            "max_executions": 20,
            "additional_properties": {"threadMode": "New"},
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
    "GlobalToolPermissions": Sample(
        {
            "allow": ["RunAzCliReadCommands", "bash(az * list *)"],
            "ask": ["RunAzCliWriteCommands"],
            "deny": ["RunKubectlWriteCommand(kubectl delete *)"],
        },
        {"allow": ["RunAzCliReadCommands"], "ask": ["bash"], "deny": []},
        keyed=None,
        write=write_permissions,
        is_there=has_permissions,
        path="/settings/global$",
    ),
    "SubagentPermissions": Sample(
        {"subagent": "alert-investigator", "allow": ["RunAzCliReadCommands", "bash(az * list *)"]},
        {},
        hidden={"allow": ["SearchMemory"]},
        write=write_subagent_permissions,
        is_there=never_shown,
        path="/{}/permissions$",
        refuses=False,
    ),
    "ToolEnablement": Sample(
        {"overrides": {"RunShellScript": False, "SearchMemory": True}},
        {"overrides": {"RunShellScript": True, "SearchMemory": True}},
        keyed=None,
        write=write_overrides,
        is_there=has_overrides,
        method="POST",
        path="/tools/configure$",
        refuses=False,
        deletable=False,
    ),
}
