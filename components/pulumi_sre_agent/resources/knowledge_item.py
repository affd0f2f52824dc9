"""A knowledge item: a file, a text or a web page that the portal lists among an agent's knowledge sources."""

import base64
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from pathlib import PurePath
from typing import Annotated, Literal, NotRequired

from pulumi import Input, ResourceOptions
from pulumi.dynamic import CheckResult
from typing_extensions import Unpack

from pulumi_sre_agent.api.collections.document_rules import check_document_size
from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.api.kinds import KNOWLEDGE_ITEM, Json
from pulumi_sre_agent.schema.annotations import TEXT, Immutable, NoDiff, NotReturned
from pulumi_sre_agent.schema.normalization import is_unknown
from pulumi_sre_agent.schema.rules import PRESENT, matches
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, error_at, get_path

from ._core.item_args import NamedItemArgs, item_model
from ._core.local_file import READABLE, fingerprint, open_file
from ._core.model import StackDefaults
from ._core.provider import ItemProvider, Resource

CONTENT_TYPES = {
    "md": "text/markdown",
    "txt": "text/plain",
    "pdf": "application/pdf",
    "json": "application/json",
}
"""By the ending of the file's name (docs/reference/directory-format.md#knowledge)."""
FILE, TEXT_TYPE, WEB_PAGE = "KnowledgeFile", "KnowledgeText", "KnowledgeWebPage"
SOURCES = {FILE: ("path", "content"), TEXT_TYPE: ("content",), WEB_PAGE: ("url",)}
"""Arguments of which an item of a type needs one."""
OTHERS = {FILE: ("file_name", "content_type"), TEXT_TYPE: ("content_type",), WEB_PAGE: ()}
"""Arguments that an item of a type may have besides."""
EXTENDED = ("displayName", "description", "fileName", "contentType", "url")
"""Arguments that stand as they are in `extendedProperties`."""


class KnowledgeItemArgs(NamedItemArgs):
    """Arguments of `KnowledgeItem`. Which of them an item has depends on its `type`.

    See docs/reference/control-plane.md#knowledge-items, docs/reference/data-plane.md#extended-agent-kinds.
    """

    type: NotRequired[
        Annotated[Input[Literal["KnowledgeFile", "KnowledgeText", "KnowledgeWebPage"]], Immutable()]
    ]
    """Default: `KnowledgeWebPage` with a `url`, else `KnowledgeFile`. A change replaces the item."""
    display_name: NotRequired[Input[str]]
    """What the portal calls it. Default: the name."""
    description: NotRequired[Annotated[Input[str], TEXT]]
    """What is in it."""
    content: NotRequired[Annotated[Input[str], NotReturned(), TEXT, PRESENT]]
    """Text of a `KnowledgeText`, or of a `KnowledgeFile` without `path`. Line ends are written as LF."""
    path: NotRequired[Annotated[Input[str], NoDiff(), NotReturned(), READABLE]]
    """File of this machine, at most 16 MB, for a `KnowledgeFile`; what counts is what is in it."""
    content_hash: NotRequired[Annotated[Input[str], NotReturned()]]
    """SHA-256 of the file; the check says it, so that a change of the file shows. Leave it out."""
    file_name: NotRequired[Input[str]]
    """Name of a `KnowledgeFile` with its ending. Default: that in `path`, else the item's name."""
    content_type: NotRequired[Input[str]]
    """Media type of the content. Default: by the ending of the file's name, `text/markdown` for a text."""
    url: NotRequired[
        Annotated[
            Input[str], matches(r"https?://[^/\s]+\S*", "must be an address such as https://example.com/page")
        ]
    ]
    """Address of a `KnowledgeWebPage`."""


def _apply_defaults(inputs: Json, _defaults: StackDefaults) -> None:
    path = inputs.get("path")
    inputs.pop("content_hash", None)
    if isinstance(path, str) and (file := fingerprint(path)):
        inputs["content_hash"] = file.content_hash
    inputs.setdefault("type", WEB_PAGE if "url" in inputs else FILE)
    if "name" in inputs:
        inputs.setdefault("display_name", inputs["name"])
    if inputs["type"] == FILE and not is_unknown(path):
        _name_file(inputs, path)
    if inputs["type"] == TEXT_TYPE:
        inputs.setdefault("content_type", "text/markdown")


