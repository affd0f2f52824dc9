"""Whether anything that a run depends on has changed since the last that succeeded."""

import hashlib
import os
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from pulumi_sre_agent.cli.project import Project

NOT_PROGRAM = {"__pycache__", "node_modules", "site"}
VENV = "pyvenv.cfg"


def is_as_left(project: Project) -> bool:
    """Whether files of the project, the toolkit and the state are those that `keep` has seen.

    Such a run has nothing new to refuse, so that it needs no preview before it.
    """
    record = _record(project)
    return record.exists() and record.read_text(encoding="utf-8") == _digest(project)


def keep(project: Project) -> None:
    """Remember what a run that succeeded has used and left."""
    _record(project).write_text(_digest(project), encoding="utf-8")


def _record(project: Project) -> Path:
    return project.local / f"{project.stack}.unchanged"


def _digest(project: Project) -> str:
    digest = hashlib.sha256(metadata.version("pulumi-sre-agent").encode())
    for file in (project.checkpoint, *_files(project.root)):
        if file.exists():
            found = file.stat()
            digest.update(repr((str(file), found.st_size, found.st_mtime_ns)).encode())
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    """Yield the project's files, but for hidden folders, environments and what is made from others."""
    for path, folders, files in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and name not in NOT_PROGRAM and not Path(path, name, VENV).exists()
        )
        yield from (Path(path, name) for name in sorted(files))
