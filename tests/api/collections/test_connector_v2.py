"""ConnectorV2: what is sent, and what is told where somebody has to consent."""

import json

import httpx
import pytest

from pulumi_sre_agent.api.collections.connector_catalogue import check_operations
from pulumi_sre_agent.api.kinds import CONNECTOR_V2_CONNECTION, CONNECTOR_V2_MCP_SERVER
from support.scripted import AGENT, Script, page, reply


@pytest.mark.parametrize("status", ["Unauthenticated", "Error", "Connected", None])
def test_a_connection_that_waits_for_consent_is_told_and_made(
    script: Script, caplog: pytest.LogCaptureFixture, status: str | None
) -> None:
    """An API cannot consent, so it is no failure either."""
    script.agent().on("PUT", "/connections/jira$", reply(200, {"properties": {"overallStatus": status}}))
    with script.azure() as azure:
        items = azure.items(CONNECTOR_V2_CONNECTION, AGENT, "data")
        stored = items.wait_until_ready("jira", items.put("jira", {"connectorName": "jira"}))

    [put] = [request for request in script.requests if request.method == "PUT"]
    assert json.loads(put.content) == {"connectorName": "jira"}
    assert stored == {"connectorName": "jira", "overallStatus": status}
    told = [message for message in caplog.messages if "sign in" in message]
    assert [message.split(":")[0] for message in told] == (
        [f"connection jira of agent pay is {status}"] if status in {"Unauthenticated", "Error"} else []
    )


@pytest.mark.parametrize(
    ("approved", "extra"),
    [([], {}), (["close"], {"runtimeMcpConfiguration": {"requireApprovalTools": ["close"]}})],
)
def test_a_server_says_apart_what_waits_for_approval(
    script: Script, approved: list[str], extra: dict[str, object]
) -> None:
    connectors = [{"name": "jira", "connectionName": "jira"}]
    script.agent().on("PUT", "/mcpservers/jira$", reply(200))
    with script.azure() as azure:
        spec = {"description": "d", "connectors": connectors, "requireApprovalTools": approved}
        azure.items(CONNECTOR_V2_MCP_SERVER, AGENT, "data").put("jira", spec)

    properties = {"description": "d", "connectors": connectors}
    assert json.loads(script.requests[-1].content) == {"properties": properties, **extra}


@pytest.mark.parametrize("answer", [reply(404), reply(405), page()], ids=["404", "405", "web page"])
def test_without_a_catalogue_the_service_judges_operations(script: Script, answer: httpx.Response) -> None:
    """A build that has no such route may answer with the web page, as it does on any other."""
    script.agent().on("GET", "/connectors/jira/operations$", answer)
    with script.azure() as azure:
        check_operations(azure.data_plane(AGENT), "jira", ["CloseIssue"])

    assert any(call.endswith("/operations") for call in script.calls)
