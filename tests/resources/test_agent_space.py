"""Agent spaces and their connectors, with what `test_every_kind` says of what lives under an agent."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from pulumi_sre_agent import resources
from pulumi_sre_agent.resources._core.registry import model_of, provider_of
from support.azure import GENERAL, SUBSCRIPTION, LocalAzure
from support.provider_process import ProviderError, ProviderProcess
from support.samples import Json

Make = Callable[..., Json]

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-sre"
SPACE_ID = f"{GROUP}/providers/Microsoft.App/agentSpaces/one"
KINDS = ("AgentSpace", "AgentSpaceConnector")
GENEVA: Json = {
    "extension_name": "GenevaActions",
    "acis_endpoint": "https://acis.example.com",
    "client_id": "1234",
    "certificate_subject_name": "CN=a",
    "authentication_mode": "OAuth",
    "allowed_actions": [
        {
            "action_name": "Restart",
            "extension": "GenevaActions",
            "action_parameters": [{"name": "service", "type": "string"}],
            "approval_required": True,
        }
    ],
}
SPACE: Json = {
    "name": "payments",
    "resource_group_name": "rg-sre",
    "location": "swedencentral",
    "tags": {"team": "payments"},
    "identity": {"type": "SystemAssigned"},
    "description": "What the payments agents share.\n",
    "max_agent_count": 15,
    "service_tree_id": "abcdef12-3456-7890-abcd-ef1234567890",
    "policies": {"geneva_actions_configuration": GENEVA},
}
CONNECTOR: Json = {
    "name": "queries",
    "data_connector_type": "Mcp",
    "data_source": "s3cret-source",
    "endpoint": "https://example.net",
    "identity": "system",
    "extended_properties": {
        "type": "http",
        "endpoint": "https://example.net/mcp",
        "authType": "BearerToken",
        "bearerToken": "s3cret-bearer",
    },
}
ARGS = {"AgentSpace": SPACE, "AgentSpaceConnector": CONNECTOR}
CHANGES: dict[str, Json] = {
    "AgentSpace": {
        "tags": {"team": "ledger"},
        "identity": {"type": "None"},
        "description": "What the ledger agents share.\n",
        "max_agent_count": 20,
        "service_tree_id": "00000000-3456-7890-abcd-ef1234567890",
        "policies": {"geneva_actions_configuration": {**GENEVA, "authentication_mode": "WS-Trust"}},
    },
    "AgentSpaceConnector": {
        "endpoint": "https://example.org",
        "identity": "",
        "extended_properties": {**CONNECTOR["extended_properties"], "endpoint": "https://example.org/mcp"},
    },
}
"""For each property that Azure shows and an update can change: another value."""
HIDDEN: dict[str, Json] = {
    "AgentSpace": {},
    "AgentSpaceConnector": {"data_source": "s3cret-other"},
}
both_kinds = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(scope="module")
def space_id(cloud: LocalAzure) -> str:
    """Make a space that is there, for connectors."""
    return make_space(cloud, "shared")


def make_space(cloud: LocalAzure, name: str) -> str:
    place = f"{cloud.group()}/providers/Microsoft.App/agentSpaces/{name}"
    put(cloud, place, {"location": "swedencentral", "properties": {}})
    return place


def put(cloud: LocalAzure, place: str, body: Json) -> None:
    assert cloud.settle(cloud.arm("PUT", place, body, api_version=GENERAL))["status"] == "Succeeded"


@pytest.fixture
def sample(space_id: str, fresh: str, kind: str) -> Make:
    """Make the kind's arguments under a fresh name, with changes."""
    place = {"space_id": space_id} if kind == "AgentSpaceConnector" else {}

    def make(**changes: Any) -> Json:
        args = {**place, **copy.deepcopy(ARGS[kind]), "name": fresh} | changes
        return {name: value for name, value in args.items() if value is not None}

    return make


