"""sre.Fleet: many agents, listed or in a folder, and what they share."""

import json
from pathlib import Path
from typing import Any

import pulumi
import pytest

import pulumi_sre_agent as sre
from pulumi_sre_agent.fleet.args import FleetArgs
from pulumi_sre_agent.fleet.specs import merge_patch
from support.mocks import ADDRESS, ENDPOINT, SUBSCRIPTION, Json, Registered, run

OTHER = "00000000-0000-0000-0000-000000000002"
AGENT = "pulumi-python:dynamic/sre:Agent"
GROUP = "azure-native:resources:ResourceGroup"
WORKSPACE = "azure-native:operationalinsights:Workspace"
COMPONENT = "azure-native:applicationinsights:Component"
VNET, SUBNET = "azure-native:network:VirtualNetwork", "azure-native:network:Subnet"
PROVIDER = "pulumi:providers:azure-native"
EXISTING_WORKSPACE = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/w/providers/Microsoft.OperationalInsights/workspaces/w"
)

HERE: Json = {"location": "swedencentral"}
THERE: Json = {"location": "East US 2", "subscription_id": OTHER}
SPACES = {"swedencentral": "10.20.0.0/16", "eastus2": "10.21.0.0/16"}
SHARED: Json = {
    "location": "swedencentral",
    "tags": {"team": "platform"},
    "shared_workspace": {},
    "shared_network": {"address_prefixes": SPACES},
}


def deployed(args: Any, **config: str) -> Registered:
    return run(
        lambda: sre.Fleet("all", args), {name.replace("__", ":"): value for name, value in config.items()}
    )


def agents(args: Any) -> dict[str, Json]:
    """Return what each agent is given, by its name in Pulumi."""
    return {name: made.inputs for name, made in deployed(args).of(AGENT).items()}


