"""What becomes of the items of each kind, beyond what holds for every kind alike."""

from typing import Any

import pytest

from support.directories import LONG, Faults, Read

Made = list[tuple[str, dict[str, Any]]]

TASK = {"description": "Daily.", "cronExpression": "0 8 * * *", "agentPrompt": "Look around."}
TASK_ARGS = {
    "name": "daily",
    "description": "Daily.",
    "cron_expression": "0 8 * * *",
    "agent_prompt": "Look around.",
}


def made(read: Read, files: dict[str, Any], **options: Any) -> Made:
    return [(item.kind.name, dict(item.args)) for item in read(files, **options).items]


@pytest.mark.parametrize(
    ("spec", "args"),
    [
        pytest.param(TASK, {"agent_mode": "Review"}, id="proper-names"),
        pytest.param(
            {
                "description": "Daily.",
                "schedule": "0 8 * * *",
                "prompt": "Look around.",
                "mode": "Autonomous",
            },
            {"agent_mode": "Autonomous"},
            id="recipe",
        ),
        pytest.param(
            {**TASK, "agent": "night-watch", "agent_prompt": "Look around."},
            {"agent_mode": "Review", "agent": "night-watch"},
            id="lab",
        ),
        pytest.param(
            {**TASK, "enabled": False}, {"agent_mode": "Review", "is_enabled": False}, id="explicit-false"
        ),
        pytest.param(
            {**TASK, "isEnabled": False, "maxExecutions": 5},
            {"agent_mode": "Review", "is_enabled": False, "max_executions": 5},
            id="export",
        ),
        pytest.param(
            {**TASK, "repeatUntil": "2027-01-01"},
            {"agent_mode": "Review", "additional_properties": {"repeatUntil": "2027-01-01"}},
            id="members-that-nobody-has-described",
        ),
    ],
)
@pytest.mark.parametrize("base", ["config", "automations"])
def test_scheduled_tasks(reads: Read, base: str, spec: dict[str, Any], args: dict[str, Any]) -> None:
    """Under either spelling of each member; without a mode, people are asked."""
    written = {"metadata": {"name": "daily"}, "spec": spec}

    found = made(reads, {f"{base}/scheduled-tasks/t.json": written})

    assert found == [("ScheduledTask", TASK_ARGS | args)]


def test_what_people_should_know_is_noted(reads: Read) -> None:
    """A task's title, and a domain without a login."""
    found = reads(
        {
            "config/scheduled-tasks/t.json": {
                "metadata": {"name": "daily"},
                "spec": {"name": "Daily!", **TASK},
            },
            "config/github-domains/g.json": {"name": "github.com", "spec": {}},
        }
    )

    assert [item.args for item in found.items if item.kind.name == "ScheduledTask"] == [
        TASK_ARGS | {"agent_mode": "Review"}
    ]
    assert [str(note).partition(": ")[2] for note in found.notes] == [
        "nobody logs in to github.com: say an authType, such as OAuth",
        "the scheduled task is known as 'daily' alone: 'Daily!' is not written",
    ]


@pytest.mark.parametrize(
    ("spec", "args"),
    [
        pytest.param(
            {
                "authType": "GitHubApp",
                "clientId": "",
                "privateKeySecretUri": "",
                "keyVaultManagedIdentityId": "/x",
            },
            {"auth_type": "OAuth"},
            id="app-without-client-id",
        ),
        pytest.param({"authType": "OAuth"}, {"auth_type": "OAuth"}, id="oauth"),
        pytest.param({"Pat": "${PAT}"}, {"auth_type": "Pat", "pat": "t0p"}, id="token-by-default"),
        pytest.param({}, None, id="nothing-said"),
        pytest.param({"authType": "", "pat": ""}, None, id="blanks"),
    ],
)
def test_github_domains(reads: Read, spec: dict[str, Any], args: dict[str, Any] | None) -> None:
    """An app without a client id means consent in a browser; a domain that says nothing is left out."""
    written = {"metadata": {"name": "github.com"}, "spec": spec}

    found = made(reads, {"config/github-domains/g.json": written}, variables={"PAT": "t0p"})

    assert found == ([] if args is None else [("GitHubDomain", {"domain": "github.com", **args})])


