"""Which agent commands mean in a folder and below it, as `sre-agent use` has been told.

Kept for each person, not in the folder: a repository that somebody else wrote chooses nobody's agent.
"""

from pathlib import Path
from typing import NamedTuple

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import own_files

FILE = "folders.json"


class Choice(NamedTuple):
    """An agent, a stack, or both."""

    folder: Path
    """Where it was chosen."""
    agent: str | None = None
    """ARM id."""
    stack: str | None = None
    project: str | None = None
    """Folder of the stack's project."""


def find(start: Path) -> Choice | None:
    """Return what is chosen for a folder: there, or in the nearest one above it."""
    choices = _read()
    for folder in (start.resolve(), *start.resolve().parents):
        if chosen := choices.get(str(folder)):
            return Choice(folder, chosen.get("agent"), chosen.get("stack"), chosen.get("project"))
    return None


def save(choice: Choice) -> None:
    """Choose for a folder, in the place of what was chosen there."""
    chosen = {name: value for name, value in choice._asdict().items() if name != "folder" and value}
    _write(_read() | {str(choice.folder.resolve()): chosen})


def forget(folder: Path) -> bool:
    """Choose nothing for a folder; return whether something was."""
    choices = _read()
    was_there = choices.pop(str(folder.resolve()), None) is not None
    if was_there:
        _write(choices)
    return was_there


def _read() -> dict[str, dict[str, str]]:
    file = own_files.config(FILE)
    choices = own_files.read(file)
    if not all(isinstance(each, dict) for each in choices.values()):
        raise ConfigError(f"{file} holds no choices by folder: remove it, and choose again.")
    return choices


def _write(choices: dict[str, dict[str, str]]) -> None:
    own_files.write(own_files.config(FILE), choices)
