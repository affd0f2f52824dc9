"""Agent spaces and their connectors: what several agents share (A.2, Microsoft.App 2026-01-01)."""

import re
from dataclasses import replace

from pydantic import Field, ValidationError

from sre_agent_local.azure.errors import InvalidRequestContent, InvalidResourceName, OperationConflict
from sre_agent_local.azure.http.json_values import Json, merge
from sre_agent_local.azure.http.messages import Answer
from sre_agent_local.azure.http.validation import WireModel, sentence
from sre_agent_local.azure.kinds import AGENT
from sre_agent_local.azure.state.store import Resource

from . import agent_identity, agents, async_operations, connectors, resource_groups
from .request import ArmRequest, ArmRoute, page, resource_id

TYPE = "Microsoft.App/agentSpaces"
CONNECTOR_TYPE = f"{TYPE}/connectors"

_NAME = re.compile(r"[A-Za-z][-A-Za-z0-9]*[A-Za-z0-9]")
_READ_ONLY = (
    *("provisioningState", "currentAgentCount", "memberAgents", "lastPolicyPropagation", "complianceStatus"),
    *("deploymentError", "source"),
)


class _Parameter(WireModel):
    name: str | None = None
    type: str | None = None


class _Action(WireModel):
    action_name: str | None = None
    extension: str | None = None
    action_parameters: list[_Parameter] | None = None
    approval_required: bool | None = None


class _Geneva(WireModel):
    acis_endpoint: str | None = None
    client_id: str | None = None
    certificate_subject_name: str | None = None
    authentication_mode: str | None = None
    extension_name: str
    allowed_actions: list[_Action] | None = None


class _Policies(WireModel):
    geneva_actions_configuration: _Geneva | None = None


class _Space(WireModel):
    description: str | None = None
    policies: _Policies | None = None
    max_agent_count: int | None = Field(None, ge=0)
    service_tree_id: str | None = None


class _Connector(WireModel):
    data_connector_type: str | None = None
    data_source: str | None = None
    endpoint: str | None = None
    extended_properties: Json | None = None
    identity: str | None = None


def put(request: ArmRequest) -> Answer:
    body = request.envelope()
    if not _NAME.fullmatch(request.name):
        raise InvalidResourceName(request.name, _NAME.pattern)
    resource_groups.refuse_if_leaving(request)
    asked_id = resource_id(request.group_id, TYPE, (request.name,))
    existing = request.azure.store.get(asked_id)
    document: Json = {
        "location": request.settled_location(body, existing),
        "tags": body.get("tags") or {},
        "identity": agent_identity.checked(request.azure, request.name, body.get("identity")),
        "properties": _checked(_Space, body.get("properties")),
    }
    return _write(request, TYPE, existing, existing.id if existing else asked_id, document)


def patch(request: ArmRequest) -> Answer:
    space, body = request.resource(TYPE), request.envelope()
    identity = space.document["identity"]
    if body.get("identity") is not None:
        identity = agent_identity.checked(request.azure, space.name, merge(identity, body["identity"]))
    change = {**(body.get("properties") or {}), "provisioningState": None}
    document = {
        **space.document,
        "tags": merge(space.document["tags"], body.get("tags") or {}),
        "identity": identity,
        "properties": _checked(_Space, merge(space.properties, change)),
    }
    return _write(request, TYPE, space, space.id, document)


def get(request: ArmRequest) -> Answer:
    return Answer(200, shown(request, request.resource(TYPE)))


def list_all(request: ArmRequest) -> Answer:
    return page([shown(request, one) for one in request.azure.store.of_type(TYPE, request.path.scope_id)])


def delete(request: ArmRequest) -> Answer:
    return _delete(request, TYPE)


