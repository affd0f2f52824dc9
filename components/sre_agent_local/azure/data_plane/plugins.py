"""`/api/v2/plugins/…`: marketplaces, which are cloned, and what is installed from them or from a repository.

Every installation brings one skill of its plugin's name: nobody reads a repository here.

See docs/reference/data-plane.md#plugins.
"""

import hashlib
from typing import Any

from sre_agent_local.azure import clock, kinds
from sre_agent_local.azure.agent_items import items
from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.state.store import Resource

from .request import AgentRequest, AgentRoute, not_found, page

BASE = "api/v2/plugins"
_MARKETPLACES, _INSTALLATIONS = "pluginMarketplaces", "pluginInstallations"
_READ_ONLY = ("cloneStatus", "cloneError")


def list_marketplaces(request: AgentRequest) -> Response:
    return page([_marketplace_body(item) for item in request.children(kinds.MARKETPLACE_TYPE)])


def get_marketplace(request: AgentRequest) -> Response:
    return Response(200, _marketplace_body(request.child(_MARKETPLACES, "marketplace")))


def post_marketplace(request: AgentRequest) -> Response:
    """Take a marketplace, or another one in its place, and begin to clone it.

    A fault `operationFailed` makes the clone fail with its message.
    """
    name, spec = _name_and_spec(request)
    fault = request.operation_fault()
    state = {
        "ready": clock.now() + request.azure.settings.operation_seconds,
        "error": fault.message if fault else None,
    }
    stored = {"spec": {key: value for key, value in spec.items() if key not in _READ_ONLY}}
    resource = Resource(request.child_id(_MARKETPLACES, name), kinds.MARKETPLACE_TYPE, stored, state)
    return Response(201, _marketplace_body(request.azure.store.put(resource)))


def delete_marketplace(request: AgentRequest) -> Response:
    """Delete one; what was installed from it stays, unless the query says otherwise."""
    marketplace = request.child(_MARKETPLACES, "marketplace")
    if request.query.get("deleteinstallations", "").lower() == "true":
        for installation in request.children(kinds.INSTALLATION_TYPE):
            if installation.document["spec"].get("marketplaceName") == marketplace.name:
                _uninstall(request, installation)
    request.azure.store.delete(marketplace.id)
    return Response(204)


def install(request: AgentRequest) -> Response:
    """Install a marketplace's plugin, once the marketplace is cloned."""
    marketplace_name, plugin = request.names
    marketplace = request.azure.store.get(request.child_id(_MARKETPLACES, marketplace_name))
    if marketplace is None:
        raise not_found("marketplace", marketplace_name)
    if _clone_status(marketplace) != "Ready":
        raise BadRequest(f"The marketplace '{marketplace.name}' is {_clone_status(marketplace)}, not Ready.")
    spec = {"marketplaceName": marketplace.name, "pluginName": plugin}
    return Response(201, _installation_body(request, _install(request, plugin, spec)))


def list_installations(request: AgentRequest) -> Response:
    return page([_installation_body(request, item) for item in request.children(kinds.INSTALLATION_TYPE)])


def get_installation(request: AgentRequest) -> Response:
    return Response(200, _installation_body(request, request.child(_INSTALLATIONS, "installation")))


def post_installation(request: AgentRequest) -> Response:
    name, spec = _name_and_spec(request)
    return Response(201, _installation_body(request, _store(request, name, spec, [])))


def delete_installation(request: AgentRequest) -> Response:
    """Uninstall: the skills that it brought go with it."""
    _uninstall(request, request.child(_INSTALLATIONS, "installation"))
    return Response(204)


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
    spec = {"sourceUrl": source, "pathInRepo": path}
    return Response(201, _installation_body(request, _install(request, name, spec)))


def _name_and_spec(request: AgentRequest) -> tuple[str, Json]:
    body = request.json()
    metadata, spec = body.get("metadata"), body.get("spec")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if not isinstance(name, str) or not name:
        raise BadRequest("The member 'metadata.name' is required.")
    if not isinstance(spec, dict):
        raise BadRequest("The member 'spec' is required.")
    return name, spec


def _install(request: AgentRequest, name: str, spec: Json) -> Resource:
    skill = {
        "description": f"What {name} can do.",
        "skillContent": f"# {name}\n\nWhat the plugin {name} is for, and how to do it step by step.\n",
        "sourcePluginInstallation": name,
    }
    items.put(request.azure, request.agent, kinds.SKILLS, name, skill)
    return _store(request, name, spec, [name])


def _store(request: AgentRequest, name: str, spec: Json, skills: list[str]) -> Resource:
    resource_id = request.child_id(_INSTALLATIONS, name)
    document = {"spec": spec, "skills": skills}
    return request.azure.store.put(Resource(resource_id, kinds.INSTALLATION_TYPE, document))


def _uninstall(request: AgentRequest, installation: Resource) -> None:
    for skill in installation.document.get("skills", []):
        items.delete(request.azure, request.agent, kinds.SKILLS, skill)
    request.azure.store.delete(installation.id)


def _marketplace_body(marketplace: Resource) -> Json:
    status, spec = _clone_status(marketplace), marketplace.document["spec"]
    error = marketplace.state.get("error") if status == "Failed" else None
    shown: Json = {**_without_token(spec), "cloneStatus": status, "cloneError": error}
    return {"metadata": {"name": marketplace.name}, "spec": shown}


def _without_token(spec: Json) -> Json:
    credentials: Any = spec.get("credentials")
    return {**spec, "credentials": {**credentials, "pat": None}} if isinstance(credentials, dict) else spec


def _clone_status(marketplace: Resource) -> str:
    if clock.now() < marketplace.state.get("ready", 0):
        return "Cloning"
    return "Failed" if marketplace.state.get("error") else "Ready"


def _installation_body(request: AgentRequest, installation: Resource) -> Json:
    body: Json = {"metadata": {"name": installation.name}, "spec": installation.document["spec"]}
    skills = installation.document.get("skills")
    if not skills:
        return body
    body["importedSkills"] = [{"skillName": skill} for skill in skills]
    if request.azure.settings.plugin_commits:
        body["commit"] = hashlib.sha1(installation.id.encode(), usedforsecurity=False).hexdigest()
    return body


ROUTES = [
    AgentRoute("GET", f"{BASE}/marketplaces", list_marketplaces),
    AgentRoute("POST", f"{BASE}/marketplaces", post_marketplace),
    AgentRoute("GET", f"{BASE}/marketplaces/{{}}", get_marketplace),
    AgentRoute("DELETE", f"{BASE}/marketplaces/{{}}", delete_marketplace),
    AgentRoute("POST", f"{BASE}/marketplaces/{{}}/plugins/{{}}/install", install),
    AgentRoute("GET", f"{BASE}/installations", list_installations),
    AgentRoute("POST", f"{BASE}/installations", post_installation),
    AgentRoute("GET", f"{BASE}/installations/{{}}", get_installation),
    AgentRoute("DELETE", f"{BASE}/installations/{{}}", delete_installation),
    AgentRoute("POST", f"{BASE}/install-direct", install_direct),
]
