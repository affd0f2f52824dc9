"""Whether a response plan takes an alert (docs/reference/product.md#which-plan-takes-it)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pulumi_sre_agent.review.alerts.alert import Alert
from pulumi_sre_agent.review.changes import is_known
from pulumi_sre_agent.review.inventory.inventory import Item
from pulumi_sre_agent.schema.choices import PLATFORM_ALIASES

Verdict = bool | None
"""None where it depends on what is not known."""
EVERYTHING = "all"
"""What a plan may write for any service or type, instead of nothing."""
REQUIRED = ("title_contains", "title_contains_all")
"""Conditions whose texts a title must hold all."""
EQUAL: Mapping[str, Callable[[Alert], str | None]] = {
    "impacted_service": lambda alert: alert.service,
    "incident_type": lambda alert: alert.incident_type,
    "alert_id": lambda alert: alert.alert_id,
}
"""Conditions that one text must equal, whatever the case of its letters."""


def takes(plan: Item, alert: Alert) -> Verdict:
    """Say whether a plan takes an alert: it is on, for the alert's platform, and all its conditions hold.

    None stands for "perhaps": it depends on what only a deployment will know, or on what nobody says of the
    alert.
    """
    is_certain = True
    for verdict in _conditions(plan.properties, alert):
        if verdict is False:
            return False
        is_certain = is_certain and verdict is True
    return True if is_certain else None


def platform_name(value: Any) -> Any:
    """Return a platform as Azure spells it."""
    return PLATFORM_ALIASES.aliases.get(str(value).lower(), value)


def texts(value: Any) -> list[Any]:
    """Return a text, or a list of texts, as a list without empty ones."""
    return [each for each in (value if isinstance(value, list | tuple) else [value]) if each]


def _conditions(plan: Mapping[str, Any], alert: Alert) -> Iterator[Verdict]:
    enabled = plan.get("is_enabled", True)
    yield bool(enabled) if is_known(enabled) else None
    yield _equal(platform_name(plan.get("incident_platform")), alert.platform)
    if priorities := texts(plan.get("priorities")):
        yield _any([_equal(each, alert.priority) for each in priorities])
    yield from (_contains(alert.title, each) for name in REQUIRED for each in texts(plan.get(name)))
    yield from (_not(_contains(alert.title, each)) for each in texts(plan.get("title_not_contains")))
    if some := texts(plan.get("title_contains_any")):
        yield _any([_contains(alert.title, each) for each in some])
    for name, of in EQUAL.items():
        yield _fits(plan.get(name), of(alert))
    target = plan.get("az_monitor_filter_settings") or {}
    yield _fits(target.get("target_resource_type"), alert.resource_type)
    if resource := target.get("target_resource"):
        yield _is_in(resource, alert.resource)


def _fits(wanted: Any, value: str | None) -> Verdict:
    return True if str(wanted or EVERYTHING).lower() == EVERYTHING else _equal(wanted, value)


def _equal(wanted: Any, value: str | None) -> Verdict:
    return str(wanted).lower() == value.lower() if is_known(wanted) and value is not None else None


def _is_in(wanted: Any, resource: str | None) -> Verdict:
    """Say whether a resource is the one that is wanted, or lies in it."""
    if not is_known(wanted) or resource is None:
        return None
    return f"{resource}/".lower().startswith(f"{str(wanted).rstrip('/')}/".lower())


def _contains(title: str | None, text: Any) -> Verdict:
    return text in title if is_known(text) and title is not None else None


def _any(verdicts: list[Verdict]) -> Verdict:
    return True if True in verdicts else None if None in verdicts else False


def _not(verdict: Verdict) -> Verdict:
    return None if verdict is None else not verdict
