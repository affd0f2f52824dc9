"""Whether a resource stays as it is, is updated or is replaced."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from .aliases import Names
from .answers import Diff
from .differences import covers, parse, same
from .events import PropertyDiff
from .registry import Registry
from .resource import Resource, provider_urn
from .snapshot import Snapshot
from .values import Properties


class Verdicts:
    """Compares resources; `replaced` grows with what the run replaces."""

    def __init__(
        self, names: Names, snapshot: Snapshot, registry: Registry, replaced: Collection[str]
    ) -> None:
        self._names, self._snapshot, self._registry, self._replaced = names, snapshot, registry, replaced

    def diff(self, old: Resource, new: Resource) -> Diff:
        """Compare a registered resource, checked, with its old state."""
        if new.deleted_with and new.deleted_with in self._replaced:
            return Diff(changes=True, replaces=("deletedWith",))
        if self._provider_replaces(old, new):
            return Diff(changes=True, replaces=("provider",))
        if not new.custom:
            return Diff(changes=not same(old.inputs, new.inputs))
        return self.by_provider(replace(old, urn=new.urn, provider=new.provider), new.inputs, new)

    def by_provider(self, old: Resource, inputs: Properties, options: Resource) -> Diff:
        """Ask the provider about new inputs, and apply replace_on_changes."""
        if old.is_provider:
            diff = self._registry.diff(old, inputs, options.ignore_changes)
        else:
            diff = self._registry.get(old.provider).diff(old, inputs, options.ignore_changes)
        return _replacing_on(diff, options.replace_on_changes)

    def _provider_replaces(self, old: Resource, new: Resource) -> bool:
        if old.provider == new.provider:
            return False
        if not old.provider or not new.provider:
            return True
        before, now = provider_urn(old.provider), provider_urn(new.provider)
        if self._names.same_provider(before, now):
            return False
        old_provider, new_provider = self._names.old(before), self._snapshot.made(now)
        if old_provider is None or new_provider is None:
            return True
        return self._registry.replaces(new.provider, old_provider, new_provider.inputs)


def _replacing_on(diff: Diff, paths: Sequence[str]) -> Diff:
    """Turn the changes at `paths` (replace_on_changes) into reasons to replace."""
    if not diff.changes or not paths:
        return diff
    patterns = [parse(path) for path in paths]

    def covered(path: str) -> bool:
        return any(covers(pattern, parse(path)) for pattern in patterns)

    rows = None
    if diff.detailed is not None:
        rows = {path: _as_replace(row) if covered(path) else row for path, row in diff.detailed.items()}
    keys = [key for key in diff.diffs if key not in diff.replaces and covered(key)]
    return replace(diff, detailed=rows, replaces=(*diff.replaces, *keys))


def _as_replace(row: PropertyDiff) -> PropertyDiff:
    return row if row.kind.endswith("-replace") else replace(row, kind=f"{row.kind}-replace")
