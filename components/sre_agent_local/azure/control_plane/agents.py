"""Agents: created, changed, started, stopped and deleted by long-running operations.

See docs/reference/control-plane.md#operations, docs/reference/control-plane.md#properties-of-an-agent.
"""

import hashlib
import re
import uuid
from dataclasses import replace

from sre_agent_local.azure import clock
from sre_agent_local.azure.agent_items import incident_platform, items
from sre_agent_local.azure.arm_path import resource_id
from sre_agent_local.azure.errors import (
    InvalidResourceName,
    LocationNotAvailableForResourceType,
    OperationConflict,
)
from sre_agent_local.azure.http.json_values import Json, merge, timestamp
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.kinds import AGENT
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

from . import (
    agent_identity,
    agent_properties,
    async_operations,
    permissions,
    resource_groups,
    role_assignments,
    subnets,
)
from .request import ArmRequest, ArmRoute, page
from .resource_types import GENERAL, PREVIEW

TYPE = AGENT

NAME = re.compile(r"[A-Za-z]([-A-Za-z0-9]{0,30}[A-Za-z0-9])")


def put(request: ArmRequest) -> Response:
    body, name = request.envelope(), request.name
    if not NAME.fullmatch(name):
        raise InvalidResourceName(name, NAME.pattern)
    resource_groups.check_not_deleting(request)
    new_id = resource_id(request.group_id, TYPE, (name,))
    existing = request.azure.store.get(new_id)
    location = request.location(body, existing)
    if location not in request.azure.settings.agent_regions:
        raise LocationNotAvailableForResourceType(location, TYPE, request.azure.settings.agent_regions)
    identity = agent_identity.parse_identity(request.azure, name, body.get("identity"))
    properties = agent_properties.settable_agent_properties(body.get("properties") or {}, request.api_version)
    agent_identity.check_uses(name, identity, properties)
    _check_linked_actions(request, identity, properties)
    properties = agent_properties.with_seeded_hosts({}, properties, request.azure.settings)
    subnets.check_agent_subnet(request.azure, new_id, location, properties)
    if existing:
        items.drop_connectors(request.azure, existing)
    document: Json = {
        "location": location,
        "tags": body.get("tags") or {},
        "identity": identity,
        "properties": _replace_properties(existing, properties, request.api_version),
    }
    return _write(request, existing, existing.id if existing else new_id, document, accepted_status=201)


def patch(request: ArmRequest) -> Response:
    agent, body = request.resource(TYPE), request.envelope()
    identity = agent.document["identity"]
    if body.get("identity") is not None:
        identity = agent_identity.parse_identity(request.azure, agent.name, merge(identity, body["identity"]))
    agent_properties.check_api_version_members(body.get("properties") or {}, request.api_version)
    properties = _patch_properties(agent.properties, body.get("properties") or {})
    properties = agent_properties.with_seeded_hosts(agent.properties, properties, request.azure.settings)
    visible = {
        member: value for member, value in properties.items() if not _is_hidden(member, request.api_version)
    }
    agent_properties.settable_agent_properties(visible, request.api_version)
    agent_identity.check_uses(agent.name, identity, properties)
    _check_linked_actions(request, body.get("identity") or {}, body.get("properties") or {})
    subnets.check_agent_subnet(request.azure, agent.id, agent.document["location"], properties)
    document = {
        **agent.document,
        "tags": merge(agent.document["tags"], body.get("tags") or {}),
        "identity": identity,
        "properties": properties,
    }
    return _write(request, agent, agent.id, document, accepted_status=202)


def get(request: ArmRequest) -> Response:
    return Response(200, agent_body(request, request.resource(TYPE)))


def list_all(request: ArmRequest) -> Response:
    agents = request.azure.store.of_type(TYPE, request.path.scope_id)
    return page([agent_body(request, agent) for agent in agents])


def delete(request: ArmRequest) -> Response:
    agent = request.azure.store.get(resource_id(request.group_id, TYPE, request.names))
    return async_operations.delete(request, agent)


def start(request: ArmRequest) -> Response:
    return _power(request, "Running")


def stop(request: ArmRequest) -> Response:
    return _power(request, "Stopped")


