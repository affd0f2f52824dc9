"""The agent's own life over the real provider process: PUT to make it, PATCH to change it."""

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest

from pulumi_sre_agent.resources.agent import AgentProvider
from support.azure import GENERAL, PREVIEW, REGION, SUBSCRIPTION, LocalAzure
from support.provider_process import ProviderError, ProviderProcess

Json = dict[str, Any]
Make = Callable[..., Json]

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-sre"
SUBNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/agents"
PROVIDER = AgentProvider()
LOGS = {
    "application_insights_configuration": {
        "app_id": "app-1",
        "connection_string": "InstrumentationKey=s3cret",
    }
}


@pytest.fixture(scope="session")
def identities(cloud: LocalAzure) -> tuple[str, str]:
    """Two user-assigned identities."""
    return cloud.identity("id-one")["id"], cloud.identity("id-two")["id"]


@pytest.fixture
def wanted(identities: tuple[str, str], fresh: str) -> Make:
    """Arguments of an agent with everything set that the preview version knows, with changes."""

    def make(**changes: Any) -> Json:
        args = {
            "name": fresh,
            "resource_group_name": "rg-sre",
            "location": "Sweden Central",
            "tags": {"team": "payments", "env": "test"},
            "identity": {"type": "SystemAssigned, UserAssigned", "user_assigned_identities": [identities[0]]},
            "knowledge_graph_configuration": {"identity": identities[0], "managed_resources": [GROUP]},
            "action_configuration": {"identity": identities[0], "mode": "Review", "access_level": "Low"},
            "log_configuration": copy.deepcopy(LOGS),
            "incident_management_configuration": {
                "type": "PagerDuty",
                "connection_name": "pagerduty",
                "connection_key": "s3cret-key",
            },
            "upgrade_channel": "Preview",
            "default_model": {"provider": "Anthropic", "name": "Automatic"},
            "sandbox_configuration": {
                "egress": {
                    "mode": "Limited",
                    "allowed_hosts": ["api.example.com", "*.example.org"],
                    "allowed_registries": ["pypi"],
                },
                "packages": [{"name": "requests", "version": "2.*", "package_manager": "pip"}],
            },
            "monthly_agent_unit_limit": 10000,
            "mcp_servers": ["https://example.net/mcp"],
            "experimental_settings": {"EnableWorkspaceTools": True},
            "git_hub_configuration": {"repositories": [{"owner": "contoso", "name": "payments"}]},
        }
        return {key: value for key, value in (args | changes).items() if value is not None}

    return make


def changes(identities: tuple[str, str]) -> Json:
    """For each property that can change in place another value."""
    return {
        "tags": {"team": "ledger", "env": "test"},
        "identity": {"type": "UserAssigned", "user_assigned_identities": list(identities)},
        "knowledge_graph_configuration": {"identity": identities[0], "managed_resources": [GROUP, SUBNET]},
        "action_configuration": {"identity": identities[0], "mode": "Autonomous", "access_level": "High"},
        "log_configuration": {
            "application_insights_configuration": {
                **LOGS["application_insights_configuration"],
                "app_id": "app-2",
            }
        },
        "incident_management_configuration": {"type": "AzMonitor", "connection_name": "azmonitor"},
        "upgrade_channel": "Stable",
        "default_model": {"provider": "MicrosoftFoundry", "name": "gpt-5"},
        "sandbox_configuration": {"egress": {"mode": "Unrestricted"}},
        "monthly_agent_unit_limit": 20000,
        "mcp_servers": ["https://example.org/mcp"],
        "experimental_settings": {"EnableWorkspaceTools": False, "EnableHttpTriggers": True},
        "git_hub_configuration": {"repositories": [{"owner": "contoso", "name": "ledger"}]},
    }


def checked(providers: ProviderProcess, args: Json, olds: Json | None = None) -> Json:
    found = providers.check(PROVIDER, args, olds)
    assert found.failures == []
    return found.inputs


