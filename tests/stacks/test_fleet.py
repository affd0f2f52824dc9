"""A fleet, deployed: agents in two regions and two subscriptions that share a workspace and networks."""

from pathlib import Path

from support.azure import NETWORKS, OTHER_SUBSCRIPTION, SUBSCRIPTION, Json, LocalAzure
from support.programs import Program

SHARED = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-all/providers"
WORKSPACE = f"{SHARED}/Microsoft.OperationalInsights/workspaces/log-all"
NETWORK = f"{SHARED}/Microsoft.Network/virtualNetworks/vnet-all-swedencentral"
PAYMENTS: Json = {"location": "swedencentral"}
SHOP: Json = {"location": "eastus2", "subscription_id": OTHER_SUBSCRIPTION}
PROGRAM = """
import pulumi

import pulumi_sre_agent as sre

fleet = sre.Fleet("all", {
    "agents": pulumi.Config().require_object("agents"),
    "defaults": {"tags": {"team": "platform"}, "dashboard": {"enabled": False}},
    "location": "swedencentral",
    "shared_workspace": {},
    "shared_network": {"address_prefixes": {"swedencentral": "10.20.0.0/16", "eastus2": "10.21.0.0/16"}},
})
pulumi.export("endpoints", fleet.endpoints)
pulumi.export("addresses", fleet.outbound_ip_addresses)
"""


def test_a_fleet_lives(tmp_path: Path, azure: LocalAzure) -> None:
    """Who joins or leaves touches no other, and a destroy leaves nothing in either subscription."""
    program = Program(tmp_path, azure, PROGRAM, agents={"payments": PAYMENTS, "shop": SHOP})
    program.succeed("up")

    assert agents(azure) == {"payments": SUBSCRIPTION, "shop": OTHER_SUBSCRIPTION}
    assert program.outputs()["endpoints"] == {
        name: azure.arm("GET", agent(name, place)).json()["properties"]["agentEndpoint"]
        for name, place in agents(azure).items()
    }
    for name, place in agents(azure).items():
        component = f"{group(name, place)}/providers/microsoft.insights/components/appi-{name}"
        found = azure.arm("GET", component, api_version="2020-02-02").json()["properties"]
        assert found["WorkspaceResourceId"] == WORKSPACE
    program.succeed("preview", "--expect-no-changes")

    program.configure(agents={"ledger": PAYMENTS, "shop": SHOP})
    assert touched(program) == {("create", "ledger"), ("delete", "payments")}
    program.succeed("up")

    assert agents(azure) == {"ledger": SUBSCRIPTION, "shop": OTHER_SUBSCRIPTION}
    assert subnets(azure) == {"ledger"}
    program.succeed("preview", "--expect-no-changes")

    program.succeed("destroy")

    assert groups(azure, SUBSCRIPTION) == groups(azure, OTHER_SUBSCRIPTION) == []


def touched(program: Program) -> set[tuple[str, str]]:
    """Return what the next `up` does, and to which agent's resources: their names begin with its own."""
    steps = [step for step in program.preview()["steps"] if step["op"] != "same"]
    names = (step["urn"].rpartition("::")[2].removeprefix("all-") for step in steps)
    return {
        (step["op"], name.removeprefix("swedencentral-").partition("-")[0])
        for step, name in zip(steps, names, strict=True)
    }


def group(name: str, subscription: str) -> str:
    return f"/subscriptions/{subscription}/resourceGroups/rg-{name}"


def agent(name: str, subscription: str) -> str:
    return f"{group(name, subscription)}/providers/Microsoft.App/agents/{name}"


def agents(azure: LocalAzure) -> dict[str, str]:
    """Return the agents by name, each with its subscription."""
    found: dict[str, str] = {}
    for subscription in (SUBSCRIPTION, OTHER_SUBSCRIPTION):
        listed = azure.arm("GET", f"/subscriptions/{subscription}/providers/Microsoft.App/agents").json()
        found |= {each["name"]: each["id"].split("/")[2] for each in listed["value"]}
    return found


def subnets(azure: LocalAzure) -> set[str]:
    listed = azure.arm("GET", f"{NETWORK}/subnets", api_version=NETWORKS).json()
    return {each["name"] for each in listed["value"]}


def groups(azure: LocalAzure, subscription: str) -> list[str]:
    path = f"/subscriptions/{subscription}/resourceGroups"
    return [each["id"] for each in azure.arm("GET", path, api_version="2024-03-01").json()["value"]]
