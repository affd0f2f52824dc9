"""What is wrong with a directory, collected and raised together; and what it leaves to people."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pulumi_sre_agent.api.errors import ConfigError


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
    """Something that a directory says and no deployment does, for people to read; printed as a fault is."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


class DirectoryError(ConfigError):
    """An agent directory cannot be used; `faults` says everything that is wrong with it, in file order."""

    def __init__(self, directory: Path, faults: Iterable[Diagnostic]) -> None:
        self.directory = directory
        self.faults = tuple(sorted(set(faults)))
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        super().__init__(
            "\n  ".join([f"The agent directory {directory} has {count}:", *map(str, self.faults)])
        )


class DocumentError(Exception):
    """Stops the reading of one document; carries the fault that is reported for it."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason
