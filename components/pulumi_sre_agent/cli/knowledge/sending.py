"""Sending documents, with a bar for those who watch."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pulumi_sre_agent.cli import terminal

if TYPE_CHECKING:
    from pulumi_sre_agent.api.runtime.knowledge import Knowledge, KnowledgeDocument


def send(
    knowledge: "Knowledge", files: Sequence[Path], *, index: bool, wait: bool
) -> "Sequence[KnowledgeDocument]":
    """Upload files, showing on a terminal how far that is. Raises as `Knowledge.upload`."""
    if not sys.stderr.isatty():
        return knowledge.upload(*files, index=index, wait=wait)
    from rich.progress import (  # noqa: PLC0415 - --help stays quick
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TransferSpeedColumn,
    )

    total = sum(file.stat().st_size for file in files if file.exists())
    columns = (TextColumn("{task.description}"), BarColumn(20), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=terminal.rich_console(sys.stderr), transient=True) as bar:
        task = bar.add_task(f"Sending {counted(len(files))}", total=total)

        def progress(sent: int) -> None:
            doing = "Indexing" if wait and index and sent >= total else "Sending"
            bar.update(task, completed=min(sent, total), description=f"{doing} {counted(len(files))}")

        return knowledge.upload(*files, index=index, wait=wait, progress=progress)


def counted(number: int) -> str:
    """Say how many documents."""
    return f"{number} document{'' if number == 1 else 's'}"
