"""Who is in the directory, and with what roles, as the administration shows it and adds to it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sre_agent_local.azure.control_plane import role_assignments, role_definitions
from sre_agent_local.azure.errors import BadRequest, NotFound
from sre_agent_local.azure.graph import directory
from sre_agent_local.azure.graph.directory import Principal
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.tokens import DEVELOPER

from . import bodies


def routes(azure: AzureState) -> list[Route]:
    """Return the routes of the directory below `/_local`."""

    async def show(_: Request) -> Response:
        return JSONResponse({"value": describe_all(azure)})

    async def post(request: Request) -> Response:
        return JSONResponse(add(azure, await bodies.read_object(request)), 201)

    async def delete(request: Request) -> Response:
        object_id = request.path_params["id"]
        if not directory.remove(azure, object_id):
            raise NotFound(f"Nobody with the id '{object_id}' was added.")
        return Response(status_code=204)

    return [
        Route("/_local/principals", show),
        Route("/_local/principals", post, methods=["POST"]),
        Route("/_local/principals/{id}", delete, methods=["DELETE"]),
    ]


def describe_all(azure: AzureState) -> list[Json]:
    """Return everybody, each with its roles."""
    roles: dict[str, list[Json]] = {}
    for assignment in azure.store.of_type(role_assignments.TYPE):
        properties = assignment.properties
        role = role_definitions.name_of(properties["roleDefinitionId"])
        roles.setdefault(properties["principalId"], []).append({"role": role, "scope": properties["scope"]})
    return [_describe(each, roles.get(each.id, [])) for each in directory.principals(azure)]


def add(azure: AzureState, body: Json) -> Json:
    """Add somebody with roles, all or nothing. Raises BadRequest, Conflict."""
    wanted = body.get("roles") or []
    if not isinstance(wanted, list):
        raise BadRequest("The member 'roles' must be a list.")
    roles = [_role(azure, each) for each in wanted]
    with azure.store.atomic():
        principal = directory.add(azure, {name: value for name, value in body.items() if name != "roles"})
        for role, scope in roles:
            role_assignments.assign(azure, scope, role, principal.id, principal.type, DEVELOPER)
    return next(each for each in describe_all(azure) if each["id"] == principal.id)


def _role(azure: AzureState, wanted: Any) -> tuple[str, str]:
    """Return the GUID of a role, and the scope, by default the first subscription. Raises BadRequest."""
    asked = wanted if isinstance(wanted, dict) else {}
    role = role_definitions.find(str(asked.get("role", "")))
    if role is None:
        names = ", ".join(role_definitions.names())
        raise BadRequest(f"There is no role '{asked.get('role')}'; there are: {names}.")
    scope = str(asked.get("scope") or f"/subscriptions/{next(iter(azure.subscriptions))}").rstrip("/")
    resource = azure.store.get(scope)
    if resource is None and scope.lower() not in {f"/subscriptions/{each}" for each in azure.subscriptions}:
        raise BadRequest(f"There is nothing at the scope '{scope}': it is the ARM id of what exists.")
    return role, resource.id if resource else scope


def _describe(principal: Principal, roles: list[Json]) -> Json:
    described: Json = {"id": principal.id, "type": principal.type, "name": principal.name}
    described |= {"appId": principal.app_id} if principal.app_id else {}
    described |= {"resourceId": principal.resource_id} if principal.resource_id else {}
    return described | {"roles": roles}
