"""The client against the local Azure over sockets, logged in by azure-identity itself."""

import json
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from pulumi_sre_agent.api import (
    AccessDenied,
    ApiError,
    Client,
    ConfigError,
    Kind,
    NotFound,
    OperationFailed,
    Plane,
    Settings,
    Unavailable,
)
from pulumi_sre_agent.api.kinds import COMMON_PROMPT, CONNECTOR, REPO, SKILL, TOOL
from support.azure import PREVIEW, SUBSCRIPTION, LocalAzure

SPECS: dict[Kind, dict[str, Any]] = {
    CONNECTOR: {
        "dataConnectorType": "Kusto",
        "dataSource": "https://c.kusto.windows.net/db",
        "identity": "system",
    },
    TOOL: {
        "type": "KustoTool",
        "description": "Failed payments.",
        "connector": "kusto",
        "database": "db",
        "query": "payments | take 5",
        "parameters": [],
    },
    SKILL: {
        "description": "Triage.",
        "tools": [],
        "skillContent": "# Triage\n\nLook at the queue first, then the database.",
    },
    COMMON_PROMPT: {"prompt": "Be brief."},
    REPO: {"url": "https://github.com/contoso/payments", "type": "GitHub"},
}
BOTH = [(kind, plane) for kind in SPECS for plane in kind.planes]
IDS = [f"{kind.name}-{plane}" for kind, plane in BOTH]

FAULTS: dict[str, dict[str, Any]] = {
    "throttled": {"kind": "status", "status": 429, "retryAfter": 0},
    "unavailable": {"kind": "status", "status": 503},
    "server error": {"kind": "status", "status": 500},
    "busy": {"kind": "status", "status": 409, "code": "OperationConflict", "retryAfter": 0},
    "reset": {"kind": "reset"},
    "reset after the fact": {"kind": "reset", "processed": True},
    "truncated": {"kind": "truncate"},
    "not JSON": {"kind": "notJson"},
    "a web page": {"kind": "html"},
    "unauthorized": {"kind": "unauthorized"},
    "delay": {"kind": "delay", "seconds": 0.05},
}


