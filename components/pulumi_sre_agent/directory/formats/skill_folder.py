"""A skill in a folder of its own: SKILL.md, whose front matter says what it is, with the files beside it.

See docs/reference/directory-format.md#skills.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from pulumi_sre_agent.directory.diagnostics import DocumentError, Note
from pulumi_sre_agent.directory.documents.document import Document
from pulumi_sre_agent.directory.documents.files import BASES, Files
from pulumi_sre_agent.directory.documents.yaml_file import parse_yaml

SKILL_FILE = "SKILL.md"

_FENCE = "---\n"
_END = re.compile(r"^---[ \t]*$", re.MULTILINE)
_MEMBERS = ("name", "description", "tools")


def skill_files(files: Files, folder: str, referenced: Collection[str]) -> Iterator[str]:
    """Yield the files that are a skill each: they begin with front matter, and no item refers to them."""
    for base in BASES:
        for entry in files.below(f"{base}/{folder}"):
            file = f"{files.name(entry)}/{SKILL_FILE}"
            if files.has(file) and file not in referenced and _has_front_matter(files, file):
                yield file


def parse_skill(files: Files, file: str) -> tuple[Document, list[Note]]:
    """Return a skill as an item's own file would have it, and what of the front matter is not written.

    Its text is the whole file, front matter included, as public scripts send it.

    Raises:
        DocumentError: the file cannot be read, or its front matter is not well-formed YAML.

    """
    front_matter = _END.split(files.text(file).removeprefix(_FENCE), 1)[0]
    document = parse_yaml(file, f"\n{front_matter}")  # the fence is the first line
    if not isinstance(document.value, dict):
        raise DocumentError(1, "the front matter must say name and description")
    folder = file.removesuffix(SKILL_FILE)
    beside = [name for name in map(files.name, files.everything(folder)) if name != file]
    value: dict[str, Any] = {
        **{member: document.value[member] for member in _MEMBERS if member in document.value},
        "skillContent": f"_file:{file}",
        "additionalFiles": [
            {"filePath": name.removeprefix(folder), "content": f"_file:{name}"} for name in beside
        ],
    }
    unwritten = [member for member in document.value if member not in (*_MEMBERS, "metadata")]
    notes = [
        Note(file, document.line((member,)), f"{member!r} of the front matter is not written")
        for member in unwritten
    ]
    return replace(document, value=value), notes


def _has_front_matter(files: Files, file: str) -> bool:
    try:
        return files.text(file).startswith(_FENCE)
    except DocumentError:
        return True  # for all we know: who parses it says what is wrong
