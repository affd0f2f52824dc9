"""`/api/v1/agentmemory/…`: documents in one flat store, which are indexed in the background.

See docs/reference/data-plane.md#knowledge.
"""

import json
import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from sre_agent_local.azure import clock
from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json, NotJson, read_json, timestamp
from sre_agent_local.azure.http.messages import FormPart, Response
from sre_agent_local.azure.http.validation import query_number
from sre_agent_local.azure.kinds import DOCUMENT_TYPE
from sre_agent_local.azure.state.store import Resource

from .request import AgentRequest, AgentRoute

BASE = "api/v1/agentmemory"

_FILE_BYTES, _REQUEST_BYTES = 16 * 1024 * 1024, 100 * 1024 * 1024
_NAME = re.compile(r"[A-Za-z0-9._-]{1,1024}")
# fmt: off
_TEXTS = frozenset((
    "txt", "md", "json", "csv", "log", "yaml", "yml", "xml", "ini", "conf", "cfg", "config", "properties",
))
_TYPES = _TEXTS | frozenset((
    "png", "jpg", "jpeg", "gif", "webp", "bmp", "tiff", "tif",
    "pdf", "docx", "pptx", "xlsx", "doc", "ppt", "xls",
))
# fmt: on
_PAGE = 100
_SHOWN = 2000
"""Characters of a document that a search shows."""


def upload(request: AgentRequest) -> Response:
    """Take the files of a form; one of a name that is there replaces it."""
    if not request.azure.settings.memory_enabled:
        return Response(400, {"error": "Agent memory is disabled. Cannot upload documents."})
    files = [part for part in request.parts if part.name == "files" and part.filename is not None]
    if not files:
        raise BadRequest("No files were provided.")
    errors = [
        {"fileName": part.filename, "errorMessage": message}
        for part in files
        if (message := _upload_error(part))
    ]
    if errors:
        return Response(400, {"error": f"Upload failed: {errors[0]['errorMessage']}", "detail": errors})
    if sum(part.size for part in files) > _REQUEST_BYTES:
        return Response(413, {"error": "The total size of the files exceeds the limit of 100 MB."})
    values = {part.name: part.text() for part in request.parts if part.filename is None}
    trigger = request.query.get("triggerindexing") or values.get("triggerIndexing") or "true"
    triggered = trigger.lower() == "true"
    for part in files:
        _store(request, part, triggered)
    names = [part.filename for part in files]
    message = f"Successfully uploaded {len(names)} file(s)."
    return Response(200, {"message": message, "uploaded": names, "indexingTriggered": triggered})


def list_files(request: AgentRequest) -> Response:
    """List documents by name, `pageSize` at a time, those after the one that `continuationToken` names."""
    prefix, after = request.query.get("prefix", ""), request.query.get("continuationtoken", "")
    size = query_number(request.query, "pageSize", _PAGE)
    documents = request.children(DOCUMENT_TYPE)
    rest = [one for one in documents if one.name.startswith(prefix) and one.name.lower() > after]
    page = [_document_body(document) for document in rest[:size]]
    token = page[-1]["name"].lower() if len(rest) > size else ""
    return Response(200, {"files": page, "continuationToken": token})


def count(request: AgentRequest) -> Response:
    return Response(200, {"count": len(request.children(DOCUMENT_TYPE))})


def search(request: AgentRequest) -> Response:
    """Find indexed texts that hold words of the query, those with most of them first."""
    words = request.query.get("query", "").lower().split()
    hits: list[tuple[int, Resource, str]] = []
    for document in request.children(DOCUMENT_TYPE):
        if _type(document.name) in _TEXTS and _is_indexed(document):
            text = (request.azure.store.files / document.state["file"]).read_text("utf-8", "replace")
            if score := sum(word in text.lower() for word in words):
                hits.append((score, document, text))
    hits.sort(key=lambda hit: -hit[0])
    results = [_hit(document, text) for _, document, text in hits[: query_number(request.query, "k", 10)]]
    return Response(200, {"results": results})


def status(request: AgentRequest) -> Response:
    enabled = request.azure.settings.memory_enabled
    message = f"Agent memory is {'enabled' if enabled else 'disabled'}."
    return Response(200, {"enabled": enabled, "message": message})


