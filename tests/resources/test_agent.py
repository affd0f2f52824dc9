"""The agent's own life over the real provider process: PUT to make it, PATCH to change it."""

import copy

import pytest

from support.agent_arguments import GROUP, PROVIDER, SUBNET, Make, changes, checked, patch_behind
from support.azure import GENERAL, PREVIEW, REGION, SUBSCRIPTION, LocalAzure
from support.provider_process import ProviderProcess


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