def _name_file(inputs: Json, path: object) -> None:
    if isinstance(path, str):
        inputs.setdefault("file_name", PurePath(path).name)
    elif "name" in inputs:
        inputs.setdefault("file_name", inputs["name"])
    name = inputs.get("file_name")
    if isinstance(name, str):
        other = "application/octet-stream" if path is not None else "text/markdown"
        inputs.setdefault("content_type", CONTENT_TYPES.get(PurePath(name).suffix[1:].lower(), other))


def _check_source(inputs: Inputs) -> Iterator[ValidationError]:
    type_ = get_path(inputs, "type")
    if type_ not in SOURCES:
        return
    sources = [name for name in ("path", "content", "url") if get_path(inputs, name) is not None]
    if len([name for name in sources if name in SOURCES[type_]]) != 1:
        yield error_at(
            (), f"a {type_} needs {' or '.join(SOURCES[type_])}{', not both' if len(sources) > 1 else ''}"
        )
    for name in ("path", "content", "url", "file_name", "content_type"):
        if get_path(inputs, name) is not None and name not in SOURCES[type_] + OTHERS[type_]:
            yield error_at((name,), f"is not for a {type_}")


def _check_size(inputs: Inputs) -> Iterator[ValidationError]:
    path, content = get_path(inputs, "path"), get_path(inputs, "content")
    file = fingerprint(path) if isinstance(path, str) else None
    size = file.size if file else len(content.encode()) if isinstance(content, str) else 0
    if problem := check_document_size(size):
        yield error_at(("path" if file else "content",), problem)


def _encode(spec: Json) -> Json:
    extended = {name: spec[name] for name in EXTENDED if name in spec}
    if spec["type"] == TEXT_TYPE:
        extended["content"] = spec["content"]
    elif spec["type"] == FILE:
        content = _read(spec["path"]) if "path" in spec else spec["content"].encode()
        extended["fileContent"] = base64.b64encode(content).decode()
    return {"dataConnectorType": spec["type"], "extendedProperties": extended}


def _read(path: str) -> bytes:
    try:
        with open_file(path) as file:
            return file.read()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from None


def _decode(spec: Json) -> Json:
    extended: Json = spec.get("extendedProperties") or {}
    decoded = {"type": spec.get("dataConnectorType")} | {name: extended.get(name) for name in EXTENDED}
    if extended.get("fileContent") is not None:
        file_content = base64.b64decode(extended["fileContent"])
        return decoded | {
            "content": file_content.decode(errors="replace"),
            "contentHash": hashlib.sha256(file_content).hexdigest(),
        }
    return decoded | {"content": extended.get("content")}


LONGEST_NAME = 32
"""Characters of the name of a connector, which knowledge items are."""


def ascii_name(name: str) -> str:
    """Return a name as the templates clean it: `HTTP 500.md` is `http-500-md`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def name_of_file(file_name: str) -> str:
    """Return the name of a file's item: as the templates have it, with a hash where that loses letters.

    Long ones are shortened as Microsoft's tools do it (docs/reference/control-plane.md#knowledge-items).
    """
    composed = unicodedata.normalize("NFC", file_name.lower())
    name = ascii_name(file_name)
    if any(ord(each) > 127 and unicodedata.category(each)[0] in "LNS" for each in composed):
        name = f"{ascii_name(composed)}-{hashlib.sha256(composed.encode()).hexdigest()[:8]}"
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[:24]}-{hashlib.sha256(name.encode()).hexdigest()[:7]}"


def _keep_former_name(olds: Json, news: Json) -> Json:
    """Let an item that an earlier version deployed have the name that the templates give its file."""
    file_name = news.get("file_name")
    if not isinstance(file_name, str) or olds.get("file_name") != file_name:
        return news
    names = olds.get("name"), news.get("name")
    return {**news, "name": names[0]} if names == (ascii_name(file_name), name_of_file(file_name)) else news


class KnowledgeItemProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(
        KNOWLEDGE_ITEM,
        KnowledgeItemArgs,
        _check_source,
        _check_size,
        apply_defaults=_apply_defaults,
        encode=_encode,
        decode=_decode,
    )

    def check(self, olds: Json, news: Json) -> CheckResult:
        return super().check(olds, _keep_former_name(olds, news))


class KnowledgeItem(Resource):
    """A knowledge item of an agent. It shares its names with the agent's connectors."""

    provider = KnowledgeItemProvider

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[KnowledgeItemArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
