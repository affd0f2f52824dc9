"""A step: one thing to do to one resource."""

from collections.abc import Mapping
from dataclasses import dataclass

from . import events
from .events import Op, PropertyDiff
from .resource import Resource


@dataclass(frozen=True, kw_only=True, eq=False)
class Step:
    """What is about to be done. At least one of `old` and `new` is there."""

    op: Op
    old: Resource | None = None
    new: Resource | None = None
    keys: tuple[str, ...] = ()
    diffs: tuple[str, ...] = ()
    detailed: Mapping[str, PropertyDiff] | None = None
    keep: bool = False
    """A replacement: the old one is deleted at the end. A deletion: the old one stays in state until its
    replacement is there."""

    @property
    def resource(self) -> Resource:
        resource = self.new or self.old
        assert resource is not None  # noqa: S101 - a step is always about a resource
        return resource

    @property
    def urn(self) -> str:
        return self.resource.urn

    def event(self, done: Resource | None = None, op: Op | None = None) -> events.Step:
        """Spell it for displays, with what has become of the resource once that is known."""
        return events.Step(
            op=op or self.op,
            urn=self.urn,
            type=self.resource.type,
            provider=self.resource.provider,
            before=self.old,
            after=done or self.new,
            keys=self.keys,
            diffs=self.diffs,
            detailed=self.detailed,
        )