def put_connector(request: ArmRequest) -> Answer:
    space = request.parent(TYPE, CONNECTOR_TYPE)
    if not agents.NAME.fullmatch(request.name):
        raise InvalidResourceName(request.name, agents.NAME.pattern)
    asked_id = f"{space.id}/connectors/{request.name}"
    existing = request.azure.store.get(asked_id)
    document: Json = {
        "location": space.document["location"],
        "properties": _checked(_Connector, request.json().get("properties")),
    }
    return _write(request, CONNECTOR_TYPE, existing, existing.id if existing else asked_id, document)


def get_connector(request: ArmRequest) -> Answer:
    request.parent(TYPE, CONNECTOR_TYPE)
    return Answer(200, shown(request, request.resource(CONNECTOR_TYPE)))


def list_connectors(request: ArmRequest) -> Answer:
    return page([shown(request, one) for one in _connectors(request)])


def delete_connector(request: ArmRequest) -> Answer:
    request.parent(TYPE, CONNECTOR_TYPE)
    return _delete(request, CONNECTOR_TYPE)


def list_secrets(request: ArmRequest) -> Answer:
    request.parent(TYPE, CONNECTOR_TYPE)
    return Answer(200, shown(request, request.resource(CONNECTOR_TYPE), secrets=True))


def list_all_secrets(request: ArmRequest) -> Answer:
    return page([shown(request, one, secrets=True) for one in _connectors(request)])


def shown(request: ArmRequest, resource: Resource, *, secrets: bool = False) -> Json:
    """Show a space with its members, or a connector without its secrets."""
    head = {"id": resource.id, "name": resource.name, "type": resource.type}
    if resource.type == CONNECTOR_TYPE:
        return head | {"properties": _shown_connector(resource.properties, secrets=secrets)}
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
        "identity": agent_identity.shown(request.azure, resource),
        "properties": properties,
    }


def _shown_connector(properties: Json, *, secrets: bool) -> Json:
    if secrets:
        return properties
    visible = {member: value for member, value in properties.items() if member != "dataSource"}
    return visible | {"extendedProperties": connectors.hidden(visible.get("extendedProperties"))}


def _connectors(request: ArmRequest) -> list[Resource]:
    space = request.parent(TYPE, CONNECTOR_TYPE)
    return request.azure.store.of_type(CONNECTOR_TYPE, space.id)


def _checked(model: type[WireModel], properties: Json | None) -> Json:
    settable = {key: value for key, value in (properties or {}).items() if key not in _READ_ONLY}
    try:
        model.model_validate(settable)
    except ValidationError as error:
        raise InvalidRequestContent(sentence(error, "properties")) from error
    return settable


def _write(
    request: ArmRequest, resource_type: str, existing: Resource | None, place: str, document: Json
) -> Answer:
    """Store what is asked for, at once; the operation that it starts confirms or undoes it."""
    if request.azure.store.running(place):
        raise OperationConflict(request.name)
    state = dict(existing.state) if existing else {}
    if resource_type == TYPE:
        state["principalId"] = agent_identity.system_principal(existing, document["identity"])
    interim = Resource(place, resource_type, document, state).with_properties(provisioningState="InProgress")
    undone = replace(interim, document=existing.document) if existing else interim
    request.azure.store.put(interim)
    operation = async_operations.start(
        request,
        interim,
        success=interim.with_properties(provisioningState="Succeeded"),
        failure=undone.with_properties(provisioningState="Failed"),
    )
    if request.method == "PATCH":
        return async_operations.accepted(request, operation, 202)
    return async_operations.accepted(request, operation, 201, shown(request, interim))


def _delete(request: ArmRequest, resource_type: str) -> Answer:
    found = request.azure.store.get(resource_id(request.group_id, resource_type, request.names))
    if found is None:
        return Answer(204)
    operation = request.azure.store.running(found.id)
    if operation and operation.success is not None:
        raise OperationConflict(found.name)
    if operation is None:
        request.azure.store.put(found.with_properties(provisioningState="Deleting"))
        operation = async_operations.start(request, found, success=None, failure=found)
    return async_operations.accepted(request, operation, 202)


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
