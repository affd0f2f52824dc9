"""What Azure or PagerDuty refuses: one sentence each that says what to do; once that is done, `up` converges.

One stack meets them all, one after the other, and is mended after each as its sentence says.
"""

from pathlib import Path

from support.azure import SUBSCRIPTION, Json, LocalAzure
from support.programs import Program

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-it"
AGENT = f"{GROUP}/providers/Microsoft.App/agents/it"
ADA, ROLES = "00000000-0000-0000-0000-00000000ada0", "2022-04-01"
ADMINISTRATOR = "e79298df-d852-4c6d-84f9-5d13249d1e55"
GENERAL_KEY, USER_KEY = "y+of-an-account", "u+of-a-person"
PROGRAM = """
import pulumi

import pulumi_sre_agent as sre

config = pulumi.Config()
if config.get_bool("network"):
    sre.Network("it", {"resource_group_name": "rg-it", "location": "swedencentral"})
identity = config.require("identity")
agent = sre.resources.Agent(
    "it",
    name="it",
    resource_group_name="rg-it",
    location=config.get("location"),
    identity={"type": "UserAssigned", "user_assigned_identities": [identity]},
    knowledge_graph_configuration={"identity": identity},
    vnet_configuration={"subnet_resource_id": config.require("subnet")},
    sandbox_configuration={"egress": {"mode": "AzureVNet"}},
)
sre.Access("it", {"agent_id": agent.id, "people": config.get_object("people") or []})
if key := config.get_secret("key"):
    sre.resources.IncidentPlatform(
        "it", agent_id=agent.id, type="PagerDuty", connection_key=key, obo_user="duty@contoso.com"
    )
if prompt := config.get("prompt"):
    sre.resources.CommonPrompt("tone", agent_id=agent.id, name="tone", prompt=prompt)
"""


def test_every_refusal_is_a_sentence_that_can_be_followed(tmp_path: Path, azure: LocalAzure) -> None:
    """Region, a name that is taken, network new and old, roles, PagerDuty's key, and the agent's own door."""
    azure.group("rg-it")
    its = {"identity": azure.identity()["id"], "subnet": azure.subnet()}
    program = Program(tmp_path, azure, PROGRAM, **its, location="westeurope")

    refused(
        program,
        "PUT agents/it in resource group rg-it failed with 400 LocationNotAvailableForResourceType",
        "'australiaeast,canadacentral,centralus,eastasia,eastus2,francecentral,italynorth,japaneast,koreacentral,"
        "northcentralus,polandcentral,southafricanorth,southcentralus,southeastasia,spaincentral,swedencentral,"
        "uksouth,westcentralus,westus2,westus3'",
        "choose a location that is in this list",
    )

    program.configure(location=None)
    azure.agent("it", "rg-it")
    refused(program, "agent it already exists and differs in", "set adopt=True to take it over", "remove it")

    azure.settle(azure.arm("DELETE", AGENT))
    azure.switch(deniedActions=["*/subnets/join/action"])
    refused(
        program,
        "PUT agents/it in resource group rg-it failed with 403 LinkedAuthorizationFailed",
        f"on the linked scope(s) '{its['subnet']}'",
        "ask for the role Network Contributor on the subnet",
    )
    assert azure.arm("GET", AGENT).status_code == 404

    program.configure(network="true")
    azure.switch(deniedActions=["Microsoft.Network/*/write"])
    azure.fault(
        "delay", method="PUT", path="/providers/Microsoft.Network/", seconds=3
    )  # the warning comes first
    refused(
        program,
        'Status=403 Code="AuthorizationFailed"',
        "does not have authorization to perform action 'Microsoft.Network/virtualNetworks/write' over scope",
        besides="may not make networks in resource group rg-it: ask for the role Network Contributor there",
    )

    azure.clear_faults()
    program.configure(network=None, people=[{"principal_id": ADA, "role": "SRE Agent Reader"}])
    azure.switch(deniedActions=["Microsoft.Authorization/roleAssignments/write"])
    refused(
        program,
        "403 AuthorizationFailed",
        f"action 'Microsoft.Authorization/roleAssignments/write' over scope '{AGENT}/",
        "ask for the role User Access Administrator on that scope, or take people and targets out",
    )

    azure.switch(deniedActions=[], pagerDutyGeneralKeys=[GENERAL_KEY])
    program.configure(key=GENERAL_KEY)
    refused(program, "connection_key is a general access key", "User Settings > Create API User Token")
    assert "incidentManagementConfiguration" not in agent(azure)

    program.configure(key=USER_KEY, prompt="Be kind.", **{"sre:roleWait": "1"})
    azure.switch(dataPlaneRoles=True)
    administrator = take_away(azure, ADMINISTRATOR)
    refused(
        program,
        "403: Forbidden: Access denied by PDP",
        "ask for the role SRE Agent Administrator on the agent",
    )

    give(azure, administrator)
    program.succeed("up")

    assert agent(azure)["incidentManagementConfiguration"]["type"] == "PagerDuty"
    assert agent(azure)["vnetConfiguration"] == {"subnetResourceId": its["subnet"]}
    assert azure.arm("GET", f"{AGENT}/commonPrompts/tone").status_code == 200


def refused(program: Program, *said: str, besides: str = "") -> None:
    """Run an `up` that fails with a sentence in which all of these are, and shows nothing secret.

    `besides` stands in another sentence: what azure-native refuses, it refuses in its own words.
    """
    failed = program.fail("up")
    told = failed.stdout + failed.stderr
    assert any(all(each in line for each in said) for line in told.splitlines()), failed.text
    assert besides in told
    for secret in ("Traceback", "Bearer ", GENERAL_KEY, USER_KEY):
        assert secret not in told


def agent(azure: LocalAzure) -> Json:
    found: Json = azure.arm("GET", AGENT).json()["properties"]
    return found


def take_away(azure: LocalAzure, role: str) -> Json:
    """Take a role on the agent from whoever has it, and return what there was."""
    assigned = f"{AGENT}/providers/Microsoft.Authorization/roleAssignments"
    listed = azure.arm("GET", assigned, api_version=ROLES).json()["value"]
    (found,) = (each for each in listed if role in each["properties"]["roleDefinitionId"])
    assert azure.arm("DELETE", found["id"], api_version=ROLES).is_success
    return dict(found)


def give(azure: LocalAzure, assignment: Json) -> None:
    wanted = ("principalId", "principalType", "roleDefinitionId")
    body = {"properties": {member: assignment["properties"][member] for member in wanted}}
    assert azure.arm("PUT", assignment["id"], body, api_version=ROLES).is_success
