"""Role assignments, on any scope that exists."""

import re
import time
import uuid

from sre_agent_local.azure.errors import BadRequest, Conflict, InvalidRequestContent, NotFound
from sre_agent_local.azure.http.json_values import Json, timestamp
from sre_agent_local.azure.http.messages import Answer
from sre_agent_local.azure.state.azure_state import Azure
from sre_agent_local.azure.state.store import Resource
from sre_agent_local.azure.tokens import TENANT

from . import identities, role_definitions
from .request import ArmRequest, ArmRoute, page, shown

TYPE = "Microsoft.Authorization/roleAssignments"

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
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


def put(request: ArmRequest) -> Answer:
    scope = request.existing_scope()
    asked = _asked(request)
    if not _GUID.fullmatch(request.name):
        raise BadRequest(
            f"The role assignment ID '{request.name}' is not valid. The role assignment ID must be a GUID.",
            code="InvalidRoleAssignmentId",
        )
    existing = request.azure.store.get(_id(scope, request.name))
    if existing:
        return _put_again(request.azure, existing, asked)
    for other in request.azure.store.of_type(TYPE, scope):
        if _triple(other.properties) == _triple(asked | {"scope": scope}):
            raise RoleAssignmentExists(other.name)
    made = _new(scope, request.name, asked, request.caller)
    return Answer(201, shown(request.azure.store.put(made)))


def get(request: ArmRequest) -> Answer:
    found = request.azure.store.get(_id(request.existing_scope(), request.name))
    if found is None:
        raise NotFound(f"The role assignment '{request.name}' is not found.", code="RoleAssignmentNotFound")
    return Answer(200, shown(found))


def delete(request: ArmRequest) -> Answer:
    found = request.azure.store.get(_id(request.path.scope_id, request.name))
    if found is None:
        return Answer(204)
    request.azure.store.delete(found.id)
    return Answer(200, shown(found))


def list_all(request: ArmRequest) -> Answer:
    """List assignments at the scope, above it and below it; `$filter` narrows as Azure's does."""
    scope, wanted = request.path.scope_id.lower(), request.query.get("$filter", "")
    everything = request.azure.store.of_type(TYPE)
    found = []
    for assignment in everything:
        at = assignment.properties["scope"].lower()
        is_at_or_above = f"{scope}/".startswith(f"{at}/")
        is_below = at.startswith(f"{scope}/")
        if is_at_or_above or (is_below and "atscope()" not in wanted.lower()):
            found.append(assignment)
    principal = _BY_PRINCIPAL.search(wanted)
    if principal:
        found = [item for item in found if item.properties["principalId"].lower() == principal["id"].lower()]
    return page([shown(assignment) for assignment in found])


def make_administrator(azure: Azure, agent_id: str, principal_id: str) -> None:
    """Make the creator of an agent its SRE Agent Administrator (B.1)."""
    asked = {
        "principalId": principal_id,
        "principalType": "ServicePrincipal",
        "roleDefinitionId": _definition_id(agent_id, role_definitions.ADMINISTRATOR),
    }
    azure.store.put(_new(agent_id, str(uuid.uuid4()), asked, principal_id))


def _asked(request: ArmRequest) -> Json:
    """Return the assignment that a body asks for, checked against directory and roles."""
    properties = request.json().get("properties")
    if not isinstance(properties, dict):
        raise InvalidRequestContent("the member 'properties' is missing")
    definition = _DEFINITION.fullmatch(str(properties.get("roleDefinitionId", "")))
    if definition is None or not role_definitions.exists(definition["guid"]):
        named = definition["guid"] if definition else properties.get("roleDefinitionId")
        raise BadRequest(
            f"The specified role definition with ID '{named}' does not exist.",
            code="RoleDefinitionDoesNotExist",
        )
    principal = str(properties.get("principalId", ""))
    if not _GUID.fullmatch(principal):
        raise BadRequest(
            f"The principal ID '{principal}' is not valid. Principal ID must be a GUID.",
            code="InvalidPrincipalId",
        )
    kind = properties.get("principalType", "ServicePrincipal")
    if kind not in _PRINCIPAL_TYPES:
        raise InvalidRequestContent(f"'{kind}' is not a principal type")
    if kind == "ServicePrincipal" and not identities.is_known_principal(request.azure, principal):
        raise BadRequest(
            f"Principal {principal.replace('-', '')} does not exist in the directory {TENANT}. "
            "Check that you have the correct principal ID. If you are creating this principal and then "
            "immediately assigning a role, this error might be related to a replication delay.",
            code="PrincipalNotFound",
        )
    return {
        "roleDefinitionId": _definition_id(request.path.scope_id, definition["guid"].lower()),
        "principalId": principal.lower(),
        "principalType": kind,
        **{member: properties.get(member) for member in _OPTIONAL},
    }


def _put_again(azure: Azure, existing: Resource, asked: Json) -> Answer:
    if _triple(existing.properties) != _triple(asked | {"scope": existing.properties["scope"]}):
        raise BadRequest(
            "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
            code="RoleAssignmentUpdateNotPermitted",
        )
    changed = existing.with_properties(**asked, updatedOn=timestamp(time.time()))
    return Answer(200, shown(azure.store.put(changed)))


def _new(scope: str, name: str, asked: Json, creator: str) -> Resource:
    now = timestamp(time.time())
    made = {"scope": scope, "createdOn": now, "updatedOn": now, "createdBy": creator, "updatedBy": creator}
    return Resource(_id(scope, name), TYPE, {"properties": asked | made})


def _triple(properties: Json) -> tuple[str, ...]:
    return tuple(str(properties[part]).lower() for part in ("scope", "principalId", "roleDefinitionId"))


def _id(scope: str, name: str) -> str:
    return f"{scope}/providers/{TYPE}/{name}"


def _definition_id(scope: str, guid: str) -> str:
    """Return the id of a role in the subscription that the scope lies in."""
    subscription = "/".join(scope.split("/")[:3])
    return f"{subscription}/providers/{role_definitions.TYPE}/{guid}"


ROUTES = [
    ArmRoute("GET", TYPE, list_all),
    ArmRoute("PUT", f"{TYPE}/{{}}", put),
    ArmRoute("GET", f"{TYPE}/{{}}", get),
    ArmRoute("DELETE", f"{TYPE}/{{}}", delete),
    *role_definitions.ROUTES,
]
