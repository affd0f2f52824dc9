"""MCP servers that a managed identity logs in to, and those on private hosts.

Of docs/reference/control-plane.md#mcp-servers-by-managed-identity.
"""

from typing import Any

import pytest
from pulumi.output import UNKNOWN

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.secrets import mask
from pulumi_sre_agent.resources import connectors
from pulumi_sre_agent.resources._core.registry import provider_of
from support.azure import LocalAzure
from support.provider_process import ProviderError, ProviderProcess
from support.samples import Json

UAMI = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id"
SCOPE = "api://11111111-1111-1111-1111-111111111111/.default"
ROLE = {"X-MS-API-ROLE": "MCP.Read"}
EXTENDED: Json = {
    "type": "http",
    "endpoint": "http://mcp01.contoso.local:5000/mcp",
    "authType": "AzureARM",
    "armScope": SCOPE,
    **ROLE,
    "selectedTools": ["dmv_read_records"],
}
PROVIDER = provider_of("Connector")


def args(extended: Any, **more: Any) -> Json:
    return {
        "name": "dmv",
        "data_connector_type": "Mcp",
        "identity": "system",
        "extended_properties": extended,
        **more,
    }


def test_a_function_says_what_it_needs() -> None:
    """As the portal writes it, headers beside the rest; the check is content with it."""
    made = connectors.mcp_by_identity(
        EXTENDED["endpoint"], SCOPE, headers=ROLE, selected_tools=["dmv_read_records"]
    )

    assert made["extended_properties"] == EXTENDED
    assert made["identity"] == "system"
    assert resources.validate("Connector", {"name": "dmv", **made}) == []


@pytest.mark.parametrize(
    ("change", "more", "sentence"),
    [
        (
            {"armScope": None},
            {},
            "armScope must be the scope of the server's application",
        ),
        ({"armScope": "api://x"}, {}, "armScope must be the scope of the server's appl"),
        ({"armScope": "http://x/.default"}, {}, "armScope must be the scope of the"),
        (
            {},
            {"identity": ""},
            "identity must be system or the ARM id of a user-assigned identity, which auth",
        ),
        ({"bearerToken": "t"}, {}, "bearerToken does not go with authType AzureARM: the"),
        (
            {"headers": {"A-B": "c"}},
            {},
            "headers does not go with authType AzureARM: say",
        ),
        ({"X-Count": 7}, {}, "X-Count must be a text, as headers are"),
        (
            {"authType": "CustomHeaders", "headers": {}},
            {},
            "armScope needs authType AzureARM",
        ),
        (
            {"endpoint": "http://mcp.contoso.com/mcp"},
            {},
            "endpoint must be an https addr",
        ),
        ({"endpoint": "http://20.1.2.3/mcp"}, {}, "endpoint must be an https address"),
        (
            {"endpoint": "http://169.254.169.254/"},
            {},
            "endpoint must be an https address",
        ),
    ],
)
def test_what_it_cannot_be_is_refused(change: Json, more: Json, sentence: str) -> None:
    """In one sentence that names the member."""
    [fault] = resources.validate("Connector", args({**EXTENDED, **change}, **more))

    assert fault.reason.removeprefix("extended_properties.").startswith(sentence)


@pytest.mark.parametrize(
    ("change", "more"),
    [
        ({"armScope": "https://contoso.com/mcp/.default"}, {}),
        ({"armScope": "11111111-1111-1111-1111-111111111111/.default"}, {"identity": UAMI}),
        ({"armScope": UNKNOWN, "X-Key": UNKNOWN}, {"identity": UNKNOWN}),
        ({"endpoint": "http://mcp01:5000/mcp"}, {}),
        ({"endpoint": "http://10.1.2.3/mcp"}, {}),
        ({"endpoint": "http://[fd00::1]/mcp"}, {}),
        ({"endpoint": "http://mcp.internal.bluehill.swedencentral.azurecontainerapps.io/mcp"}, {}),
        ({"endpoint": "http://mcp.contoso.private./mcp"}, {}),
    ],
)
def test_what_it_can_be_passes(change: Json, more: Json) -> None:
    """A user-assigned identity, other scopes, and every kind of private host."""
    assert resources.validate("Connector", args({**EXTENDED, **change}, **more)) == []


