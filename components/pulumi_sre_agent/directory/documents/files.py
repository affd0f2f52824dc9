"""The files of one directory, by their path below it with forward slashes."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pulumi_sre_agent.directory.diagnostics import DocumentError
from pulumi_sre_agent.directory.documents.document import decode

BASES = ("config", "automations")
"""Where kind folders lie; each kind is looked for in both, the first one first."""

ITEM_EXTENSIONS = (".yaml", ".yml", ".json")
"""In the order in which they are read."""

MAX_SIZE = 32 * 1024 * 1024
"""Bytes of one file: twice what Azure takes of a document."""


@dataclass(frozen=True)
class Files:
    """Reads files of a directory, and nothing outside it."""

    root: Path

    def bytes(self, file: str) -> bytes:
        """Return a file's content.

        Raises:
            DocumentError: it is not there, cannot be opened, is too large or no file at all, or lies outside
                the directory.

        """
        try:
            path = (self.root / file).resolve()
            if not path.is_relative_to(self.root.resolve()):
                raise DocumentError(1, f"{file} leads out of the agent directory")
            with open(path, "rb", opener=_open) as opened:
                if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                    raise DocumentError(1, f"{file} cannot be opened: it is no regular file")
                data = opened.read(MAX_SIZE + 1)
        except FileNotFoundError:
            raise DocumentError(1, f"there is no {file}") from None
        except OSError as error:
            raise DocumentError(1, f"{file} cannot be opened: {error.strerror}") from None
        except RuntimeError:  # until Python 3.13
            raise DocumentError(1, f"{file} cannot be opened: Too many levels of symbolic links") from None
        if len(data) > MAX_SIZE:
            raise DocumentError(1, f"{file} is larger than {MAX_SIZE // 2**20} MB")
        return data

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
        return sorted(entry for entry in entries if not entry.name.startswith(".") and is_utf8(entry.name))

    def everything(self, folder: str) -> list[Path]:
        """Return all but folders below a folder at any depth, sorted, without hidden ones."""
        return sorted(each for each in self._walk(folder) if is_utf8(str(each.relative_to(self.root))))

    def unreadable_names(self, folder: str) -> Iterator[str]:
        """Yield, in a form that can be printed, what below a folder has a name that is not UTF-8."""
        for each in sorted(self._walk(folder, folders=True)):
            if not is_utf8(each.name):
                yield printable(self.name(each))

    def _walk(self, folder: str, *, folders: bool = False) -> Iterator[Path]:
        path = self.root / folder
        for each in path.rglob("*") if path.is_dir() else ():
            hidden = any(part.startswith(".") for part in each.relative_to(path).parts)
            if not hidden and (folders or not each.is_dir()):
                yield each

    def items(self, kind_folder: str) -> Iterator[str]:
        """Yield the files that hold items of a kind."""
        for base in BASES:
            entries = self.below(f"{base}/{kind_folder}")
            for extension in ITEM_EXTENSIONS:
                yield from (self.name(each) for each in entries if each.suffix.lower() == extension)

    def name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


def _open(name: str, flags: int) -> int:
    """Open a file, and wait for nobody where it turns out to be a pipe."""
    return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))  # Windows has neither flag nor such pipes


def is_utf8(name: str) -> bool:
    """Whether a name is text: where it is not, Python has put half characters in it."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def printable(name: str) -> str:
    r"""Return a name with `\xff` in the place of what is not UTF-8 in it."""
    return os.fsencode(name).decode(errors="backslashreplace")
