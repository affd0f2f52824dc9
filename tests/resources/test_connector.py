"""Connectors: what the check says of each type, the functions that say what it needs, and trying them out."""

from typing import Any

import pulumi
import pytest
from pulumi.output import UNKNOWN

from pulumi_sre_agent import resources
from pulumi_sre_agent.resources import connectors
from pulumi_sre_agent.resources.connector import ConnectorProvider
from support.azure import LocalAzure
from support.provider_process import ProviderError, ProviderProcess
from support.samples import Json

UAMI = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id"
COMPONENT = "/subscriptions/s/resourceGroups/g/providers/microsoft.insights/components/appi"
WORKSPACE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.OperationalInsights/workspaces/log"
NAMED = {"name": "one"}
HTTP = {"type": "http", "endpoint": "https://example.net/mcp"}
STDIO = {"type": "stdio", "command": "npx"}
PROVIDER = ConnectorProvider()


def mcp(extended: Any, **more: Any) -> Json:
    return {**NAMED, "data_connector_type": "Mcp", "extended_properties": extended, **more}


@pytest.mark.parametrize(
    ("extended", "sentence"),
    [
        (HTTP | {"endpoint": "http://example.net"}, "endpoint must be an https address (http only on this"),
        (HTTP | {"endpoint": "example.net"}, "endpoint must be an https address"),
        (HTTP | {"endpoint": "https://"}, "endpoint must be an https address"),
        (HTTP | {"endpoint": "https://[x"}, "endpoint must be an https address"),
        (HTTP | {"endpoint": 7}, "endpoint must be text"),
        (HTTP | {"authType": "bearer"}, "authType must be BearerToken, CustomHeaders or another that begins"),
        (HTTP | {"authType": 7}, "authType must be text"),
        (
            HTTP | {"authtype": "BearerToken"},
            "authtype is no member of an MCP connector (did you mean 'authType'?)",
        ),
        (HTTP | {"authType": "CustomHeaders", "headers": {"X-Key": 7}}, "headers.X-Key must be text"),
        (HTTP | {"authType": "CustomHeaders", "x-key": 7}, "x-key must be a text, as headers are"),
        (HTTP | {"authType": "BearerToken"}, "bearerToken is missing, which authType BearerToken needs"),
        (HTTP | {"selectedTools": "all"}, "selectedTools must be a list"),
        (HTTP | {"toolsVisibleToMetaAgent": [7]}, "toolsVisibleToMetaAgent[0] must be text"),
        (HTTP | {"selectedTools": ["t"] * 81}, "selectedTools must have at most 80 entries"),
        (STDIO | {"args": "-y server"}, "args must be a list"),
        (STDIO | {"args": [1]}, "args[0] must be text"),
        (STDIO | {"envs": [{"name": "A", "value": "b"}]}, "envs must be an object with names and values"),
        (STDIO | {"envs": {"A": 1}}, "envs.A must be text"),
    ],
)
def test_what_an_mcp_server_cannot_be_is_refused(extended: Json, sentence: str) -> None:
    """In one sentence that names the member."""
    [fault] = resources.validate("Connector", mcp(extended))

    assert fault.reason.startswith(f"extended_properties.{sentence}")


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (
            {"data_connector_type": "Teams", "identity": "system"},
            "identity must be the ARM id of a user-assi",
        ),
        (
            {"data_connector_type": "Outlook"},
            "identity must be the ARM id of a user-assigned identity, which",
        ),
        ({"data_connector_type": "AzureMonitor", "data_source": "sub"}, "data_source must be the ARM id of"),
    ],
)
def test_what_a_type_needs_is_asked_for(args: Json, sentence: str) -> None:
    """With the type that asks."""
    [fault] = resources.validate("Connector", {**NAMED, **args})

    assert fault.reason.startswith(sentence)
    assert args["data_connector_type"] in fault.reason


