"""Fixtures that every part of the suite shares."""

import gc
import os
import signal
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from support import azure as azure_support
from support.azure import ARM_AUDIENCE, DATA_AUDIENCE, LocalAzure
from support.cli import FakePulumi, Folder, call
from support.operated import Operated

TESTS = Path(__file__).parent
LONG = {"stacks", "engine", "upgrade", "recovery"}
"""Folders of whole deployments."""


def pytest_configure() -> None:
    """Let what tests start take Ctrl-C, also where a shell that runs them in the background ignores it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write what is kept as golden files anew")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Collect no garbage among thousands of tests that stay, neither now nor later.

    Of all tests each worker reads another share first: the others find the asserts in it rewritten.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker and session.config.args_source is pytest.Config.ArgsSource.TESTPATHS:
        files = sorted(map(str, TESTS.rglob("test_*.py")))
        start = len(files) * int(worker.removeprefix("gw")) // _workers()
        session.config.args = files[start:] + files[:start]
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with whole deployments, on each worker: one that came last would keep a single worker busy.

    With `--dist worksteal` a worker begins with its share of the items, one after another as they stand here.
    """
    workers = _workers()
    items.sort(key=lambda item: item.path)  # workers have read them in different orders
    longest = [item for item in items if item.get_closest_marker("longest")]
    long = list(dict.fromkeys([*longest, *(item for item in items if item.path.parent.name in LONG)]))
    early = set(long)
    short = iter([item for item in items if item not in early])
    shares = [len(items) // workers + (worker < len(items) % workers) for worker in range(workers)]
    items.clear()
    for worker, share in enumerate(shares):
        first = long[worker::workers]
        items += [*first, *islice(short, share - len(first))]
    items += short


def _workers() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))


@pytest.fixture(scope="session")
def update(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are written, and not compared."""
    return bool(request.config.getoption("--update-golden"))


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


@pytest.fixture
def operated(azure: LocalAzure, tmp_path: Path) -> Operated:
    """Make a project in which commands reach an empty local Azure."""
    return Operated(tmp_path / "project", azure)