def patch_behind(cloud: LocalAzure, id_: str, body: Json) -> None:
    cloud.settle(cloud.arm("PATCH", id_, body))


def test_an_agents_life(providers: ProviderProcess, cloud: LocalAzure, wanted: Make) -> None:
    """Create, read, preview: nothing to say; delete, delete again: gone."""
    inputs = checked(providers, wanted())

    made = providers.create(PROVIDER, inputs)
    read = providers.read(PROVIDER, made.id, made.outputs, inputs)

    assert made.id == f"{GROUP}/providers/Microsoft.App/agents/{inputs['name']}"
    assert made.outputs["agent_endpoint"].startswith(cloud.url)
    assert made.outputs["system_assigned_principal_id"]
    assert {key: made.outputs[key] for key in inputs} == inputs
    assert (read.id, read.inputs, read.outputs) == (made.id, inputs, made.outputs)
    assert providers.diff(PROVIDER, made.id, read.outputs, inputs).changes is False

    providers.delete(PROVIDER, made.id, made.outputs)
    providers.delete(PROVIDER, made.id, made.outputs)

    assert cloud.arm("GET", made.id).status_code == 404
    assert providers.read(PROVIDER, made.id, made.outputs, inputs).id == ""


def test_every_property_changes_in_place_and_back(
    providers: ProviderProcess, cloud: LocalAzure, wanted: Make, identities: tuple[str, str]
) -> None:
    """Each by a PATCH, never by a PUT, which would drop what the body leaves out; connectors survive."""
    inputs = checked(providers, wanted())
    made = providers.create(PROVIDER, inputs)
    cloud.forget_requests()
    for name, value in changes(identities).items():
        news = checked(providers, wanted(**{name: value}), inputs)

        diff = providers.diff(PROVIDER, made.id, made.outputs, news)
        outputs = providers.update(PROVIDER, made.id, made.outputs, news)
        read = providers.read(PROVIDER, made.id, outputs, news)

        assert (diff.changes, diff.replaces) == (None, []), name
        assert read.inputs == news, name
        assert read.outputs == outputs, name

        made.outputs = providers.update(PROVIDER, made.id, outputs, inputs)
        assert providers.read(PROVIDER, made.id, made.outputs, inputs).inputs == inputs, name
    assert cloud.requests(method="PUT") == []


def test_every_property_can_be_left_out_again(
    providers: ProviderProcess, cloud: LocalAzure, wanted: Make, identities: tuple[str, str]
) -> None:
    """What the program no longer says is cleared."""
    inputs = checked(providers, wanted())
    made = providers.create(PROVIDER, inputs)
    optional = set(changes(identities)) - {
        "identity",
        "knowledge_graph_configuration",
        "action_configuration",
    }

    news = checked(providers, wanted(**dict.fromkeys(optional)), inputs)
    outputs = providers.update(PROVIDER, made.id, made.outputs, news)

    properties = cloud.arm("GET", made.id).json()
    assert not properties.get("tags")
    assert properties["properties"].get("monthlyAgentUnitLimit") is None
    assert properties["properties"].get("incidentManagementConfiguration") is None
    assert not properties["properties"].get("sandboxConfiguration", {}).get("egress")
    assert providers.read(PROVIDER, made.id, outputs, news).inputs == news


def test_a_change_in_the_portal_shows_as_exactly_that_property(
    providers: ProviderProcess, cloud: LocalAzure, wanted: Make
) -> None:
    """With the rest of the object that it is part of unchanged."""
    inputs = checked(providers, wanted())
    made = providers.create(PROVIDER, inputs)
    patch_behind(cloud, made.id, {"tags": {"team": "them", "unmanaged": "x"}})
    patch_behind(cloud, made.id, {"properties": {"actionConfiguration": {"mode": "autonomous"}}})
    patch_behind(
        cloud, made.id, {"properties": {"sandboxConfiguration": {"egress": {"allowedRegistries": None}}}}
    )

    read = providers.read(PROVIDER, made.id, made.outputs, inputs)

    expected = copy.deepcopy(inputs)
    expected["tags"]["team"] = "them"
    expected["action_configuration"]["mode"] = "Autonomous"
    del expected["sandbox_configuration"]["egress"]["allowed_registries"]
    assert read.inputs == expected
    assert providers.diff(PROVIDER, made.id, read.outputs, inputs).changes is None


