"""Every kind in its envelope."""

import pytest

from support.azure import Json, LocalAzure, error
from support.connectors import status_once_set_up

BASE = "/api/v2/extendedAgent"
KINDS = {
    "agents": "ExtendedAgent",
    "skills": "Skill",
    "tools": "ExtendedAgentTool",
    "hooks": "GlobalHook",
    "commonprompts": "CommonPrompt",
    "scheduledtasks": "ScheduledTask",
    "plugins": "Plugin",
    "connectors": "AgentConnector",
}
SPECS: dict[str, Json] = {
    "connectors": {"dataConnectorType": "Kusto", "dataSource": "https://c.kusto.windows.net"}
}


@pytest.mark.parametrize("kind", KINDS)
def test_an_item_lives(azure: LocalAzure, kind: str) -> None:
    """202, for a connector 200, and the stored envelope; then found, listed and searched; 404 when gone."""
    agent, path = azure.agent(), f"{BASE}/{kind}/one"
    spec = SPECS.get(kind, {"description": "first"})
    sent = {"name": "one", "type": KINDS[kind], "tags": ["a"], "owner": "me", "properties": spec}
    made = azure.data("PUT", agent, path, sent)
    azure.poll(lambda: "InProgress" not in azure.data("GET", agent, path).text)
    found = azure.data("GET", agent, path).json()

    assert made.status_code == (200 if kind == "connectors" else 202)
    assert {name: found[name] for name in ("name", "type", "owner")} == {
        name: sent[name] for name in ("name", "type", "owner")
    }
    assert found["tags"] == ([] if kind in ("incidentFilters", "scheduledtasks") else ["a"])
    assert spec.items() <= found["properties"].items()
    assert azure.data("GET", agent, f"{BASE}/{kind}").json() == {"value": [found], "nextLink": None}
    assert azure.data("GET", agent, f"{BASE}/{kind}?search=ON").json()["value"] == [found]
    assert azure.data("GET", agent, f"{BASE}/{kind}?search=two").json()["value"] == []
    assert azure.data("DELETE", agent, path).status_code == 202
    assert error(azure.data("DELETE", agent, path)) == (404, "NotFound")
    assert error(azure.data("GET", agent, path)) == (404, "NotFound")


@pytest.mark.parametrize("kind", ["skills", "scheduledtasks"])
def test_some_kinds_name_themselves_in_their_properties(azure: LocalAzure, kind: str) -> None:
    agent = azure.agent()
    made = azure.data("PUT", agent, f"{BASE}/{kind}/one", {"properties": {"name": "one", "description": "x"}})

    assert made.json()["properties"] == {"name": "one", "description": "x"}


def test_a_dry_run_checks_and_stores_nothing(azure: LocalAzure) -> None:
    """As a public installer sends it (docs/reference/data-plane.md#extended-agent-kinds)."""
    agent = azure.agent()
    for kind in KINDS:
        _is_tried(azure, agent, kind)


def _is_tried(azure: LocalAzure, agent: str, kind: str) -> None:
    path = f"{BASE}/{kind}/one"
    spec = SPECS.get(kind, {"description": "first"})
    tried = azure.data("PUT", agent, f"{path}?dryRun=true", {"properties": spec})
    wrong = azure.data("PUT", agent, f"{path}?dryRun=true", {"type": "Wrong", "properties": spec})
    nothing = azure.data("GET", agent, path)
    azure.data("PUT", agent, path, {"owner": "kept", "properties": spec})
    azure.poll(lambda: "InProgress" not in azure.data("GET", agent, path).text)
    azure.data("PUT", agent, f"{path}?dryRun=TRUE", {"owner": "lost", "properties": spec})

    assert (tried.status_code, tried.json()["name"]) == (200, "one")
    assert spec.items() <= tried.json()["properties"].items()
    assert error(wrong) == (400, "InvalidObjectType")
    assert nothing.status_code == 404
    assert azure.data("GET", agent, path).json()["owner"] == "kept"


def test_skills_at_hand(azure: LocalAzure) -> None:
    """As a public client lists them (docs/reference/data-plane.md#extended-agent-kinds)."""
    agent = azure.agent()
    for name in ("a", "b"):
        azure.data("PUT", agent, f"{BASE}/skills/{name}", {"properties": {"description": name}})
    two = azure.data("GET", agent, "/api/v2/agent/skills?limit=200").json()["value"]
    one = azure.data("GET", agent, "/api/v2/agent/skills?limit=1").json()["value"]

    assert two == azure.data("GET", agent, f"{BASE}/skills").json()["value"]
    assert one == two[:1]


