"""A small program of components alone, deployed: a network, an agent in it, a lock and people around it."""

from pathlib import Path

from support.azure import IDENTITIES, NETWORKS, SUBSCRIPTION, Json, LocalAzure
from support.programs import Program

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-it"
AGENT = f"{GROUP}/providers/Microsoft.App/agents/it"
SUBNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-it/subnets/agent"
ADA = "00000000-0000-0000-0000-00000000ada0"
READER, AUTHOR = "a4b156ac-253f-4a1a-9851-96d62b71b047", "eb64ab4c-23eb-4f63-a9c2-27da365f04e7"
NEW: Json = {
    "resource_group_name": "rg-it",
    "virtual_network_name": "vnet-it",
    "network_security_group_name": "nsg-it",
    "nat_gateway_name": "ng-it",
    "public_ip_address_name": "pip-it",
    "private_dns_zones": ["contoso.internal"],
}
LIMITED: Json = {"egress": {"mode": "Limited", "allowed_hosts": ["api.contoso.com"]}}
PROGRAM = """
import pulumi
from pulumi_azure_native.resources import ResourceGroup

import pulumi_sre_agent as sre

config, place = pulumi.Config(), "swedencentral"
group = ResourceGroup("it", resource_group_name="rg-it", location=place)
inside = pulumi.ResourceOptions(depends_on=[group])
identity = sre.Identity(
    "it",
    {
        "identity_name": "id-it",
        "resource_group_name": group.name,
        "location": place,
        "federated_credentials": {
            "prod": sre.github_actions("contoso/payments", environment="prod"),
            "main": sre.github_actions("contoso/payments", branch="main"),
        },
    },
)
network = sre.Network("it", {"location": place, **config.require_object("network")}, inside)
agent = sre.resources.Agent(
    "it",
    name="it",
    resource_group_name=group.name,
    location=place,
    identity={"type": "SystemAssigned, UserAssigned", "user_assigned_identities": [identity.identity_id]},
    knowledge_graph_configuration={"identity": identity.identity_id, "managed_resources": []},
    vnet_configuration=network.vnet_configuration,
    sandbox_configuration=network.sandbox_configuration,
)
storage = group.id.apply(lambda id: f"{id}/providers/Microsoft.Storage/storageAccounts/logs")
sent = {"storage_account_resource_id": storage}
below = [
    sre.DiagnosticSettings("it", {"resource_id": agent.id, "settings": [sent]}),
    sre.Access("it", {"agent_id": agent.id, "people": config.get_object("people") or []}),
]
if config.get_bool("locked"):
    after = pulumi.ResourceOptions(depends_on=below)  # and so the first to go
    sre.Lock("it", {"scope": agent.id, "kind": "CanNotDelete"}, after)
pulumi.export("subnet", network.subnet_id)
pulumi.export("addresses", network.outbound_ip_addresses)
"""


def test_a_network_and_its_agent_live(tmp_path: Path, azure: LocalAzure) -> None:
    """Up, nothing to do in a preview and a refresh, and a destroy that leaves nothing behind."""
    program = Program(tmp_path, azure, PROGRAM, network=NEW, locked="true")
    program.succeed("up")

    address = azure.arm(
        "GET", f"{GROUP}/providers/Microsoft.Network/publicIPAddresses/pip-it", api_version=NETWORKS
    )
    assert program.outputs() == {
        "subnet": SUBNET,
        "addresses": [address.json()["properties"]["ipAddress"]],
    }
    assert agent(azure)["vnetConfiguration"] == {"subnetResourceId": SUBNET}
    credentials = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-it"
    listed = azure.arm("GET", f"{credentials}/federatedIdentityCredentials", api_version=IDENTITIES)
    assert {each["name"] for each in listed.json()["value"]} == {"main", "prod"}
    assert azure.arm("DELETE", AGENT).json()["error"]["code"] == "ScopeLocked"
    program.succeed("preview", "--expect-no-changes")
    program.succeed("refresh", "--expect-no-changes")

    program.succeed("destroy")

    assert left(azure) == []


