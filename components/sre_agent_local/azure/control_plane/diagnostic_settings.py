"""Diagnostic settings: where a resource's own logs and metrics go, on any resource."""

from sre_agent_local.azure.errors import BadRequest, Conflict
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.validation import StrictModel, settable_properties

from . import monitoring
from .request import ArmRequest
from .resource_crud import ResourceCrud, crud_routes

TYPE = "microsoft.insights/diagnosticSettings"
SETTINGS_PER_RESOURCE = 5
_SINKS = ("workspaceId", "storageAccountId", "eventHubAuthorizationRuleId", "marketplacePartnerId")


class _Log(StrictModel):
    category: str | None = None
    category_group: str | None = None
    enabled: bool


class _Metric(StrictModel):
    category: str
    enabled: bool
    time_grain: str | None = None


class _Setting(StrictModel):
    workspace_id: str | None = None
    storage_account_id: str | None = None
    event_hub_authorization_rule_id: str | None = None
    event_hub_name: str | None = None
    service_bus_rule_id: str | None = None
    marketplace_partner_id: str | None = None
    log_analytics_destination_type: str | None = None
    logs: list[_Log] | None = None
    metrics: list[_Metric] | None = None


def _setting_properties(request: ArmRequest, body: Json, _before: Json) -> Json:
    properties = settable_properties(_Setting, body)
    if not any(properties.get(sink) for sink in _SINKS):
        raise BadRequest("At least one data sink needs to be specified.")
    for log in properties.get("logs") or []:
        if bool(log.get("category")) == bool(log.get("categoryGroup")):
            raise BadRequest("A log needs either a category or a categoryGroup.")
    _check_workspace(request, properties)
    _check_others(request, properties)
    return {"logs": [], "metrics": [], **properties}


def _check_workspace(request: ArmRequest, properties: Json) -> None:
    workspace = request.azure.store.get(properties.get("workspaceId") or "")
    if properties.get("workspaceId") and (workspace is None or workspace.type != monitoring.WORKSPACE):
        raise BadRequest(
            f"The workspace '{properties['workspaceId']}' was not found.", code="ResourceNotFound"
        )


def _check_others(request: ArmRequest, properties: Json) -> None:
    """Refuse a sixth setting of a resource, and one that sends the same to the same place as another."""
    base = CRUD.base(request)
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
                properties.get(sink)
                and str(properties[sink]).lower() == str(other.properties.get(sink)).lower()
            )
            both = _enabled_categories(properties) & _enabled_categories(other.properties)
            if same_sink and both:
                raise Conflict(
                    f"Data sink '{properties[sink]}' is already used in diagnostic setting '{other.name}' "
                    f"for category '{min(both)}'. Data sinks can't be reused in different settings on the "
                    f"same category for the same resource."
                )


def _enabled_categories(properties: Json) -> set[str]:
    entries = [*(properties.get("logs") or []), *(properties.get("metrics") or [])]
    return {str(one.get("category") or one.get("categoryGroup")) for one in entries if one["enabled"]}


CRUD = ResourceCrud(
    type=TYPE,
    name=r"[^*<>%&:\\?+/]{1,260}",
    properties_of=_setting_properties,
    is_tracked=False,
    lies_on_any_scope=True,
    created_status=200,
)
ROUTES = crud_routes(CRUD)
