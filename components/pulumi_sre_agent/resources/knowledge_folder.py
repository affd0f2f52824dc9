"""A knowledge folder: all files of a folder as knowledge documents, uploaded and indexed together."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NotRequired, cast

from pulumi import Input, ResourceOptions
from pulumi.output import UNKNOWN
from typing_extensions import TypedDict, Unpack

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.collections.document_rules import check_document_size, check_document_type
from pulumi_sre_agent.api.errors import NotFound
from pulumi_sre_agent.api.kinds import KNOWLEDGE_DOCUMENT, KNOWLEDGE_FOLDER, Json
from pulumi_sre_agent.schema.annotations import NoDiff, NotReturned, Rule
from pulumi_sre_agent.schema.normalization import is_unknown
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, error_at, get_path

from ._core.claims import CLAIMS
from ._core.document_rules import DOCUMENT_NAME
from ._core.item_args import NamedItemArgs, item_model
from ._core.item_crud import AlreadyExists, ItemCrud, item_id
from ._core.local_file import fingerprint, possible
from ._core.model import StackDefaults
from ._core.provider import ItemProvider, Resource

if TYPE_CHECKING:
    from pulumi_sre_agent.api.collections.documents import DocumentCollection


def _check_folder(path: str) -> str | None:
    try:
        return None if _file_names(path) else f"must name a folder with files in it, and {path} has none"
    except OSError as error:
        return f"must name a folder that can be read here ({path}: {error.strerror})"


def _file_names(path: str) -> list[str]:
    """Names of the files in a folder, hidden ones and folders in it aside. Raises `OSError`."""
    return sorted(
        file.name for file in Path(possible(path)).iterdir() if file.is_file() and file.name[0] != "."
    )


class FolderDocumentArgs(TypedDict):
    """One file of the folder."""

    content_hash: Input[str]
    """SHA-256 of the file."""
    size: Annotated[Input[int], NotReturned()]
    """Bytes: all that Azure shows of what is in it."""


class KnowledgeFolderArgs(NamedItemArgs):
    """Arguments of `KnowledgeFolder`. Azure knows only the documents in it.

    See docs/reference/data-plane.md#knowledge.
    """

    path: Annotated[Input[str], NoDiff(), NotReturned(), Rule(_check_folder)]
    """Folder of this machine. Each file in it is a document of the same name, at most 16 MB; hidden files and
    folders inside it are not. It may lie elsewhere tomorrow, what counts is what is in it.
    """
    documents: NotRequired[Input[dict[str, Input[FolderDocumentArgs]]]]
    """What is in the folder, by name; the check says it, so that a change of a file shows. Leave it out."""


def _apply_defaults(inputs: Json, _defaults: StackDefaults) -> None:
    path = inputs.get("path")
    inputs.pop("documents", None)
    if is_unknown(path):
        inputs["documents"] = UNKNOWN
    elif isinstance(path, str) and _check_folder(path) is None:
        fingerprints = {name: fingerprint(str(Path(path, name))) for name in _file_names(path)}
        inputs["documents"] = {
            name: {"content_hash": file.content_hash, "size": file.size}
            for name, file in fingerprints.items()
            if file is not None
        }


def _check_documents(inputs: Inputs) -> Iterator[ValidationError]:
    path, documents = get_path(inputs, "path"), get_path(inputs, "documents")
    if not isinstance(path, str) or not isinstance(documents, Mapping):
        return
    for name in set(_file_names(path)) - documents.keys():
        yield error_at(("path", name), "cannot be read here")
    for name, document in documents.items():
        problem = (
            DOCUMENT_NAME.check(name) or check_document_type(name) or check_document_size(document["size"])
        )
        if problem:
            yield error_at(("path", name), problem)


class KnowledgeFolderCrud(ItemCrud):
    """Documents that come and go together: those that changed are sent in as few requests as may be."""

    def create(self, inputs: Json) -> tuple[str, Json]:
        """Upload all files; one of another size that is there is overwritten only by `adopt`."""
        items, documents = self._documents_of(inputs), inputs["documents"]
        if not inputs.get("adopt", False):
            there = items.list()
            for name in documents:
                if name in there and there[name].get("size") != documents[name]["size"]:
                    agent = ArmId(inputs["agent_id"]).name
                    raise AlreadyExists(f"knowledge document {name} of agent {agent}", ["size"])
        _upload(items, inputs, documents)
        return item_id(inputs["agent_id"], self._kind, inputs["name"]), inputs

    def read(self, _id: str, outputs: Mapping[str, Any]) -> tuple[Json, Json] | None:
        """Return what is left of the folder, with the sizes that Azure lists; None where nothing is."""
        ours = self._model.inputs_from_outputs(outputs)
        if "documents" not in ours:
            return ours, dict(outputs)
        try:
            there = self._documents_of(ours).list()
        except NotFound:
            return None
        documents = {
            name: document | {"size": there[name].get("size", document["size"])}
            for name, document in ours["documents"].items()
            if name in there
        }
        inputs = ours | {"documents": documents}
        return (inputs, inputs) if documents else None

    def update(self, _id: str, outputs: Mapping[str, Any], inputs: Json) -> Json:
        """Upload the files that changed, and delete the documents of those that are gone."""
        items, before = (
            self._documents_of(inputs),
            self._model.inputs_from_outputs(outputs).get("documents", {}),
        )
        documents = inputs["documents"]
        _upload(items, inputs, {name: new for name, new in documents.items() if before.get(name) != new})
        removed = document_ids(inputs["agent_id"], before.keys() - documents.keys())
        if unclaimed := CLAIMS.without_claimed(removed):
            items.delete_many(unclaimed)
        return inputs

    def delete(self, _id: str, outputs: Mapping[str, Any]) -> None:
        ours = self._model.inputs_from_outputs(outputs)
        try:
            items = self._documents_of(ours)
        except NotFound:
            return  # the agent is gone, and all that was in it
        there = document_ids(ours["agent_id"], ours.get("documents", {}).keys() & items.list().keys())
        if unclaimed := CLAIMS.without_claimed(there):
            items.delete_many(unclaimed)

    def _documents_of(self, inputs: Mapping[str, Any]) -> "DocumentCollection":
        return cast("DocumentCollection", self._items(inputs))


def document_ids(agent_id: str, names: Iterable[str]) -> dict[str, str]:
    """Return the ids that documents of these names have as resources of their own, by name."""
    return {name: item_id(agent_id, KNOWLEDGE_DOCUMENT, name) for name in names}


def _upload(items: "DocumentCollection", inputs: Json, documents: Json) -> None:
    from pulumi_sre_agent.api.http.bodies import Document  # noqa: PLC0415 - a program only declares resources

    if documents:
        sources = [Document(name, Path(inputs["path"], name)) for name in documents]
        items.wait_until_all_ready(items.upload(sources))


class KnowledgeFolderProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(
        KNOWLEDGE_FOLDER, KnowledgeFolderArgs, _check_documents, apply_defaults=_apply_defaults
    )

    crud_type = KnowledgeFolderCrud

    def claimed_ids(self, inputs: Json) -> list[str]:
        """Hold each document, too: one may have moved here from a `KnowledgeDocument` or another folder."""
        ids, documents = super().claimed_ids(inputs), inputs.get("documents")
        if isinstance(documents, Mapping) and ids:
            ids += document_ids(inputs["agent_id"], documents).values()
        return ids


class KnowledgeFolder(Resource):
    """The files of a folder as documents of an agent: as many as it has, for the wait of one."""

    provider = KnowledgeFolderProvider

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[KnowledgeFolderArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