def indexer_status(request: AgentRequest) -> Response:
    documents = request.children(DOCUMENT_TYPE)
    done = [document for document in documents if _is_indexed(document)]
    failed = [document for document in documents if _index_error(document)]
    ended = max((document.state["index"]["to"] for document in done + failed), default=None)
    execution = {
        "status": "Success",
        "endTime": ended and timestamp(ended),
        "documentsProcessed": len(done),
        "documentsFailed": len(failed),
    }
    return Response(200, {"status": "Running", "lastExecution": execution})


def rebuild_index(request: AgentRequest) -> Response:
    for document in request.children(DOCUMENT_TYPE):
        state = document.state | {"index": _index(request)}
        request.azure.store.put(replace(document, state=state))
    return Response(200, {"message": "Index rebuild was triggered."})


def delete(request: AgentRequest) -> Response:
    request.azure.store.delete(request.child("documents", "document").id)
    return Response(200, {"message": f"Document '{request.name}' was deleted.", "deleted": [request.name]})


def delete_many(request: AgentRequest) -> Response:
    """Delete the documents that the body names, as an array or under `fileNames`; without names, all."""
    names = _names(request.content) or [document.name for document in request.children(DOCUMENT_TYPE)]
    failed = [name for name in names if request.azure.store.get(request.child_id("documents", name)) is None]
    deleted = [name for name in names if name not in failed]
    for name in deleted:
        request.azure.store.delete(request.child_id("documents", name))
    return Response(
        200, {"message": f"Deleted {len(deleted)} document(s).", "deleted": deleted, "failed": failed}
    )


def _upload_error(part: FormPart) -> str:
    name = str(part.filename)
    if not _NAME.fullmatch(name):
        return "The file name may hold letters, digits, '-', '_' and '.' only."
    if _type(name) not in _TYPES:
        return f"The file type '.{_type(name)}' is not supported."
    if part.size > _FILE_BYTES:
        return f"The file '{name}' exceeds the limit of 16 MB."
    return ""


def _store(request: AgentRequest, part: FormPart, triggered: bool) -> None:
    store, id_ = request.azure.store, request.child_id("documents", str(part.filename))
    if before := store.get(id_):
        store.drop_file(before.state["file"])
    assert part.path is not None  # noqa: S101 - a part with a file name lies in a file
    state = {"file": store.keep_file(part.path), "index": _index(request) if triggered else None}
    stored = {"size": part.size, "lastModified": timestamp(clock.now())}
    store.put(Resource(id_, DOCUMENT_TYPE, {"properties": stored}, state))


def _index(request: AgentRequest) -> Json:
    fault = request.operation_fault()
    return {
        "to": clock.now() + request.azure.settings.operation_seconds,
        "error": f"{fault.code}: {fault.message}" if fault else None,
    }


def _document_body(document: Resource) -> Json:
    return {
        "name": document.name,
        **document.properties,
        "isIndexed": _is_indexed(document),
        "errorReason": _index_error(document),
    }


def _is_indexed(document: Resource) -> bool:
    index = document.state["index"]
    return bool(index and clock.now() >= index["to"] and not index["error"])


def _index_error(document: Resource) -> str | None:
    index = document.state["index"]
    return str(index["error"]) if index and index["error"] and clock.now() >= index["to"] else None


def _hit(document: Resource, text: str) -> str:
    return json.dumps(
        {
            "Id": document.name,
            "Title": document.name,
            "Type": "UserDocument",
            "Filter": "",
            "Contents": text[:_SHOWN],
            "DerivedTypeName": "UserDocument",
        }
    )


def _names(content: bytes) -> list[str]:
    try:
        body: Any = read_json(content or b"[]")
    except NotJson as error:
        raise BadRequest(f"The body is not JSON: {error}.") from error
    names = body.get("fileNames", []) if isinstance(body, dict) else body
    if not isinstance(names, list):
        raise BadRequest("The body must be an array of file names.")
    return [str(name) for name in names]


def _type(name: str) -> str:
    return PurePosixPath(name).suffix.lstrip(".").lower()


ROUTES = [
    AgentRoute("POST", f"{BASE}/upload", upload),
    AgentRoute("GET", f"{BASE}/files", list_files),
    AgentRoute("GET", f"{BASE}/files/count", count),
    AgentRoute("GET", f"{BASE}/documents", search),
    AgentRoute("DELETE", f"{BASE}/documents", delete_many),
    AgentRoute("DELETE", f"{BASE}/document/{{}}", delete),
    AgentRoute("GET", f"{BASE}/status", status),
    AgentRoute("GET", f"{BASE}/indexer-status", indexer_status),
    AgentRoute("POST", f"{BASE}/rebuildIndex", rebuild_index),
]