def agent_body(request: ArmRequest, agent: Resource) -> Json:
    """Show an agent as ARM does: without secrets, without an endpoint until it has been created."""
    version = request.api_version
    stored = {member: value for member, value in agent.properties.items() if not _is_hidden(member, version)}
    properties = _without_secrets(stored) | {
        "runningState": agent.state["power"],
        "powerState": agent.state["power"],
    }
    if version == PREVIEW:
        properties.setdefault("permissions", None)
    if properties.get("agentIdentity"):
        client_id = uuid.uuid5(uuid.NAMESPACE_URL, agent.id.lower())
        own = {"enabled": True, "clientId": str(client_id)}
        properties["agentIdentity"] = properties["agentIdentity"] | own
    if agent.state.get("readyAt") is not None:
        properties["agentEndpoint"] = endpoint(request.base_url, agent)
        properties["outboundIpAddresses"] = [f"20.240.{int(agent.state['hash'][:2], 16)}.1"]
    return {
        "id": agent.id,
        "name": agent.name,
        "type": TYPE,
        "location": agent.document["location"],
        "tags": agent.document["tags"],
        "identity": agent_identity.identity_body(request.azure, agent),
        "systemData": agent.state["systemData"],
        "properties": properties,
    }


def endpoint(base_url: str, agent: Resource) -> str:
    return f"{base_url}/agents/{label(agent)}"


def label(agent: Resource) -> str:
    """Return what stands for the agent in its endpoint; its successor of the same name gets another."""
    return f"{agent.name}--{agent.state['hash']}.{agent.document['location']}".lower()


def find_by_label(azure: AzureState, wanted_label: str) -> Resource | None:
    """Return the agent behind an endpoint, once its creation has succeeded."""
    for agent in azure.store.by_name(TYPE, wanted_label.rpartition("--")[0]):
        if label(agent) == wanted_label.lower() and agent.state["readyAt"] is not None:
            return agent
    return None


def check_writable(azure: AzureState, agent: Resource) -> None:
    """Refuse to write below an agent in the making or on its way out. Raises OperationConflict."""
    operation = azure.store.running(agent.id)
    if operation and (operation.success is None or agent.state.get("readyAt") is None):
        raise OperationConflict(agent.name)


def _check_linked_actions(request: ArmRequest, identity: Json, properties: Json) -> None:
    """Refuse identities and a subnet that the caller may not use. Raises LinkedAuthorizationFailed."""
    for identity_id, identity_value in (identity.get("userAssignedIdentities") or {}).items():
        if identity_value is not None:  # null takes an identity away
            permissions.check_linked_action(request, permissions.ASSIGN_IDENTITY, identity_id)
    if subnet_id := (properties.get("vnetConfiguration") or {}).get("subnetResourceId"):
        permissions.check_linked_action(request, permissions.JOIN_SUBNET, subnet_id)


def _write(
    request: ArmRequest, existing: Resource | None, agent_id: str, document: Json, *, accepted_status: int
) -> Response:
    """Store what a PUT or PATCH asks for, at once; the operation that it starts confirms or undoes it."""
    azure = request.azure
    if azure.store.running(agent_id):
        raise OperationConflict(request.name)
    before = existing.document if existing else None
    if (
        existing
        and existing.properties["provisioningState"] == "Succeeded"
        and _is_unchanged(existing, document)
    ):
        return Response(200, agent_body(request, existing))
    state = _new_state(request, existing, document)
    requested = Resource(agent_id, TYPE, document, state).with_properties(provisioningState="InProgress")
    interim = incident_platform.with_platform_change(existing, requested, azure.settings)
    state = done_state = interim.state
    if state["readyAt"] is None:
        ready = clock.now() + azure.settings.operation_seconds + azure.settings.ready_seconds
        done_state = state | {"readyAt": ready}
    done = replace(interim, state=done_state).with_properties(provisioningState="Succeeded")
    reverted = interim if before is None else replace(interim, document=before)
    azure.store.put(interim)
    if existing is None:
        role_assignments.make_administrator(azure, agent_id, request.caller)
    incident_platform.replace_filters(azure, existing, interim)
    operation = async_operations.start(
        request, interim, success=done, failure=reverted.with_properties(provisioningState="Failed")
    )
    body = agent_body(request, interim) if accepted_status == 201 else None
    return async_operations.accepted_response(request, operation, accepted_status, body)


