"""A resource in a program: what it says and how it is tied in comes to the engine whole."""

import pulumi
import pytest

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.kinds import KINDS
from support.azure import SUBSCRIPTION
from support.mocks import run
from support.samples import AGENT_ID, SAMPLES, Json

SPACE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-sre/providers/Microsoft.App/agentSpaces/one"
ARGS: dict[str, Json] = {
    **{kind.name: {"agent_id": AGENT_ID, **SAMPLES[kind.name].args} for kind in KINDS},
    "AgentSpace": {"name": "one", "resource_group_name": "rg-sre", "location": "swedencentral"},
    "AgentSpaceConnector": {
        "space_id": SPACE,
        "name": "queries",
        "data_connector_type": "Mcp",
        "extended_properties": {"type": "http", "endpoint": "https://example.net/mcp"},
    },
}


@pytest.mark.parametrize("kind", ARGS)
def test_arguments_and_options_reach_the_engine(kind: str) -> None:
    def program() -> None:
        parent = pulumi.ComponentResource("test:index:Parent", "parent")
        options = pulumi.ResourceOptions(parent=parent, protect=True)
        getattr(resources, kind)("mine", options, **ARGS[kind])

    made = run(program).one(f"pulumi-python:dynamic/sre:{kind}")

    assert (made.name, made.parent, made.protect) == ("mine", "parent", True)
    assert ARGS[kind].keys() <= made.inputs.keys()