@pytest.mark.parametrize(
    "args",
    [
        mcp(HTTP),
        mcp(HTTP | {"endpoint": "http://localhost:8080/mcp"}),
        mcp(HTTP | {"endpoint": "http://[::1]/mcp"}),
        mcp(HTTP | {"authType": "CustomHeaders", "headers": {"X-Key": "k"}}),
        mcp(HTTP | {"authType": "BearerToken", "bearerToken": UNKNOWN, "selectedTools": [UNKNOWN]}),
        mcp(HTTP | {"authType": "CustomHeaders", "x-key": "k", "healthPings": 3}),
        mcp(HTTP | {"authType": "OAuth", "authTyp": "x"}, allow_unknown_type=True),
        mcp(STDIO | {"args": ["-y", UNKNOWN], "envs": {"KEY": UNKNOWN}}),
        mcp(UNKNOWN),
    ],
)
def test_what_an_mcp_server_can_be_passes(args: Json) -> None:
    """Also where parts are known only later."""
    assert resources.validate("Connector", args) == []


MADE: dict[str, tuple[connectors.TypeArgs, Json]] = {
    "kusto": (
        connectors.kusto("https://c.kusto.windows.net/db", identity=UAMI),
        {
            "data_connector_type": "Kusto",
            "data_source": "https://c.kusto.windows.net/db",
            "identity": UAMI,
        },
    ),
    "app_insights": (
        connectors.app_insights(COMPONENT, app_id="1234"),
        {
            "data_connector_type": "AppInsights",
            "data_source": COMPONENT,
            "identity": "system",
            "extended_properties": {
                "armResourceId": COMPONENT,
                "resource": {"name": "appi"},
                "appId": "1234",
            },
        },
    ),
    "log_analytics": (
        connectors.log_analytics(f"{WORKSPACE}/"),
        {
            "data_connector_type": "LogAnalytics",
            "data_source": f"{WORKSPACE}/",
            "identity": "system",
            "extended_properties": {"armResourceId": f"{WORKSPACE}/", "resource": {"name": "log"}},
        },
    ),
    "azure_monitor": (
        connectors.azure_monitor("sub"),
        {
            "data_connector_type": "AzureMonitor",
            "data_source": "/subscriptions/sub",
            "identity": "system",
            "extended_properties": {"armResourceId": "/subscriptions/sub", "lookbackDays": 7},
        },
    ),
    "monitor_client": (
        connectors.monitor_client(),
        {"data_connector_type": "MonitorClient", "data_source": "n/a", "identity": "system"},
    ),
    "mcp_http": (
        connectors.mcp_http(
            "https://example.net/mcp", bearer_token="t", partner_type="DynatraceMcp", selected_tools=["a"]
        ),
        {
            "data_connector_type": "Mcp",
            "data_source": "https://example.net/mcp",
            "identity": "",
            "extended_properties": {
                **HTTP,
                "authType": "BearerToken",
                "bearerToken": "t",
                "partnerType": "DynatraceMcp",
                "selectedTools": ["a"],
            },
        },
    ),
    "mcp_http with headers": (
        connectors.mcp_http(
            "https://example.net/mcp", headers={"X-Key": "k"}, tools_visible_to_meta_agent=["*"]
        ),
        {
            "data_connector_type": "Mcp",
            "data_source": "https://example.net/mcp",
            "identity": "",
            "extended_properties": {
                **HTTP,
                "authType": "CustomHeaders",
                "headers": {"X-Key": "k"},
                "toolsVisibleToMetaAgent": ["*"],
            },
        },
    ),
    "mcp_stdio": (
        connectors.mcp_stdio("npx", ["-y", "server"], envs={"A": "b"}),
        {
            "data_connector_type": "Mcp",
            "data_source": "npx",
            "identity": "system",
            "extended_properties": {**STDIO, "args": ["-y", "server"], "envs": {"A": "b"}},
        },
    ),
    "pager_duty": (
        connectors.pager_duty("t", address="https://contoso.pagerduty.com/"),
        {
            "data_connector_type": "Mcp",
            "data_source": "https://contoso.pagerduty.com/",
            "identity": "",
            "extended_properties": {
                "type": "http",
                "endpoint": "https://contoso.pagerduty.com/mcp",
                "authType": "BearerToken",
                "bearerToken": "t",
            },
        },
    ),
    "service_now": (
        connectors.service_now("https://contoso.service-now.com", bearer_token="t"),
        {
            "data_connector_type": "Mcp",
            "data_source": "https://contoso.service-now.com",
            "identity": "",
            "extended_properties": {
                "type": "http",
                "endpoint": "https://contoso.service-now.com/api/sn_mcp/mcp",
                "authType": "BearerToken",
                "bearerToken": "t",
            },
        },
    ),
    "outlook": (
        connectors.outlook("from the consent", identity=UAMI),
        {"data_connector_type": "Outlook", "data_source": "from the consent", "identity": UAMI},
    ),
    "teams": (
        connectors.teams("from the consent", identity=UAMI),
        {"data_connector_type": "Teams", "data_source": "from the consent", "identity": UAMI},
    ),
    "github_oauth": (
        connectors.github_oauth(),
        {"data_connector_type": "GitHubOAuth", "data_source": "github-oauth"},
    ),
}
"""By function: what it makes, and what that should be (docs/reference/control-plane.md#connectors)."""