def _power(request: ArmRequest, power: str) -> Response:
    azure, agent = request.azure, request.resource(TYPE)
    if azure.store.running(agent.id):
        raise OperationConflict(agent.name)
    if agent.state["power"] == power:
        return Response(200, agent_body(request, agent))
    azure.store.put(agent.with_properties(provisioningState="InProgress"))
    changed = replace(agent, state=agent.state | {"power": power})
    return async_operations.accepted_response(
        request, async_operations.start(request, agent, success=changed, failure=agent), 202
    )


def _new_state(request: ArmRequest, existing: Resource | None, document: Json) -> Json:
    now, who = clock.now(), {"ByType": "Application", "By": request.caller}
    changed = {f"lastModified{suffix}": value for suffix, value in {**who, "At": timestamp(now)}.items()}
    created = {f"created{suffix}": value for suffix, value in {**who, "At": timestamp(now)}.items()}
    return {
        "power": "Running",
        "readyAt": None,
        "hash": hashlib.sha256(f"{request.url_path}{now}".encode()).hexdigest()[:8],
        **(existing.state if existing else {}),
        "principalId": agent_identity.system_principal(existing, document["identity"]),
        "systemData": (existing.state["systemData"] if existing else created) | changed,
    }


def _replace_properties(existing: Resource | None, properties: Json, version: str) -> Json:
    """Replace `properties` as a PUT does: all that the api-version can say; the rest stays."""
    before = existing.properties if existing else {}
    other_properties = {member: value for member, value in before.items() if _is_hidden(member, version)}
    if "incidentManagementConfiguration" in before:
        other_properties["incidentManagementConfiguration"] = None
    return {"upgradeChannel": "Stable", **other_properties, **properties}


def _patch_properties(properties: Json, change: Json) -> Json:
    """Merge as JSON merge patch, with two exceptions: null keeps the sandbox, and clears the subnet.

    See docs/reference/control-plane.md#put-and-patch.
    """
    change = {member: value for member, value in change.items() if member not in agent_properties.READ_ONLY}
    if change.get("sandboxConfiguration", {}) is None:
        del change["sandboxConfiguration"]
    merged: Json = merge(properties, {**change, "provisioningState": None})
    had_subnet = (properties.get("vnetConfiguration") or {}).get("subnetResourceId")
    vnet = merged.get("vnetConfiguration") or {}
    if had_subnet and isinstance(vnet, dict) and not vnet.get("subnetResourceId"):
        merged["vnetConfiguration"] = {"subnetResourceId": None}
    return merged


def _is_unchanged(existing: Resource, document: Json) -> bool:
    stored = {**existing.properties}
    stored.pop("provisioningState", None)
    return (
        existing.document == {**document, "properties": existing.properties}
        and stored == document["properties"]
    )


def _is_hidden(member: str, version: str) -> bool:
    return member in agent_properties.ONLY_IN[GENERAL if version == PREVIEW else PREVIEW]


def _without_secrets(properties: Json) -> Json:
    """Leave out the secrets, which are written and never read."""
    shown_properties = dict(properties)
    insights = (properties.get("logConfiguration") or {}).get("applicationInsightsConfiguration")
    if insights:
        visible = {member: value for member, value in insights.items() if member != "connectionString"}
        shown_properties["logConfiguration"] = {"applicationInsightsConfiguration": visible}
    for member, secret in (
        ("incidentManagementConfiguration", "connectionKey"),
        ("gitHubConfiguration", "patTokenOverride"),
    ):
        if properties.get(member):
            shown_properties[member] = {
                key: value for key, value in properties[member].items() if key != secret
            }
    return shown_properties


ROUTES = [
    ArmRoute("GET", TYPE, list_all),
    ArmRoute("PUT", f"{TYPE}/{{}}", put),
    ArmRoute("GET", f"{TYPE}/{{}}", get),
    ArmRoute("PATCH", f"{TYPE}/{{}}", patch),
    ArmRoute("DELETE", f"{TYPE}/{{}}", delete),
    ArmRoute("POST", f"{TYPE}/{{}}/start", start),
    ArmRoute("POST", f"{TYPE}/{{}}/stop", stop),
]