@pytest.mark.parametrize(
    ("spec", "status", "tools"),
    [
        ({"dataConnectorType": "Kusto", "dataSource": "https://a"}, "Connected", []),
        (
            {"dataConnectorType": "Mcp", "extendedProperties": {"type": "http", "endpoint": "https://a"}},
            "Connected",
            ["one_ping"],
        ),
        ({"dataConnectorType": "Mcp", "extendedProperties": {"type": "http"}}, "Error", []),
    ],
)
def test_the_status_of_a_connector(azure: LocalAzure, spec: Json, status: str, tools: list[str]) -> None:
    """See docs/reference/data-plane.md#connection-tests."""
    agent, path = azure.agent(), f"{BASE}/connectors/one"
    azure.switch(operationSeconds=0.2)
    azure.data("PUT", agent, path, {"properties": spec})
    early = azure.data("GET", agent, f"{path}/status").json()
    late = status_once_set_up(azure, agent, "one")

    assert early == {"status": "Initializing", "healthy": False, "details": {"tools": []}}
    assert (late["status"], late["healthy"]) == (status, status == "Connected")
    assert [tool["name"] for tool in late["details"]["tools"]] == tools


def test_the_status_of_a_connector_that_failed(azure: LocalAzure) -> None:
    agent, path = azure.agent(), f"{BASE}/connectors/one"
    azure.fault("operationFailed", path="/connectors/one$", method="PUT", times=1)
    azure.data("PUT", agent, path, {"properties": SPECS["connectors"]})

    assert status_once_set_up(azure, agent, "one")["status"] == "Failed"
    assert error(azure.data("GET", agent, f"{BASE}/connectors/two/status")) == (404, "NotFound")


def test_put_replaces_and_patch_merges(azure: LocalAzure) -> None:
    agent, path = azure.agent(), f"{BASE}/tools/query"
    azure.data(
        "PUT",
        agent,
        path,
        {"tags": ["a"], "properties": {"type": "KustoTool", "query": "T", "database": "d"}},
    )
    patched = azure.data("PATCH", agent, path, {"properties": {"query": "U", "database": None}})
    put = azure.data("PUT", agent, path, {"properties": {"type": "LinkTool"}})

    assert patched.status_code == 200
    assert patched.json()["properties"] == {"type": "KustoTool", "query": "U"}
    assert patched.json()["tags"] == ["a"]
    assert put.json()["properties"] == {"type": "LinkTool"}
    assert put.json()["tags"] == []
    assert error(azure.data("PATCH", agent, f"{path}-two", {"properties": {}})) == (404, "NotFound")


def test_what_arm_wrote_can_be_patched_here(azure: LocalAzure) -> None:
    agent = azure.agent()
    azure.arm("PUT", f"{agent}/tools/query", {"properties": {"value": "eyJxdWVyeSI6ICJUIn0="}})

    patched = azure.data("PATCH", agent, f"{BASE}/tools/query", {"properties": {"database": "d"}})

    assert patched.json() == {
        "name": "query",
        "type": "ExtendedAgentTool",
        "tags": [],
        "owner": None,
        "properties": {"query": "T", "database": "d"},
    }


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        pytest.param(
            "skills/a", {"type": "ExtendedAgent", "properties": {}}, (400, "InvalidObjectType"), id="type"
        ),
        pytest.param(
            "tools/a", {"type": "KustoTool", "properties": {}}, (400, "InvalidObjectType"), id="tool-type"
        ),
        pytest.param("skills/a", {"type": "Skill"}, (400, "InvalidObject"), id="no-properties"),
        pytest.param(
            "skills/a", {"name": "b", "properties": {}}, (400, "ObjectNameMismatch"), id="other-name"
        ),
        pytest.param("skills/a%2Fb", {"properties": {}}, (400, "InvalidName"), id="name"),
        pytest.param("hooks/system__a", {"properties": {}}, (400, "InvalidName"), id="system-hook"),
        pytest.param("hooks/a%20b", {"properties": {}}, (400, "InvalidName"), id="hook-name"),
        pytest.param("hooks/a", {"properties": {"hook": "x"}}, (405, ""), id="hook-no-object"),
        pytest.param(
            "hooks/a",
            {"properties": {"hook": {"command": "x", "script": "y"}}},
            (400, "BadRequest"),
            id="command-and-script",
        ),
        pytest.param(
            "hooks/a", {"properties": {"hook": {"timeout": 301}}}, (400, "BadRequest"), id="hook-timeout"
        ),
        pytest.param(
            "hooks/a",
            {"properties": {"hook": {"script": "x" * 65537}}},
            (400, "BadRequest"),
            id="long-script",
        ),
        pytest.param("agents/a", {"properties": {"handoffs": None}}, (400, "BadRequest"), id="null-handoffs"),
        pytest.param(
            "agents/a", {"properties": {"handoffs": ["b"]}}, (400, "BadRequest"), id="unknown-handoff"
        ),
        pytest.param("agents/a", {"properties": {"handoffs": "b"}}, (405, ""), id="handoffs-no-array"),
        pytest.param("connectors/a", {"properties": {}}, (400, "BadRequest"), id="no-connector-type"),
        pytest.param("incidentFilters/a", {"properties": {}}, (400, "BadRequest"), id="no-platform"),
        pytest.param(
            "incidentFilters/a",
            {"properties": {"incidentPlatform": "PagerDuty", "priorities": "P1"}},
            (405, ""),
            id="priorities-no-array",
        ),
        pytest.param(
            "incidentFilters/a",
            {"properties": {"incidentPlatform": "PagerDuty"}},
            (400, "BadRequest"),
            id="other-platform",
        ),
    ],
)
def test_refusals(azure: LocalAzure, path: str, body: Json, expected: tuple[int, str]) -> None:
    assert error(azure.data("PUT", azure.agent(), f"{BASE}/{path}", body)) == expected


