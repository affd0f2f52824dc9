"""Log Analytics workspaces and Application Insights components."""

import base64
import uuid

from sre_agent_local.azure import clock
from sre_agent_local.azure.errors import BadRequest, InvalidRequestContent
from sre_agent_local.azure.http.json_values import Json, timestamp
from sre_agent_local.azure.http.messages import Response

from .request import ArmRequest, ArmRoute, normalize_location
from .resource_crud import ResourceCrud, crud_routes

WORKSPACE = "Microsoft.OperationalInsights/workspaces"
COMPONENT = "microsoft.insights/components"


def shared_keys(request: ArmRequest) -> Response:
    """Answer with keys made up from the workspace's id, the same at every call."""
    customer = uuid.UUID(request.resource(WORKSPACE).properties["customerId"])
    key = base64.b64encode(customer.bytes * 4).decode()
    return Response(200, {"primarySharedKey": key, "secondarySharedKey": key[::-1]})


def _workspace_properties(_request: ArmRequest, body: Json, before: Json) -> Json:
    properties, now = body.get("properties") or {}, timestamp(clock.now())
    sku = properties.get("sku") or {"name": "PerGB2018"}
    if not isinstance(sku, dict):
        raise InvalidRequestContent("the member 'properties.sku' is not an object")
    return {
        "retentionInDays": 30,
        "features": {"enableLogAccessUsingOnlyResourcePermissions": True},
        "workspaceCapping": {"dailyQuotaGb": -1.0, "dataIngestionStatus": "RespectQuota"},
        "publicNetworkAccessForIngestion": "Enabled",
        "publicNetworkAccessForQuery": "Enabled",
        **properties,
        "sku": {"name": sku.get("name"), "lastSkuUpdate": now},
        "customerId": before.get("customerId") or str(uuid.uuid4()),
        "createdDate": before.get("createdDate") or now,
        "modifiedDate": now,
        "provisioningState": "Succeeded",
    }


def _component_properties(request: ArmRequest, body: Json, before: Json) -> Json:
    properties = body.get("properties") or {}
    if not body.get("kind"):
        raise InvalidRequestContent("the member 'kind' is missing")
    workspace = properties.get("WorkspaceResourceId")
    if workspace and request.azure.store.get(str(workspace)) is None:
        raise BadRequest(f"The workspace '{workspace}' was not found.", code="WorkspaceNotFound")
    return {
        "Application_Type": "web",
        "Flow_Type": "Bluefield",
        "Request_Source": "rest",
        "RetentionInDays": 90,
        "IngestionMode": "LogAnalytics" if workspace else "ApplicationInsights",
        "DisableLocalAuth": False,
        "publicNetworkAccessForIngestion": "Enabled",
        "publicNetworkAccessForQuery": "Enabled",
        **properties,
        **_keys(before, normalize_location(body["location"])),
        "ApplicationId": request.name,
        "Name": request.name,
        "TenantId": request.path.subscription,
        "CreationDate": before.get("CreationDate") or timestamp(clock.now()),
        "provisioningState": "Succeeded",
    }


def _keys(before: Json, location: str) -> Json:
    """Return what senders of telemetry know a component by: made once, never changed."""
    if "AppId" in before:
        return {member: before[member] for member in ("AppId", "InstrumentationKey", "ConnectionString")}
    app, key = str(uuid.uuid4()), str(uuid.uuid4())
    connection = (
        f"InstrumentationKey={key};IngestionEndpoint=https://{location}-0.in.applicationinsights.azure.com/;"
        f"LiveEndpoint=https://{location}.livediagnostics.monitor.azure.com/;ApplicationId={app}"
    )
    return {"AppId": app, "InstrumentationKey": key, "ConnectionString": connection}


ROUTES = [
    *crud_routes(
        ResourceCrud(
            type=WORKSPACE,
            name=r"[A-Za-z0-9][-A-Za-z0-9]{2,61}[A-Za-z0-9]",
            properties_of=_workspace_properties,
        )
    ),
    ArmRoute("POST", f"{WORKSPACE}/{{}}/sharedKeys", shared_keys),
    *crud_routes(
        ResourceCrud(
            type=COMPONENT,
            name=r"[^%&\\?/]{0,259}[^%&\\?/. ]",
            properties_of=_component_properties,
            created_status=200,
        )
    ),
]