@pytest.mark.parametrize(("made", "expected"), MADE.values(), ids=MADE)
def test_each_type_has_a_function_that_says_what_it_needs(made: connectors.TypeArgs, expected: Json) -> None:
    """What it makes passes the check."""
    assert made == expected
    assert resources.validate("Connector", {**NAMED, **made}) == []


def test_a_connection_that_fails_fails_the_run_and_the_next_run_tries_again(
    providers: ProviderProcess, cloud: LocalAzure, agent_id: str, fresh: str
) -> None:
    """With the service's reason; nothing has to be cleaned up."""
    args = {"agent_id": agent_id, **mcp(HTTP, test_connection=True), "name": fresh}
    inputs = providers.check(PROVIDER, args).inputs
    path = f"/{fresh}/testconnection$"
    cloud.fault("operationFailed", method="POST", path=path, message="401 Unauthorized.", times=1)

    with pytest.raises(ProviderError, match=f"connector {fresh} of agent .* cannot connect: 401 Un"):
        providers.create(PROVIDER, inputs)
    made = providers.create(PROVIDER, inputs)

    assert providers.read(PROVIDER, made.id, made.outputs, inputs).inputs == inputs


@pytest.mark.parametrize("source", ["https://c.kusto.windows.net/db", "https://other.kusto.windows.net/db"])
def test_what_only_the_data_plane_knows_is_not_overwritten_through_arm(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str, source: str
) -> None:
    """What is equal becomes ARM's, so that the portal lists it; what differs is refused until adopted."""
    theirs = {"dataConnectorType": "Kusto", "dataSource": "https://c.kusto.windows.net/db"}
    body = {"name": "queries", "type": "AgentConnector", "properties": theirs}
    assert cloud.data("PUT", new_agent_id, "/api/v2/extendedAgent/connectors/queries", body).is_success
    args: Json = {"agent_id": new_agent_id, "name": "queries", "plane": "control"}
    args |= {"data_connector_type": "Kusto", "data_source": source}
    inputs = providers.check(PROVIDER, args).inputs

    if source != theirs["dataSource"]:
        with pytest.raises(ProviderError, match="already exists and differs in data_source: set adopt=True"):
            providers.create(PROVIDER, inputs)
        inputs = providers.check(PROVIDER, args | {"adopt": True}).inputs
    made = providers.create(PROVIDER, inputs)

    assert providers.read(PROVIDER, made.id, made.outputs, inputs).inputs == inputs


WARNING = "Brand New is no type of connector that this release knows: it is sent as it is"


@pytest.mark.parametrize(("type_", "warned"), [("Kusto", []), ("Brand New", [WARNING])])
def test_a_type_that_is_let_through_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, type_: str, warned: list[str]
) -> None:
    """It is sent as it is, so a misspelt one would fail at the service only."""
    told: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda message, _resource: told.append(message))
    monkeypatch.setattr(pulumi.dynamic.Resource, "__init__", lambda *_: None)

    resources.Connector("one", agent_id="a", name="n", data_connector_type=type_, allow_unknown_type=True)

    assert told == warned


@pytest.mark.parametrize("missing", ["FederatedClientId", "FederatedTenantId"])
def test_a_federated_login_has_both_halves_or_none(missing: str) -> None:
    """As Azure DevOps' wiki wants it (docs/reference/control-plane.md#connectors)."""
    both = {"FederatedClientId": "c", "FederatedTenantId": "t"}
    args: Json = {**NAMED, "data_connector_type": "AzureDevOpsMcp", "extended_properties": both}
    [given] = both.keys() - {missing}

    assert resources.validate("Connector", args) == []
    [fault] = resources.validate("Connector", {**args, "extended_properties": {given: both[given]}})
    assert fault.reason == f"extended_properties.{missing} is missing, which {given} needs"
