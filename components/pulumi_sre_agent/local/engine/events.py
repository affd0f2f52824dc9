"""What the engine's core tells its displays, in the order in which it happens."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
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
    def logical(self) -> bool:
        """Whether people see it: a replacement is shown once, as `replace`."""
        return self not in (Op.CREATE_REPLACEMENT, Op.DELETE_REPLACED)


@dataclass(frozen=True, kw_only=True)
class PropertyDiff:
    """One row of a detailed diff."""

    kind: str
    """`add`, `delete`, `update`, each perhaps with `-replace`."""
    input: bool = True


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step on one resource."""

    op: Op
    urn: str
    type: str
    provider: str = ""
    before: Resource | None = None
    after: Resource | None = None
    keys: tuple[str, ...] = ()
    """Properties that force a replacement."""
    diffs: tuple[str, ...] = ()
    detailed: Mapping[str, PropertyDiff] | None = None

    @property
    def name(self) -> str:
        return self.urn.split("::", 3)[3]

    @cached_property
    def old(self) -> Mapping[str, Any] | None:
        """The state before, in deployment format with secrets shown as `[secret]`."""
        return self.before.shown() if self.before else None

    @cached_property
    def new(self) -> Mapping[str, Any] | None:
        """The state after, in the same form; spelt only for those who look."""
        return self.after.shown() if self.after else None


@dataclass(frozen=True, kw_only=True)
class StepStarted:
    step: Step


@dataclass(frozen=True, kw_only=True)
class StepDone:
    step: Step
    """With the new state's outputs filled in."""
    seconds: float


@dataclass(frozen=True, kw_only=True)
class StepFailed:
    step: Step
    reason: str
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """A message for people; `urn` is empty where it belongs to no resource."""

    severity: str
    """`debug`, `info`, `warning` or `error`."""
    message: str
    urn: str = ""


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The last event of a run."""

    result: str
    """`succeeded` or `failed`."""
    changes: Mapping[Op, int]
    outputs: Mapping[str, Any] = field(default_factory=dict)
    """The stack's outputs, secrets as `[secret]`."""
    old_outputs: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    preview: bool = False


Event = StepStarted | StepDone | StepFailed | Diagnostic | Summary
Listener = Callable[[Event], None]
