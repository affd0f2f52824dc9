"""The incident that an alert rule's alert becomes (docs/reference/product.md#life-of-an-incident)."""

from sre_agent_local.azure.control_plane.alert_rules import ACTIVITY, LOG, METRIC
from sre_agent_local.azure.errors import BadRequest, NotFound
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

from .incident import AZURE_MONITOR

KINDS = (METRIC, LOG, ACTIVITY)
ACTIVITY_SEVERITY = "Sev4"
"""Of every alert on the activity log (docs/reference/product.md#which-plan-takes-it)."""


def incident_of(azure: AzureState, name: str) -> Json:
    """Return the members of the incident when this rule, by name or ARM id, fires.

    Raises BadRequest for one that is off, or for a name that several have; NotFound.
    """
    rules = [rule for kind in KINDS for rule in _find(azure, kind, name)]
    if not rules:
        raise NotFound(f"There is no alert rule '{name}'.")
    if len(rules) > 1:
        raise BadRequest(f"There are {len(rules)} alert rules named '{name}': give an ARM id.")
    (rule,) = rules
    if not rule.properties.get("enabled", True):
        raise BadRequest(f"The alert rule '{rule.name}' is off: it does not fire.")
    kind = rule.type.lower()
    severity = ACTIVITY_SEVERITY if kind == ACTIVITY.lower() else f"Sev{rule.properties['severity']}"
    return {
        "platform": AZURE_MONITOR,
        "title": rule.name,
        "rule": rule.id,
        "priority": severity,
        "description": rule.properties.get("description") or "",
        "resource": rule.properties["scopes"][0],
        "monitorService": _service(rule, kind),
    }


def _find(azure: AzureState, kind: str, name: str) -> list[Resource]:
    if not name.startswith("/"):
        return azure.store.by_name(kind, name)
    rule = azure.store.get(name)
    return [rule] if rule and rule.type.lower() == kind.lower() else []


def _service(rule: Resource, kind: str) -> str:
    """Return what Azure Monitor's common alert schema calls the sort of alert."""
    if kind == METRIC.lower():
        return "Platform"
    if kind == LOG.lower():
        return "Log Alerts V2"
    leaves = rule.properties["condition"]["allOf"]
    category = next(leaf["equals"] for leaf in leaves if leaf.get("field") == "category")
    return f"Activity Log - {category}"
