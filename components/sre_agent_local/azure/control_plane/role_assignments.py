"""Role assignments, on any scope that exists."""

import re
import uuid
from typing import Any

from sre_agent_local.azure import clock
from sre_agent_local.azure.arm_path import GUID, resource_id
from sre_agent_local.azure.errors import BadRequest, Conflict, InvalidRequestContent, NotFound
from sre_agent_local.azure.graph import directory
from sre_agent_local.azure.http.json_values import Json, timestamp
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource
from sre_agent_local.azure.tokens import TENANT

from . import role_definitions
from .request import ArmRequest, ArmRoute, page, resource_body

TYPE = "Microsoft.Authorization/roleAssignments"

_DEFINITION = re.compile(
    r"(/subscriptions/[^/]+)?/providers/Microsoft\.Authorization/roleDefinitions/(?P<guid>[^/]+)",
    re.IGNORECASE,
)
_BY_PRINCIPAL = re.compile(r"(principalId\s+eq\s+|assignedTo\()'(?P<id>[^']*)'\)?", re.IGNORECASE)
_PRINCIPAL_TYPES = ("User", "Group", "ServicePrincipal", "ForeignGroup", "Device")
_OPTIONAL = ("condition", "conditionVersion", "description", "delegatedManagedIdentityResourceId")


class RoleAssignmentExists(Conflict):
    code = "RoleAssignmentExists"

    def __init__(self, name: str) -> None:
        super().__init__(
            "The role assignment already exists. "
            f"The ID of the existing role assignment is {name.replace('-', '')}."
        )


def put(request: ArmRequest) -> Response:
    scope = request.existing_scope()
    properties = _parse_assignment(request)
    if not re.fullmatch(GUID, request.name):
        raise BadRequest(
            f"The role assignment ID '{request.name}' is not valid. The role assignment ID must be a GUID.",
            code="InvalidRoleAssignmentId",
        )
    existing = request.azure.store.get(_id(scope, request.name))
    if existing:
        return _update(request.azure, existing, properties)
    for other in request.azure.store.of_type(TYPE, scope):
        if _identity_of(other.properties) == _identity_of(properties | {"scope": scope}):
            raise RoleAssignmentExists(other.name)
    assignment = _new(scope, request.name, properties, request.caller)
    return Response(201, resource_body(request.azure.store.put(assignment)))


def get(request: ArmRequest) -> Response:
    assignment = request.azure.store.get(_id(request.existing_scope(), request.name))
    if assignment is None:
        raise NotFound(f"The role assignment '{request.name}' is not found.", code="RoleAssignmentNotFound")
    return Response(200, resource_body(assignment))


def delete(request: ArmRequest) -> Response:
    assignment = request.azure.store.get(_id(request.path.scope_id, request.name))
    if assignment is None:
        return Response(204)
    request.azure.store.delete(assignment.id)
    return Response(200, resource_body(assignment))


def list_all(request: ArmRequest) -> Response:
    """List assignments at the scope, above it and below it; `$filter` narrows as Azure's does."""
    scope, filter_text = request.path.scope_id.lower(), request.query.get("$filter", "")
    all_assignments = request.azure.store.of_type(TYPE)
    assignments = []
    for assignment in all_assignments:
        at = assignment.properties["scope"].lower()
        is_at_or_above = f"{scope}/".startswith(f"{at}/")
        is_below = at.startswith(f"{scope}/")
        if is_at_or_above or (is_below and "atscope()" not in filter_text.lower()):
            assignments.append(assignment)
    principal = _BY_PRINCIPAL.search(filter_text)
    if principal:
        assignments = [
            item for item in assignments if item.properties["principalId"].lower() == principal["id"].lower()
        ]
    return page([resource_body(assignment) for assignment in assignments])


def make_administrator(azure: AzureState, agent_id: str, principal_id: str) -> None:
    """Make the creator of an agent its SRE Agent Administrator.

    See docs/reference/control-plane.md#roles-on-an-agent.
    """
    known = directory.find(azure, principal_id)
    kind = known.type if known else "ServicePrincipal"
    assign(azure, agent_id, role_definitions.ADMINISTRATOR, principal_id, kind, principal_id)


