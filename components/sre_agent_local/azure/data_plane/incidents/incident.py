"""An incident as a platform hands it over, and its bodies: what fires it, and what its thread shows.

See docs/reference/run-time.md#incidents.
"""

import json
import uuid
from datetime import UTC, datetime

from pydantic import Field

from sre_agent_local.azure.agent_items import incident_platform
from sre_agent_local.azure.arm_path import ArmPath
from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.validation import StrictModel

AZURE_MONITOR = "AzMonitor"

PRIORITIES = {
    AZURE_MONITOR: tuple(f"Sev{number}" for number in range(5)),
    "PagerDuty": tuple(f"P{number}" for number in range(1, 6)),
    "ServiceNow": tuple(str(number) for number in range(1, 6)),
}
"""By platform, the most urgent first (docs/reference/product.md#which-plan-takes-it)."""


class Incident(StrictModel):
    """What a platform knows of one. Only `platform` and `title` are always there."""

    platform: str
    """`AzMonitor`, `PagerDuty` or `ServiceNow`."""
    title: str = Field(min_length=1)
    """Of an alert, the name of its rule."""
    id: str = Field(default_factory=lambda: str(uuid.uuid4()))
    """Of an alert, its own, not the rule's."""
    priority: str = ""
    """As the platform spells it; by default what the quickstart plan takes."""
    service: str = ""
    """The impacted one."""
    incident_type: str = ""
    description: str = ""
    resource: str = ""
    """ARM id of what an alert is about."""
    resource_type: str = ""
    """By default that of the resource."""
    rule: str = ""
    """ARM id of an alert's rule; by default the title stands for it."""
    monitor_service: str = "Platform"

    @classmethod
    def of(cls, body: Json) -> "Incident":
        """Read members, filling in what follows from others. Raises BadRequest, ValidationError."""
        incident = cls.model_validate(body)
        known = PRIORITIES.get(incident.platform)
        if known is None:
            raise BadRequest(
                f"The platform '{incident.platform}' of the incident is not one of {', '.join(PRIORITIES)}."
            )
        wanted = (incident.priority or incident_platform.QUICKSTART[incident.platform][0]).lower()
        priority = next((one for one in known if wanted in (one.lower(), one.lstrip("SevP"))), None)
        if priority is None:
            raise BadRequest(
                f"The priority '{incident.priority}' is not one of {incident.platform}'s: {', '.join(known)}."
            )
        path = ArmPath.parse(incident.resource)
        resource_type = incident.resource_type or (f"{path.namespace}/{path.kind}" if path.kind else "")
        return incident.model_copy(update={"priority": priority, "resource_type": resource_type})

    @property
    def merge_key(self) -> str:
        """What alerts that belong together share: their rule."""
        return (self.rule or self.title).lower()

    @property
    def thread_title(self) -> str:
        return f"[{self.priority}] {self.title}"

    def alert_text(self, fired: float) -> str:
        """Return the message that its thread begins with."""
        path = ArmPath.parse(self.resource)
        alert = {
            "alertId": self.id,
            "alertRule": self.title,
            "description": self.description,
            "monitoredResource": self.resource,
            "severity": self.priority,
            "monitorCondition": "Fired",
            "monitorService": self.monitor_service,
            "firedAt": datetime.fromtimestamp(fired, UTC).strftime("%m/%d/%Y %H:%M:%S +00:00"),
            "subscription": path.subscription or "",
            "resourceGroup": path.group or "",
            "portalUrl": f"https://portal.azure.com/#resource{self.resource}" if self.resource else "",
        }
        return f"```incident-alert\n{json.dumps(alert, indent=2)}\n```"

    def details(self, created: float) -> Json:
        """Return `incidentDetails` of its thread; the plan is not in it, as was observed."""
        return {
            "incidentTitle": self.title,
            "incidentCreatedTime": datetime.fromtimestamp(created, UTC).isoformat(),
            "incidentPriority": self.priority,
            "impactedService": self.service,
            "filterId": "",
            "handlerId": "",
            "investigationStatus": "InProgress",
            "triggerEvent": None,
            "incidentStatus": "acknowledged",
            "mergeInfo": None,
            "ownerGroup": None,
            "isOutOfScope": False,
            "outOfScopeReason": None,
            "outOfScopeSince": None,
            "incidentTypeSnapshot": self.incident_type or None,
            "isReactivated": False,
            "monitorIdSnapshot": None,
            "createdBySnapshot": None,
        }