@pytest.mark.parametrize("name", ["name", "resource_group_name", "location", "subscription_id"])
def test_a_change_of_identity_or_region_replaces(providers: ProviderProcess, wanted: Make, name: str) -> None:
    """An ARM resource can neither move nor be renamed."""
    olds = checked(providers, wanted())
    id_ = f"{GROUP}/providers/Microsoft.App/agents/{olds['name']}"

    diff = providers.diff(PROVIDER, id_, olds, {**olds, name: "another"})

    assert (diff.changes, diff.replaces, diff.delete_before_replace) == (None, [name], True)


def test_saying_what_the_id_says_already_is_no_change(providers: ProviderProcess, wanted: Make) -> None:
    """A program that begins to name its subscription does not lose its agent."""
    olds = checked(providers, wanted())
    id_ = f"{GROUP}/providers/Microsoft.App/agents/{olds['name']}"
    without = {key: value for key, value in olds.items() if key != "subscription_id"}

    assert olds["subscription_id"] == SUBSCRIPTION
    assert providers.diff(PROVIDER, id_, without, olds).changes is False
    assert providers.diff(PROVIDER, id_, olds, without).changes is False


def test_spellings_that_mean_the_same_are_no_change(
    providers: ProviderProcess, wanted: Make, identities: tuple[str, str]
) -> None:
    """Letter case of ids, names of the unattended mode, blanks in regions, order of lists."""
    mode = {"identity": identities[0], "mode": "Autonomous", "access_level": "Low"}
    inputs = checked(providers, wanted(action_configuration=mode))
    made = providers.create(PROVIDER, inputs)
    other = wanted(
        location="SWEDENCENTRAL",
        resource_group_name="RG-SRE",
        action_configuration={"identity": identities[0].upper(), "mode": "automatic", "access_level": "low"},
        identity={"type": "systemassigned,userassigned", "user_assigned_identities": [identities[0].upper()]},
    )
    other["sandbox_configuration"]["egress"]["allowed_hosts"].reverse()

    news = checked(providers, other, inputs)

    assert news == inputs
    assert providers.diff(PROVIDER, made.id, made.outputs, checked(providers, other)).changes is False


@pytest.mark.parametrize(("version", "mode"), [(PREVIEW, "Automatic"), (GENERAL, "Autonomous")])
def test_the_unattended_mode_is_spelled_as_the_version_spells_it(
    providers: ProviderProcess,
    cloud: LocalAzure,
    wanted: Make,
    identities: tuple[str, str],
    version: str,
    mode: str,
) -> None:
    """The two versions have two words for one mode (docs/reference/control-plane.md#action-mode)."""
    only_preview = (
        "monthly_agent_unit_limit",
        "mcp_servers",
        "experimental_settings",
        "git_hub_configuration",
    )
    action = {"identity": identities[0], "mode": "AUTOMATIC"}
    inputs = checked(
        providers, wanted(api_version=version, action_configuration=action, **dict.fromkeys(only_preview))
    )

    made = providers.create(PROVIDER, inputs)

    assert cloud.arm("GET", made.id).json()["properties"]["actionConfiguration"]["mode"] == mode
    assert providers.read(PROVIDER, made.id, made.outputs, inputs).inputs == inputs


