"""An agent's documents, searching them, and the state of the index.

See docs/reference/data-plane.md#knowledge.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import AliasChoices, Field

from pulumi_sre_agent.api.collections.document_rules import check_documents
from pulumi_sre_agent.api.collections.documents import DocumentCollection
from pulumi_sre_agent.api.errors import ConfigError, Unavailable
from pulumi_sre_agent.api.http.bodies import Document
from pulumi_sre_agent.api.http.models import Body
from pulumi_sre_agent.api.kinds import KNOWLEDGE_DOCUMENT
from pulumi_sre_agent.api.planes.data_plane import DataPlane

PATH = str(KNOWLEDGE_DOCUMENT.data)


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


class KnowledgeDocument(Body):
    """A document as the service lists it; nothing gives back what is in it."""

    name: str = Field(validation_alias=AliasChoices("name", "fileName"))
    size: int | None = None
    """Bytes."""
    last_modified: str | None = None
    is_indexed: bool | None = None
    error_reason: str | None = None
    """Why it is not indexed."""


class Knowledge:
    """What one agent's memory knows. Errors are those of the data plane."""

    def __init__(self, data: DataPlane) -> None:
        self._data = data
        self._documents = DocumentCollection(KNOWLEDGE_DOCUMENT, data)

    def list(self) -> Iterator[KnowledgeDocument]:
        return map(KnowledgeDocument.read, self._data.list(f"{PATH}/files"))

    def get(self, name: str) -> KnowledgeDocument:
        """Return one document. Raises `NotFound`."""
        return KnowledgeDocument.read(self._documents.get(name))

    def upload(
        self,
        *paths: Path | str,
        index: bool = True,
        wait: bool = True,
        progress: Callable[[int], None] | None = None,
    ) -> Sequence[KnowledgeDocument]:
        """Upload files, and the files right in folders; what is there under the same name is replaced.

        Without `index` the agent keeps them and finds nothing in them. `wait`: until they are indexed, half
        a minute. `progress` hears how many bytes are sent so far. Raises `ConfigError` before anything is
        sent for a file that the service would not take, `OperationFailed` with its reason for one that it
        cannot index.
        """
        documents = [Document(path.name, path) for path in files_of(paths)]
        check_documents(documents)
        specs = self._documents.upload(documents, index=index, progress=progress)
        if wait and specs:
            specs = self._documents.wait_until_all_ready(specs)
        return [KnowledgeDocument.read({**spec, "name": name}) for name, spec in specs.items()]

    def delete(self, *names: str) -> None:
        """Delete documents; gone already counts as deleted. Raises `ApiError` where some are left."""
        if len(names) == 1:
            self._documents.delete(names[0])
        elif names:
            self._documents.delete_many(names)

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


def files_of(paths: Iterable[Path | str]) -> Iterator[Path]:
    """Yield what `Knowledge.upload` sends: the files, and those right in the folders but for hidden ones.

    Raises `ConfigError`.
    """
    for path in map(Path, paths):
        if not path.is_dir():
            yield path
            continue
        try:
            inside = sorted(file for file in path.iterdir() if file.is_file() and file.name[0] != ".")
        except OSError as error:
            raise ConfigError(f"{path} cannot be read: {error.strerror}.") from None
        if not inside:
            raise ConfigError(f"{path} is a folder without files.")
        yield from inside


def _passage(result: Any) -> Passage:
    """Read a result: JSON in a string, whose members begin with capitals."""
    try:
        document = json.loads(result) if isinstance(result, str) else result
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise Unavailable("The search answered with something that is not a document.")
    return Passage.read({f"{name[:1].lower()}{name[1:]}": value for name, value in document.items()})
