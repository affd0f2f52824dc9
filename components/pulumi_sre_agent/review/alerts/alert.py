"""An alert as a response plan looks at it, and those that a stack's alert rules would raise."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.review.inventory.inventory import Inventory, Item
from pulumi_sre_agent.review.text import code

AZURE_MONITOR = "AzMonitor"
RULE_TYPE = re.compile(
    r"azure-native:\w+(?:/\w+)?:(MetricAlert|ScheduledQueryRule|ActivityLogAlert|SmartDetectorAlertRule)"
)
"""Types of Azure's alert rules in Pulumi; where they live has changed from version to version."""
NAMES = {"ActivityLogAlert": "activityLogAlertName", "SmartDetectorAlertRule": "alertRuleName"}
ACTIVITY_LOG_SEVERITY = "Sev4"
"""Of every alert of the activity log (docs/reference/product.md#which-plan-takes-it)."""


@dataclass(frozen=True, kw_only=True)
class Alert:
    """What a plan looks at. None stands for what is not said, so that a plan which asks for it may match."""

    platform: str
    """`AzMonitor`, `PagerDuty` or `ServiceNow`."""
    priority: str | None
    """As the platform writes it: `Sev1`, `P1`, `1`."""
    title: str | None
    service: str | None = None
    incident_type: str | None = None
    alert_id: str | None = None
    """What a plan's `alert_id` names; whether that is an alert or its rule is not published."""
    resource: str | None = None
    """ARM id of what it is about."""
    resource_type: str | None = None


@dataclass(frozen=True, kw_only=True)
class AlertRule:
    """An alert rule of a stack."""

    name: str
    urn: str
    is_enabled: bool
    alert: Alert
    """What it raises, with its name for a title."""
    has_action_group: bool = False
    """Whether it tells somebody itself, as far as its program says."""

    @property
    def label(self) -> str:
        """What to call its alerts: severity and name."""
        return f"{self.alert.priority or 'unknown severity'} {code(self.name)}"


def alert_rules(inventory: Inventory) -> Iterator[AlertRule]:
    """Yield the alert rules of Azure Monitor that are deployed with the agents."""
    for item in inventory.surroundings:
        if match := RULE_TYPE.fullmatch(item.kind):
            yield _rule(item, match[1])


def _rule(item: Item, type_: str) -> AlertRule:
    name = str(item.value(NAMES.get(type_, "ruleName"), default=item.name))
    enabled = item.value("enabled", default=True) is not False and item.value("state") != "Disabled"
    scopes = item.entries("scopes") or item.entries("scope")
    resource = str(scopes[0]) if len(scopes) == 1 else None
    alert = Alert(
        platform=AZURE_MONITOR,
        priority=ACTIVITY_LOG_SEVERITY if type_ == "ActivityLogAlert" else _severity(item.value("severity")),
        title=name,
        resource=resource,
        resource_type=ArmId(resource).type if resource else None,
    )
    return AlertRule(
        name=name, urn=item.urn, is_enabled=enabled, alert=alert, has_action_group=_has_action_group(item)
    )


def _has_action_group(item: Item) -> bool:
    actions = item.properties.get("actions") or item.properties.get("actionGroups")
    if isinstance(actions, Mapping):
        actions = actions.get("actionGroups") or actions.get("groupIds")
    return bool(actions)


def _severity(value: Any) -> str | None:
    if isinstance(value, int | float):
        return f"Sev{value:g}"
    return value if isinstance(value, str) else None
