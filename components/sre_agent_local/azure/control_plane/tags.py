"""Tags of a group or a resource, read and written apart from the rest of it.

See docs/reference/control-plane.md#what-the-azure-cli-asks.
"""

from dataclasses import replace

from sre_agent_local.azure.errors import BadRequest, InvalidRequestContent
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.state.store import Resource

from .request import ArmRequest, ArmRoute

TYPE = "Microsoft.Resources/tags"


def get(request: ArmRequest) -> Response:
    return _answer(_tagged(request))


def put(request: ArmRequest) -> Response:
    return _store(request, _sent_tags(request.json()))


def patch(request: ArmRequest) -> Response:
    """Merge, replace or delete tags, as `operation` says; of those to delete, the value counts, too."""
    body = request.json()
    tags, now = _sent_tags(body), _tagged(request).document.get("tags") or {}
    operation = str(body.get("operation", "")).lower()
    changed = {
        "merge": {**now, **tags},
        "replace": tags,
        "delete": {name: value for name, value in now.items() if tags.get(name) != value},
    }
    if operation not in changed:
        raise InvalidRequestContent("the member 'operation' is not Merge, Replace or Delete")
    return _store(request, changed[operation])


def delete(request: ArmRequest) -> Response:
    _store(request, {})
    return Response(200)


def _tagged(request: ArmRequest) -> Resource:
    """Return what the tags are on. Raises BadRequest, NotFound."""
    if request.name.lower() != "default":
        raise BadRequest(f"The tags resource is called 'default', not '{request.name}'.")
    resource = request.azure.store.get(request.existing_scope())
    if resource is None or "location" not in resource.document:
        raise BadRequest(
            f"Nothing at '{request.path.scope_id}' has tags here: groups and their resources do."
        )
    return resource


def _store(request: ArmRequest, tags: dict[str, str]) -> Response:
    resource = _tagged(request)
    changed = replace(resource, document={**resource.document, "tags": tags})
    return _answer(request.azure.store.put(changed))


def _answer(resource: Resource) -> Response:
    tags: Json = {"tags": resource.document.get("tags") or {}}
    identity = {"id": f"{resource.id}/providers/{TYPE}/default", "name": "default", "type": TYPE}
    return Response(200, {**identity, "properties": tags})


def _sent_tags(body: Json) -> dict[str, str]:
    properties = body.get("properties")
    tags = properties.get("tags") if isinstance(properties, dict) else None
    if not isinstance(tags, dict) or not all(isinstance(value, str) for value in tags.values()):
        raise InvalidRequestContent("the member 'properties.tags' is not an object of strings")
    return tags


ROUTES = [
    ArmRoute("GET", f"{TYPE}/{{}}", get),
    ArmRoute("PUT", f"{TYPE}/{{}}", put),
    ArmRoute("PATCH", f"{TYPE}/{{}}", patch),
    ArmRoute("DELETE", f"{TYPE}/{{}}", delete),
]
