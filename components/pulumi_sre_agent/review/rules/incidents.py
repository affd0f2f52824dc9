"""Which alerts the agent takes (docs/reference/product.md#incidents)."""

from collections.abc import Iterator
from typing import Any, Literal

from pulumi_sre_agent.review.changes import Change
from pulumi_sre_agent.review.findings import Match, Rule, Severity
from pulumi_sre_agent.review.preview import Preview
from pulumi_sre_agent.review.text import code

Side = Literal["before", "after"]

ANY_OF = {"priorities": "priorities", "title_contains_any": "titles with"}
"""Lists of which one entry must match; none stands for all."""
EVERY_ONE_OF = {"title_not_contains": "titles with", "title_contains_all": "titles without"}
"""Lists of which every entry leaves alerts out, and which those are."""
TEXTS = {
    "title_contains": "title with",
    "incident_type": "incident type",
    "impacted_service": "service",
    "alert_id": "alert",
}


def _widened(preview: Preview) -> Iterator[Match]:
    for change in preview.of("IncidentFilter"):
        if change.has_both_sides and (ways := [*_wider(change, "before", "after")]):
            text = ", ".join(f"{way}" for way in ways)
            yield Match(change, f"The response plan {code(change.name)} would take more alerts: {text}.")


def _narrowed(preview: Preview) -> Iterator[Match]:
    for change in preview.of("IncidentFilter"):
        if not _on(change, "before"):
            continue
        name = f"The response plan {code(change.name)}"
        if change.op == "delete":
            yield Match(change, f"{name} would be gone: nobody takes its alerts unless another plan does.")
        elif not _on(change, "after"):
            yield Match(change, f"{name} would be off: nobody takes its alerts unless another plan does.")
        elif change.has_both_sides and (ways := [*_wider(change, "after", "before")]):
            yield Match(change, f"{name} would take fewer alerts, no longer {', '.join(ways)}.")


def _wider(change: Change, narrow: Side, wide: Side) -> Iterator[str]:
    """Say in which ways one side of a plan takes alerts that the other does not."""
    if not _on(change, narrow):
        if _on(change, wide):
            yield "it is switched on" if wide == "after" else "any"
        return
    for name, words in ANY_OF.items():
        few, many = (_entries(change, name, side) for side in (narrow, wide))
        if few and not many:
            yield f"any {words}"
        elif few and (further := sorted(many - few)):
            yield f"{words} {_names(further)}"
    for name, words in TEXTS.items():
        text, other = change.value(name, of=narrow), change.value(name, of=wide)
        if text and text != other:
            yield f"{words} {code(other)}" if other else f"any {words}"
    for name, words in EVERY_ONE_OF.items():
        if gone := sorted(_entries(change, name, narrow) - _entries(change, name, wide)):
            yield f"{words} {_names(gone)}"


def _entries(change: Change, name: str, side: Side) -> set[str]:
    return {str(entry) for entry in change.entries(name, of=side)}


def _names(values: list[str]) -> str:
    return ", ".join(code(value) for value in values)


def _on(change: Change, side: Side) -> bool:
    exists = (change.before if side == "before" else change.after) is not None
    return exists and bool(change.value("is_enabled", of=side, default=True))


def _platform(preview: Preview) -> Iterator[Match]:
    for change in preview.of("IncidentPlatform"):
        if change.op == "delete":
            yield Match(
                change,
                f"The agent would have no incident platform: {code(change.value('type', of='before'))} goes.",
            )
        elif change.op in ("update", "replace"):
            for name in ("type", "connection_url", "obo_user", "username", "api_connection_name"):
                before, after = change.value(name, of="before"), change.value(name)
                if before != after:
                    yield Match(
                        change,
                        f"The incident platform's {code(name)} changes from {_or_none(before)} to "
                        f"{_or_none(after)}.",
                    )


def _or_none(value: Any) -> str:
    return f"{code(value)}" if value else "none"


def _triggers(preview: Preview) -> Iterator[Match]:
    for change in preview.of("HttpTrigger"):
        switched_on = change.before is not None and not _on(change, "before") and _on(change, "after")
        if change.after is not None and _on(change, "after") and (change.op == "create" or switched_on):
            yield Match(change, f"The HTTP trigger {code(change.name)} could be called from outside.")
    for change in preview.of("azure-native:logic:Workflow"):
        if change.op == "create":
            yield Match(
                change,
                f"The webhook bridge {code(change.name)} would take calls from outside, whoever knows its "
                "address.",
            )


RULES = (
    Rule(
        "plan-widened",
        "A response plan takes more alerts",
        Severity.MEDIUM,
        "The agent works on more incidents, which costs units, and other plans may match the same "
        "alerts: which one "
        "then takes them is undefined.",
        "See which other plans match the same alerts, and exclude by words what is not meant.",
        _widened,
    ),
    Rule(
        "plan-narrowed",
        "A response plan takes fewer alerts, or none",
        Severity.MEDIUM,
        "An alert that no plan matches waits for a person, and nothing says so.",
        "See that another plan, or somebody on call, takes these alerts.",
        _narrowed,
    ),
    Rule(
        "platform-changed",
        "The incident platform changes",
        Severity.HIGH,
        "Plans match the priorities of one platform only, and open incidents of the old one are left "
        "where they are.",
        "Change the plans' priorities in the same pull request, and close what is open.",
        _platform,
    ),
    Rule(
        "trigger-opened",
        "The agent can be started from outside",
        Severity.MEDIUM,
        "Whoever may call it decides what stands in the agent's prompt.",
        "Give `threads/write` to the caller's identity only, and treat the payload as text of a stranger.",
        _triggers,
        is_standing=True,
    ),
)
