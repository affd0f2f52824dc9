"""Reading a directory that a test writes down."""

from pathlib import Path
from typing import Any

import pytest

from pulumi_sre_agent.directory import AgentDirectory, DirectoryError, read
from support.directories import Faults, Files, Read, write


@pytest.fixture
def reads(tmp_path: Path) -> Read:
    """Read a directory that is sound."""

    def reading(files: Files, **options: Any) -> AgentDirectory:
        return read(write(tmp_path, files), **options)

    return reading


@pytest.fixture
def faults(tmp_path: Path) -> Faults:
    """Read a directory that is refused, and return its faults as they are printed."""

    def printed(files: Files, **options: Any) -> list[str]:
        with pytest.raises(DirectoryError) as caught:
            read(write(tmp_path, files), **options)
        return [str(fault) for fault in caught.value.diagnostics]

    return printed
