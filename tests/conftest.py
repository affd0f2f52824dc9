"""Fixtures that every part of the suite shares."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support import azure as azure_support
from support.azure import ARM_AUDIENCE, DATA_AUDIENCE, LocalAzure
from support.cli import FakePulumi, Folder, call


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the previews that are kept as files anew"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with whole deployments: one that came last would keep a single worker busy at the end."""
    items.sort(key=lambda item: item.path.parent.name not in {"stacks", "engine", "upgrade"})


@pytest.fixture(scope="session")
def azure_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    """Run one local Azure per worker; use `azure`, which is empty at the start of each test."""
    with azure_support.running(tmp_path_factory.mktemp("azure")) as server:
        for audience in (ARM_AUDIENCE, DATA_AUDIENCE):
            server.token(audience)  # here, so that no test finds a login in its log or in the way of a fault
        yield server


@pytest.fixture
def azure(azure_server: LocalAzure) -> LocalAzure:
    """Hand out an empty local Azure whose operations take 0.02 s."""
    azure_server.reset()
    return azure_server


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