def test_a_managed_connector_says_what_governs_it(reads: Read) -> None:
    """Operations go to the connection (docs/reference/directory-format.md#managed-connectors)."""
    locked = [{"name": "projectKey", "value": "OPS"}]
    comment = {"name": "AddComment", "requiresApproval": True, "userParameters": locked}
    spec = {"apiName": "jira", "description": "Tickets", "state": "Disabled", "operations": [comment]}

    _, server = made(reads, {"config/connectorv2/c.json": {"name": "tickets", "spec": spec}})

    operation = {"name": "AddComment", "requires_approval": True, "user_parameters": locked}
    connected = {"name": "jira", "connection_name": "jira", "operations": [operation]}
    assert server == (
        "ConnectorV2McpServer",
        {"name": "jira", "description": "Tickets", "state": "Disabled", "connectors": [connected]},
    )


@pytest.mark.parametrize(
    ("spec", "name", "more"),
    [
        pytest.param({"apiName": "Jira"}, "jira", {}, id="named-after-its-service"),
        pytest.param({"apiName": "jira", "connectionName": "Team-Jira"}, "team-jira", {}, id="named"),
        pytest.param(
            {"apiName": "jira", "requireApprovalTools": ["create_issue"]},
            "jira",
            {"require_approval_tools": ["create_issue"]},
            id="approval",
        ),
    ],
)
def test_managed_connectors(reads: Read, spec: dict[str, Any], name: str, more: dict[str, Any]) -> None:
    """One file, two things: the connection, and the MCP server that offers its tools."""
    connection, server = made(reads, {"config/connectorv2/c.json": {"name": "tickets", "spec": spec}})

    api = spec["apiName"]
    assert connection == ("ConnectorV2Connection", {"name": name, "connector_name": api})
    assert server == (
        "ConnectorV2McpServer",
        {
            "name": name,
            "description": api,
            "connectors": [{"name": api, "connection_name": name}],
            **more,
        },
    )


@pytest.mark.parametrize(
    ("folder", "kind", "argument"),
    [
        ("plugins/marketplaces", "Marketplace", "spec"),
        ("plugins/installations", "PluginInstallation", "spec"),
        ("plugin-configs", "PluginConfig", "properties"),
    ],
)
def test_members_of_plugins_are_taken_as_they_are(reads: Read, folder: str, kind: str, argument: str) -> None:
    """Nobody has published them, so nothing is renamed, dropped or typed."""
    spec = {"sourceUrl": "https://x", "tags": ["a"], "deep": [{"on": False}], "token": "${TOKEN}"}

    found = made(reads, {f"config/{folder}/p.json": {"name": "p", "spec": spec}}, variables={"TOKEN": "t0p"})

    assert found == [(kind, {"name": "p", argument: spec | {"token": "t0p"}})]


def test_a_subagent(reads: Read) -> None:
    """Its long texts lie in files of their own; events of its hooks keep Azure's spelling in the file."""
    spec = {
        "instructions": "subagents/s.instructions.md",
        "handoffDescription": "s.handoff.md",
        "handoffs": None,
        "temperature": 0.2,
        "enableSkills": False,
        "deepThought": {"turns": 2},
        "hooks": {"Stop": [{"prompt": "Done?"}], "PostToolUse": [{"prompt": "Fine?", "matcher": "*"}]},
    }
    files = {
        "config/subagents/s.json": {"metadata": {"name": "s"}, "spec": spec},
        "config/subagents/s.instructions.md": LONG,
        "config/subagents/s.handoff.md": "When in doubt.",
    }

    assert made(reads, files) == [
        (
            "Subagent",
            {
                "name": "s",
                "instructions": LONG,
                "handoff_description": "When in doubt.",
                "temperature": 0.2,
                "enable_skills": False,
                "additional_properties": {"deepThought": {"turns": 2}},
                "hooks": {
                    "stop": [{"prompt": "Done?"}],
                    "post_tool_use": [{"prompt": "Fine?", "matcher": "*"}],
                },
            },
        )
    ]


