"""One plugin process per worker, over the worker's local Azure."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sre_agent_local.azure_native.install import install
from support.azure import LocalAzure
from support.azure_native import Plugin, served, settings, spawned


@pytest.fixture(scope="session")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(tmp_path_factory.mktemp("pulumi-home"))


@pytest.fixture(scope="session")
def process(launcher: Path, azure_server: LocalAzure) -> Iterator[Plugin]:
    with spawned(launcher, azure_server.environ) as plugin:
        plugin.configure(**settings(azure_server))
        yield plugin


@pytest.fixture
def plugin(process: Plugin, azure: LocalAzure) -> Plugin:
    """Hand out a configured plugin over an empty local Azure."""
    process.engine.warnings.clear()
    return process


@pytest.fixture
def unconfigured(azure: LocalAzure, monkeypatch: pytest.MonkeyPatch) -> Iterator[Plugin]:
    """Hand out a plugin that was told nothing yet; it reads the environment of the tests."""
    for name, value in azure.environ.items():
        monkeypatch.setenv(name, value)
    with served() as plugin:
        yield plugin
