"""The provider process over a local Azure of its own, shared by the tests of a worker.

Nothing is reset in between, since a provider process remembers for seconds what it has seen: tests name things that
no other test knows.
"""

import sys
import uuid
from collections.abc import Iterator

import pytest
from pulumi import dynamic

from pulumi_sre_agent.resources._item_life import SNAPSHOTS
from support import azure as local_azure
from support import provider_process
from support.azure import LocalAzure
from support.provider_process import ProviderProcess
from support.stack import stack_config


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    """The local Azure behind the provider process."""
    with local_azure.running(tmp_path_factory.mktemp("cloud"), operation_seconds=0.02) as server:
        yield server


@pytest.fixture(scope="session")
def providers(cloud: LocalAzure) -> Iterator[ProviderProcess]:
    """The provider process."""
    with provider_process.running(stack_config(cloud), cloud.environ) as process:
        yield process


@pytest.fixture(scope="session")
def agent_id(cloud: LocalAzure) -> str:
    """An agent that is there, for things below it."""
    return cloud.agent("resources")


@pytest.fixture
def fresh() -> str:
    """A name that nothing else has."""
    return f"n{uuid.uuid4().hex[:12]}"


@pytest.fixture
def new_agent_id(cloud: LocalAzure, fresh: str) -> str:
    """An agent of which the provider process has seen nothing."""
    return cloud.agent(fresh)


@pytest.fixture
def configured(cloud: LocalAzure, monkeypatch: pytest.MonkeyPatch) -> Iterator[dynamic.ConfigureRequest]:
    """What `configure` is given, for providers that a test runs in its own process."""
    for name, value in cloud.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "tracebacklimit", 1000, raising=False)
    SNAPSHOTS.clear()
    yield dynamic.ConfigureRequest(dynamic.Config(stack_config(cloud), "sre-agent"))
    cloud.clear_faults()