def write_behind(cloud: LocalAzure, kind: str, id_: str, inputs: Json) -> None:
    """Somebody else writes it, in the portal or with curl."""
    spec = model_of(kind).to_wire(model_of(kind).inputs(inputs))  # whole numbers came back as floats
    top: Json = {name: spec.pop(name) for name in ("location", "tags", "identity") if name in spec}
    put(cloud, id_, {**top, "properties": spec} if kind == "AgentSpace" else {"properties": {**spec, **top}})


def id_of(kind: str, inputs: Json) -> str:
    if kind == "AgentSpace":
        return f"{GROUP}/providers/Microsoft.App/agentSpaces/{inputs['name']}"
    return f"{inputs['space_id']}/connectors/{inputs['name']}"


@both_kinds
def test_a_life(providers: ProviderProcess, cloud: LocalAzure, sample: Make, kind: str) -> None:
    """Create, read, preview: nothing to say; delete, delete again: gone; and it can be created anew."""
    provider = provider_of(kind)
    inputs = providers.checked(provider, sample())

    made = providers.create(provider, inputs)
    read = providers.read(provider, made.id, made.outputs, inputs)

    assert made.id == id_of(kind, inputs)
    assert {key: made.outputs[key] for key in inputs} == inputs
    assert (read.id, read.inputs, read.outputs) == (made.id, inputs, made.outputs)
    assert providers.diff(provider, made.id, read.outputs, inputs).changes is False
    assert kind != "AgentSpace" or made.outputs["system_assigned_principal_id"]

    providers.delete(provider, made.id, made.outputs)
    providers.delete(provider, made.id, made.outputs)

    assert cloud.arm("GET", made.id, api_version=GENERAL).status_code == 404
    assert providers.read(provider, made.id, made.outputs, inputs).id == ""
    assert providers.create(provider, inputs).id == made.id


@both_kinds
def test_every_property_changes_in_place(providers: ProviderProcess, sample: Make, kind: str) -> None:
    """And nothing else of it changes."""
    provider = provider_of(kind)
    inputs = providers.checked(provider, sample())
    made = providers.create(provider, inputs)
    outputs = made.outputs
    for name, value in (CHANGES[kind] | HIDDEN[kind]).items():
        news = providers.checked(provider, {**inputs, name: value}, inputs)

        diff = providers.diff(provider, made.id, outputs, news)
        outputs = providers.update(provider, made.id, outputs, news)

        assert (diff.changes, diff.replaces) == (None, []), name
        assert providers.read(provider, made.id, outputs, news).inputs == news, name
        inputs = news


@both_kinds
def test_a_change_by_somebody_else_shows_as_exactly_that_property(
    providers: ProviderProcess, cloud: LocalAzure, sample: Make, kind: str
) -> None:
    """And an update puts it back."""
    provider = provider_of(kind)
    inputs = providers.checked(provider, sample())
    made = providers.create(provider, inputs)
    for name, value in CHANGES[kind].items():
        write_behind(cloud, kind, made.id, {**inputs, name: value})

        read = providers.read(provider, made.id, made.outputs, inputs)

        assert [key for key in inputs if read.inputs.get(key) != inputs[key]] == [name]
        assert providers.diff(provider, made.id, read.outputs, inputs).changes is None

    outputs = providers.update(provider, made.id, read.outputs, inputs)
    assert providers.read(provider, made.id, outputs, inputs).inputs == inputs


@both_kinds
def test_a_change_of_identity_replaces(providers: ProviderProcess, sample: Make, kind: str) -> None:
    """A resource can neither move nor be renamed; letter case of ids means nothing."""
    provider = provider_of(kind)
    olds = providers.checked(provider, sample())
    others: Json = {"name": "another"}
    if kind == "AgentSpace":
        others |= {"location": "eastus2", "resource_group_name": "another", "subscription_id": "another"}
    else:
        others["space_id"] = f"{olds['space_id']}-2"
    for name, value in others.items():
        diff = providers.diff(provider, id_of(kind, olds), olds, {**olds, name: value})

        assert (diff.changes, diff.replaces, diff.delete_before_replace) == (None, [name], True)
    upper: Json = {name: olds[name].upper() for name in ("space_id", "resource_group_name") if name in olds}
    assert providers.diff(provider, id_of(kind, olds), olds, {**olds, **upper}).changes is False


