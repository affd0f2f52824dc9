"""Projects for the command line, with a local Azure of their own, and a `pulumi` that only takes notes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.cli import FakePulumi, Folder, call


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    """Make a project whose local Azure does not run yet, and does not outlive the test."""
    made = Folder(tmp_path / "project")
    yield made
    made.stop()


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folder]:
    """Make a project whose local Azure runs, shared by all tests that leave it running."""
    made = Folder(tmp_path_factory.mktemp("running") / "project")
    started = call(made, "local", "start")
    assert started.code == 0, started.err
    yield made
    made.stop()


@pytest.fixture
def pulumi(tmp_path: Path) -> FakePulumi:
    """Make a fake of the real engine, for `run(…, path=pulumi.path)`."""
    return FakePulumi(tmp_path / "bin")
