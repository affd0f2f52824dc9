"""Agent spaces and their connectors: what several agents share (Microsoft.App 2026-01-01).

See docs/reference/control-plane.md#operations.
"""

import re
from dataclasses import replace

from pydantic import Field

from sre_agent_local.azure.arm_path import resource_id
from sre_agent_local.azure.errors import InvalidResourceName, OperationConflict
from sre_agent_local.azure.http.json_values import Json, merge
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.http.validation import StrictModel, settable_properties
from sre_agent_local.azure.kinds import AGENT, SPACE_CONNECTOR
from sre_agent_local.azure.state.store import Resource

from . import agent_identity, agents, async_operations, connectors, resource_groups
from .request import ArmRequest, ArmRoute, page

TYPE = "Microsoft.App/agentSpaces"

_NAME = re.compile(r"[A-Za-z][-A-Za-z0-9]*[A-Za-z0-9]")
_READ_ONLY = (
    *("provisioningState", "currentAgentCount", "memberAgents", "lastPolicyPropagation", "complianceStatus"),
    *("deploymentError", "source"),
)


class _Parameter(StrictModel):
    name: str | None = None
    type: str | None = None


class _Action(StrictModel):
    action_name: str | None = None
    extension: str | None = None
    action_parameters: list[_Parameter] | None = None
    approval_required: bool | None = None


class _Geneva(StrictModel):
    acis_endpoint: str | None = None
    client_id: str | None = None
    certificate_subject_name: str | None = None
    authentication_mode: str | None = None
    extension_name: str
    allowed_actions: list[_Action] | None = None


class _Policies(StrictModel):
    geneva_actions_configuration: _Geneva | None = None


class _Space(StrictModel):
    description: str | None = None
    policies: _Policies | None = None
    max_agent_count: int | None = Field(None, ge=0)
    service_tree_id: str | None = None


class _Connector(StrictModel):
    data_connector_type: str | None = None
    data_source: str | None = None
    endpoint: str | None = None
    extended_properties: Json | None = None
    identity: str | None = None


def put(request: ArmRequest) -> Response:
    body = request.envelope()
    if not _NAME.fullmatch(request.name):
        raise InvalidResourceName(request.name, _NAME.pattern)
    resource_groups.check_not_deleting(request)
    new_id = resource_id(request.group_id, TYPE, (request.name,))
    existing = request.azure.store.get(new_id)
    document: Json = {
        "location": request.location(body, existing),
        "tags": body.get("tags") or {},
        "identity": agent_identity.parse_identity(request.azure, request.name, body.get("identity")),
        "properties": settable_properties(_Space, body, _READ_ONLY),
    }
    return _write(request, TYPE, existing, existing.id if existing else new_id, document)


def patch(request: ArmRequest) -> Response:
    space, body = request.resource(TYPE), request.envelope()
    identity = space.document["identity"]
    if body.get("identity") is not None:
        identity = agent_identity.parse_identity(request.azure, space.name, merge(identity, body["identity"]))
    change = {**(body.get("properties") or {}), "provisioningState": None}
    document = {
        **space.document,
        "tags": merge(space.document["tags"], body.get("tags") or {}),
        "identity": identity,
        "properties": settable_properties(
            _Space, {"properties": merge(space.properties, change)}, _READ_ONLY
        ),
    }
    return _write(request, TYPE, space, space.id, document)


def get(request: ArmRequest) -> Response:
    return Response(200, space_body(request, request.resource(TYPE)))


def list_all(request: ArmRequest) -> Response:
    return page(
        [space_body(request, one) for one in request.azure.store.of_type(TYPE, request.path.scope_id)]
    )


def delete(request: ArmRequest) -> Response:
    return _delete(request, TYPE)


def put_connector(request: ArmRequest) -> Response:
    space = request.parent(TYPE, SPACE_CONNECTOR)
    if not agents.NAME.fullmatch(request.name):
        raise InvalidResourceName(request.name, agents.NAME.pattern)
    new_id = f"{space.id}/connectors/{request.name}"
    existing = request.azure.store.get(new_id)
    document: Json = {
        "location": space.document["location"],
        "properties": settable_properties(_Connector, request.json(), _READ_ONLY),
    }
    return _write(request, SPACE_CONNECTOR, existing, existing.id if existing else new_id, document)


