"""`/api/v2/plugins/…`: marketplaces and installations, written by POST and read as lists.

See docs/reference/data-plane.md#plugins.
"""

from sre_agent_local.azure import kinds
from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.state.store import Resource

from .request import AgentRequest, AgentRoute, Handler, page

BASE = "api/v2/plugins"


def _list(resource_type: str) -> Handler:
    def handler(request: AgentRequest) -> Response:
        return page([_plugin_body(item) for item in request.children(resource_type)])

    return handler


def _post(resource_type: str) -> Handler:
    """Take an item; a second one of its name stands in for the first."""

    def handler(request: AgentRequest) -> Response:
        body = request.json()
        metadata, spec = body.get("metadata"), body.get("spec")
        name = metadata.get("name") if isinstance(metadata, dict) else None
        if not isinstance(name, str) or not name:
            raise BadRequest("The member 'metadata.name' is required.")
        if not isinstance(spec, dict):
            raise BadRequest("The member 'spec' is required.")
        return Response(201, _plugin_body(_store(request, resource_type, name, spec)))

    return handler


def install_direct(request: AgentRequest) -> Response:
    """Install from a repository, under its folder's name: nobody looks what `plugin.json` says here."""
    body = request.json()
    source, path = body.get("sourceUrl"), body.get("pathInRepo", "")
    if not isinstance(source, str) or not source or not isinstance(path, str):
        raise BadRequest("The members 'sourceUrl' and 'pathInRepo' must be strings.")
    credentials = body.get("credentials")
    if credentials is not None and not (
        isinstance(credentials, dict) and credentials.get("authMethod") == "pat" and credentials.get("pat")
    ):
        raise BadRequest("The member 'credentials' must have authMethod 'pat' and a pat.")
    name = (path.strip("/") or source.rstrip("/").removesuffix(".git")).rsplit("/", 1)[-1]
    _store(request, kinds.INSTALLATION_TYPE, name, {"sourceUrl": source, "pathInRepo": path})
    return Response(204)


def _store(request: AgentRequest, resource_type: str, name: str, spec: Json) -> Resource:
    plugin_id = request.child_id(resource_type.rpartition("/")[2], name)
    return request.azure.store.put(Resource(plugin_id, resource_type, {"spec": spec}))


def _plugin_body(item: Resource) -> Json:
    return {"metadata": {"name": item.name}, "spec": item.document["spec"]}


ROUTES = [
    AgentRoute("GET", f"{BASE}/marketplaces", _list(kinds.MARKETPLACE_TYPE)),
    AgentRoute("POST", f"{BASE}/marketplaces", _post(kinds.MARKETPLACE_TYPE)),
    AgentRoute("GET", f"{BASE}/installations", _list(kinds.INSTALLATION_TYPE)),
    AgentRoute("POST", f"{BASE}/installations", _post(kinds.INSTALLATION_TYPE)),
    AgentRoute("POST", f"{BASE}/install-direct", install_direct),
]
