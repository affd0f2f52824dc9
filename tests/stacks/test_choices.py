"""`sre.Agent` on a live stack: every choice changes its mind, and the agent stays the same."""

from pathlib import Path

from support.azure import GROUPS, IDENTITIES, NETWORKS, SUBSCRIPTION, Json, LocalAzure
from support.directories import Files, described, write
from support.programs import Program

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-it"
AGENT = f"{GROUP}/providers/Microsoft.App/agents/it"
SUBNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-it/subnets/agent"
SHOP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-shop"
ADA, BOB = "00000000-0000-0000-0000-00000000ada0", "00000000-0000-0000-0000-00000000b0b0"
READER, AUTHOR = "a4b156ac-253f-4a1a-9851-96d62b71b047", "eb64ab4c-23eb-4f63-a9c2-27da365f04e7"
ADMINISTRATOR, STANDARD_USER = "e79298df-d852-4c6d-84f9-5d13249d1e55", "2d84a65a-63b2-4343-bbb6-31105d857bc1"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
MONITORING_CONTRIBUTOR = "749f88d5-cbae-40b8-bcfc-e573ddc772fa"
KEY = "u+of-a-person"
PLANS: Files = {
    "automations/incident-filters/alerts.yaml": described(
        "alerts", incidentPlatform="AzMonitor", priorities=["Sev0"], customInstructions="Look at it."
    ),
    "automations/incident-filters/pages.yaml": described(
        "pages", incidentPlatform="PagerDuty", priorities=["P1"]
    ),
}
"""A directory with a response plan for each of two platforms."""
MORE_ALERTS: Files = {
    "automations/incident-filters/alerts.yaml": described(
        "alerts", incidentPlatform="AzMonitor", priorities=["Sev0", "Sev1"]
    ),
}
INSIGHTS = "2020-02-02"
PROGRAM = """
import pulumi

import pulumi_sre_agent as sre

args = pulumi.Config().require_object("args")
agent = sre.Agent("it", {"name": "it", "resource_group_name": "rg-it", "location": "swedencentral", **args})
pulumi.export("dashboard", agent.dashboard_url)
pulumi.export("callback", agent.callback_url)
pulumi.export("addresses", agent.outbound_ip_addresses)
pulumi.export("triggers", agent.trigger_urls)
"""


def test_every_choice_can_change_on_a_live_agent(tmp_path: Path, azure: LocalAzure) -> None:
    """After each change nothing is left to do, and the agent is the one that it was.

    Who creates an agent administers it anyway: the program may use that role, and leaves it.
    """
    azure.group("rg-shop")
    ours: Json = {
        "directory": str(write(tmp_path / "directory", PLANS)),
        "targets": ["rg-shop"],
        "people": [{"principal_id": ADA, "role": "SRE Agent Reader"}],
        "network": {"egress": {"mode": "Limited", "allowed_hosts": ["api.contoso.com"]}},
        "incident_platform": {"type": "AzMonitor"},
        "spend": {"share": 0.5},
        "settings": {"monthly_agent_unit_limit": 1000},
    }
    program = Program(tmp_path, azure, PROGRAM, args=ours)
    program.succeed("up")
    first = agent(azure)
    assert first["sandboxConfiguration"]["egress"]["mode"] == "Limited"
    (creator,) = [who for who, has in roles(azure, AGENT).items() if has == [ADMINISTRATOR]]
    assert (people(azure), plans(azure)) == ({creator: [ADMINISTRATOR], ADA: [READER]}, {"alerts": ["Sev0"]})
    principal = principal_of(azure, first["actionConfiguration"]["identity"])
    assert CONTRIBUTOR not in roles(azure, SHOP)[principal]

    # More of everything: access, autonomy, a network, another person, incidents, guards.
    write(tmp_path / "directory", MORE_ALERTS)
    ours |= {
        "access_level": "High",
        "action_mode": "Automatic",
        "people": [
            *ours["people"],
            {"principal_id": BOB, "role": "SRE Agent Author"},
            {
                "principal_id": creator,
                "role": "SRE Agent Administrator",
                "principal_type": "ServicePrincipal",
            },
        ],
        "network": {},
        "diagnostic_settings": [{}],
        "lock": {"kind": "CanNotDelete"},
        "extra_roles": {"pull": {"role": "Network Contributor", "scope": SHOP}},
    }
    change(program, ours)
    now = agent(azure)
    assert (acts(now), plans(azure)) == (("Automatic", "High"), {"alerts": ["Sev0", "Sev1"]})
    assert network(now) == (SUBNET, "AzureVNet")
    assert people(azure) == {creator: [ADMINISTRATOR], ADA: [READER], BOB: [AUTHOR]}
    assert CONTRIBUTOR in roles(azure, SHOP)[principal]
    assert MONITORING_CONTRIBUTOR in roles(azure, f"/subscriptions/{SUBSCRIPTION}")[principal]
    assert azure.arm("DELETE", AGENT).json()["error"]["code"] == "ScopeLocked"
    assert program.outputs()["addresses"] == [address(azure)]

    # Other things of the same sort: telemetry that exists, another role and platform; no network, no guards.
    subnet, telemetry = azure.subnet(), insights(azure)
    ours |= {
        "existing_app_insights_id": telemetry,
        "people": [{"principal_id": BOB, "role": "SRE Agent Reader"}],
        "alerts": {"app_insights": {"shop": telemetry}, "emails": {"duty": "duty@contoso.com"}},
        "incident_platform": {"type": "PagerDuty", "connection_key": KEY, "obo_user": "duty@contoso.com"},
        "quickstart_plan": False,
        "http_triggers": {"look": {"agent_prompt": "Look at this."}},
        "webhook_bridge": {"trigger": "look"},
    }
    ours = {name: value for name, value in ours.items() if name not in {"lock", "network"}}
    change(program, ours)
    now = agent(azure)
    assert now.get("vnetConfiguration", {}).get("subnetResourceId") is None
    assert azure.arm("GET", SUBNET, api_version=NETWORKS).status_code == 404
    assert azure.arm("GET", AGENT).json()["tags"]["hidden-link: /app-insights-resource-id"] == telemetry
    assert people(azure) == {creator: [ADMINISTRATOR], BOB: [READER]}
    assert (platform(now), plans(azure)) == ("PagerDuty", {"pages": ["P1"]})
    assert principal not in roles(azure, f"/subscriptions/{SUBSCRIPTION}")
    outputs = program.outputs()
    assert "/api/v1/httptriggers/" in outputs["triggers"]["look"]
    assert "sig=" not in outputs["callback"]
    assert "sig=" in program.outputs("--show-secrets")["callback"]

    # Nothing is left that can be switched off, but that it goes through a subnet of somebody else's.
    ours = {
        "directory": ours["directory"],
        "targets": ["rg-shop"],
        "network": {"existing_subnet_id": subnet},
        "incident_platform": {"type": "None"},
        "existing_app_insights_id": telemetry,
        "dashboard": {"enabled": False},
        "managed_identities": {"system_assigned": False},
    }
    change(program, ours)
    now = agent(azure)
    assert network(now) == (subnet, "AzureVNet")
    assert (acts(now), now["agentEndpoint"]) == (("Review", "Low"), first["agentEndpoint"])
    assert azure.arm("GET", AGENT).json()["identity"]["type"] == "UserAssigned"
    assert people(azure) == {creator: [ADMINISTRATOR]}
    assert (platform(now), plans(azure)) == ("None", {})
    assert "dashboard" not in program.outputs()
    assert deletions_of_the_agent(azure) == []

    program.succeed("destroy")
    assert (len(deletions_of_the_agent(azure)), groups(azure)) == (1, {"rg-shop", "rg-sre"})
    assert azure.arm("GET", subnet, api_version=NETWORKS).status_code == 200


