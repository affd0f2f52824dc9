"""What an agent takes as a knowledge document (docs/reference/data-plane.md#knowledge)."""

from pathlib import PurePath

from pulumi_sre_agent.api.limits import LONGEST_DOCUMENT
from pulumi_sre_agent.schema.rules import matches

# fmt: off
TYPES = frozenset((
    "png", "jpg", "jpeg", "gif", "webp", "bmp", "tiff", "tif",
    "txt", "md", "pdf", "docx", "pptx", "xlsx", "doc", "ppt", "xls",
    "json", "csv", "log", "yaml", "yml", "xml", "ini", "conf", "cfg", "config", "properties",
))
# fmt: on
DOCUMENT_NAME = matches(r"[A-Za-z0-9._-]{1,1024}", "must have 1 to 1024 letters, digits, hyphens, _ and .")


def check_document_type(name: str) -> str | None:
    """Answer how a name fails to tell a type that agents read, or None."""
    if PurePath(name).suffix[1:].lower() in TYPES:
        return None
    return f"must end in a type that agents read: .{', .'.join(sorted(TYPES))}"


def check_document_size(size: int) -> str | None:
    if size <= LONGEST_DOCUMENT:
        return None
    return f"must have at most 16 MB, and has {size / 1024 / 1024:.1f}"
