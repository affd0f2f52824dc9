"""Connectors in ARM: plain properties, secrets hidden, made and deleted by long-running operations.

See docs/reference/control-plane.md#connectors.
"""

import re
from typing import Any

from sre_agent_local.azure import kinds
from sre_agent_local.azure.agent_items import items
from sre_agent_local.azure.errors import (
    InvalidRequestContent,
    InvalidResourceName,
    OperationConflict,
    ResourceNotFound,
)
from sre_agent_local.azure.http.json_values import Json, is_secret_name
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.kinds import AGENT, SPACE_CONNECTOR
from sre_agent_local.azure.state.store import Resource

from . import agents, async_operations
from .request import ArmRequest, ArmRoute, page
from .resource_types import GENERAL

KIND = kinds.CONNECTORS
TYPE = KIND.type

_PREVIEW_NAME = re.compile(r"[A-Za-z0-9][-_.A-Za-z0-9]{0,127}")
_SHOWN_OF_IDENTITY_LOGIN = ("type", "authType", "partnerType", "selectedTools", "toolsVisibleToMetaAgent")
_ALL_SECRET = ("headers", "customheader", "customheaders", "envs")


def put(request: ArmRequest) -> Response:
    azure, agent = request.azure, request.parent(AGENT, TYPE)
    pattern = agents.NAME if request.api_version == GENERAL else _PREVIEW_NAME
    if not pattern.fullmatch(request.name):
        raise InvalidResourceName(request.name, pattern.pattern)
    agents.check_writable(azure, agent)
    properties = request.json().get("properties")
    if not isinstance(properties, dict):
        raise InvalidRequestContent("the member 'properties' is missing")
    before = items.find(azure, agent, KIND, request.name)
    if before and azure.store.running(before.id):
        raise OperationConflict(request.name)
    connector = items.put(azure, agent, KIND, request.name, properties, plane="control")
    interim, operation = items.provision(azure, agent, connector, request.operation_fault())
    return async_operations.accepted_response(
        request, operation, 201, connector_body(interim, request.api_version)
    )


def get(request: ArmRequest) -> Response:
    return Response(200, connector_body(_find_connector(request), request.api_version))


def list_all(request: ArmRequest) -> Response:
    return page([connector_body(item, request.api_version) for item in _list_connectors(request)])


def delete(request: ArmRequest) -> Response:
    agent = request.parent(AGENT, TYPE)
    connector = items.find(request.azure, agent, KIND, request.name)
    if connector and connector.state.get("plane") != "control":
        connector = None
    return async_operations.delete(request, connector, location=agent.document["location"])


def list_secrets(request: ArmRequest) -> Response:
    return Response(200, connector_body(_find_connector(request), request.api_version, secrets=True))


def list_with_secrets(request: ArmRequest) -> Response:
    return page(
        [connector_body(item, request.api_version, secrets=True) for item in _list_connectors(request)]
    )


def connector_body(connector: Resource, version: str, *, secrets: bool = False) -> Json:
    """Show a connector as ARM does: secret members null, and in the GA version without its data source."""
    properties: Json = {"source": "Agent", "deploymentError": None, **connector.properties}
    if not secrets:
        properties["extendedProperties"] = hide_members(properties.get("extendedProperties"))
        if version == GENERAL:
            properties.pop("dataSource", None)
    if version != GENERAL:
        properties["name"] = connector.name
    return {"id": connector.id, "name": connector.name, "type": TYPE, "properties": properties}


def hide_members(extended: Any) -> Any:
    """Return extended properties with null for what ARM hides: secrets, and more of a login by identity.

    See docs/reference/control-plane.md#mcp-servers-by-managed-identity.
    """
    if not isinstance(extended, dict) or extended.get("authType") != "AzureARM":
        return hide_secrets(extended)
    return {key: value if key in _SHOWN_OF_IDENTITY_LOGIN else None for key, value in extended.items()}


def hide_secrets(value: Any, *, all_of_it: bool = False) -> Any:
    """Return a value with its secret members null, at any depth."""
    if isinstance(value, dict):
        return {
            key: hide_secrets(
                member, all_of_it=all_of_it or key.lower() in _ALL_SECRET or is_secret_name(key)
            )
            for key, member in value.items()
        }
    if isinstance(value, list):
        return [hide_secrets(member, all_of_it=all_of_it) for member in value]
    return None if all_of_it else value


def _find_connector(request: ArmRequest) -> Resource:
    agent = request.parent(AGENT, TYPE)
    connector = items.find(request.azure, agent, KIND, request.name)
    if connector is None or connector.state.get("plane") != "control":
        raise ResourceNotFound(TYPE, "/".join(request.names), request.path.group or "")
    return connector


def _list_connectors(request: ArmRequest) -> list[Resource]:
    """Return what ARM wrote and what the agent's space shares, not what the data plane wrote.

    See docs/reference/control-plane.md#sub-resources.
    """
    agent = request.parent(AGENT, TYPE)
    items_of_agent = items.list_of(request.azure, agent, KIND)
    own = [item for item in items_of_agent if item.state.get("plane") == "control"]
    names = {item.name.lower() for item in own}
    shared = request.azure.store.of_type(SPACE_CONNECTOR, agent.properties.get("agentSpaceId") or "/none")
    return own + [_inherit(agent, item) for item in shared if item.name.lower() not in names]


def _inherit(agent: Resource, connector: Resource) -> Resource:
    """Return a connector of the agent's space as the agent has it."""
    place = f"{agent.id}/connectors/{connector.name}"
    return Resource(place, TYPE, connector.document).with_properties(source="AgentSpace")


ROUTES = [
    route
    for segment in ("connectors", "DataConnectors")
    for route in (
        ArmRoute("GET", f"{AGENT}/{{}}/{segment}", list_all),
        ArmRoute("PUT", f"{AGENT}/{{}}/{segment}/{{}}", put),
        ArmRoute("GET", f"{AGENT}/{{}}/{segment}/{{}}", get),
        ArmRoute("DELETE", f"{AGENT}/{{}}/{segment}/{{}}", delete),
        ArmRoute("POST", f"{AGENT}/{{}}/{segment}/{{}}/listSecrets", list_secrets),
    )
] + [ArmRoute("POST", f"{AGENT}/{{}}/listConnectorsWithSecrets", list_with_secrets)]
