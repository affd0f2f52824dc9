"""The files of one directory, by their path below it with forward slashes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pulumi_sre_agent.directory.diagnostics import DocumentError
from pulumi_sre_agent.directory.documents.document import decode

BASES = ("config", "automations")
"""Where kind folders lie; each kind is looked for in both, the first one first."""

ITEM_EXTENSIONS = (".yaml", ".yml", ".json")
"""In the order in which they are read."""


@dataclass(frozen=True)
class Files:
    """Reads files of a directory, and nothing outside it."""

    root: Path

    def bytes(self, file: str) -> bytes:
        """Return a file's content.

        Raises:
            DocumentError: it is not there, cannot be opened, or lies outside the directory.

        """
        try:
            path = (self.root / file).resolve()
            if not path.is_relative_to(self.root.resolve()):
                raise DocumentError(1, f"{file} leads out of the agent directory")
            return path.read_bytes()
        except FileNotFoundError:
            raise DocumentError(1, f"there is no {file}") from None
        except OSError as error:
            raise DocumentError(1, f"{file} cannot be opened: {error.strerror}") from None
        except RuntimeError:  # until Python 3.13
            raise DocumentError(1, f"{file} cannot be opened: Too many levels of symbolic links") from None

    def text(self, file: str) -> str:
        return decode(self.bytes(file))

    def has(self, file: str) -> bool:
        try:
            return (self.root / file).is_file()
        except OSError:
            return False  # longer than a file's name can be

    def below(self, folder: str) -> list[Path]:
        """Return what lies in a folder, sorted, without hidden entries; nothing if it is not there."""
        path = self.root / folder
        entries = path.iterdir() if path.is_dir() else ()
        return sorted(entry for entry in entries if not entry.name.startswith("."))

    def everything(self, folder: str) -> list[Path]:
        """Return the files below a folder at any depth, sorted, without hidden ones and hidden folders."""
        path = self.root / folder
        found = path.rglob("*") if path.is_dir() else ()
        return sorted(
            each
            for each in found
            if each.is_file() and not any(part.startswith(".") for part in each.relative_to(path).parts)
        )

    def items(self, kind_folder: str) -> Iterator[str]:
        """Yield the files that hold items of a kind."""
        for base in BASES:
            entries = self.below(f"{base}/{kind_folder}")
            for extension in ITEM_EXTENSIONS:
                yield from (self.name(each) for each in entries if each.suffix.lower() == extension)

    def name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()
