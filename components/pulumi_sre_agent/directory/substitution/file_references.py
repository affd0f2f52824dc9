"""File references: long texts of an item, such as a skill's markdown, that live in files of their own."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePosixPath
from posixpath import normpath

from pulumi_sre_agent.api.secrets import SecretStr
from pulumi_sre_agent.directory.diagnostics import DocumentError
from pulumi_sre_agent.directory.documents.document import members
from pulumi_sre_agent.directory.documents.files import Files
from pulumi_sre_agent.directory.substitution.variables import PLACEHOLDER
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

    def resolve(self, file: str, path: FieldPath, written: str, text: str) -> str:
        """Return the text of the file that a value refers to, else the value.

        `written` is the value as the document has it: it refers to a file only as far as that says so, never
        by what prompts and variables have put in.

        `_file:<path>` is relative to the directory and `<kind folder>/<path>` to its `config/`, wherever they
        stand. In `contents`, a bare file name is relative to the item's own file; there a file that is there
        may be called anything, such as `Dockerfile` or `main.tf`.
        """
        candidates = self._candidates(file, path, text) if self._may_refer(path, written) else []
        try:
            return self._content(candidates) if candidates else text
        except DocumentError as error:
            raise DocumentError(1, f"{text!r} refers to no usable file: {error.reason}") from None

    def _may_refer(self, path: FieldPath, written: str) -> bool:
        """Whether a value looks like the name of a file, whatever is put into it."""
        if re.fullmatch(PLACEHOLDER, written):
            return False
        template = re.sub(PLACEHOLDER, "x", written)
        is_content = self._member(path) in self.contents
        return template.startswith(_LEGACY) or bool((_NAME if is_content else _FILE).fullmatch(template))

    def _member(self, path: FieldPath) -> str | None:
        return next(reversed(members(path)), None)

    def _candidates(self, file: str, path: FieldPath, text: str) -> list[str]:
        if isinstance(text, SecretStr):
            return []
        if text.startswith(_LEGACY):
            return [text.removeprefix(_LEGACY)]
        member = self._member(path)
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
