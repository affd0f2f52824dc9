"""Steps, each one thing to do to one resource, and who is told of them as they happen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from .resource import Resource


class Op(StrEnum):
    """What a step does, in Pulumi's own words."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    REPLACE = "replace"
    CREATE_REPLACEMENT = "create-replacement"
    DELETE_REPLACED = "delete-replaced"
    READ = "read"
    READ_REPLACEMENT = "read-replacement"
    DISCARD = "discard"
    REFRESH = "refresh"

    @property
    def is_logical(self) -> bool:
        """Whether people see it: a replacement is shown once, as `replace`."""
        return self not in (Op.CREATE_REPLACEMENT, Op.DELETE_REPLACED)


@dataclass(frozen=True, kw_only=True)
class PropertyDiff:
    """One row of a detailed diff."""

    kind: str
    """`add`, `delete`, `update`, each perhaps with `-replace`."""
    input: bool = True


@dataclass(frozen=True, kw_only=True, eq=False)
class Step:
    """What is to be done, or has been. At least one of `old` and `new` is there."""

    op: Op
    old: Resource | None = None
    new: Resource | None = None
    keys: tuple[str, ...] = ()
    """Properties that force a replacement."""
    diffs: tuple[str, ...] = ()
    detailed_diff: Mapping[str, PropertyDiff] | None = None
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

    @property
    def type(self) -> str:
        return self.resource.type

    @property
    def name(self) -> str:
        return self.resource.name


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """A message for people; `urn` is empty where it belongs to no resource."""

    severity: str
    """`info`, `warning` or `error`."""
    message: str
    urn: str = ""

    @property
    def label(self) -> str:
        """What stands before the message."""
        return "" if self.severity == "info" else f"{self.severity}: "


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What a run came to."""

    result: str
    """`succeeded` or `failed`."""
    changes: Mapping[Op, int]
    outputs: Mapping[str, Any] = field(default_factory=dict)
    """The stack's outputs, secrets as `[secret]`."""
    old_outputs: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    preview: bool = False


class Listener:
    """A display: it is told what happens, from several threads but one thing at a time."""

    def started(self, step: Step) -> None:
        """Hear of a step that begins."""

    def done(self, step: Step, seconds: float) -> None:
        """Hear of a step that is done; its `new` is what has become of the resource."""

    def failed(self, step: Step, reason: str) -> None:
        """Hear of a step that has failed; its reason is told nowhere else."""
        self.noted(Diagnostic(severity="error", message=reason, urn=step.urn))

    def noted(self, note: Diagnostic) -> None:
        """Hear what there is to say."""

    def ended(self, summary: Summary) -> None:
        """Hear that the run is over."""