def test_the_type_of_a_tool_is_a_matter_of_strictness(azure: LocalAzure) -> None:
    """`Tool` was accepted once and is no longer everywhere (docs/reference/assumptions.md#tool-type)."""
    agent, body = azure.agent(), {"type": "Tool", "properties": {}}
    lenient = azure.data("PUT", agent, f"{BASE}/tools/a", body)
    azure.switch(strictToolType=True)
    strict = azure.data("PUT", agent, f"{BASE}/tools/b", body)

    assert (lenient.status_code, lenient.json()["type"]) == (202, "Tool")
    assert error(strict) == (400, "InvalidObjectType")
    assert "'ExtendedAgentTool' is expected" in strict.json()["error"]["message"]


def test_a_filter_belongs_to_the_platform_of_the_agent(azure: LocalAzure) -> None:
    agent = azure.agent(incidentManagementConfiguration={"type": "AzMonitor", "connectionName": "azmonitor"})
    wrong = azure.data(
        "PUT", agent, f"{BASE}/incidentFilters/a", {"properties": {"incidentPlatform": "PagerDuty"}}
    )
    spec = {"incidentPlatform": "AzMonitor", "priorities": ["Sev1"]}
    right = azure.data("PUT", agent, f"{BASE}/incidentFilters/a", {"properties": spec})

    assert wrong.json()["error"]["message"] == (
        "Incident platform 'PagerDuty' does not match configured incident management type 'AzMonitor'"
    )
    assert right.status_code == 202


def test_handoffs_need_their_target_first(azure: LocalAzure) -> None:
    agent = azure.agent()
    azure.data("PUT", agent, f"{BASE}/agents/Second", {"properties": {"handoffs": []}})

    assert (
        azure.data("PUT", agent, f"{BASE}/agents/first", {"properties": {"handoffs": ["second"]}}).status_code
        == 202
    )


def test_the_v2_loop_wants_new_subagents_without_handoffs(azure: LocalAzure) -> None:
    """One that is there may get them (docs/reference/assumptions.md#handoffs-of-new-subagents)."""
    agent, path = azure.agent(experimentalSettings={"EnableV2AgentLoop": True}), f"{BASE}/agents/first"
    azure.data("PUT", agent, f"{BASE}/agents/second", {"properties": {"handoffs": []}})
    handing_off = {"properties": {"handoffs": ["second"]}}

    assert azure.data("PUT", agent, path, handing_off).status_code == 400
    azure.data("PUT", agent, path, {"properties": {"handoffs": []}})
    assert azure.data("PUT", agent, path, handing_off).status_code == 202


def test_an_unknown_member_refuses_a_filter_as_a_whole(azure: LocalAzure) -> None:
    """See docs/reference/data-plane.md#incident-filters."""
    agent = azure.agent(incidentManagementConfiguration={"type": "AzMonitor"})
    spec = {"incidentPlatform": "AzMonitor", "priorities": ["Sev1"], "titleStartsWith": "disk"}
    path = f"{BASE}/incidentFilters/severe"

    answer = azure.data("PUT", agent, path, {"properties": spec})

    assert answer.status_code == 400
    assert "'titleStartsWith'" in answer.json()["error"]["message"]
    assert azure.data("GET", agent, path).status_code == 404


@pytest.mark.parametrize("missing", ["FederatedClientId", "FederatedTenantId"])
def test_a_federated_login_has_two_halves(azure: LocalAzure, missing: str) -> None:
    """See docs/reference/control-plane.md#connectors."""
    extended = {"FederatedClientId": "c", "FederatedTenantId": "t"}
    spec = {"dataConnectorType": "AzureDevOpsMcp", "extendedProperties": extended}
    agent, path = azure.agent(), f"{BASE}/connectors/wiki"

    assert azure.data("PUT", agent, path, {"properties": spec}).status_code == 200
    del extended[missing]
    assert azure.data("PUT", agent, f"{path}-2", {"properties": spec}).status_code == 400