def write_behind(cloud: LocalAzure, connector_id: str, plane: str, spec: Json) -> None:
    """Somebody else writes it, once it is provisioned."""
    if plane == "control":
        cloud.settle(cloud.arm("PUT", connector_id, {"properties": spec}))
        return
    agent_id, _, name = connector_id.partition("/connectors/")
    body = {"name": name, "type": "AgentConnector", "properties": spec}
    path = f"/api/v2/extendedAgent/connectors/{name}"
    cloud.poll(lambda: cloud.data("PUT", agent_id, path, body).is_success)


@pytest.mark.parametrize("plane", ["control", "data"])
def test_its_life_shows_no_drift_that_is_none_and_all_that_is(
    providers: ProviderProcess, cloud: LocalAzure, agent_id: str, fresh: str, plane: str
) -> None:
    """ARM hides address, scope and headers: a refresh is quiet, and yet sees what others change."""
    given = args(EXTENDED, agent_id=agent_id, plane=plane) | {"name": fresh}
    inputs = providers.check(PROVIDER, given).inputs
    made = providers.create(PROVIDER, inputs)
    if plane == "control":
        shown = cloud.arm("GET", made.id).json()["properties"]["extendedProperties"]
        assert {key for key, value in shown.items() if value is None} == {"endpoint", "armScope", *ROLE}

    assert providers.read(PROVIDER, made.id, made.outputs, inputs).inputs == inputs
    changes: list[Json] = [
        {"endpoint": "https://other.contoso.local/mcp"},
        {"armScope": "api://other/.default"},
        {"selectedTools": []},
    ]
    for change in changes:
        theirs = {**EXTENDED, **change}
        spec = {"dataConnectorType": "Mcp", "identity": "system", "extendedProperties": theirs}
        write_behind(cloud, made.id, plane, spec)

        read = providers.read(PROVIDER, made.id, made.outputs, inputs)

        assert read.inputs["extended_properties"] == theirs
        assert providers.diff(PROVIDER, made.id, read.outputs, inputs).changes is None

    outputs = providers.update(PROVIDER, made.id, read.outputs, inputs)
    assert providers.read(PROVIDER, made.id, outputs, inputs).inputs == inputs
    providers.delete(PROVIDER, made.id, outputs)
    assert providers.read(PROVIDER, made.id, outputs, inputs).id == ""


def test_one_with_another_address_is_not_overwritten(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str
) -> None:
    """Although ARM does not show the address: the data plane does, to those who may look there."""
    theirs = {**EXTENDED, "endpoint": "https://other.contoso.local/mcp"}
    body = {"properties": {"dataConnectorType": "Mcp", "identity": "system", "extendedProperties": theirs}}
    cloud.settle(cloud.arm("PUT", f"{new_agent_id}/connectors/dmv", body))
    inputs = providers.check(PROVIDER, args(EXTENDED, agent_id=new_agent_id)).inputs

    with pytest.raises(ProviderError, match=r"connector dmv of .* differs in extended_properties"):
        providers.create(PROVIDER, inputs)


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({}, "cannot be reached: the agent is in no network"),
        ({"endpoint": "https://example.net/mcp", "armScope": None}, "needs an identity and an armScope"),
    ],
)
def test_one_that_cannot_be_reached_fails_its_test(
    cloud: LocalAzure, agent_id: str, fresh: str, properties: Json, reason: str
) -> None:
    """An agent in no network has no way to a private host."""
    spec = {"dataConnectorType": "Mcp", "identity": "system", "extendedProperties": EXTENDED | properties}
    body = {"name": fresh, "type": "AgentConnector", "properties": spec}
    path = f"/api/v2/extendedAgent/connectors/{fresh}"
    assert cloud.data("PUT", agent_id, path, body).is_success

    answer = cloud.data("POST", agent_id, f"{path}/testconnection", body).json()

    assert answer["success"] is False
    assert reason in answer["errorMessage"]


@pytest.mark.parametrize("login", ["AzureARM", "CustomHeaders"])
def test_headers_are_secrets_of_errors(login: str) -> None:
    """Their names say nothing of it, but their place does."""
    extended = {**EXTENDED, "authType": login, "X-Tenant-Id": "contoso-tenant"}
    sent = {"properties": {"extendedProperties": extended}}

    assert mask("contoso-tenant is not known at mcp01", sent) == "*** is not known at mcp01"
