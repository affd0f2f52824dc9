"""Which plan takes which alerts, as text for people and as JSON for programs."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from pulumi_sre_agent.review.alerts.explain import AgentAlerts, RuleRoute, SampleRoute
from pulumi_sre_agent.review.alerts.routes import Route
from pulumi_sre_agent.review.alerts.samples import MOST_SHARED
from pulumi_sre_agent.review.text import wrapped

SCHEMA_VERSION = 1
"""Of the JSON form; it rises where something that was there changes its meaning or goes."""
INDENT = "  "
AMBIGUOUS = (
    "Ambiguous: several plans match, and which one takes the alert is undefined, or each of them does. "
    "Exclude in all but one the words that the others look for."
)
MORE = f"More pairs of plans match the same alerts than the {MOST_SHARED} that are shown here."
PERHAPS = "Perhaps: it depends on what only the deployment will know, or on what the alert is about."
QUICKSTART = (
    "The quickstart plan that comes with the platform may take alerts, too, without asking: which ones is "
    "documented in several ways. `quickstart_plan=False` takes it away."
)
TITLES = "Whether letter case counts in titles is not published: here it does."


def as_text(agents: Iterable[AgentAlerts], width: int = 80) -> str:
    """Write who takes which alerts, in lines of at most `width` characters."""
    blocks = ["\n".join(_agent(each, width)) for each in agents]
    return "\n\n".join(blocks) + "\n"


def as_json(agents: Iterable[AgentAlerts]) -> dict[str, Any]:
    """Return the same for programs (docs/how-to/alerts.md#json)."""
    return {"schemaVersion": SCHEMA_VERSION, "agents": [_agent_json(each) for each in agents]}


def route_json(route: Route) -> dict[str, Any]:
    """Return who takes an alert, for programs."""
    return {
        "outcome": route.outcome,
        "plans": [
            {
                "name": taker.plan,
                "handlers": [*taker.handlers],
                "mode": taker.mode,
                "isCertain": taker.is_certain,
            }
            for taker in route.takers
        ],
    }


def _agent(each: AgentAlerts, width: int) -> Iterator[str]:
    if not each.platforms:
        yield f"{each.agent}: no incident platform, so it takes no alerts."
        return
    yield f"{each.agent}: incidents of {', '.join(each.platforms)}"
    if each.rules:
        yield "\nAlert rules of the stack"
    for each_rule in each.rules:
        way = str(each_rule.route) if each_rule.rule.is_enabled else "off"
        yield from _wrapped(f"{each_rule.rule.label}: {way}", width, INDENT)
    yield "\nSamples"
    for subject, samples in groupby(each.samples, key=lambda sample: sample.subject):
        platform = f"{subject.platform}, " if len(each.platforms) > 1 else ""
        yield from _wrapped(f"{platform}{subject}", width, INDENT)
        for sample in samples:
            yield from _wrapped(f"{sample.priorities_in_words}: {sample.route}", width, INDENT * 2)
    for note in _notes(each):
        yield ""
        yield from _wrapped(note, width)


def _notes(each: AgentAlerts) -> Iterator[str]:
    routes = [*(rule.route for rule in each.rules), *(sample.route for sample in each.samples)]
    if any(route.outcome == "ambiguous" for route in routes):
        yield AMBIGUOUS
    if each.has_more_shared:
        yield MORE
    if any(not taker.is_certain for route in routes for taker in route.takers):
        yield PERHAPS
    if each.may_have_quickstart_plan:
        yield QUICKSTART
    if any(sample.subject.words for sample in each.samples):
        yield TITLES


def _wrapped(text: str, width: int, indent: str = "") -> list[str]:
    return wrapped(text.replace("`", ""), width, indent, INDENT if indent else "")


def _agent_json(each: AgentAlerts) -> dict[str, Any]:
    return {
        "name": each.agent,
        "platforms": [*each.platforms],
        "alertRules": [_rule_json(rule) for rule in each.rules],
        "samples": [_sample_json(sample) for sample in each.samples],
        "hasMoreShared": each.has_more_shared,
        "mayHaveQuickstartPlan": each.may_have_quickstart_plan,
    }


def _rule_json(each: RuleRoute) -> dict[str, Any]:
    rule = each.rule
    return {
        "name": rule.name,
        "severity": rule.alert.priority,
        "isEnabled": rule.is_enabled,
        "route": route_json(each.route),
    }


def _sample_json(each: SampleRoute) -> dict[str, Any]:
    subject = each.subject
    return {
        "platform": subject.platform,
        "priorities": [*each.priorities],
        "titleContains": [*subject.words],
        "service": subject.service,
        "incidentType": subject.incident_type,
        "alertId": subject.alert_id,
        "resource": subject.resource,
        "resourceType": subject.resource_type,
        "route": route_json(each.route),
    }