def test_a_hook_keeps_its_type_and_forgets_some_members(azure: LocalAzure) -> None:
    agent, path = azure.agent(), f"{BASE}/hooks/guard"
    hook = {"type": "prompt", "prompt": "x", "failMode": "block", "maxRejections": 3}
    azure.data("PUT", agent, path, {"properties": {"eventType": "Stop", "enabled": True, "hook": hook}})
    azure.data(
        "PUT", agent, path, {"properties": {"eventType": "Stop", "hook": {"type": "command", "command": "y"}}}
    )

    assert azure.data("GET", agent, path).json()["properties"] == {
        "eventType": "Stop",
        "hook": {"type": "prompt", "command": "y"},
    }


def test_connectors_show_their_secrets_here(azure: LocalAzure) -> None:
    """They are set up in the background here too; meanwhile they cannot be written again."""
    agent, path = azure.agent(), f"{BASE}/connectors/mcp"
    extended = {"type": "http", "endpoint": "https://mcp", "bearerToken": "s3cret"}
    sent = {
        "type": "AgentConnector",
        "properties": {"dataConnectorType": "Mcp", "extendedProperties": extended},
    }
    azure.switch(operationSeconds=0.3)
    made = azure.data("PUT", agent, path, sent)
    again = azure.data("PUT", agent, path, sent)
    azure.poll(
        lambda: azure.data("GET", agent, path).json()["properties"]["provisioningState"] == "Succeeded"
    )

    assert made.json()["properties"]["provisioningState"] == "InProgress"
    assert error(again) == (409, "OperationConflict")
    assert azure.data("GET", agent, path).json()["properties"]["extendedProperties"] == extended


def test_a_connector_that_fails_says_why(azure: LocalAzure) -> None:
    agent, path = azure.agent(), f"{BASE}/connectors/mcp"
    azure.fault("operationFailed", path="/extendedAgent/connectors/", message="No route.")
    azure.data("PUT", agent, path, {"properties": {"dataConnectorType": "Kusto"}})

    azure.poll(lambda: azure.data("GET", agent, path).json()["properties"]["provisioningState"] == "Failed")
    assert azure.data("GET", agent, path).json()["properties"]["deploymentError"] == "No route."


@pytest.mark.parametrize(
    ("kind", "extended", "works"),
    [
        ("Mcp", {"type": "http", "endpoint": "https://mcp"}, True),
        ("Mcp", {"type": "stdio", "command": "npx"}, True),
        ("Mcp", {"type": "http"}, False),
        ("McpServer", {"type": "http", "endpoint": "https://mcp"}, False),
        ("Kusto", None, True),
    ],
)
def test_connections_can_be_tested(azure: LocalAzure, kind: str, extended: Json | None, works: bool) -> None:
    """The type `McpServer` is accepted and loses its endpoint, so it never works."""
    agent, path = azure.agent(), f"{BASE}/connectors/c"
    properties = {"dataConnectorType": kind, "extendedProperties": extended}
    azure.data("PUT", agent, path, {"properties": properties})

    connector = azure.data("GET", agent, path).json()
    answer = azure.data("POST", agent, f"{path}/testconnection", connector).json()

    assert (answer["connectorName"], answer["success"]) == ("c", works)
    assert (answer["errorMessage"] is None) is works
    assert answer["totalCount"] == len(answer["tools"]) == (works and kind == "Mcp")
    assert error(azure.data("POST", agent, f"{path}2/testconnection", connector)) == (404, "NotFound")
    assert azure.data("POST", agent, f"{path}/testconnection", {}).status_code == 400


def test_a_connection_can_be_made_to_fail(azure: LocalAzure) -> None:
    """As a server that refuses its token would."""
    agent, path = azure.agent(), f"{BASE}/connectors/c"
    azure.data("PUT", agent, path, {"properties": {"dataConnectorType": "Kusto"}})
    azure.fault("operationFailed", method="POST", path="/testconnection$", message="401.", times=1)
    connector = azure.data("GET", agent, path).json()

    tests = [azure.data("POST", agent, f"{path}/testconnection", connector).json() for _ in range(2)]

    assert [(test["success"], test["errorMessage"]) for test in tests] == [(False, "401."), (True, None)]


def test_knowledge_items_are_connectors_of_their_own_type(azure: LocalAzure) -> None:
    agent = azure.agent()
    body = {
        "type": "KnowledgeItem",
        "properties": {"dataConnectorType": "KnowledgeText", "extendedProperties": {"content": "x"}},
    }

    assert azure.data("PUT", agent, f"{BASE}/connectors/runbook", body).json()["type"] == "KnowledgeItem"