def get_connector(request: ArmRequest) -> Response:
    request.parent(TYPE, SPACE_CONNECTOR)
    return Response(200, space_body(request, request.resource(SPACE_CONNECTOR)))


def list_connectors(request: ArmRequest) -> Response:
    return page([space_body(request, one) for one in _connectors(request)])


def delete_connector(request: ArmRequest) -> Response:
    request.parent(TYPE, SPACE_CONNECTOR)
    return _delete(request, SPACE_CONNECTOR)


def list_secrets(request: ArmRequest) -> Response:
    request.parent(TYPE, SPACE_CONNECTOR)
    return Response(200, space_body(request, request.resource(SPACE_CONNECTOR), secrets=True))


def list_all_secrets(request: ArmRequest) -> Response:
    return page([space_body(request, one, secrets=True) for one in _connectors(request)])


def space_body(request: ArmRequest, resource: Resource, *, secrets: bool = False) -> Json:
    """Show a space with its members, or a connector without its secrets."""
    head = {"id": resource.id, "name": resource.name, "type": resource.type}
    if resource.type == SPACE_CONNECTOR:
        return head | {"properties": _connector_properties(resource.properties, secrets=secrets)}
    everywhere = request.azure.store.of_type(AGENT)
    members = [
        agent.id
        for agent in everywhere
        if (agent.properties.get("agentSpaceId") or "").lower() == resource.id.lower()
    ]
    properties = {**resource.properties, "currentAgentCount": len(members), "memberAgents": members}
    return head | {
        "location": resource.document["location"],
        "tags": resource.document["tags"],
        "identity": agent_identity.identity_body(request.azure, resource),
        "properties": properties,
    }


def _connector_properties(properties: Json, *, secrets: bool) -> Json:
    if secrets:
        return properties
    visible = {member: value for member, value in properties.items() if member != "dataSource"}
    return visible | {"extendedProperties": connectors.hide_members(visible.get("extendedProperties"))}


def _connectors(request: ArmRequest) -> list[Resource]:
    space = request.parent(TYPE, SPACE_CONNECTOR)
    return request.azure.store.of_type(SPACE_CONNECTOR, space.id)


def _write(
    request: ArmRequest, resource_type: str, existing: Resource | None, resource_id: str, document: Json
) -> Response:
    """Store what is asked for, at once; the operation that it starts confirms or undoes it."""
    if request.azure.store.running(resource_id):
        raise OperationConflict(request.name)
    state = dict(existing.state) if existing else {}
    if resource_type == TYPE:
        state["principalId"] = agent_identity.system_principal(existing, document["identity"])
    interim = Resource(resource_id, resource_type, document, state).with_properties(
        provisioningState="InProgress"
    )
    reverted = replace(interim, document=existing.document) if existing else interim
    request.azure.store.put(interim)
    operation = async_operations.start(
        request,
        interim,
        success=interim.with_properties(provisioningState="Succeeded"),
        failure=reverted.with_properties(provisioningState="Failed"),
    )
    if request.method == "PATCH":
        return async_operations.accepted_response(request, operation, 202)
    return async_operations.accepted_response(request, operation, 201, space_body(request, interim))


def _delete(request: ArmRequest, resource_type: str) -> Response:
    resource = request.azure.store.get(resource_id(request.group_id, resource_type, request.names))
    return async_operations.delete(request, resource)


ROUTES = [
    ArmRoute("GET", TYPE, list_all),
    ArmRoute("PUT", f"{TYPE}/{{}}", put),
    ArmRoute("GET", f"{TYPE}/{{}}", get),
    ArmRoute("PATCH", f"{TYPE}/{{}}", patch),
    ArmRoute("DELETE", f"{TYPE}/{{}}", delete),
    ArmRoute("GET", f"{TYPE}/{{}}/connectors", list_connectors),
    ArmRoute("PUT", f"{TYPE}/{{}}/connectors/{{}}", put_connector),
    ArmRoute("GET", f"{TYPE}/{{}}/connectors/{{}}", get_connector),
    ArmRoute("DELETE", f"{TYPE}/{{}}/connectors/{{}}", delete_connector),
    ArmRoute("POST", f"{TYPE}/{{}}/connectors/{{}}/listSecrets", list_secrets),
    *(
        ArmRoute("POST", f"{TYPE}/{{}}/{action}", list_all_secrets)
        for action in ("listAllSecrets", "listConnectorsWithSecrets")
    ),
]
