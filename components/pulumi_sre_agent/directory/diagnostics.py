"""What is wrong with a directory, collected and raised together; and what it leaves to people."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.schema.secrecy import without_config_secrets


@dataclass(frozen=True, order=True)
class Diagnostic:
    """One thing to mend, and where; printed as `file:line: sentence`."""

    file: str
    """Relative to the directory, with forward slashes."""
    line: int
    """Counted from 1; 1 too where a file as a whole is meant."""
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass(frozen=True, order=True)
class Note:
    """Something that a directory says and no deployment does, for people to read, printed as `Diagnostic`."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


class DirectoryError(ConfigError):
    """An agent directory cannot be used; `diagnostics` says all that is wrong, in file order.

    None of it repeats a secret of the stack's config.
    """

    def __init__(self, directory: Path, diagnostics: Iterable[Diagnostic]) -> None:
        self.directory = directory
        masked = (replace(each, reason=without_config_secrets(each.reason)) for each in diagnostics)
        self.diagnostics = tuple(sorted(set(masked)))
        count = "1 fault" if len(self.diagnostics) == 1 else f"{len(self.diagnostics)} faults"
        path = os.fsencode(directory).decode(errors="backslashreplace")
        super().__init__(
            "\n  ".join([f"The agent directory {path} has {count}:", *map(str, self.diagnostics)])
        )


class DocumentError(Exception):
    """Stops the reading of one document; carries the diagnostic that is reported for it."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason
