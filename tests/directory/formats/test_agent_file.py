"""agent.json: what it means, and what is refused."""

from typing import Any

import pytest

from support.directories import AGENT, Faults, Read, agent

SUBNET = (
    "/subscriptions/s1/resourceGroups/rg-net/providers/Microsoft.Network/virtualNetworks/vnet/subnets/agents"
)
UAMI = "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id"
APP_INSIGHTS = "/subscriptions/s1/resourceGroups/rg/providers/microsoft.insights/components/appi"


def test_everything_that_it_can_say(reads: Read) -> None:
    """In Azure's spelling, as settings and as arguments of the resource.

    See docs/reference/directory-format.md#agent-file.
    """
    document = {
        "identity": {
            "agentName": "payments-oncall",
            "resourceGroup": "rg-oncall",
            "subscription": "s1",
            "location": "swedencentral",
            "targetResourceGroups": ["rg-a", "rg-b"],
        },
        "access": {"accessLevel": "High", "actionMode": "autonomous"},
        "upgradeChannel": "Stable",
        "defaultModelProvider": "Azure OpenAI",
        "defaultModelName": "Automatic",
        "monthlyAgentUnitLimit": 5000,
        "tags": {"owner": "payments"},
        "existingUamiId": UAMI,
        "existingAgentAppInsightsId": APP_INSIGHTS,
        "toggles": {
            "enableWebhookBridge": False,
            "webhookBridgeTriggerUrl": "",
            "enableDailyHealthCheckTask": True,
            "enableDenyProdDeletesHook": True,
            "enableSafetyRulesPrompt": True,
        },
        "networkConfiguration": {
            "type": "azurevnet",
            "subnetId": SUBNET,
            "subnetPrefix": "10.2.0.0/27",
            "allowedHosts": ["*.contoso.com"],
            "allowedRegistries": ["pypi"],
            "allowedCodeRepositories": ["Github"],
            "allowHttpMcpServerNetworkAccess": False,
            "usePrivateDnsResolution": True,
        },
        "experimentalSettings": {"EnableWorkspaceTools": False},
        "featureFlags": {"enableV2AgentLoop": True},
        "_exported_at": "2026-08-10",
    }

    said = reads({"agent.json": document}).agent

    assert (said.name, said.subscription) == ("payments-oncall", "s1")
    assert said.target_resource_groups == ["rg-a", "rg-b"]
    assert said.existing_identity_id == UAMI
    assert said.existing_app_insights_id == APP_INSIGHTS
    assert said.arguments == {
        "name": "payments-oncall",
        "resource_group_name": "rg-oncall",
        "subscription_id": "s1",
        "location": "swedencentral",
        "action_configuration": {"access_level": "High", "mode": "Automatic"},
        "upgrade_channel": "Stable",
        "default_model": {"provider": "MicrosoftFoundry", "name": "Automatic"},
        "experimental_settings": {"EnableWorkspaceTools": False},
        "monthly_agent_unit_limit": 5000,
        "tags": {"owner": "payments"},
        "vnet_configuration": {"subnet_resource_id": SUBNET},
        "sandbox_configuration": {
            "egress": {
                "mode": "AzureVNet",
                "allowed_hosts": ["*.contoso.com"],
                "allowed_registries": ["pypi"],
                "allowed_code_repositories": ["Github"],
                "allow_http_mcp_server_network_access": False,
                "vnet_configuration": {"use_private_dns_resolution": True},
            }
        },
    }


def test_what_it_does_not_say_is_none(reads: Read) -> None:
    """Blank texts count as unsaid, so that defaults stay the component's business."""
    said = reads(
        {"agent.json": agent(identity={"subscription": ""}, existingUamiId="", upgradeChannel="", tags={})}
    ).agent

    assert (said.subscription, said.existing_identity_id, said.target_resource_groups) == (None, None, [])
    assert said.arguments.keys() == {
        *("name", "resource_group_name", "location", "action_configuration", "tags"),
    }


@pytest.mark.parametrize(
    ("given", "groups"),
    [
        ("rg-a", ["rg-a"]),
        (" rg-a ,rg-b,", ["rg-a", "rg-b"]),
        ("", []),
        (["rg-a", " rg-b", ""], ["rg-a", "rg-b"]),
    ],
)
def test_target_groups_may_be_one_text_with_commas(reads: Read, given: Any, groups: list[str]) -> None:
    """Blanks mean nothing: Microsoft's own script splits the text at the commas and leaves them there."""
    said = reads({"agent.json": agent(identity={"targetResourceGroups": given})}).agent

    assert said.target_resource_groups == groups