@pytest.mark.parametrize(
    "written",
    [
        pytest.param({"metadata": {"name": "no-deletes"}, "spec": "…"}, id="recipe"),
        pytest.param(
            {"name": "no-deletes", "type": "GlobalHook", "tags": [], "properties": "…"}, id="export"
        ),
        pytest.param({"kind": "HookV2", "metadata": {"name": "no-deletes"}, "spec": "…"}, id="CLI"),
    ],
)
def test_a_hook(reads: Read, written: dict[str, Any]) -> None:
    """In every dialect."""
    fields = {
        "eventType": "PreToolUse",
        "hook": {"type": "prompt", "prompt": "Is it safe?", "matcher": "^(delete_).*", "failMode": "Block"},
        "permissionDecision": "deny",
        "enabled": False,
    }
    whole = {key: fields if value == "…" else value for key, value in written.items()}

    assert made(reads, {"config/hooks/h.json": whole}) == [
        (
            "Hook",
            {
                "name": "no-deletes",
                "event_type": "PreToolUse",
                "hook": {
                    "type": "prompt",
                    "prompt": "Is it safe?",
                    "matcher": "^(delete_).*",
                    "fail_mode": "Block",
                },
                "permission_decision": "deny",
                "enabled": False,
            },
        )
    ]


@pytest.mark.parametrize(
    ("file", "written", "args"),
    [
        ("tool-permissions.json", {"allow": ["A"], "ask": [], "deny": ["B(x *)"]}, True),
        ("tool-permissions.json", {"allow": [], "ask": [], "deny": []}, False),
        ("tool-permissions.json", {}, False),
    ],
)
def test_tool_permissions(reads: Read, file: str, written: dict[str, Any], args: bool) -> None:
    """If they say anything."""
    assert made(reads, {file: written}) == ([("GlobalToolPermissions", written)] if args else [])


@pytest.mark.parametrize(
    ("file", "written", "reason"),
    [
        pytest.param(
            "automations/scheduled-tasks/t.json",
            {"name": "t", "spec": {"schedule": "at eight", "prompt": "x"}},
            "t.json:4: schedule must be five cron fields",
            id="cron",
        ),
        pytest.param(
            "automations/scheduled-tasks/t.json",
            {"name": "t", "spec": {**TASK, "schedule": "0 9 * * *"}},
            "'cronExpression' is given twice with different values, before in line 5",
            id="two-spellings-two-values",
        ),
        pytest.param(
            "automations/incident-filters/f.json",
            {"name": "f", "spec": {"priority": ["Sev1"]}},
            "'priority' is no member of an incident filter (did you mean 'priorities'?)",
            id="typo",
        ),
        pytest.param(
            "automations/incident-filters/f.json",
            {"name": "f", "spec": {"incidentPlatform": "PagerDuty", "priorities": ["Sev1"]}},
            "priorities[0] must be one of P1",
            id="priority-of-another-platform",
        ),
        pytest.param(
            "config/incident-platforms/p.json",
            {"name": "p", "spec": {"platformType": "ServiceNow", "connectionKey": "user:secret"}},
            'connectionKey must be JSON: {"endpoint": …, "username": …, "password": …}',
            id="servicenow-key",
        ),
        pytest.param(
            "config/hooks/h.json",
            {"name": "h", "spec": {"eventType": "Stop", "hook": {"type": "shell"}}},
            "hook.type must be one of prompt, command",
            id="hook",
        ),
        pytest.param(
            "config/connectorv2/c.json", {"name": "c", "spec": {}}, "apiName is missing", id="no-service"
        ),
        pytest.param(
            "config/github-domains/g.json",
            {"name": "github.com", "spec": {"authType": "GitHubApp", "clientId": "123"}},
            "clientId must be the client id of a GitHub app",
            id="client-id",
        ),
        pytest.param(
            "config/github-domains/g.json",
            {"name": "github", "spec": {"pat": "x"}},
            "name must be a domain such as github.com",
            id="domain",
        ),
    ],
)
def test_what_is_refused(faults: Faults, file: str, written: dict[str, Any], reason: str) -> None:
    """One sentence each, in the words of the file."""
    assert any(reason in fault for fault in faults({file: written}))