def assign(
    azure: AzureState, scope: str, role: str, principal_id: str, principal_type: str, creator: str
) -> None:
    """Assign a role, by its GUID, on a scope that exists."""
    properties = {
        "principalId": principal_id,
        "principalType": principal_type,
        "roleDefinitionId": role_definitions.definition_id(scope, role),
    }
    azure.store.put(_new(scope, str(uuid.uuid4()), properties, creator))


def _parse_assignment(request: ArmRequest) -> Json:
    """Return the assignment that a body asks for, checked against directory and roles."""
    properties = request.json().get("properties")
    if not isinstance(properties, dict):
        raise InvalidRequestContent("the member 'properties' is missing")
    definition = _DEFINITION.fullmatch(str(properties.get("roleDefinitionId", "")))
    if definition is None or not role_definitions.exists(definition["guid"]):
        name = definition["guid"] if definition else properties.get("roleDefinitionId")
        raise role_definitions.RoleDefinitionDoesNotExist(name, status=400)
    principal = str(properties.get("principalId", ""))
    if not re.fullmatch(GUID, principal):
        raise BadRequest(
            f"The principal ID '{principal}' is not valid. Principal ID must be a GUID.",
            code="InvalidPrincipalId",
        )
    kind = _principal_type(request.azure, principal, properties.get("principalType"))
    return {
        "roleDefinitionId": role_definitions.definition_id(request.path.scope_id, definition["guid"].lower()),
        "principalId": principal.lower(),
        "principalType": kind,
        **{member: properties.get(member) for member in _OPTIONAL},
    }


def _principal_type(azure: AzureState, principal_id: str, asked: Any) -> str:
    """Return what a principal is. Raises BadRequest for one that is not there, or is something else.

    People and groups need not be in the directory, unless the switch `strictDirectory` says so.
    """
    known = directory.find(azure, principal_id)
    if asked is not None and asked not in _PRINCIPAL_TYPES:
        raise InvalidRequestContent(f"'{asked}' is not a principal type")
    kind = str(asked or (known.type if known else "ServicePrincipal"))
    if known is None and (kind == "ServicePrincipal" or azure.settings.strict_directory):
        raise BadRequest(
            f"Principal {principal_id.replace('-', '')} does not exist in the directory {TENANT}. "
            "Check that you have the correct principal ID. If you are creating this principal and then "
            "immediately assigning a role, this error might be related to a replication delay.",
            code="PrincipalNotFound",
        )
    if known and known.type != kind:
        raise BadRequest(
            f"The PrincipalId '{known.id}' has type '{known.type}' , which is different from specified "
            f"PrinciaplType '{kind}'.",
            code="UnmatchedPrincipalType",
        )
    return kind


def _update(azure: AzureState, existing: Resource, properties: Json) -> Response:
    if _identity_of(existing.properties) != _identity_of(
        properties | {"scope": existing.properties["scope"]}
    ):
        raise BadRequest(
            "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
            code="RoleAssignmentUpdateNotPermitted",
        )
    changed = existing.with_properties(**properties, updatedOn=timestamp(clock.now()))
    return Response(200, resource_body(azure.store.put(changed)))


def _new(scope: str, name: str, properties: Json, creator: str) -> Resource:
    now = timestamp(clock.now())
    metadata = {
        "scope": scope,
        "createdOn": now,
        "updatedOn": now,
        "createdBy": creator,
        "updatedBy": creator,
    }
    return Resource(_id(scope, name), TYPE, {"properties": properties | metadata})


def _identity_of(properties: Json) -> tuple[str, ...]:
    return tuple(str(properties[part]).lower() for part in ("scope", "principalId", "roleDefinitionId"))


def _id(scope: str, name: str) -> str:
    return resource_id(scope, TYPE, (name,))


ROUTES = [
    ArmRoute("GET", TYPE, list_all),
    ArmRoute("PUT", f"{TYPE}/{{}}", put),
    ArmRoute("GET", f"{TYPE}/{{}}", get),
    ArmRoute("DELETE", f"{TYPE}/{{}}", delete),
    *role_definitions.ROUTES,
]