def test_a_live_agent_changes_its_network(tmp_path: Path, azure: LocalAzure) -> None:
    """From limits to a new network, to another subnet, to limits: the agent is patched, never replaced."""
    other = azure.subnet()
    program = Program(tmp_path, azure, PROGRAM, network=LIMITED)
    program.succeed("up")
    first = agent(azure)["agentEndpoint"]

    for network, subnet, mode in (
        (NEW, SUBNET, "AzureVNet"),
        ({"existing_subnet_id": other}, other, "AzureVNet"),
        (LIMITED, None, "Limited"),
    ):
        program.configure(network=network)
        program.succeed("up")
        assert agent(azure)["vnetConfiguration"] == {"subnetResourceId": subnet}
        assert agent(azure)["sandboxConfiguration"]["egress"]["mode"] == mode
        assert agent(azure)["agentEndpoint"] == first
        program.succeed("preview", "--expect-no-changes")

    assert azure.arm("GET", SUBNET, api_version=NETWORKS).status_code == 404
    assert azure.arm("GET", other, api_version=NETWORKS).status_code == 200


def test_a_subnet_that_does_not_suit_stops_the_deployment_with_a_sentence(
    tmp_path: Path, azure: LocalAzure
) -> None:
    """Already in a preview; once it is mended, a second run converges."""
    subnet = azure.subnet(delegation="")
    program = Program(tmp_path, azure, PROGRAM, network={"existing_subnet_id": subnet})

    for command in ("preview", "up"):
        failed = program.fail(command)
        said = failed.stdout + failed.stderr
        assert f"The subnet {subnet} does not suit an agent: it is not delegated; delegate it to" in said
        assert "Traceback" not in said
    assert azure.arm("GET", AGENT).status_code == 404

    azure.subnet()
    program.succeed("up")
    assert agent(azure)["vnetConfiguration"] == {"subnetResourceId": subnet}


def test_people_come_and_go(tmp_path: Path, azure: LocalAzure) -> None:
    """A role that somebody else had given is used and left: who deploys an agent administers it anyway."""
    program = Program(tmp_path, azure, PROGRAM, network=LIMITED)
    program.succeed("up")
    ((creator, administrator),) = roles(azure)

    people = [
        {"principal_id": creator, "role": "SRE Agent Administrator", "principal_type": "ServicePrincipal"},
        {"principal_id": ADA, "role": "SRE Agent Reader"},
    ]
    program.configure(people=people)
    program.succeed("up")
    program.succeed("preview", "--expect-no-changes")
    assert sorted(roles(azure)) == sorted([(creator, administrator), (ADA, READER)])

    program.configure(people=[{"principal_id": ADA, "role": "SRE Agent Author"}])
    program.succeed("up")
    assert sorted(roles(azure)) == sorted([(creator, administrator), (ADA, AUTHOR)])

    program.configure(people=[])
    program.succeed("up")
    assert roles(azure) == [(creator, administrator)]


def agent(azure: LocalAzure) -> Json:
    found: Json = azure.arm("GET", AGENT).json()["properties"]
    return found


def roles(azure: LocalAzure) -> list[tuple[str, str]]:
    """Return who has which role on the agent itself, once for each assignment."""
    path = f"{AGENT}/providers/Microsoft.Authorization/roleAssignments"
    listed: list[Json] = azure.arm("GET", path, api_version="2022-04-01").json()["value"]
    found = (each["properties"] for each in listed)
    return [(each["principalId"], each["roleDefinitionId"].rpartition("/")[2]) for each in found]


def left(azure: LocalAzure) -> list[str]:
    """Return the ids of everything that there still is in the subscription."""
    groups = azure.arm("GET", f"/subscriptions/{SUBSCRIPTION}/resourceGroups", api_version="2024-03-01")
    return [each["id"] for each in groups.json()["value"]]
