"""Diagnostic settings: where a resource's own logs and metrics go, on any resource."""

from sre_agent_local.azure.errors import BadRequest, Conflict
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.validation import WireModel, refuse_misfit

from . import monitoring
from .request import ArmRequest
from .resource_crud import Kind, routes_of

TYPE = "microsoft.insights/diagnosticSettings"
SETTINGS_PER_RESOURCE = 5
_SINKS = ("workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId")


class _Log(WireModel):
    category: str | None = None
    category_group: str | None = None
    enabled: bool


class _Metric(WireModel):
    category: str
    enabled: bool
    time_grain: str | None = None


class _Setting(WireModel):
    workspace_id: str | None = None
    storage_account_id: str | None = None
    event_hub_authorization_rule_id: str | None = None
    event_hub_name: str | None = None
    service_bus_rule_id: str | None = None
    marketplace_partner_id: str | None = None
    log_analytics_destination_type: str | None = None
    logs: list[_Log] | None = None
    metrics: list[_Metric] | None = None


def _describe(request: ArmRequest, body: Json, _before: Json) -> Json:
    asked: Json = body.get("properties") or {}
    refuse_misfit(_Setting, asked)
    if not any(asked.get(sink) for sink in _SINKS):
        raise BadRequest("At least one data sink needs to be specified.")
    for log in asked.get("logs") or []:
        if bool(log.get("category")) == bool(log.get("categoryGroup")):
            raise BadRequest("A log needs either a category or a categoryGroup.")
    _refuse_missing_workspace(request, asked)
    _refuse_others(request, asked)
    return {"logs": [], "metrics": [], **asked}


def _refuse_missing_workspace(request: ArmRequest, asked: Json) -> None:
    workspace = request.azure.store.get(asked.get("workspaceId") or "")
    if asked.get("workspaceId") and (workspace is None or workspace.type != monitoring.WORKSPACE):
        raise BadRequest(f"The workspace '{asked['workspaceId']}' was not found.", code="ResourceNotFound")


def _refuse_others(request: ArmRequest, asked: Json) -> None:
    """Refuse a sixth setting of a resource, and one that sends the same to the same place as another."""
    base = KIND.base(request)
    others = [
        setting
        for setting in request.azure.store.of_type(TYPE, base)
        if setting.id.lower() == f"{base}/providers/{TYPE}/{setting.name}".lower()
        and setting.name.lower() != request.name.lower()
    ]
    if len(others) >= SETTINGS_PER_RESOURCE:
        raise BadRequest(f"A resource has at most {SETTINGS_PER_RESOURCE} diagnostic settings.")
    for other in others:
        for sink in _SINKS:
            same_sink = (
                asked.get(sink) and str(asked[sink]).lower() == str(other.properties.get(sink)).lower()
            )
            both = _enabled(asked) & _enabled(other.properties)
            if same_sink and both:
                raise Conflict(
                    f"Data sink '{asked[sink]}' is already used in diagnostic setting '{other.name}' for "
                    f"category '{min(both)}'. Data sinks can't be reused in different settings on the same "
                    f"category for the same resource."
                )


def _enabled(properties: Json) -> set[str]:
    entries = [*(properties.get("logs") or []), *(properties.get("metrics") or [])]
    return {str(one.get("category") or one.get("categoryGroup")) for one in entries if one["enabled"]}


KIND = Kind(
    type=TYPE, name=r"[^*<>%&:\\?+/]{1,260}", describe=_describe, is_tracked=False, lies_on_any_scope=True
)
ROUTES = routes_of(KIND)
