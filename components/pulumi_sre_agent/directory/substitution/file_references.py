"""File references: long texts of an item, such as a skill's markdown, that live in files of their own."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePosixPath
from posixpath import normpath

from pulumi_sre_agent.directory.diagnostics import Diagnostic, DocumentError
from pulumi_sre_agent.directory.documents.document import Document, members
from pulumi_sre_agent.directory.documents.files import Files
from pulumi_sre_agent.directory.substitution.variables import SecretStr
from pulumi_sre_agent.schema.validation import FieldPath

TEXT_EXTENSIONS = "md|txt|py|kql|csl|sql|sh|ps1|json|yaml|yml|toml|ini|csv|html|xml|js|ts"
"""What a text file is called; a value that looks like the name of one refers to it."""

_NAME = re.compile(r"[\w.@+ -]+(?:/[\w.@+ -]+)*")
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
    referenced: set[str]
    """Collects the files that something refers to."""

    def resolve(self, document: Document) -> tuple[Document, list[Diagnostic]]:
        """Replace each reference with the file's text.

        `_file:<path>` is relative to the directory and `<kind folder>/<path>` to its `config/`, wherever they
        stand. In `contents`, a bare file name is relative to the item's own file; there a file that is there
        may be called anything, such as `Dockerfile` or `main.tf`.
        """
        diagnostics: list[Diagnostic] = []

        def replaced(path: FieldPath, text: str) -> str:
            candidates = self._candidates(document.file, path, text)
            if not candidates:
                return text
            try:
                return self._content(candidates)
            except DocumentError as error:
                diagnostics.append(
                    Diagnostic(
                        document.file,
                        document.line(path),
                        f"{text!r} refers to no usable file: {error.reason}",
                    )
                )
                return text

        return document.map_text(replaced), diagnostics

    def _candidates(self, file: str, path: FieldPath, text: str) -> list[str]:
        if isinstance(text, SecretStr):
            return []
        if text.startswith(_LEGACY):
            return [text.removeprefix(_LEGACY)]
        member = next(reversed(members(path)), None)
        is_content = member in self.contents
        beside, in_config = str(PurePosixPath(file).parent / text), f"config/{text}"
        if is_content and _NAME.fullmatch(text) and self.files.has(beside):
            return [beside]
        if not _FILE.fullmatch(text) or member is None or member in _LABELS:
            return []
        if text.partition("/")[0] in self.folders:
            return [in_config]
        return [beside, in_config] if is_content else []

    def _content(self, candidates: list[str]) -> str:
        for candidate in candidates:
            if self.files.has(candidate):
                self.referenced.add(normpath(candidate))
                return self.files.text(candidate)
        raise DocumentError(1, f"there is no file {' or '.join(candidates)}")
