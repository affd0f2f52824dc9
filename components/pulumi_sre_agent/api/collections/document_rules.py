"""What an agent takes as a knowledge document (docs/reference/data-plane.md#knowledge)."""

import re
from collections.abc import Iterable
from pathlib import PurePath
from typing import TYPE_CHECKING

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.api.limits import LONGEST_DOCUMENT

if TYPE_CHECKING:
    from pulumi_sre_agent.api.http.bodies import Document

# fmt: off
TYPES = frozenset((
    "png", "jpg", "jpeg", "gif", "webp", "bmp", "tiff", "tif",
    "txt", "md", "pdf", "docx", "pptx", "xlsx", "doc", "ppt", "xls",
    "json", "csv", "log", "yaml", "yml", "xml", "ini", "conf", "cfg", "config", "properties",
))
# fmt: on


def check_document_name(name: str) -> str | None:
    """Answer how a name fails to be one, or None."""
    if re.fullmatch(r"[A-Za-z0-9._-]{1,1024}", name):
        return None
    return "must have 1 to 1024 letters, digits, hyphens, _ and ."


def check_document_type(name: str) -> str | None:
    """Answer how a name fails to tell a type that agents read, or None."""
    if PurePath(name).suffix[1:].lower() in TYPES:
        return None
    return f"must end in a type that agents read: .{', .'.join(sorted(TYPES))}"


def check_document_size(size: int) -> str | None:
    if size <= LONGEST_DOCUMENT:
        return None
    return f"must have at most 16 MB, and has {size / 1024 / 1024:.1f}"


def check_documents(documents: "Iterable[Document]") -> None:
    """Raise `ConfigError` for the first that an agent would not take, and for two of one name."""
    sources: dict[str, object] = {}
    for document in documents:
        name = document.name
        problem = check_document_name(name) or check_document_type(name)
        if problem := problem or check_document_size(document.size):
            raise ConfigError(f"{document.source!s}, as a knowledge document, {problem}.")
        if name.lower() in sources:
            raise ConfigError(
                f"{sources[name.lower()]} and {document.source!s} would both be the document {name}: "
                "rename one of them, since an agent's documents are in one flat store."
            )
        sources[name.lower()] = document.source
