"""A knowledge document: a file, or a text, that an agent has indexed and searches."""

from collections.abc import Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING, Annotated, NotRequired

from pulumi import Input, Output, ResourceOptions
from pulumi.output import UNKNOWN
from typing_extensions import Unpack

from pulumi_sre_agent.api.collections.document_rules import check_document_size, check_document_type
from pulumi_sre_agent.api.kinds import KNOWLEDGE_DOCUMENT, Json
from pulumi_sre_agent.schema.annotations import TEXT, ClientOnly, IgnoreCase, Immutable, NoDiff, NotReturned
from pulumi_sre_agent.schema.normalization import is_unknown
from pulumi_sre_agent.schema.rules import PRESENT
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, error_at, get_path

from ._core.document_rules import DOCUMENT_NAME
from ._core.item_args import AgentItemArgs, item_model
from ._core.item_crud import ItemCrud
from ._core.local_file import READABLE, fingerprint
from ._core.model import StackDefaults
from ._core.provider import ItemProvider, Resource

if TYPE_CHECKING:
    from pulumi_sre_agent.api.collections.collection import Collection


class KnowledgeDocumentArgs(AgentItemArgs):
    """Arguments of `KnowledgeDocument`. It is either a file, `path`, or a text, `content`.

    See docs/reference/data-plane.md#knowledge.
    """

    name: NotRequired[Annotated[Input[str], Immutable(), IgnoreCase(), ClientOnly(), DOCUMENT_NAME]]
    """Name among the agent's documents, which are in one flat store, with an ending that tells its type.

    Default: the file's name in `path`. A change replaces the document.
    """
    path: NotRequired[Annotated[Input[str], NoDiff(), NotReturned(), READABLE]]
    """File of this machine, at most 16 MB; it may lie elsewhere tomorrow, what counts is what is in it."""
    content: NotRequired[Annotated[Input[str], NotReturned(), TEXT, PRESENT]]
    """Text, at most 16 MB. Line ends are written as LF."""
    trigger_indexing: NotRequired[Annotated[Input[bool], NotReturned()]]
    """Whether the agent searches it; else it only keeps it. By default it does."""
    content_hash: NotRequired[Annotated[Input[str], NotReturned()]]
    """SHA-256 of the file; the check says it, so that a change of the file shows. Leave it out."""
    size: NotRequired[Annotated[Input[int], NotReturned()]]
    """Bytes; the check says it. All that Azure shows of what is in a document, so an edit by somebody else
    that keeps the size goes unseen. Leave it out.
    """


def _apply_defaults(inputs: Json, _defaults: StackDefaults) -> None:
    path, content = inputs.get("path"), inputs.get("content")
    for computed in ("content_hash", "size"):
        inputs.pop(computed, None)
    if isinstance(path, str):
        inputs.setdefault("name", PurePath(path).name)
        if file := fingerprint(path):
            inputs |= {"content_hash": file.content_hash, "size": file.size}
    elif isinstance(content, str):
        inputs["size"] = len(content.encode())
    elif is_unknown(path) or is_unknown(content):
        inputs["size"] = UNKNOWN


def _check_source(inputs: Inputs) -> Iterator[ValidationError]:
    sources = [name for name in ("path", "content") if get_path(inputs, name) is not None]
    if len(sources) != 1:
        yield error_at(
            (), f"a document needs either path or content, and {'both are' if sources else 'none is'} set"
        )
    if get_path(inputs, "name") is None and "path" not in sources:
        yield error_at(("name",), "is missing, which a document from content needs")


def _check_type_and_size(inputs: Inputs) -> Iterator[ValidationError]:
    name, size = get_path(inputs, "name"), get_path(inputs, "size")
    if isinstance(name, str) and (problem := check_document_type(name)):
        yield error_at(("name",), problem)
    if isinstance(size, int) and (problem := check_document_size(size)):
        yield error_at(("path" if get_path(inputs, "path") is not None else "content",), problem)


class KnowledgeDocumentCrud(ItemCrud):
    """Azure shows of a document what it is called and how long it is, so what is there is written again."""

    def _must_rewrite(self, _items: "Collection", _inputs: Json, _find_existing: Json) -> bool:
        return True


class KnowledgeDocumentProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(
        KNOWLEDGE_DOCUMENT,
        KnowledgeDocumentArgs,
        _check_source,
        _check_type_and_size,
        apply_defaults=_apply_defaults,
    )

    crud_type = KnowledgeDocumentCrud


class KnowledgeDocument(Resource):
    """A document of an agent; creating or changing one waits until it is indexed, within half a minute."""

    provider = KnowledgeDocumentProvider

    size: Output[int]
    """As in the arguments; said here too since a whole number would come back from the engine as a float."""

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[KnowledgeDocumentArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
