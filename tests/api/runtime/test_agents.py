"""Finding agents through Resource Graph (docs/reference/control-plane.md#operations)."""

import json

import pytest

from pulumi_sre_agent.api import Client, Unavailable
from pulumi_sre_agent.api.runtime.agents import find_agents
from support.azure import OTHER_SUBSCRIPTION, SUBSCRIPTION, LocalAzure
from support.scripted import Script, reply

GRAPH = "/providers/Microsoft.ResourceGraph/resources$"


def test_agents_of_all_groups_are_found(azure: LocalAzure, client: Client) -> None:
    one, two = azure.agent(), azure.agent("sre-two", group="rg-two")
    found = list(find_agents(client.control))

    assert [agent.id for agent in found] == [one, two]
    assert (found[0].endpoint, found[0].power_state) == (azure.endpoint(one), "Running")
    assert (found[1].resource_group, found[1].subscription_id) == ("rg-two", SUBSCRIPTION)
    assert list(find_agents(client.control, [OTHER_SUBSCRIPTION])) == []


def test_every_page_is_asked_for(script: Script) -> None:
    first = {"data": [{"id": "/a"}], "$skipToken": "t"}
    script.on("POST", GRAPH, reply(200, first), reply(200, {"data": [{"id": "/b"}]}))
    with script.azure() as azure:
        found = [agent.id for agent in find_agents(azure.control, ["s"])]

    asked = [json.loads(request.content) for request in script.requests]
    assert found == ["/a", "/b"]
    assert [body["subscriptions"] for body in asked] == [["s"], ["s"]]
    assert [body["options"].get("$skipToken") for body in asked] == [None, "t"]


def test_another_shape_is_an_error(script: Script) -> None:
    script.on("POST", GRAPH, reply(200, {"data": {"columns": [], "rows": []}}))
    with script.azure() as azure, pytest.raises(Unavailable, match="Resource Graph"):
        list(find_agents(azure.control))
