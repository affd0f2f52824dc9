"""Knowledge documents: files in the agent's memory, uploaded as forms and listed with their state."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.collections.collection import Collection, segment
from pulumi_sre_agent.api.errors import ApiError, ConfigError, NotFound, OperationFailed
from pulumi_sre_agent.api.http.bodies import Document, form
from pulumi_sre_agent.api.http.retry import StillPending, poll
from pulumi_sre_agent.api.kinds import Json, Kind
from pulumi_sre_agent.api.planes.data_plane import DataPlane


class DocumentCollection(Collection):
    """The documents of one agent. Their store is flat: a document's name is its file's.

    A spec to write names its bytes: `path`, a file of this machine, or `content`, text; they are only kept
    where `triggerIndexing` is false. A spec that is read holds what the service lists, `size`,
    `lastModified`, `isIndexed`, `errorReason`; it never shows content.

    See docs/reference/data-plane.md#knowledge.
    """

    def __init__(self, kind: Kind, data: DataPlane) -> None:
        super().__init__(kind)
        self._base = str(kind.data)
        self._data = data

    def get(self, name: str) -> Json:
        return self._list_files(prefix=name).get(name) or self._missing(name)

    def put(self, name: str, spec: Json) -> Json:
        """Upload one document; it is not indexed yet."""
        path = spec.get("path")
        document = Document(name, str(spec["content"]).encode() if path is None else Path(path))
        return self.upload([document], index=spec.get("triggerIndexing", True))[name]

    def upload(
        self,
        documents: Sequence[Document],
        *,
        index: bool = True,
        progress: Callable[[int], None] | None = None,
    ) -> dict[str, Json]:
        """Upload any number of documents in as few requests as their limit allows; return specs by name.

        Without `index` the agent keeps them and does not find anything in them. `progress` hears how many
        bytes are sent so far, of all together; it falls back where a request is sent again.

        Raises `ApiError` for the first that the service does not take; those before it are there.
        """
        query = {"triggerIndexing": str(index).lower()}
        sent = 0
        for batch in batches(documents):
            body = form("files", batch)
            if progress is not None:
                body = replace(body, pieces=_watched(body.pieces, sent, progress))
            sent += body.length
            self._raise_failures(self._data.upload(f"{self._base}/upload", body, query) or {})
        fields: Json = {} if index else {"triggerIndexing": False}
        return {
            document.name: {"size": document.size, "isIndexed": False, **fields} for document in documents
        }

    def wait_until_ready(self, name: str, spec: Json) -> Json:
        """Wait until the document is indexed, or there if it is only kept.

        Raises `OperationFailed` with the service's reason why not.
        """
        return self.wait_until_all_ready({name: spec})[name]

    def wait_until_all_ready(self, specs: Mapping[str, Json]) -> dict[str, Json]:
        """Wait until all of them are indexed, with one look at a time; raises as `wait_until_ready`."""
        left = dict(specs)
        indexed: dict[str, Json] = {}

        def attempt() -> None:
            listed = self._list_files(prefix=next(iter(left)) if len(left) == 1 else "")
            for name in sorted(left):
                if self._is_ready(name, left[name], listed.get(name)):
                    indexed[name] = listed[name]
                    del left[name]
            if left:
                raise StillPending("not indexed")

        first = self._title(min(left))
        what = first if len(left) == 1 else f"{first}, or one of the {len(left) - 1} sent with it,"
        poll(attempt, what=what, deadline=limits.INDEX_DEADLINE, clock=self._data.clock)
        return indexed

    def _is_ready(self, name: str, sent: Json, listed: Json | None) -> bool:
        if listed is None or listed.get("size") not in {None, sent["size"]}:
            return False  # not there yet, or still as it was before
        if reason := listed.get("errorReason"):
            raise OperationFailed(
                f"{self._title(name)} was not indexed: {str(reason).rstrip('. ')}.", status=200
            )
        return bool(listed.get("isIndexed")) or not sent.get("triggerIndexing", True)

    def delete(self, name: str) -> None:
        try:
            self._data.delete(f"{self._base}/document/{segment(name)}")
        except NotFound:
            return
        except ApiError as refused:
            if refused.status != 500 or name in self._list_files(prefix=name):
                raise  # else a 500 that hid a success (docs/reference/data-plane.md#knowledge)

    def delete_many(self, names: Sequence[str]) -> None:
        """Delete documents in one request. Raises `ApiError` if some are left, `ConfigError` for no names."""
        if not names:
            raise ConfigError(
                "No names of documents to delete: without any, the service may delete them all."
            )
        reply = self._data.delete(f"{self._base}/documents", list(names)) or {}
        left = sorted({*reply.get("failed", ())} & self._list_files().keys())
        if left:
            raise ApiError(f"{self._data.owner} could not delete {', '.join(left)}.", status=200)

    def list(self) -> dict[str, Json]:
        return self._list_files()

    def _list_files(self, prefix: str = "") -> dict[str, Json]:
        current = self._data.list(f"{self._base}/files", {"prefix": prefix} if prefix else {})
        return {str(entry.get("name") or entry.get("fileName")): entry for entry in current}

    def _raise_failures(self, reply: Json) -> None:
        """Raise what the service says of a document that it did not take although it took the request."""
        for failed in reply.get("detail") or ():
            name, reason = failed.get("fileName", ""), str(failed.get("errorMessage", "")).rstrip(". ")
            raise ApiError(f"{self._title(name)} was not taken: {reason}.", status=200)

    def _title(self, name: str) -> str:
        return f"{self.kind.title} {name} of {self._data.owner}"

    def _missing(self, name: str) -> NoReturn:
        raise NotFound(f"{self._title(name)} is not there.", status=404)


def _watched(
    pieces: Callable[[], Iterator[bytes]], sent: int, progress: Callable[[int], None]
) -> Callable[[], Iterator[bytes]]:
    """Return what makes the same bytes, and says after each piece how many went out with those before."""

    def make() -> Iterator[bytes]:
        total = sent
        for piece in pieces():
            yield piece
            total += len(piece)
            progress(total)

    return make


def batches(documents: Sequence[Document]) -> Iterator[list[Document]]:
    """Yield the documents in their order, as many at a time as one request may carry."""
    batch: list[Document] = []
    size = 0
    for document in documents:
        if batch and size + document.size > limits.LONGEST_UPLOAD:
            yield batch
            batch, size = [], 0
        batch.append(document)
        size += document.size
    if batch:
        yield batch
