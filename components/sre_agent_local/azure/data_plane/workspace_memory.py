"""`/api/v1/WorkspaceMemory/…`: memories, and what the agent knows of repositories, as archives.

What a POST does to files that its archive lacks is not published: here an archive replaces the one before.

See docs/reference/data-plane.md#workspace-memory.
"""

import base64
import gzip
import io
import tarfile

from sre_agent_local.azure import clock
from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json, timestamp
from sre_agent_local.azure.http.messages import Archive, Response
from sre_agent_local.azure.kinds import MEMORY_TYPE

from .request import AgentRequest, AgentRoute, not_found

BASE = "api/v1/WorkspaceMemory"
MEMORIES, REPOS = "synthesized-knowledge", "repo-instructions"


def get(request: AgentRequest) -> Response:
    archive = request.azure.store.get(request.child_id("workspaceMemory", _requested_archive(request)))
    if archive is None or not archive.properties["files"]:
        raise not_found("archive", _requested_archive(request))
    return Response(200, _pack(archive.properties["files"]), media_type="application/gzip")


def post(request: AgentRequest) -> Response:
    files = {
        path: {"content": base64.b64encode(content).decode(), "lastModified": timestamp(clock.now())}
        for path, content in _unpack(request).items()
    }
    archive_id = request.child_id("workspaceMemory", _requested_archive(request))
    request.put_child(archive_id, MEMORY_TYPE, {"files": files})
    return Response(200, {"message": f"{len(files)} file(s) were written."})


def list_files(request: AgentRequest) -> Response:
    """List the files of all archives, or of the one that `type` and `repo` name."""
    under = request.child_id("workspaceMemory", _archive_name(request, request.query.get("type", "")))
    files = [
        {"path": path, "size": len(base64.b64decode(file["content"])), "lastModified": file["lastModified"]}
        for archive in request.children(MEMORY_TYPE)
        if archive.id.lower().startswith(under.lower())
        for path, file in sorted(archive.properties["files"].items())
    ]
    return Response(200, {"files": files})


def _requested_archive(request: AgentRequest) -> str:
    kind = request.url_path.rstrip("/").rpartition("/")[2].lower()
    if kind == REPOS and not request.query.get("repo"):
        raise BadRequest("The query parameter 'repo' is required.")
    return _archive_name(request, kind)


def _archive_name(request: AgentRequest, kind: str) -> str:
    """Return `repo-instructions~owner~name` and the like: one segment, though a repository may have two."""
    return "~".join([kind, *request.query.get("repo", "").split("/")]).rstrip("~")


def _unpack(request: AgentRequest) -> Archive:
    if request.archive is None:
        raise BadRequest("The body is not a gzip-compressed tar archive.")
    if isinstance(request.archive, BadRequest):
        raise request.archive
    return request.archive


def _pack(files: Json) -> bytes:
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb") as compressed,
        tarfile.open(fileobj=compressed, mode="w") as archive,
    ):
        for path, file in files.items():
            content = base64.b64decode(file["content"])
            member = tarfile.TarInfo(f"./{path}")
            member.size, member.mtime = len(content), int(clock.now())
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


ROUTES = [
    AgentRoute("GET", f"{BASE}/{MEMORIES}", get),
    AgentRoute("POST", f"{BASE}/{MEMORIES}", post),
    AgentRoute("GET", f"{BASE}/{REPOS}", get),
    AgentRoute("POST", f"{BASE}/{REPOS}", post),
    AgentRoute("GET", f"{BASE}/list", list_files),
]