@pytest.mark.parametrize(
    ("given", "mode"),
    [
        *[
            ("Review", "Review"),
            ("review", "Review"),
            ("Automatic", "Automatic"),
            ("autonomous", "Automatic"),
        ],
        ("ReadOnly", "ReadOnly"),
    ],
)
def test_action_modes_in_every_known_spelling(reads: Read, given: str, mode: str) -> None:
    """Microsoft's own sources disagree on the spelling (docs/reference/control-plane.md#action-mode)."""
    arguments = reads({"agent.json": agent(access={"actionMode": given})}).agent.arguments

    assert arguments["action_configuration"]["mode"] == mode


@pytest.mark.parametrize(
    ("given", "mode"),
    [
        ("vnet", "AzureVNet"),
        ("AzureVNet", "AzureVNet"),
        ("LIMITED", "Limited"),
        ("unrestricted", "Unrestricted"),
    ],
)
def test_egress_modes_in_any_case(reads: Read, given: str, mode: str) -> None:
    """A subnet goes with AzureVNet only."""
    network = {"type": given} | ({"subnetId": SUBNET} if mode == "AzureVNet" else {})

    said = reads({"agent.json": agent(networkConfiguration=network)}).agent

    assert said.arguments["sandbox_configuration"]["egress"]["mode"] == mode


@pytest.mark.parametrize(
    ("identity", "subscription"),
    [
        pytest.param({"subscription": "s1"}, None, id="said-in-agent-json"),
        pytest.param({}, "s1", id="where-it-is-deployed"),
        pytest.param({"subscription": "s1"}, "s2", id="agent-json-wins"),
    ],
)
def test_a_subnet_may_be_given_by_names(
    reads: Read, identity: dict[str, str], subscription: str | None
) -> None:
    """The id is built as the templates build it, in the agent's subscription."""
    network = {"type": "vnet", "resourceGroup": "rg-net", "vnetName": "vnet", "subnetName": "agents"}

    said = reads(
        {"agent.json": agent(identity=identity, networkConfiguration=network)}, subscription=subscription
    ).agent

    assert said.arguments["vnet_configuration"]["subnet_resource_id"] == SUBNET


def test_a_subnet_without_a_name_is_called_agent_subnet(reads: Read) -> None:
    """As in the templates."""
    network = {"type": "vnet", "resourceGroup": "rg-net", "vnetName": "vnet"}

    said = reads({"agent.json": agent(networkConfiguration=network)}, subscription="s1").agent

    assert said.arguments["vnet_configuration"]["subnet_resource_id"] == SUBNET.replace(
        "subnets/agents", "subnets/agent-subnet"
    )


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        pytest.param(
            {"identity": {"agentName": "9lives"}},
            "identity.agentName must have 2 to 32 letters, digits and hyphens, begin with a letter",
            id="bad-agent-name",
        ),
        pytest.param(
            {"access": {"actionMode": "Yolo"}},
            "access.actionMode must be one of Review, Automatic, ReadOnly",
            id="unknown-mode",
        ),
        pytest.param(
            {"access": {"accessLevel": "Medium"}},
            "access.accessLevel must be one of Low, High",
            id="unknown-access-level",
        ),
        pytest.param(
            {"upgradeChannel": "Prevew"},
            "upgradeChannel must be one of Preview, Stable (did you mean 'Preview'?)",
            id="unknown-channel",
        ),
        pytest.param(
            {"defaultModelProvider": "Antropic"},
            "defaultModelProvider must be one of Anthropic, MicrosoftFoundry (did you mean 'Anthropic'?)",
            id="unknown-provider",
        ),
        pytest.param({"identity": {"agentName": ""}}, "identity.agentName is missing", id="no-name"),
        pytest.param({"identity": {"location": None}}, "identity.location is missing", id="no-location"),
        pytest.param(
            {"monthlyAgentUnitLimit": "many"}, "monthlyAgentUnitLimit must be a whole number", id="limit"
        ),
        pytest.param({"tags": {"a": 1}}, "tags.a must be text", id="tag"),
        pytest.param(
            {"existingUamiId": "id-oncall"},
            "existingUamiId must be the ARM id of a user-assigned identity: /subscriptions/",
            id="identity-by-name",
        ),
        pytest.param(
            {"existingAgentAppInsightsId": UAMI},
            "existingAgentAppInsightsId must be the ARM id of an Application Insights component: /subscr",
            id="telemetry-of-another-type",
        ),
        pytest.param(
            {"identity": {"agentNmae": "x"}},
            "'agentNmae' is no member of identity (did you mean 'agentName'?)",
            id="typo-in-identity",
        ),
        pytest.param(
            {"upgradeChanel": "Stable"},
            "'upgradeChanel' is no member of agent.json (did you mean 'upgradeChannel'?)",
            id="typo-at-the-top",
        ),
        pytest.param(
            {"networkConfiguration": {"type": "private"}},
            "networkConfiguration.type must be one of AzureVNet, Limited, Unrestricted",
            id="unknown-network",
        ),
        pytest.param(
            {"networkConfiguration": {"type": "Limited", "subnetId": SUBNET}},
            "networkConfiguration.subnetId needs the type AzureVNet, no other egress uses a subnet",
            id="subnet-without-vnet-egress",
        ),
        pytest.param(
            {"networkConfiguration": {"subnetId": SUBNET}},
            "networkConfiguration.subnetId needs the type AzureVNet, no other egress uses a subnet",
            id="subnet-without-any-egress",
        ),
        pytest.param(
            {"networkConfiguration": {"type": "vnet"}},
            "networkConfiguration.type AzureVNet needs a subnet: give subnetId",
            id="vnet-egress-without-subnet",
        ),
        pytest.param(
            {"networkConfiguration": {"type": "vnet", "vnetName": "v"}},
            "networkConfiguration.vnetName needs its companion: give resourceGroup and vnetName, or subnetId",
            id="half-a-subnet",
        ),
        pytest.param(
            {"networkConfiguration": {"type": "vnet", "vnetName": "v", "resourceGroup": "r"}},
            "identity.subscription must say whose virtual network this is",
            id="subnet-in-no-subscription",
        ),
        pytest.param(
            {"networkConfiguration": {"type": "Limited", "allowedHosts": ["*"]}},
            "networkConfiguration.allowedHosts[0] must be",
            id="rule-of-the-resource",
        ),
        pytest.param(
            {"identity": {"agentName": "${NAME}"}},
            "${NAME} stands where no variable is resolved: write the value",
            id="variable",
        ),
    ],
)
def test_what_is_refused(faults: Faults, members: dict[str, Any], reason: str) -> None:
    """One sentence each, in the words of the file."""
    found = faults({"agent.json": agent(**members)})

    assert len(found) <= 2  # a variable is no name either
    assert any(reason in fault for fault in found)


