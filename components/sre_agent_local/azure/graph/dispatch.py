"""`/v1.0/…`: users, groups and service principals, by id and by filter. Nothing is written here.

See docs/reference/control-plane.md#principals.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sre_agent_local.azure.errors import AzureError, BadRequest, MethodNotAllowed, NotFound
from sre_agent_local.azure.http import odata
from sre_agent_local.azure.http.json_values import Json, NotJson, read_json
from sre_agent_local.azure.http.messages import IncomingRequest, Response
from sre_agent_local.azure.http.routes import Route, Routes
from sre_agent_local.azure.state.azure_state import AzureState

from . import directory
from .directory import Principal

VERSION = "v1.0"
_COLLECTIONS = {"users": "User", "groups": "Group", "servicePrincipals": "ServicePrincipal"}
_TYPES = {type_: f"#microsoft.graph.{collection[:-1]}" for collection, type_ in _COLLECTIONS.items()}


class RequestNotFound(NotFound):
    """404 of Graph."""

    code = "Request_ResourceNotFound"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Resource '{name}' does not exist or one of its queried reference-property objects are not "
            "present."
        )


@dataclass(frozen=True)
class GraphRequest:
    """What a handler sees of a request."""

    azure: AzureState
    incoming: IncomingRequest
    names: tuple[str, ...]
    caller: str
    """Object id of who asks."""

    def body_of(self, principal: Principal) -> Json:
        return _BODIES[principal.type](principal)

    def page(self, principals: list[Principal], collection: str) -> Response:
        context = f"{self.incoming.base_url}/{VERSION}/$metadata#{collection}"
        return Response(
            200, {"@odata.context": context, "value": [self.body_of(each) for each in principals]}
        )


Handler = Callable[[GraphRequest], Response]


def dispatch(azure: AzureState, incoming: IncomingRequest) -> Response:
    """Answer a request to Graph. Raises AzureError."""
    caller = azure.tokens.check(incoming.authorization, azure.graph_audiences)
    match = ROUTES.find(incoming.method, incoming.segments[1:])
    if match is None:
        raise BadRequest(f"Resource not found for the segment '{incoming.segments[-1]}'.")
    if match.route is None:
        raise MethodNotAllowed(incoming.method)
    return match.route.handler(GraphRequest(azure, incoming, match.names, caller))


def _list(collection: str) -> Handler:
    def handler(request: GraphRequest) -> Response:
        try:
            conditions = odata.parse(request.incoming.query.get("$filter", ""))
        except odata.UnknownFilter as error:
            raise BadRequest(
                f"Unsupported or invalid query filter clause: '{error}'.", code="Request_UnsupportedQuery"
            ) from error
        found = [
            each
            for each in directory.principals(request.azure)
            if each.type == _COLLECTIONS[collection] and _fits(request.body_of(each), conditions)
        ]
        return request.page(found, collection)

    return handler


def _fits(body: Json, conditions: list[odata.Condition]) -> bool:
    members = {name.lower(): value for name, value in body.items()}
    return all(condition.fits(members.get(condition.member)) for condition in conditions)


def _get(collection: str) -> Handler:
    """Answer with one by its id, or a user by its address."""

    def handler(request: GraphRequest) -> Response:
        (name,) = request.names
        for each in directory.principals(request.azure):
            is_user = each.type == "User" and each.name.lower() == name.lower()
            if each.type == _COLLECTIONS[collection] and (each.id == name.lower() or is_user):
                return Response(200, request.body_of(each))
        raise RequestNotFound(name)

    return handler


def me(request: GraphRequest) -> Response:
    principal = directory.find(request.azure, request.caller)
    if principal is None or principal.type != "User":
        raise BadRequest("/me request is only valid with delegated authentication flow.")
    return Response(200, request.body_of(principal))


def get_object(request: GraphRequest) -> Response:
    principal = directory.find(request.azure, request.names[0])
    if principal is None:
        raise RequestNotFound(request.names[0])
    return Response(200, {"@odata.type": _TYPES[principal.type], **request.body_of(principal)})


def get_by_ids(request: GraphRequest) -> Response:
    """Answer with those of some ids that there are, of the types that are asked for."""
    try:
        body = read_json(request.incoming.content)
    except NotJson as error:
        raise BadRequest("Unable to read JSON request payload.") from error
    ids = body.get("ids") if isinstance(body, dict) else None
    if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
        raise AzureError("The parameter 'ids' is required.", code="Request_BadRequest")
    types = {str(each).lower() for each in body.get("types") or []}
    wanted = {each.lower() for each in ids}
    found = [
        {"@odata.type": _TYPES[each.type], **request.body_of(each)}
        for each in directory.principals(request.azure)
        if each.id in wanted and (not types or each.type.lower() in types)
    ]
    return Response(200, {"value": found})


def _user_body(user: Principal) -> Json:
    return {"id": user.id, "displayName": user.name, "userPrincipalName": user.name, "mail": user.name}


def _group_body(group: Principal) -> Json:
    return {"id": group.id, "displayName": group.name, "securityEnabled": True, "mailEnabled": False}


def _service_principal_body(principal: Principal) -> Json:
    resource = principal.resource_id
    return {
        "id": principal.id,
        "appId": principal.app_id,
        "displayName": principal.name,
        "accountEnabled": True,
        "alternativeNames": ["isExplicit=True", resource] if resource else [],
        "servicePrincipalNames": [principal.app_id],
        "servicePrincipalType": "ManagedIdentity" if resource else "Application",
    }


_BODIES = {"User": _user_body, "Group": _group_body, "ServicePrincipal": _service_principal_body}

ROUTES: Routes[Handler] = Routes(
    [
        *(Route("GET", collection, _list(collection)) for collection in _COLLECTIONS),
        *(Route("GET", f"{collection}/{{}}", _get(collection)) for collection in _COLLECTIONS),
        Route("GET", "me", me),
        Route("POST", "directoryObjects/getByIds", get_by_ids),
        Route("GET", "directoryObjects/{}", get_object),
    ]
)