@both_kinds
def test_a_create_overwrites_only_what_it_may_adopt(
    providers: ProviderProcess, cloud: LocalAzure, sample: Make, kind: str
) -> None:
    """Without `adopt` it says what differs; with it, what is there becomes the program's."""
    provider = provider_of(kind)
    name, value = next(iter(CHANGES[kind].items()))
    space = {"space_id": make_space(cloud, f"{sample()['name']}-s")} if kind == "AgentSpaceConnector" else {}
    inputs = providers.checked(provider, sample(**space))
    write_behind(cloud, kind, id_of(kind, inputs), {**inputs, name: value})
    cloud.forget_requests()

    with pytest.raises(ProviderError, match=f"already exists and differs in {name}: set adopt=True"):
        providers.create(provider, inputs)
    assert {entry["method"] for entry in cloud.requests()} == {"GET"}

    adopting = providers.checked(provider, sample(**space, adopt=True))
    made = providers.create(provider, adopting)
    assert providers.read(provider, made.id, made.outputs, adopting).inputs == adopting


@both_kinds
def test_a_create_that_was_killed_or_failed_converges(
    providers: ProviderProcess, cloud: LocalAzure, sample: Make, kind: str
) -> None:
    """An operation still running is waited for; one that failed is begun again, with its reason told."""
    provider = provider_of(kind)
    inputs = providers.checked(provider, sample())
    cloud.fault("operationFailed", method="PUT", path=f"/{inputs['name']}$", times=1, message="No capacity.")

    with pytest.raises(ProviderError, match="No capacity"):
        providers.create(provider, inputs)
    made = providers.create(provider, inputs)

    assert providers.read(provider, made.id, made.outputs, inputs).inputs == inputs
    stored = cloud.arm("GET", made.id, api_version=GENERAL).json()
    assert stored["properties"]["provisioningState"] == "Succeeded"


@both_kinds
@pytest.mark.parametrize("fault", [{"kind": "status", "status": 503}, {"kind": "reset", "processed": True}])
def test_a_fault_that_passes_is_outlasted(
    providers: ProviderProcess, cloud: LocalAzure, sample: Make, kind: str, fault: Json
) -> None:
    provider = provider_of(kind)
    inputs = providers.checked(provider, sample())
    cloud.fault(method="PUT", path=f"/{inputs['name']}$", times=1, **fault)

    made = providers.create(provider, inputs)

    assert providers.read(provider, made.id, made.outputs, inputs).inputs == inputs


def test_what_the_program_no_longer_says_is_cleared(
    providers: ProviderProcess, cloud: LocalAzure, fresh: str
) -> None:
    """By null in the PATCH."""
    provider = provider_of("AgentSpace")
    inputs = providers.checked(provider, {**SPACE, "name": fresh})
    made = providers.create(provider, inputs)
    kept = ("name", "resource_group_name", "subscription_id", "location")

    news = providers.checked(provider, {name: inputs[name] for name in kept}, inputs)
    providers.update(provider, made.id, made.outputs, news)

    stored = cloud.arm("GET", made.id, api_version=GENERAL).json()
    assert stored["properties"].keys() == {"provisioningState", "currentAgentCount", "memberAgents"}
    assert (stored["tags"], stored["identity"]) == ({}, {"type": "None"})


