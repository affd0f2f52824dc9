"""Searching an agent's knowledge, and the state of its index (docs/reference/data-plane.md#knowledge)."""

import json
from collections.abc import Iterator
from typing import Any

from pulumi_sre_agent.api.errors import Unavailable
from pulumi_sre_agent.api.http.models import Body
from pulumi_sre_agent.api.planes.data_plane import DataPlane

PATH = "/api/v1/agentmemory"


class Passage(Body):
    """A piece of a document that fits a query; its members are in Pascal case on the wire."""

    id: str | None = None
    title: str | None = None
    type: str | None = None
    contents: str | None = None


class IndexRun(Body):
    status: str | None = None
    end_time: str | None = None
    documents_processed: int | None = None
    documents_failed: int | None = None


class Indexer(Body):
    status: str | None = None
    last_execution: IndexRun | None = None


class KnowledgeSearch:
    """What one agent's memory knows. Errors are those of the data plane."""

    def __init__(self, data: DataPlane) -> None:
        self._data = data

    def search(self, query: str, *, most: int = 5) -> Iterator[Passage]:
        """Yield the `most` passages that fit best."""
        reply = self._data.get(f"{PATH}/documents", {"query": query, "k": str(most)}) or {}
        return map(_passage, reply.get("results") or [])

    def is_enabled(self) -> bool:
        """Tell whether the agent has a memory; without one it takes no documents."""
        return bool((self._data.get(f"{PATH}/status") or {}).get("enabled"))

    def indexer(self) -> Indexer:
        return Indexer.read(self._data.get(f"{PATH}/indexer-status"))

    def rebuild(self) -> None:
        """Begin to index everything anew; `indexer` tells how far it is."""
        self._data.post(f"{PATH}/rebuildIndex")


def _passage(result: Any) -> Passage:
    """Read a result: JSON in a string, whose members begin with capitals."""
    try:
        document = json.loads(result) if isinstance(result, str) else result
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise Unavailable("The search answered with something that is not a document.")
    return Passage.read({f"{name[:1].lower()}{name[1:]}": value for name, value in document.items()})