def refusal(args: Any) -> str:
    """Return why a fleet is refused, which it is before anything is registered."""
    seen: list[Registered] = []
    with pytest.raises(pulumi.RunError) as refused:
        seen.append(deployed(args))
    assert seen == []
    return str(refused.value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with two agent directories, and something else."""
    for name, region in (("payments", "swedencentral"), ("shop", "eastus2")):
        directory(tmp_path / name, identity={"agentName": f"{name}-oncall", "location": region})
    (tmp_path / "notes").mkdir()
    (tmp_path / "README.md").write_text("Agents.")
    return tmp_path


def directory(path: Path, identity: Json, **more: Any) -> None:
    settings = {
        "identity": {"resourceGroup": f"rg-{path.name}", "targetResourceGroups": [], **identity},
        "access": {"accessLevel": "Low", "actionMode": "Review"},
        **more,
    }
    path.mkdir()
    (path / "agent.json").write_text(json.dumps(settings, indent=1))


def test_an_agent_of_a_list_is_called_and_placed_by_its_name_there() -> None:
    made = agents({"agents": {"payments": HERE, "shop": {**HERE, "name": "it", "resource_group_name": "g"}}})

    called = {name: (each["name"], each["resource_group_name"]) for name, each in made.items()}
    assert called == {"all-payments": ("payments", "rg-payments"), "all-shop": ("it", "g")}


def test_an_agent_may_say_nothing_of_its_own() -> None:
    """As a key without a value does in YAML."""
    (made,) = agents({"agents": {"payments": None}, "defaults": HERE}).values()

    assert (made["name"], made["location"]) == ("payments", "swedencentral")


def test_every_directory_in_a_folder_is_an_agent_of_that_name(folder: Path) -> None:
    made = agents({"directories": folder, "agents": {"shop": {"tags": {"team": "shop"}}}})

    assert {name: (each["name"], each["location"]) for name, each in made.items()} == {
        "all-payments": ("payments-oncall", "swedencentral"),
        "all-shop": ("shop-oncall", "eastus2"),
    }
    assert made["all-shop"]["tags"].items() >= {"team": "shop"}.items()
    assert "team" not in made["all-payments"]["tags"]


def test_a_listed_agent_may_have_a_directory_that_lies_anywhere(folder: Path) -> None:
    made = agents({"agents": {"aa": {"directory": folder / "shop"}, "bb": HERE}})

    assert (made["all-aa"]["name"], made["all-bb"]["name"]) == ("shop-oncall", "bb")


@pytest.mark.parametrize(
    ("default", "own", "joined"),
    [
        pytest.param({"a": 1}, {"b": 2}, {"a": 1, "b": 2}, id="members"),
        pytest.param({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}}, {"a": {"b": 3, "c": 2}}, id="any-depth"),
        pytest.param({"a": [1, 2]}, {"a": [3]}, {"a": [3]}, id="lists"),
        pytest.param({"a": {"b": 1}}, {"a": 2}, {"a": 2}, id="other-shape"),
        pytest.param({"a": {"b": 1}}, {"a": {"b": None}}, {"a": {"b": None}}, id="none"),
    ],
)
def test_what_an_agent_says_is_laid_over_the_defaults(default: Json, own: Json, joined: Json) -> None:
    """As JSON Merge Patch does; None is dropped with all others when the agent's arguments are checked."""
    assert merge_patch(default, own) == joined


def test_none_takes_a_default_away() -> None:
    made = agents(
        {
            "agents": {
                "aa": {**HERE, "settings": None},
                "bb": {**HERE, "settings": {"upgrade_channel": None}},
                "cc": HERE,
            },
            "defaults": {"settings": {"upgrade_channel": "Preview"}},
        }
    )

    assert [each.get("upgrade_channel") for each in made.values()] == [None, None, "Preview"]


def test_defaults_are_arguments_and_win_over_directories(folder: Path) -> None:
    made = agents({"directories": folder, "defaults": {"access_level": "High"}})

    assert {each["action_configuration"]["access_level"] for each in made.values()} == {"High"}


def test_each_other_subscription_has_one_provider_for_all_its_agents() -> None:
    seen = deployed({"agents": {"aa": HERE, "bb": THERE, "cc": {**THERE, "subscription_id": OTHER.upper()}}})

    assert seen.of(PROVIDER).keys() == {f"all-{OTHER}"}
    providers = {name: made.provider for name, made in seen.of(GROUP).items()}
    assert providers == {"all-aa": "", "all-bb": f"all-{OTHER}", "all-cc": f"all-{OTHER}"}
    places = {name: made.inputs["subscription_id"] for name, made in seen.of(AGENT).items()}
    assert places == {"all-aa": SUBSCRIPTION, "all-bb": OTHER, "all-cc": OTHER}


def test_a_directory_says_the_subscription_of_its_agent_and_of_what_that_watches(tmp_path: Path) -> None:
    identity = {"agentName": "aa-oncall", "location": "eastus2", "subscription": OTHER}
    directory(tmp_path / "aa", {**identity, "targetResourceGroups": ["rg-shop"]})

    (made,) = agents({"directories": tmp_path}).values()

    assert made["subscription_id"] == OTHER
    watched = made["knowledge_graph_configuration"]["managed_resources"]
    assert watched == [f"/subscriptions/{OTHER}/resourceGroups/rg-shop"]


def test_with_the_azure_cli_the_default_provider_is_for_who_says_nothing() -> None:
    seen = deployed({"agents": {"aa": HERE, "bb": THERE}}, **{"azure-native__subscriptionId": ""})

    assert seen.of(PROVIDER).keys() == {f"all-{OTHER}"}
    assert {made.inputs["subscription_id"] for made in seen.of(AGENT).values()} == {SUBSCRIPTION, OTHER}


def test_agents_share_a_workspace_and_keep_what_they_have() -> None:
    """Each has an Application Insights component of its own, in its own region and subscription."""
    own = {**HERE, "existing_workspace_id": EXISTING_WORKSPACE}
    seen = deployed({**SHARED, "agents": {"aa": HERE, "bb": THERE, "cc": own}, "shared_network": None})

    workspace = seen.one(WORKSPACE)
    assert workspace.inputs.items() >= {"workspaceName": "log-all", "resourceGroupName": "rg-all"}.items()
    assert workspace.inputs["tags"] == SHARED["tags"]
    used = {name: made.inputs["workspaceResourceId"] for name, made in seen.of(COMPONENT).items()}
    shared = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-all/providers"
    assert used == {
        "all-aa-telemetry": f"{shared}/Microsoft.OperationalInsights/workspaces/log-all",
        "all-bb-telemetry": f"{shared}/Microsoft.OperationalInsights/workspaces/log-all",
        "all-cc-telemetry": EXISTING_WORKSPACE,
    }


def test_agents_share_a_network_in_each_region_and_each_has_its_subnet() -> None:
    everyone = {
        "aa": HERE,
        "bb": HERE,
        "cc": THERE,
        "dd": {**HERE, "network": {"egress": {"mode": "Limited"}}},
    }
    seen = deployed({**SHARED, "agents": everyone})

    assert {
        name: (made.inputs["location"], made.inputs["addressSpace"]["addressPrefixes"], made.provider)
        for name, made in seen.of(VNET).items()
    } == {
        "all-swedencentral": ("swedencentral", ["10.20.0.0/16"], ""),
        "all-eastus2": ("eastus2", ["10.21.0.0/16"], ""),
    }
    networks = (
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-all/providers/Microsoft.Network/virtualNetworks"
    )
    subnets = {
        name: made.inputs.get("vnet_configuration", {}).get("subnet_resource_id")
        for name, made in seen.of(AGENT).items()
    }
    assert subnets == {
        "all-aa": f"{networks}/vnet-all-swedencentral/subnets/aa",
        "all-bb": f"{networks}/vnet-all-swedencentral/subnets/bb",
        "all-cc": f"{networks}/vnet-all-eastus2/subnets/cc",
        "all-dd": None,
    }
    assert seen.outputs["sre:index:Fleet::all"]["outbound_ip_addresses"] == {
        "swedencentral": [ADDRESS],
        "eastus2": [ADDRESS],
    }


def test_what_a_directory_says_of_its_network_stays(tmp_path: Path) -> None:
    limited = {"type": "Limited", "allowedHosts": ["api.contoso.com"]}
    directory(tmp_path / "aa", {"agentName": "a-oncall", **HERE}, networkConfiguration=limited)

    seen = deployed({**SHARED, "directories": tmp_path})

    assert seen.of(VNET) == {}
    assert seen.one(AGENT).inputs["sandbox_configuration"]["egress"]["mode"] == "Limited"


def test_what_is_shared_may_lie_in_a_group_that_is_there() -> None:
    seen = deployed(
        {**SHARED, "agents": {"aa": HERE}, "resource_group_name": "rg-hub", "existing_resource_group": True}
    )

    assert seen.of(GROUP).keys() == {"all-aa"}
    assert seen.one(WORKSPACE).inputs["resourceGroupName"] == "rg-hub"


def test_it_hands_out_agents_endpoints_and_portal_urls_by_name() -> None:
    fleets: list[sre.Fleet] = []
    args: Any = {"agents": {"aa": HERE, "bb": THERE}}
    seen = run(lambda: fleets.append(sre.Fleet("all", args)))

    assert {name: type(agent) for name, agent in fleets[0].agents.items()} == {
        "aa": sre.Agent,
        "bb": sre.Agent,
    }
    assert seen.outputs["sre:index:Fleet::all"] == {
        "endpoints": {"aa": ENDPOINT, "bb": ENDPOINT},
        "portal_urls": {
            "aa": f"https://sre.azure.com/#/agent/{SUBSCRIPTION}/rg-aa/aa",
            "bb": f"https://sre.azure.com/#/agent/{OTHER}/rg-bb/bb",
        },
        "outbound_ip_addresses": {},
    }


def test_all_faults_of_all_directories_come_at_once(folder: Path) -> None:
    for name in ("payments", "shop"):
        settings = json.loads((folder / name / "agent.json").read_text())
        settings["access"] = {"accessLevel": "Medium", "actionMode": "Sometimes"}
        (folder / name / "agent.json").write_text(json.dumps(settings, indent=1))

    said = refusal({"directories": folder})

    assert f"The agent directory {folder / 'payments'} has 2 faults:" in said
    assert f"The agent directory {folder / 'shop'} has 2 faults:" in said


def test_all_faults_of_all_agents_come_at_once_each_with_its_name() -> None:
    said = refusal({"agents": {"payments": {}, "shop": {**HERE, "name": "-"}}})

    assert (
        said.splitlines()[0] == "payments: The agent has no location: give it, or a directory that says it."
    )
    assert said.splitlines()[1].startswith("shop: The agent - cannot be: ")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        pytest.param({}, "The fleet has no agents: name them in agents, or their folder in ", id="nobody"),
        pytest.param({"agents": {}}, "The fleet has no agents", id="empty"),
        pytest.param(
            {"agents": {"aa": {"locaton": "x"}}},
            "The fleet cannot be: agents.aa.locaton is not a property here (did you mean 'location'?)",
            id="typo",
        ),
        pytest.param(
            {"agents": {"a b": HERE}},
            "The fleet cannot be: 'a b' is no name for an agent, which has up to 64 letters, digits, ",
            id="name",
        ),
        pytest.param(
            {"agents": {"aa": HERE, "bb": HERE, "cc": HERE}, "defaults": {"resource_group_name": "rg-All"}},
            "One resource group, rg-all, is for aa, bb and cc, and only one of them could make it: give each "
            "its own, or say existing_resource_group for all of them.",
            id="one-group",
        ),
        pytest.param(
            {
                "agents": {"aa": HERE, "bb": HERE},
                "defaults": {"name": "it", "resource_group_name": "g", "existing_resource_group": True},
            },
            "aa and bb would all be the agent it in g: name them apart.",
            id="one-agent",
        ),
        pytest.param(
            {"agents": {"aa": HERE, "bb": HERE}, "defaults": {"targets": ["rg-Shop"], "make_targets": True}},
            "aa and bb would each make the resource group rg-shop, which they watch: leave make_targets to "
            "one of them.",
            id="one-target",
        ),
        pytest.param(
            {**SHARED, "agents": {"aa": {**HERE, "resource_group_name": "rg-all"}}},
            "One resource group, rg-all, is for the fleet itself and aa, and only one of them could make it",
            id="group-of-the-fleet",
        ),
        pytest.param(
            {"agents": {"aa": HERE}, "shared_workspace": {}},
            "The fleet cannot be: location is missing, the region of what the agents share.",
            id="shared-nowhere",
        ),
        pytest.param(
            {**SHARED, "agents": {"aa": {"location": "swedncentral"}, "bb": {"location": "uksouth"}}},
            "There is no address space in swedncentral, the region of aa: add it to "
            "shared_network.address_prefixes, or give another location or network.\n"
            "There is no address space in uksouth, the region of bb",
            id="region",
        ),
        pytest.param(
            {
                **SHARED,
                "agents": {"aa": HERE, "bb": HERE},
                "shared_network": {"address_prefixes": {"swedencentral": "10.0.0.0/27"}},
            },
            "The network in swedencentral cannot be: the subnets of aa (10.0.0.0/27) and bb (10.0.0.0/27) "
            "would overlap",
            id="no-room",
        ),
    ],
)
def test_a_fleet_that_cannot_be_is_refused_in_a_sentence(args: FleetArgs, said: str) -> None:
    assert said in refusal(args)


