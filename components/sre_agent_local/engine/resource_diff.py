"""Whether a resource stays as it is, is updated or is replaced, and who else then has to go."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from .diff import covers, equal, parse_path
from .events import PropertyDiff
from .provider_registry import ProviderRegistry
from .resource import Resource, provider_urn
from .responses import Diff
from .snapshot import Snapshot
from .urns import UrnResolver
from .values import UNKNOWN, Properties


class Differ:
    """Compares resources; `replaced` grows with what the run replaces."""

    def __init__(
        self, names: UrnResolver, snapshot: Snapshot, registry: ProviderRegistry, replaced: Collection[str]
    ) -> None:
        self._names, self._snapshot, self._registry, self._replaced = names, snapshot, registry, replaced

    def diff(self, old: Resource, new: Resource) -> Diff:
        """Compare a registered resource, checked, with its old state."""
        if new.deleted_with and new.deleted_with in self._replaced:
            return Diff(changes=True, replaces=("deletedWith",))
        if self._provider_replaces(old, new):
            return Diff(changes=True, replaces=("provider",))
        if not new.custom:
            return Diff(changes=not equal(old.inputs, new.inputs))
        return self.by_provider(replace(old, urn=new.urn, provider=new.provider), new.inputs, new)

    def by_provider(self, old: Resource, inputs: Properties, options: Resource) -> Diff:
        """Ask the provider about new inputs, and apply replace_on_changes."""
        if old.is_provider:
            diff = self._registry.diff(old, inputs, options.ignore_changes)
        else:
            diff = self._registry.get(old.provider).diff(old, inputs, options.ignore_changes)
        return _apply_replace_on_changes(diff, options.replace_on_changes)

    def _provider_replaces(self, old: Resource, new: Resource) -> bool:
        if old.provider == new.provider:
            return False
        if not old.provider or not new.provider:
            return True
        before, now = provider_urn(old.provider), provider_urn(new.provider)
        if self._names.same_provider(before, now):
            return False
        old_provider, new_provider = self._names.old(before), self._snapshot.finished(now)
        if old_provider is None or new_provider is None:
            return True
        return self._registry.replaces(new.provider, old_provider, new_provider.inputs)


def _apply_replace_on_changes(diff: Diff, paths: Sequence[str]) -> Diff:
    """Turn the changes at `paths` (replace_on_changes) into reasons to replace."""
    if not diff.changes or not paths:
        return diff
    patterns = [parse_path(path) for path in paths]

    def covered(path: str) -> bool:
        return any(covers(pattern, parse_path(path)) for pattern in patterns)

    rows = None
    if diff.detailed_diff is not None:
        rows = {path: _as_replace(row) if covered(path) else row for path, row in diff.detailed_diff.items()}
    keys = [key for key in diff.diffs if key not in diff.replaces and covered(key)]
    return replace(diff, detailed_diff=rows, replaces=(*diff.replaces, *keys))


def _as_replace(row: PropertyDiff) -> PropertyDiff:
    return row if row.kind.endswith("-replace") else replace(row, kind=f"{row.kind}-replace")


@dataclass(frozen=True)
class DependentReplacement:
    """A resource to replace, and the properties that are the reason."""

    resource: Resource
    keys: tuple[str, ...]


def dependent_replacements(
    root: Resource, names: UrnResolver, verdicts: Differ, operated: Collection[str]
) -> list[DependentReplacement]:
    """List what has to be replaced with `root`, in the order of the old state.

    Of all that rests on it, directly or not: what its own provider would replace if the values that it takes
    from there changed, what lives on a replaced provider, and what is `deleted_with` something replaced. What
    has registered already cannot rest on it any more.
    """
    replacements: list[DependentReplacement] = []
    reached, replaced = {root.urn}, {root.urn}
    past = False
    for resource in names.base:
        if resource is root:
            past = True
        elif past and resource.urn not in operated and not reached.isdisjoint(resource.references()):
            reached.add(resource.urn)
            keys = _replacing_keys(resource, replaced, verdicts)
            if keys is not None:
                replacements.append(DependentReplacement(resource, keys))
                replaced.add(resource.urn)
    return [
        *replacements,
        *(DependentReplacement(each, ()) for each in names.olds() if each.deleted_with == root.urn),
    ]


def _replacing_keys(resource: Resource, replaced: set[str], verdicts: Differ) -> tuple[str, ...] | None:
    """Say which properties get a resource replaced, or None if it is not."""
    if not resource.custom or resource.external:
        return None
    if resource.deleted_with in replaced or (
        resource.provider and provider_urn(resource.provider) in replaced
    ):
        return ()
    inputs = _with_unknowns(resource, replaced)
    if inputs is None:
        return None
    diff = verdicts.by_provider(resource, inputs, resource)
    return diff.replaces if diff.replace else None


def _with_unknowns(resource: Resource, replaced: set[str]) -> Properties | None:
    """Make unknown what a resource takes from replaced ones; None if that is nothing."""
    keys = {
        key for key in resource.inputs if not replaced.isdisjoint(resource.property_dependencies.get(key, ()))
    }
    if not keys:
        return None
    return {key: UNKNOWN if key in keys else value for key, value in resource.inputs.items()}
