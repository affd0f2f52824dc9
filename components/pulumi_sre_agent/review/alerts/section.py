"""The report's section on alerts: which would go another way."""

from collections.abc import Iterator
from typing import Any

from pulumi_sre_agent.review.alerts.compare import Reroute, reroutes, says_too_little
from pulumi_sre_agent.review.alerts.render import AMBIGUOUS, route_json
from pulumi_sre_agent.review.alerts.routes import Route
from pulumi_sre_agent.review.preview import Preview
from pulumi_sre_agent.review.section import Row, Section

PARTIAL = (
    "Plans or alert rules change, and which plan takes what follows from all of them: make the preview with "
    "`--show-sames`."
)
NO_RULE = "does not fire"


def alerts_section(preview: Preview) -> Section | None:
    """Tell which alerts go another way; None where none do."""
    changed = reroutes(preview)
    if says_too_little(preview):
        return Section(
            id="alerts", title="Alerts", summary="unknown", rows=(), notes=(PARTIAL,), data={"isKnown": False}
        )
    if not changed:
        return None
    return Section(
        id="alerts",
        title="Alerts",
        summary=", ".join(_summary(changed)),
        rows=tuple(Row(each.label, _words(each.before), _words(each.after)) for each in changed),
        notes=(AMBIGUOUS,) if any(_outcome(each) == "ambiguous" for each in changed) else (),
        data={"isKnown": True, "changed": [_json(each) for each in changed]},
    )


def _summary(changed: list[Reroute]) -> Iterator[str]:
    one = len(changed) == 1
    yield "1 kind would go another way" if one else f"{len(changed)} kinds would go another way"
    for outcome, words in (("untaken", "to no plan"), ("ambiguous", "to one of several plans")):
        if count := sum(_outcome(each) == outcome for each in changed):
            yield f"{count} {words}"


def _outcome(each: Reroute) -> str | None:
    return each.after.outcome if each.after else None


def _words(route: Route | None) -> str:
    return NO_RULE if route is None else str(route)


def _json(each: Reroute) -> dict[str, Any]:
    return {
        "label": each.label,
        "alertRule": each.rule.name if each.rule else None,
        "before": route_json(each.before) if each.before else None,
        "after": route_json(each.after) if each.after else None,
    }