def test_an_agent_is_made_changed_stopped_and_deleted(azure: LocalAzure, client: Client) -> None:
    """Every call returns when what it began is done."""
    body = azure.agent_body()
    agent_id = f"{azure.group()}/providers/Microsoft.App/agents/pay"
    with pytest.raises(NotFound, match="404 ResourceNotFound"):
        client.control.get(agent_id, PREVIEW)

    made = client.control.put(agent_id, PREVIEW, body)
    assert made["properties"]["provisioningState"] == "Succeeded"
    assert client.data_plane(agent_id).endpoint == made["properties"]["agentEndpoint"]
    changed = client.control.patch(agent_id, PREVIEW, {"tags": {"team": "payments"}})
    assert changed["tags"] == {"team": "payments"}
    client.control.post(f"{agent_id}/stop", PREVIEW)
    assert client.control.get(agent_id, PREVIEW)["properties"]["powerState"] == "Stopped"
    agents = client.control.list(f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.App/agents", PREVIEW)
    assert [agent["name"] for agent in agents] == ["pay"]
    client.control.delete(agent_id, PREVIEW)
    client.control.delete(agent_id, PREVIEW)
    with pytest.raises(NotFound):
        client.data_plane(agent_id)


@pytest.mark.parametrize(("kind", "plane"), BOTH, ids=IDS)
def test_an_item_comes_back_as_it_was_put(
    azure: LocalAzure, client: Client, kind: Kind, plane: Plane
) -> None:
    items = client.items(kind, azure.agent(), plane)
    spec = SPECS[kind]

    assert items.put("one", spec).items() >= spec.items()
    assert items.get("one").items() >= spec.items()
    assert items.list().keys() == {"one"}
    items.delete("one")
    items.delete("one")
    with pytest.raises(NotFound):
        items.get("one")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_strikes_once_is_survived(azure: LocalAzure, client: Client, fault: str) -> None:
    """By every method, through both planes."""
    agent_id = azure.agent()
    planes: tuple[Plane, ...] = ("control", "data")
    for items in [client.items(SKILL, agent_id, plane) for plane in planes]:
        azure.fault(method="PUT", path="/skills/one", times=1, **FAULTS[fault])
        azure.fault(method="GET", path="/skills/one", times=1, **FAULTS[fault])
        azure.fault(method="DELETE", path="/skills/one", times=1, **FAULTS[fault])

        items.put("one", SPECS[SKILL])
        assert items.get("one")["description"] == "Triage."
        items.delete("one")
        assert items.list() == {}

        assert [rule["hits"] for rule in azure.faults()] == [1, 1, 1]
        azure.clear_faults()


def test_a_failed_connector_says_why(azure: LocalAzure, client: Client) -> None:
    azure_id = azure.agent()
    azure.fault(
        "operationFailed",
        method="PUT",
        path="/connectors/",
        times=1,
        code="BadCluster",
        message="No cluster.",
    )
    items = client.items(CONNECTOR, azure_id, "control")
    with pytest.raises(
        OperationFailed, match=r"^PUT agents/sre-one/connectors/kusto in .* BadCluster: No cluster\.$"
    ):
        items.put("kusto", SPECS[CONNECTOR])

    assert items.put("kusto", SPECS[CONNECTOR])["provisioningState"] == "Succeeded"


def test_a_create_that_was_interrupted_can_be_waited_for(azure: LocalAzure, client: Client) -> None:
    azure.switch(operationSeconds=0.3)
    agent_id = f"{azure.group()}/providers/Microsoft.App/agents/pay"
    started = azure.arm("PUT", agent_id, azure.agent_body())
    assert started.json()["properties"]["provisioningState"] == "InProgress"

    assert client.control.wait_until_provisioned(agent_id, PREVIEW)["properties"]["agentEndpoint"]


def test_a_data_plane_that_is_not_ready_is_waited_for(azure: LocalAzure, client: Client) -> None:
    """Whoever gets it, gets one that answers: a first refusal that is not repeated would be theirs."""
    azure.switch(readySeconds=0.5)
    agent_id = f"{azure.group()}/providers/Microsoft.App/agents/pay"
    client.control.put(agent_id, PREVIEW, azure.agent_body())
    client.data_plane(agent_id)
    before = azure.requests(plane="data")

    assert azure.data("GET", agent_id, "/api/v2/extendedAgent/skills").status_code == 200
    assert client.items(SKILL, agent_id, "data").list() == {}
    assert before[0]["status"] != 200 == before[-1]["status"], "it was not ready, and then it was"


def test_a_restricted_tenant_says_which_plane_to_use(azure: LocalAzure, client: Client) -> None:
    agent_id = azure.agent()
    azure.switch(restrictedTenant=True)
    with pytest.raises(
        ApiError, match='this tenant takes such items on the data plane only: set plane="data"'
    ):
        client.items(SKILL, agent_id, "control").put("one", SPECS[SKILL])

    client.items(SKILL, agent_id, "data").put("one", SPECS[SKILL])
    client.items(CONNECTOR, agent_id, "control").put("kusto", SPECS[CONNECTOR])


def test_arm_hides_what_the_data_plane_shows(azure: LocalAzure, client: Client) -> None:
    agent_id = azure.agent()
    extended = {
        "type": "http",
        "endpoint": "https://mcp.example",
        "authType": "BearerToken",
        "bearerToken": "tok-en-1",
    }
    spec = {
        "dataConnectorType": "Mcp",
        "dataSource": "placeholder",
        "identity": "",
        "extendedProperties": extended,
    }

    stored = client.items(CONNECTOR, agent_id, "control").put("mcp", spec)

    assert "tok-en-1" not in json.dumps(stored)
    assert (
        client.items(CONNECTOR, agent_id, "data").get("mcp")["extendedProperties"]["bearerToken"]
        == "tok-en-1"
    )


def test_an_endpoint_that_is_not_allowed_gets_nothing(azure: LocalAzure, settings: Settings) -> None:
    agent_id = azure.agent()
    azure.forget_requests()
    with (
        closing(Client(replace(settings, allowed_endpoints=frozenset()))) as client,
        pytest.raises(ConfigError, match="sre:allowedEndpoints"),
    ):
        client.data_plane(agent_id)

    assert azure.requests(plane="data") == []


def test_a_login_that_nobody_answers_is_one_sentence(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, azure: LocalAzure
) -> None:
    monkeypatch.setenv("IDENTITY_HEADER", "wrong")
    with closing(Client(settings)) as client, pytest.raises((ConfigError, Unavailable)) as raised:
        client.control.get(azure.group(), PREVIEW)

    assert str(raised.value).startswith("Cannot log in to Azure with a managed identity: ")
    assert "\n" not in str(raised.value)


def test_a_wrong_audience_is_refused_for_good(azure: LocalAzure, client: Client) -> None:
    """One fresh token, then the refusal with what to do."""
    group = azure.group()
    azure.fault("unauthorized", method="GET", path="/resourceGroups/")
    with pytest.raises(AccessDenied, match="log in again"):
        client.control.get(group, "2024-03-01")

    assert azure.faults()[0]["hits"] == 2
