"""Agents that are there already, half made or broken: what a run makes of them."""

import re

import pytest

from support.agent_arguments import GROUP, PROVIDER, Make, checked, patch_behind
from support.azure import LocalAzure
from support.provider_process import ProviderError, ProviderProcess


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
