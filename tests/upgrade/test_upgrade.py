"""The upgrade promise: what an earlier release has deployed is, to this one, as it should be."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from support.azure import GROUPS, LocalAzure
from support.engines import BOTH, Engine, Json
from support.releases import ReleasedStack, changes, released_stacks

ASSIGNMENTS = "2022-04-01"
DESTROYED = ("every_component", "every_kind")
"""Between them they hold all that the others hold, and protect none of it."""


@pytest.mark.parametrize("engine", BOTH)
@pytest.mark.parametrize("released", released_stacks(), ids=str)
def test_nothing_changes_with_the_release(tmp_path: Path, released: ReleasedStack, engine: Engine) -> None:
    """The state imports, a preview, a refresh and an `up` find nothing to change, a destroy leaves nothing.

    What the state says of each provider stays the same text, so that the earlier release still reads it.
    """
    with released.restore(tmp_path, engine) as (stack, azure):
        resources = stack.resources()
        assert changes(stack.preview()) == {}
        stack.succeed("refresh", "--diff", "--expect-no-changes")
        stack.succeed("up", "--diff", "--expect-no-changes")
        assert providers(stack.resources()) == providers(resources) != {}

        assert existing(azure, resources) != []
        if released.project in DESTROYED:
            stack.succeed("destroy")
            assert (stack.resources(), existing(azure, resources)) == ({}, [])


def providers(resources: Mapping[str, Json]) -> dict[str, str]:
    """Return what the state says of the provider of each dynamic resource."""
    return {
        name: resource["inputs"]["__provider"]
        for name, resource in resources.items()
        if "__provider" in resource.get("inputs", {})
    }


def existing(azure: LocalAzure, resources: Mapping[str, Json]) -> list[str]:
    """Return those of a state's groups and role assignments that there are: all else lies in such a group."""
    versions = {"ResourceGroup": GROUPS, "RoleAssignment": ASSIGNMENTS}
    return [
        resource["id"]
        for resource in resources.values()
        if (version := versions.get(resource["type"].rpartition(":")[2]))
        and azure.arm("GET", resource["id"], api_version=version).is_success
    ]