def test_agents_of_one_group_in_two_subscriptions_are_not_in_each_others_way() -> None:
    made = agents(
        {"agents": {"aa": HERE, "bb": THERE}, "defaults": {"name": "it", "resource_group_name": "g"}}
    )

    assert {each["subscription_id"] for each in made.values()} == {SUBSCRIPTION, OTHER}


def test_a_folder_without_directories_is_refused(folder: Path) -> None:
    for path in (folder / "notes", folder / "nowhere"):
        assert refusal({"directories": path}) == (
            f"There is no agent directory in {path}: each is a folder there with an agent.json."
        )


def test_arguments_for_a_directory_that_is_not_there_are_refused(folder: Path) -> None:
    """A slip of the pen would make another agent otherwise."""
    said = refusal({"directories": folder, "agents": {"paymnets": {}, "shop": {}}})

    assert "there is no agent.json for agents.paymnets (did you mean 'payments'?)." in said


def test_a_region_that_is_an_output_decides_no_shared_network() -> None:
    def fleet() -> None:
        args: Any = {**SHARED, "agents": {"shop": {"location": pulumi.Output.from_input("eastus2")}}}
        sre.Fleet("all", args)

    with pytest.raises(pulumi.RunError) as refused:
        run(fleet)

    assert str(refused.value) == (
        "shop: location is an output, but decides which shared network it is in: give the value itself, or a "
        "network of its own."
    )
