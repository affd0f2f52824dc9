"""`/api/v2/repos`: repositories, which are cloned after they have been written.

See docs/reference/data-plane.md#repositories.
"""

import hashlib
from urllib.parse import urlsplit

from sre_agent_local.azure import clock
from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.kinds import REPO_TYPE
from sre_agent_local.azure.state.store import Resource

from .request import AgentRequest, AgentRoute, page

ENVELOPE = "CodeRepo"

_READ_ONLY = ("cloneStatus", "latestCommit", "errorMessage")


def put(request: AgentRequest) -> Response:
    properties = request.properties((ENVELOPE,))
    url = urlsplit(str(properties.get("url") or ""))
    if url.scheme not in ("http", "https") or not url.hostname:
        raise BadRequest("The url of a repository must be absolute, such as https://github.com/owner/name.")
    if properties.get("type") not in ("GitHub", "AzureDevOps"):
        raise BadRequest("The type of a repository must be 'GitHub' or 'AzureDevOps'.")
    fault, now = request.operation_fault(), clock.now()
    stored = {member: value for member, value in properties.items() if member not in _READ_ONLY}
    clone = {
        "from": now,
        "to": now + request.azure.settings.operation_seconds,
        "error": fault.message if fault else None,
    }
    existing = request.azure.store.get(request.child_id("repos"))
    if existing and existing.properties == stored and not existing.state["clone"]["error"]:
        clone = existing.state["clone"]  # what has been cloned stays cloned
    repo = Resource(
        existing.id if existing else request.child_id("repos"),
        REPO_TYPE,
        {"properties": stored},
        {"clone": clone},
    )
    return Response(200 if existing else 201, _repo_body(request.azure.store.put(repo)))


def get(request: AgentRequest) -> Response:
    return Response(200, _repo_body(request.child("repos", "repository")))


def list_all(request: AgentRequest) -> Response:
    return page([_repo_body(repo) for repo in request.children(REPO_TYPE)])


def delete(request: AgentRequest) -> Response:
    request.azure.store.delete(request.child("repos", "repository").id)
    return Response(204)


def test(request: AgentRequest) -> Response:
    clone = request.child("repos", "repository").state["clone"]
    return Response(200, {"isSuccessful": clone["error"] is None, "errorMessage": clone["error"]})


def _repo_body(repo: Resource) -> Json:
    status = _clone_status(repo)
    read_only: Json = {
        "cloneStatus": status,
        "latestCommit": hashlib.sha1(repo.id.encode(), usedforsecurity=False).hexdigest()
        if status == "Ready"
        else None,
        "errorMessage": repo.state["clone"]["error"] if status == "Failed" else None,
    }
    return {"name": repo.name, "type": ENVELOPE, "properties": {**repo.properties, **read_only}}


def _clone_status(repo: Resource) -> str:
    """Return NotStarted at first, Cloning from half-way on, then Ready or Failed."""
    clone, now = repo.state["clone"], clock.now()
    if now >= clone["to"]:
        return "Failed" if clone["error"] else "Ready"
    return "NotStarted" if now < (clone["from"] + clone["to"]) / 2 else "Cloning"


ROUTES = [
    AgentRoute("GET", "api/v2/repos", list_all),
    AgentRoute("PUT", "api/v2/repos/{}", put),
    AgentRoute("GET", "api/v2/repos/{}", get),
    AgentRoute("DELETE", "api/v2/repos/{}", delete),
    AgentRoute("POST", "api/v2/repos/{}/test", test),
]