def groups(azure: LocalAzure) -> set[str]:
    listed = azure.arm("GET", f"/subscriptions/{SUBSCRIPTION}/resourceGroups", api_version=GROUPS)
    return {group["name"] for group in listed.json()["value"]}


def deletions_of_the_agent(azure: LocalAzure) -> list[Json]:
    """Return the requests that deleted it; one that its lock refused did not."""
    deleted = azure.requests(method="DELETE")
    return [entry for entry in deleted if entry["path"] == AGENT and entry["status"] < 400]


def change(program: Program, args: Json) -> None:
    program.configure(args=args)
    program.succeed("up")
    program.succeed("preview", "--expect-no-changes")


def agent(azure: LocalAzure) -> Json:
    found: Json = azure.arm("GET", AGENT).json()["properties"]
    return found


def plans(azure: LocalAzure) -> dict[str, list[str]]:
    """Return the priorities that each response plan takes, but for the one that comes with a platform."""
    listed = azure.data("GET", AGENT, "/api/v2/extendedAgent/incidentFilters").json()["value"]
    return {
        each["name"]: each["properties"]["priorities"] for each in listed if "quickstart" not in each["name"]
    }


def platform(agent: Json) -> str:
    return agent.get("incidentManagementConfiguration", {}).get("type") or "None"


def network(agent: Json) -> tuple[str, str]:
    return agent["vnetConfiguration"]["subnetResourceId"], agent["sandboxConfiguration"]["egress"]["mode"]


def address(azure: LocalAzure) -> str:
    """Return the one by which the agent leaves its own network."""
    path = f"{GROUP}/providers/Microsoft.Network/publicIPAddresses/pip-it"
    found: str = azure.arm("GET", path, api_version=NETWORKS).json()["properties"]["ipAddress"]
    return found


def acts(agent: Json) -> tuple[str, str]:
    action = agent["actionConfiguration"]
    return action["mode"], action["accessLevel"]


def principal_of(azure: LocalAzure, identity: str) -> str:
    found: str = azure.arm("GET", identity, api_version=IDENTITIES).json()["properties"]["principalId"]
    return found


def people(azure: LocalAzure) -> dict[str, list[str]]:
    """Return which roles people, and who created the agent, have on it; the bridge's is not for people."""
    return {who: has for who, has in roles(azure, AGENT).items() if has != [STANDARD_USER]}


def roles(azure: LocalAzure, scope: str) -> dict[str, list[str]]:
    """Return who has which roles on something itself, each once for each assignment."""
    path = f"{scope}/providers/Microsoft.Authorization/roleAssignments"
    listed: list[Json] = azure.arm("GET", path, api_version="2022-04-01").json()["value"]
    found: dict[str, list[str]] = {}
    for each in (one["properties"] for one in listed):
        if each["scope"].lower() == scope.lower():
            found.setdefault(each["principalId"], []).append(each["roleDefinitionId"].rpartition("/")[2])
    return found


def insights(azure: LocalAzure) -> str:
    """Make an Application Insights component, and its workspace, that somebody else keeps; return its id."""
    home = f"{azure.group()}/providers"
    workspace = f"{home}/Microsoft.OperationalInsights/workspaces/theirs"
    component = f"{home}/microsoft.insights/components/theirs"
    bodies = {
        workspace: ({"location": "swedencentral", "properties": {}}, "2023-09-01"),
        component: (
            {
                "location": "swedencentral",
                "kind": "web",
                "properties": {"Application_Type": "web", "WorkspaceResourceId": workspace},
            },
            INSIGHTS,
        ),
    }
    for path, (body, version) in bodies.items():
        answer = azure.arm("PUT", path, body, api_version=version)
        assert answer.is_success, answer.text
    return component