def test_an_agent_shares_the_connectors_of_its_space(
    providers: ProviderProcess, cloud: LocalAzure, fresh: str
) -> None:
    """They are no obstacle to one of its own of that name, and none of its own."""
    space = make_space(cloud, f"{fresh}-s")
    shared = provider_of("AgentSpaceConnector")
    providers.create(shared, providers.checked(shared, {**CONNECTOR, "space_id": space, "name": "queries"}))
    agent_id = cloud.agent(fresh)
    body = {"properties": {"agentSpaceId": space}}
    cloud.settle(cloud.arm("PATCH", agent_id, body, api_version=GENERAL))
    listed = cloud.arm("GET", f"{agent_id}/connectors").json()["value"]
    assert [(one["name"], one["properties"]["source"]) for one in listed] == [("queries", "AgentSpace")]

    own = provider_of("Connector")
    args = {"agent_id": agent_id, "name": "queries", "data_connector_type": "MonitorClient"}
    made = providers.create(own, providers.checked(own, args))

    assert providers.read(own, made.id, made.outputs, made.inputs).inputs == made.inputs


@pytest.mark.parametrize(
    ("kind", "change", "sentence"),
    [
        ("AgentSpace", {"name": "1st"}, "name must have 2 or more letters, digits and hyphens, begin with a"),
        ("AgentSpace", {"max_agent_count": 0}, "max_agent_count must be at least 1"),
        ("AgentSpace", {"max_agent_count": "many"}, "max_agent_count must be a whole number"),
        ("AgentSpace", {"service_tree_id": "x"}, "service_tree_id must be a GUID"),
        (
            "AgentSpace",
            {"identity": {"type": "UserAssigned"}},
            "identity.user_assigned_identities is",
        ),
        (
            "AgentSpace",
            {"policies": {"geneva_actions_configuration": {}}},
            "policies.geneva_actions_configuration.extension_name is missing",
        ),
        (
            "AgentSpace",
            {
                "policies": {
                    "geneva_actions_configuration": {"extension_name": "x", "authentication_mode": "Basic"}
                }
            },
            "policies.geneva_actions_configuration.authentication_mode must be one of OAuth, WS-Trust",
        ),
        ("AgentSpaceConnector", {"space_id": "one"}, "space_id must be the ARM id of an agent space: /sub"),
        ("AgentSpaceConnector", {"name": "a_b"}, "name must have 2 to 32 letters, digits and hyphens"),
        ("AgentSpaceConnector", {"data_connector_type": "Nope"}, "data_connector_type must be one of AppIn"),
        (
            "AgentSpaceConnector",
            {"extended_properties": {"type": "http"}},
            "extended_properties.endpoint is missing, which an MCP server over http needs",
        ),
        (
            "AgentSpaceConnector",
            {"data_connector_type": "Kusto", "data_source": None, "endpoint": None},
            "endpoint or data_source is missing, which a Kusto connector needs",
        ),
    ],
)
def test_bad_input_is_refused_in_one_sentence(kind: str, change: Json, sentence: str) -> None:
    """It names the property and says what is allowed."""
    place = {"space_id": SPACE_ID} if kind == "AgentSpaceConnector" else {}
    args = {name: value for name, value in ({**place, **ARGS[kind]} | change).items() if value is not None}

    [fault] = resources.validate(kind, args)

    assert fault.reason.startswith(sentence)


@both_kinds
def test_a_spec_has_azures_names(kind: str) -> None:
    """Word for word, in the shape of the published examples."""
    place = {"space_id": SPACE_ID, "adopt": True, "allow_unknown_type": True}

    spec = model_of(kind).to_wire({**ARGS[kind], **(place if kind == "AgentSpaceConnector" else {})})

    if kind == "AgentSpaceConnector":
        assert spec.keys() == {
            *("dataConnectorType", "dataSource", "endpoint", "identity", "extendedProperties"),
        }
    else:
        geneva = spec["policies"]["genevaActionsConfiguration"]
        assert spec.keys() == {
            *("location", "tags", "identity", "description", "maxAgentCount", "serviceTreeId", "policies"),
        }
        assert geneva["allowedActions"] == [
            {
                "actionName": "Restart",
                "extension": "GenevaActions",
                "actionParameters": [{"name": "service", "type": "string"}],
                "approvalRequired": True,
            }
        ]
