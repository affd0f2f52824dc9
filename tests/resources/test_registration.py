"""A resource in a program: what it says and how it is tied in comes to the engine whole."""

import pulumi
import pytest

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.kinds import KINDS
from support.mocks import run
from support.samples import AGENT_ID, SAMPLES


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_arguments_and_options_reach_the_engine(kind: str) -> None:
    args = SAMPLES[kind].args

    def program() -> None:
        parent = pulumi.ComponentResource("test:index:Parent", "parent")
        options = pulumi.ResourceOptions(parent=parent, protect=True)
        getattr(resources, kind)("mine", options, agent_id=AGENT_ID, **args)

    made = run(program).one(f"pulumi-python:dynamic/sre:{kind}")

    assert (made.name, made.parent, made.protect) == ("mine", "parent", True)
    assert args.keys() <= made.inputs.keys()
