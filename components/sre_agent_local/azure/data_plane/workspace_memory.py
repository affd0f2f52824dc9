"""`/api/v1/WorkspaceMemory/…`: memories, and what the agent knows of repositories, as archives (C.10).

What a POST does to files that its archive lacks is not published: here an archive replaces the one before.
"""

import base64
import gzip
import io
import tarfile
import time

from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json, timestamp
from sre_agent_local.azure.http.messages import Answer
from sre_agent_local.azure.kinds import MEMORY_TYPE
from sre_agent_local.azure.state.store import Resource

from .request import AgentRequest, AgentRoute, missing

BASE = "api/v1/WorkspaceMemory"
MEMORIES, REPOS = "synthesized-knowledge", "repo-instructions"


def get(request: AgentRequest) -> Answer:
    found = request.azure.store.get(_id(request, _which(request)))
    if found is None or not found.properties["files"]:
        raise missing("archive", _which(request))
    return Answer(200, _archive(found.properties["files"]), media_type="application/gzip")


def post(request: AgentRequest) -> Answer:
    files = {
        path: {"content": base64.b64encode(content).decode(), "lastModified": timestamp(time.time())}
        for path, content in _files(request.content).items()
    }
    request.azure.store.put(
        Resource(_id(request, _which(request)), MEMORY_TYPE, {"properties": {"files": files}})
    )
    return Answer(200, {"message": f"{len(files)} file(s) were written."})


def list_files(request: AgentRequest) -> Answer:
    """List the files of all archives, or of the one that `type` and `repo` name."""
    under = f"{request.agent.id}/workspaceMemory/{_named(request, request.query.get('type', ''))}"
    files = [
        {"path": path, "size": len(base64.b64decode(file["content"])), "lastModified": file["lastModified"]}
        for archive in request.azure.store.of_type(MEMORY_TYPE, request.agent.id)
        if archive.id.lower().startswith(under.lower())
        for path, file in sorted(archive.properties["files"].items())
    ]
    return Answer(200, {"files": files})


def _which(request: AgentRequest) -> str:
    kind = request.url_path.rstrip("/").rpartition("/")[2].lower()
    if kind == REPOS and not request.query.get("repo"):
        raise BadRequest("The query parameter 'repo' is required.")
    return _named(request, kind)


def _named(request: AgentRequest, kind: str) -> str:
    """Return `repo-instructions~owner~name` and the like: one segment, though a repository may have two."""
    return "~".join([kind, *request.query.get("repo", "").split("/")]).rstrip("~")


def _files(content: bytes) -> dict[str, bytes]:
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
            return {
                member.name.removeprefix("./"): read.read()
                for member in archive
                if (read := archive.extractfile(member))
            }
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BadRequest(f"The body is not a gzip-compressed tar archive: {error}.") from error


def _archive(files: Json) -> bytes:
    packed = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=packed, mode="wb") as squeezed,
        tarfile.open(fileobj=squeezed, mode="w") as archive,
    ):
        for path, file in files.items():
            content = base64.b64decode(file["content"])
            member = tarfile.TarInfo(f"./{path}")
            member.size, member.mtime = len(content), int(time.time())
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def _id(request: AgentRequest, name: str) -> str:
    return f"{request.agent.id}/workspaceMemory/{name}"


ROUTES = [
    AgentRoute("GET", f"{BASE}/{MEMORIES}", get),
    AgentRoute("POST", f"{BASE}/{MEMORIES}", post),
    AgentRoute("GET", f"{BASE}/{REPOS}", get),
    AgentRoute("POST", f"{BASE}/{REPOS}", post),
    AgentRoute("GET", f"{BASE}/list", list_files),
]
