"""What `pulumi preview --json` prints, read as changes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pulumi_sre_agent.api.errors import ConfigError, SreAgentError
from pulumi_sre_agent.review.changes import Change, Op, kind_of, logical_name_of, type_of
from pulumi_sre_agent.review.principals import named_principals, principal_owners

OPS: Mapping[str, Op] = {
    "create": "create",
    "import": "create",
    "update": "update",
    "replace": "replace",
    "create-replacement": "replace",
    "delete-replaced": "replace",
    "import-replacement": "replace",
    "delete": "delete",
    "discard": "delete",
    "same": "same",
    "refresh": "same",
}
"""The engine's steps, and what each means for the resource (docs/reference/pulumi.md#steps)."""
STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_TYPE = "pulumi:providers:"


@dataclass(frozen=True, kw_only=True, eq=False)
class Preview:
    """A preview of one stack."""

    stack: str
    project: str
    changes: tuple[Change, ...]
    """Resources in the order of the preview, components and the stack itself left out."""
    errors: tuple[str, ...] = ()
    """What the preview reported as an error: a preview that has any says nothing of what it left out."""
    principals: Mapping[str, str] = field(default_factory=dict)
    """What the stack's identities are called, by object id and by URN."""

    @property
    def title(self) -> str:
        """Project and stack, as people write them."""
        return f"{self.project}/{self.stack}"

    @property
    def real_changes(self) -> list[Change]:
        """Resources that would not stay as they are."""
        return [change for change in self.changes if change.op != "same"]

    @property
    def is_whole(self) -> bool:
        """Whether it shows also what stays the same, or nothing does since the agents are new or go."""
        ops = {change.op for change in self.changes}
        return "same" in ops or (ops <= {"create", "replace", "delete"} and any(self.of("Agent")))

    @cached_property
    def counts(self) -> dict[Op, int]:
        """How many resources would be created, updated, replaced, deleted, and stay the same."""
        ops: tuple[Op, ...] = ("create", "update", "replace", "delete", "same")
        counts = {op: sum(change.op == op for change in self.changes) for op in ops}
        return {op: count for op, count in counts.items() if count}

    def of(self, *kinds: str) -> Iterator[Change]:
        """Yield what would happen to the resources of some kinds, such as `Skill`."""
        return (change for change in self.changes if change.kind in kinds)


def read(text: str) -> Preview:
    """Read what `pulumi preview --json` printed, of either engine.

    Raises ConfigError where it is something else, such as the preview of a terminal, and SreAgentError where
    it has failed before its first step.
    """
    document = parse(text)
    steps = document.get("steps")
    if not isinstance(steps, list):
        if errors := list(errors_of(document)):
            raise SreAgentError(f"The preview did not come as far as its first step: {' '.join(errors)}")
        raise ConfigError(f"This is no preview: it has no steps. {_HINT}")
    by_urn: dict[str, Mapping[str, Any]] = {}
    for step in steps:
        if not isinstance(step, Mapping) or not isinstance(step.get("urn"), str):
            raise ConfigError(f"This is no preview: a step of it has no urn. {_HINT}")
        if _rank(step) >= _rank(by_urn.get(step["urn"])):
            by_urn[step["urn"]] = step
    stack, project = _names(by_urn)
    return Preview(
        stack=stack,
        project=project,
        changes=tuple(_change(step) for step in by_urn.values() if is_resource(_state(step))),
        errors=tuple(errors_of(document)),
        principals=dict(
            name for step in by_urn.values() for state in _states(step) for name in named_principals(state)
        ),
    )


_HINT = "Give it what `pulumi preview --json` printed to stdout."


def parse(text: str) -> Mapping[str, Any]:
    """Return the document of a preview. Raises ConfigError where it is no JSON object."""
    if not text.strip():
        raise ConfigError(f"There is no preview: the input is empty. {_HINT}")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"This is no JSON ({error}). {_HINT}") from error
    if not isinstance(document, Mapping):
        raise ConfigError(f"This is no preview: it is no JSON object. {_HINT}")
    return document


def _rank(step: Mapping[str, Any] | None) -> int:
    """Of the steps of one replacement, the one with both states says most; a refresh before it, least."""
    if step is None or step.get("op") == "refresh":
        return -1
    return bool(step.get("oldState")) + bool(step.get("newState"))


def _names(steps: Mapping[str, Any]) -> tuple[str, str]:
    for urn in steps:
        parts = urn.split("::")
        if len(parts) >= 4 and parts[0].startswith("urn:pulumi:"):
            return parts[0].removeprefix("urn:pulumi:"), parts[1]
    raise ConfigError(f"This preview has no resources, not even a stack. {_HINT}")


def _states(step: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the states of a step, the one that counts first."""
    return (state for side in ("newState", "oldState") if (state := step.get(side)))


def _state(step: Mapping[str, Any]) -> Mapping[str, Any]:
    return next(_states(step), {})


def is_resource(state: Mapping[str, Any]) -> bool:
    """Whether a state is of a resource, and not of a component, a stack or a provider."""
    return bool(state.get("custom")) and not str(state.get("type")).startswith(PROVIDER_TYPE)


def rests_on(state: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the URNs that a resource's `agent_id` comes from, else all that it depends on."""
    by_property = state.get("propertyDependencies") or {}
    return tuple(by_property.get("agent_id") or state.get("dependencies") or ())


def _change(step: Mapping[str, Any]) -> Change:
    old, new = step.get("oldState") or {}, step.get("newState") or {}
    op = OPS.get(str(step.get("op")))
    if op is None:
        raise ConfigError(f"This preview has a step of a kind that is not known: {step.get('op')!r}.")
    return Change(
        urn=step["urn"],
        op=op,
        before=old.get("inputs") or {} if old else None,
        after=(new.get("inputs") or {}) if new and op != "delete" else None,
        id=str(old.get("id") or ""),
        dependencies=rests_on(_state(step)),
        principal_owners=principal_owners(_state(step)),
        engine_paths=(*(step.get("detailedDiff") or {}), *(step.get("diffReasons") or ())),
        was_protected=bool(old.get("protect")),
        is_protected=bool(new.get("protect")),
    )


def errors_of(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a preview reported as errors, each with the resource that it is about."""
    for diagnostic in document.get("diagnostics") or ():
        if isinstance(diagnostic, Mapping) and diagnostic.get("severity") == "error":
            message = str(diagnostic.get("message", "")).strip().removeprefix("error: ")
            yield f"{_subject(str(diagnostic.get('urn') or ''))}{message}"


def _subject(urn: str) -> str:
    """Begin a sentence with a resource's kind and name; with nothing where it is about the stack."""
    is_of_resource = urn and type_of(urn) != STACK_TYPE
    return f"{kind_of(urn)} {logical_name_of(urn)}: " if is_of_resource else ""