def test_a_fault_stands_on_the_line_of_its_member(faults: Faults) -> None:
    """The line of the member itself, or of what lacks it."""
    lines = (
        '{"identity": {"agentName": "a!",',
        '  "resourceGroup": "rg"},',
        ' "access": {',
        '  "accessLevel": "Low",',
        '  "actionMode": 3}}',
    )

    found = faults({"agent.json": "\n".join(lines)})

    assert found == [
        "agent.json:1: identity.location is missing",
        "agent.json:5: access.actionMode must be one of Review, Automatic, ReadOnly",
    ]


def test_what_the_file_and_what_the_agent_refuse_come_together(faults: Faults) -> None:
    """Each once, though the agent would mind a number as its name, too."""
    document = agent(identity={"agentName": "9 lives"}, networkConfiguration={"type": "AzureVNet"})
    said = faults({"agent.json": document})
    assert len(said) == 2
    assert "begin with a letter" in said[0]
    assert "AzureVNet needs a subnet" in said[1]

    assert len(faults({"agent.json": agent(identity={"agentName": 9})})) == 1


@pytest.mark.parametrize("document", ["[]", "3", "null"])
def test_agent_json_must_be_an_object(faults: Faults, document: str) -> None:
    """Anything else has no members to speak of."""
    assert faults({"agent.json": document}) == ["agent.json:1: agent.json must be an object"]


def test_an_object_where_text_belongs_is_refused(faults: Faults) -> None:
    """And a text where an object belongs."""
    found = faults({"agent.json": {**AGENT, "identity": "oncall", "upgradeChannel": {}}})

    assert any("identity must be an object" in fault for fault in found)


@pytest.mark.parametrize(
    ("toggles", "bridge"),
    [
        pytest.param({}, (False, None), id="not-said"),
        pytest.param({"enableWebhookBridge": False, "webhookBridgeTriggerUrl": ""}, (False, None), id="off"),
        pytest.param({"enableWebhookBridge": True}, (True, None), id="on"),
        pytest.param(
            {"enableWebhookBridge": True, "webhookBridgeTriggerUrl": "https://x/y"},
            (True, "https://x/y"),
            id="to-another-trigger",
        ),
    ],
)
def test_the_webhook_bridge(reads: Read, toggles: dict[str, Any], bridge: tuple[bool, str | None]) -> None:
    """Whether there is to be one, and before which trigger."""
    found = reads({"agent.json": agent(toggles=toggles)}).agent

    assert (found.webhook_bridge, found.webhook_bridge_trigger_url) == bridge


def test_what_is_without_effect_is_noted(reads: Read) -> None:
    """Toggles that Microsoft's templates forward to nobody, and flags that only its clone script reads."""
    members = {
        "toggles": {"enableDailyHealthCheckTask": True, "enableSafetyRulesPrompt": False},
        "featureFlags": {"enableWorkspaceTools": True},
    }

    notes = reads({"agent.json": agent(**members)}).notes

    assert [str(note).partition(": ")[2] for note in notes] == [
        "enableDailyHealthCheckTask does nothing: describe what it is to switch on",
        "featureFlags do nothing: experimentalSettings do",
    ]
