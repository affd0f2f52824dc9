"""Who else has to go when a resource is deleted before its replacement is made."""

from collections.abc import Collection
from dataclasses import dataclass

from .aliases import Names
from .resource import Resource, provider_urn
from .rules import Verdicts
from .values import UNKNOWN, Properties


@dataclass(frozen=True)
class Dependent:
    """A resource to replace, and the properties that are the reason."""

    resource: Resource
    keys: tuple[str, ...]


def dependents(
    root: Resource, names: Names, verdicts: Verdicts, operated: Collection[str]
) -> list[Dependent]:
    """List what has to be replaced with `root`, in the order of the old state.

    Of all that rests on it, directly or not: what its own provider would replace if the values that it takes
    from there changed, what lives on a replaced provider, and what is `deleted_with` something replaced. What
    has registered already cannot rest on it any more.
    """
    found: list[Dependent] = []
    reached, replaced = {root.urn}, {root.urn}
    past = False
    for resource in names.base:
        if resource is root:
            past = True
        elif past and resource.urn not in operated and not reached.isdisjoint(resource.references()):
            reached.add(resource.urn)
            keys = _replaced(resource, replaced, verdicts)
            if keys is not None:
                found.append(Dependent(resource, keys))
                replaced.add(resource.urn)
    return [*found, *(Dependent(each, ()) for each in names.olds() if each.deleted_with == root.urn)]


def _replaced(resource: Resource, replaced: set[str], verdicts: Verdicts) -> tuple[str, ...] | None:
    """Say which properties get a resource replaced, or None if it is not."""
    if not resource.custom or resource.external:
        return None
    if resource.deleted_with in replaced or (
        resource.provider and provider_urn(resource.provider) in replaced
    ):
        return ()
    inputs = _unsettled(resource, replaced)
    if inputs is None:
        return None
    diff = verdicts.by_provider(resource, inputs, resource)
    return diff.replaces if diff.replace else None


def _unsettled(resource: Resource, replaced: set[str]) -> Properties | None:
    """Make unknown what a resource takes from replaced ones; None if that is nothing."""
    taken = {
        key for key in resource.inputs if not replaced.isdisjoint(resource.property_dependencies.get(key, ()))
    }
    if not taken:
        return None
    return {key: UNKNOWN if key in taken else value for key, value in resource.inputs.items()}
