"""The mocks themselves: what components are tested with must not fail other tests."""

import asyncio

import pulumi
import pytest
from pulumi_azure_native.resources import ResourceGroup

from support import mocks


def fail_inside_an_apply() -> None:
    group = ResourceGroup("one", resource_group_name="one", location="swedencentral")
    both = pulumi.Output.all(group.name, group.id)
    both.apply(lambda names: ResourceGroup("two", resource_group_name=names[0], location="x")).apply(fail)
    name: pulumi.Output[str] = group.name
    secret = name.apply(pulumi.Output.secret).apply(fail)
    ResourceGroup("three", resource_group_name=secret, tags={"of": secret}, location="swedencentral")


def fail(_: object) -> str:
    raise ValueError("failed")


def test_a_program_that_fails_leaves_nothing_to_later_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it was still about to do would fail, and be told, in the middle of another test."""
    loop = asyncio.new_event_loop()
    monkeypatch.setattr(asyncio, "new_event_loop", lambda: loop)
    with pytest.raises(ValueError, match="failed"):
        mocks.run(fail_inside_an_apply)

    assert asyncio.all_tasks(loop) == set()
