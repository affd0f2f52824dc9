"""What somebody has changed in Azure since the last deployment, from a preview of a refresh."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from pulumi_sre_agent.review.changes import Change
from pulumi_sre_agent.review.preview import Preview, errors_of, parse
from pulumi_sre_agent.review.preview import read as read_preview

Outcome = Literal["clean", "drift", "unreadable"]
REMEDY = "Take what is to stay into the program, and put the rest back:"
"""Before the command that does."""
VERBS = {"update": "changed", "replace": "changed", "delete": "gone", "create": "found"}


@dataclass(frozen=True)
class LastChange:
    """Who changed a resource last, as Azure's `systemData` has it."""

    by: str
    type: str
    """`User`, `Application`, `ManagedIdentity` or `Key`."""
    at: str

    def __str__(self) -> str:
        return f"{self.by} ({self.type}), {self.at}"


@dataclass(frozen=True, kw_only=True)
class Drift:
    """How Azure differs from what was last deployed: each change leads from the state to what Azure has."""

    preview: Preview
    last_changes: Mapping[str, LastChange]
    """By URN, where Azure has told; it does for its own resources, and not for what is in an agent."""
    ids: Mapping[str, str]
    """The ids of what differs, by URN."""

    @property
    def changes(self) -> list[Change]:
        """What differs, what is gone first."""
        return sorted(self.preview.real_changes, key=lambda change: change.op != "delete")

    @property
    def outcome(self) -> Outcome:
        if self.preview.errors:
            return "unreadable"
        return "drift" if self.changes else "clean"

    @property
    def headline(self) -> str:
        """How it looks, in a few words."""
        if self.outcome == "unreadable":
            return "could not be read"
        count = len(self.changes)
        return f"drift in {count:,} resource{'' if count == 1 else 's'}" if count else "no drift"

    @property
    def summary(self) -> str:
        """How it looks, in a sentence."""
        if self.outcome == "unreadable":
            return "Not everything could be read, so this may not be all that differs."
        if not self.changes:
            return "Azure is as it was last deployed."
        verbs = [VERBS[change.op] for change in self.changes]
        counts = ", ".join(f"{verbs.count(verb):,} {verb}" for verb in dict.fromkeys(verbs))
        return f"Azure differs from what was last deployed: {counts}."

    @property
    def revert_command(self) -> str:
        """What puts back what differs."""
        return f"sre-agent drift -s {self.preview.stack} --revert"

    def who(self, change: Change) -> str:
        """Say who changed a resource, as far as Azure says."""
        return str(self.last_changes.get(change.urn, "not known"))

    def with_last_changes(self, more: Mapping[str, LastChange]) -> "Drift":
        """Return the same with what else Azure has told."""
        return replace(self, last_changes={**self.last_changes, **more})


def read(text: str, *, project: str, stack: str) -> Drift:
    """Read what `pulumi refresh --preview-only --json` printed, of either engine.

    Raises ConfigError where it is something else.
    """
    document = parse(text)
    steps = {step["urn"]: step for step in document.get("steps") or ()}
    if steps:
        preview = read_preview(text)
    else:  # nothing is deployed, or nothing could be begun
        preview = Preview(stack=stack, project=project, changes=(), errors=tuple(errors_of(document)))
    differs = {change.urn: steps[change.urn] for change in preview.real_changes}
    return Drift(
        preview=preview,
        last_changes=dict(_last_changes(differs)),
        ids={urn: str((step.get("oldState") or {}).get("id", "")) for urn, step in differs.items()},
    )


def last_change(system_data: Any) -> LastChange | None:
    """Read `systemData` of a resource; None where it does not say who."""
    if not isinstance(system_data, Mapping) or not system_data.get("lastModifiedBy"):
        return None
    by, kind, at = (system_data.get(f"lastModified{suffix}") for suffix in ("By", "ByType", "At"))
    return LastChange(str(by), str(kind or "kind not known"), str(at or "time not known"))


def _last_changes(steps: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, LastChange]]:
    """Yield who made each change: what the state says already was the deployment before it."""
    for urn, step in steps.items():
        old, new = ((step.get(side) or {}).get("outputs") or {} for side in ("oldState", "newState"))
        told = last_change(new.get("systemData"))
        if told and told != last_change(old.get("systemData")):
            yield urn, told