def test_the_api_version_can_change(providers: ProviderProcess, cloud: LocalAzure, wanted: Make) -> None:
    """It says how to speak to ARM, not what the agent is: nothing is sent but a look."""
    only_preview = (
        "monthly_agent_unit_limit",
        "mcp_servers",
        "experimental_settings",
        "git_hub_configuration",
    )
    inputs = checked(providers, wanted(**dict.fromkeys(only_preview)))
    made = providers.create(PROVIDER, inputs)
    news = checked(providers, {**inputs, "api_version": GENERAL}, inputs)
    cloud.forget_requests()

    outputs = providers.update(PROVIDER, made.id, made.outputs, news)

    assert [entry["method"] for entry in cloud.requests(plane="control")] == ["GET"]
    assert outputs == {**made.outputs, "api_version": GENERAL}


def test_a_subnet_comes_and_goes_with_its_egress_mode(
    providers: ProviderProcess, cloud: LocalAzure, wanted: Make
) -> None:
    """Both are in the same PATCH, in both directions, and from one subnet to another.

    See docs/reference/control-plane.md#put-and-patch.
    """
    assert cloud.subnet() == SUBNET
    without = checked(providers, wanted(sandbox_configuration={"egress": {"mode": "Unrestricted"}}))
    made = providers.create(PROVIDER, without)
    within = checked(
        providers,
        wanted(
            sandbox_configuration={
                "egress": {"mode": "AzureVNet", "vnet_configuration": {"use_private_dns_resolution": True}}
            },
            vnet_configuration={"subnet_resource_id": SUBNET},
        ),
        without,
    )

    attached = providers.update(PROVIDER, made.id, made.outputs, within)
    assert providers.read(PROVIDER, made.id, attached, within).inputs == within

    other = cloud.subnet("others", prefix="10.0.0.32/27")
    elsewhere = checked(providers, {**within, "vnet_configuration": {"subnet_resource_id": other}}, within)
    moved = providers.update(PROVIDER, made.id, attached, elsewhere)
    assert providers.read(PROVIDER, made.id, moved, elsewhere).inputs == elsewhere

    detached = providers.update(PROVIDER, made.id, moved, without)
    assert providers.read(PROVIDER, made.id, detached, without).inputs == without

    silent = checked(providers, wanted(sandbox_configuration=None))
    attached = providers.update(PROVIDER, made.id, detached, within)
    detached = providers.update(PROVIDER, made.id, attached, silent)
    assert providers.read(PROVIDER, made.id, detached, within).inputs.get("vnet_configuration") in (None, {})


def test_an_agent_that_is_there_and_differs_is_not_touched(
    providers: ProviderProcess, cloud: LocalAzure, wanted: Make, fresh: str
) -> None:
    """Unless it may be adopted: then what differs is patched, and what the program does not manage stays."""
    id_ = cloud.agent(fresh, mcpServers=["https://theirs.example/mcp"])
    inputs = checked(providers, wanted(mcp_servers=None))
    cloud.forget_requests()

    with pytest.raises(ProviderError) as refused:
        providers.create(PROVIDER, inputs)

    assert re.match(rf"agent {fresh} already exists and differs in .*\btags, ", str(refused.value).strip())
    assert {entry["method"] for entry in cloud.requests(plane="control")} == {"GET"}

    adopting = checked(providers, wanted(mcp_servers=None, adopt=True))
    made = providers.create(PROVIDER, adopting)

    assert made.id == id_
    assert providers.read(PROVIDER, made.id, made.outputs, adopting).inputs == adopting
    assert cloud.arm("GET", id_).json()["properties"]["mcpServers"] == ["https://theirs.example/mcp"]
    assert cloud.requests(plane="control", method="PUT") == []


def test_a_create_that_was_killed_converges(
    providers: ProviderProcess, cloud: LocalAzure, wanted: Make
) -> None:
    """The next create finds the operation still running, waits for it and takes the agent."""
    inputs = checked(providers, wanted())
    model = PROVIDER.model
    identity = inputs["identity"]["user_assigned_identities"][0]
    spec = model.to_wire(inputs)
    body = {key: spec.pop(key) for key in ("location", "tags")}
    del spec["identity"]
    body |= {"identity": {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {identity: {}}}}
    cloud.switch(operationSeconds=0.5)
    id_ = f"{GROUP}/providers/Microsoft.App/agents/{inputs['name']}"
    begun = cloud.arm("PUT", id_, {**body, "properties": spec})
    cloud.switch(operationSeconds=0.02)
    assert begun.status_code == 201
    cloud.forget_requests()

    made = providers.create(PROVIDER, inputs)

    assert made.id == id_
    assert cloud.requests(plane="control", method="PUT") == []
    assert providers.read(PROVIDER, made.id, made.outputs, inputs).inputs == inputs


