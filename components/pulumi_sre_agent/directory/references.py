"""File references: long texts of an item, such as a skill's markdown, that live in files of their own."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePosixPath

from pulumi_sre_agent.directory.documents import Document, Where
from pulumi_sre_agent.directory.faults import DocumentError, Fault
from pulumi_sre_agent.directory.files import Files
from pulumi_sre_agent.directory.variables import Secret

TEXT_EXTENSIONS = "md|txt|py|kql|csl|sql|sh|ps1|json|yaml|yml|toml|ini|csv|html|xml|js|ts"
"""What a text file is called; a value that looks like the name of one refers to it."""

_LEGACY = "_file:"
_FILE = re.compile(rf"[\w.@+-]+(?:/[\w.@+-]+)*\.(?:{TEXT_EXTENSIONS})")
_LABELS = frozenset({"name", "filePath", "path", "fileName"})
"""Members that name a file without meaning its content."""


@dataclass(frozen=True)
class References:
    """Reads what a directory's items refer to, and nothing outside the directory."""

    files: Files
    folders: Collection[str]
    """Kind folders below `config/`: a value such as `skills/triage.md` is a reference wherever it stands."""
    contents: frozenset[str]
    """Members that a bare file name, relative to the item's own file, may stand for."""

    def resolve(self, document: Document) -> tuple[Document, list[Fault]]:
        """Replace each reference with the file's text.

        `_file:<path>` is relative to the directory and `<kind folder>/<path>` to its `config/`, wherever they
        stand. In `contents`, a bare file name is relative to the item's own file.
        """
        faults: list[Fault] = []

        def replaced(where: Where, text: str) -> str:
            candidates = self._candidates(document.file, where, text)
            if not candidates:
                return text
            try:
                return self._content(candidates)
            except DocumentError as error:
                faults.append(
                    Fault(
                        document.file,
                        document.line(where),
                        f"{text!r} refers to no usable file: {error.reason}",
                    )
                )
                return text

        return document.map_text(replaced), faults

    def _candidates(self, file: str, where: Where, text: str) -> list[str]:
        if isinstance(text, Secret):
            return []
        if text.startswith(_LEGACY):
            return [text.removeprefix(_LEGACY)]
        members = [step for step in where if isinstance(step, str)]
        if not _FILE.fullmatch(text) or not members or members[-1] in _LABELS:
            return []
        in_config = f"config/{text}"
        if text.partition("/")[0] in self.folders:
            return [in_config]
        beside = str(PurePosixPath(file).parent / text)
        return [beside, in_config] if members[-1] in self.contents else []

    def _content(self, candidates: list[str]) -> str:
        for candidate in candidates:
            if self.files.has(candidate):
                return self.files.text(candidate)
        raise DocumentError(1, f"there is no file {' or '.join(candidates)}")