def test_a_create_whose_operation_failed_is_begun_again(
    providers: ProviderProcess, cloud: LocalAzure, wanted: Make
) -> None:
    """The half-made agent is in nobody's way."""
    inputs = checked(providers, wanted())
    cloud.fault(
        "operationFailed", method="PUT", path=f"agents/{inputs['name']}", times=1, message="No capacity."
    )

    with pytest.raises(ProviderError, match="No capacity"):
        providers.create(PROVIDER, inputs)
    made = providers.create(PROVIDER, inputs)

    assert cloud.arm("GET", made.id).json()["properties"]["provisioningState"] == "Succeeded"


def test_an_agent_whose_update_failed_is_not_taken_for_half_made(
    providers: ProviderProcess, cloud: LocalAzure, wanted: Make, fresh: str
) -> None:
    """It was alive before, so it may be somebody else's."""
    id_ = cloud.agent(fresh)
    cloud.fault("operationFailed", method="PATCH", path=id_, times=1)
    patch_behind(cloud, id_, {"tags": {"team": "them"}})
    assert cloud.arm("GET", id_).json()["properties"]["provisioningState"] == "Failed"

    with pytest.raises(ProviderError, match=r"already exists and differs in .*\btags, "):
        providers.create(PROVIDER, checked(providers, wanted()))


def test_an_answer_other_than_404_is_not_taken_for_gone(
    providers: ProviderProcess, cloud: LocalAzure, wanted: Make
) -> None:
    """A refresh that may not read fails, it does not lose the resource."""
    inputs = checked(providers, wanted())
    made = providers.create(PROVIDER, inputs)
    cloud.fault(
        "status", method="GET", path=made.id, status=403, code="AuthorizationFailed", message="No.", times=1
    )

    with pytest.raises(ProviderError, match="AuthorizationFailed"):
        providers.read(PROVIDER, made.id, made.outputs, inputs)


def test_region_and_subscription_default_to_the_logins(providers: ProviderProcess, wanted: Make) -> None:
    """As they do for azure-native."""
    args = wanted(location=None)

    inputs = checked(providers, args)

    assert (inputs["location"], inputs["subscription_id"]) == (REGION, SUBSCRIPTION)


def test_what_only_the_general_version_knows(
    providers: ProviderProcess, cloud: LocalAzure, identities: tuple[str, str], fresh: str
) -> None:
    """An identity in Entra, whose client id comes back, and a space."""
    space = f"{GROUP}/providers/Microsoft.App/agentSpaces/{fresh}"
    args = {
        "name": fresh,
        "resource_group_name": "rg-sre",
        "api_version": GENERAL,
        "identity": {"type": "UserAssigned", "user_assigned_identities": [identities[0]]},
        "knowledge_graph_configuration": {"identity": identities[0]},
        "agent_identity": {"initial_sponsor_group_id": "sponsors"},
    }
    inputs = checked(providers, args)
    made = providers.create(PROVIDER, inputs)
    news = checked(providers, {**args, "agent_space_id": space}, inputs)
    outputs = providers.update(PROVIDER, made.id, made.outputs, news)

    assert made.outputs["agent_identity_client_id"]
    assert outputs["agent_identity_client_id"] == made.outputs["agent_identity_client_id"]
    assert providers.read(PROVIDER, made.id, outputs, news).inputs == news
    properties = cloud.arm("GET", made.id, api_version=GENERAL).json()["properties"]
    assert properties["agentSpaceId"] == space
    assert properties["agentIdentity"]["enabled"] is True
