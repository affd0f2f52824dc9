"""The provider process over a local Azure of its own, shared by the tests of a worker.

Nothing is reset in between, since a provider process remembers for seconds what it has seen: tests name
things that no other test knows.
"""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from support import agent_arguments, provider_process
from support import azure as local_azure
from support.azure import LocalAzure
from support.provider_process import EngineLog, ProviderProcess
from support.stack import stack_config


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    """Run the local Azure behind the provider process."""
    with local_azure.running(tmp_path_factory.mktemp("cloud"), operation_seconds=0.02) as server:
        yield server


@pytest.fixture(scope="session")
def engine_log() -> EngineLog:
    """Keep what the provider process tells the engine."""
    return EngineLog()


@pytest.fixture(scope="session")
def providers(cloud: LocalAzure, engine_log: EngineLog) -> Iterator[ProviderProcess]:
    """Run the provider process."""
    with (
        provider_process.listening(engine_log) as engine,
        provider_process.running(stack_config(cloud), cloud.environ, engine) as process,
    ):
        yield process


@pytest.fixture(scope="session")
def agent_id(cloud: LocalAzure) -> str:
    """Make an agent that is there, for things below it, connected to the incident platform of Azure."""
    return cloud.agent("resources", incidentManagementConfiguration={"type": "AzMonitor"})


@pytest.fixture
def fresh() -> str:
    """Make up a name that nothing else has."""
    return f"n{uuid.uuid4().hex[:12]}"


@pytest.fixture
def new_agent_id(cloud: LocalAzure, fresh: str) -> str:
    """Make an agent of which the provider process has seen nothing."""
    return cloud.agent(fresh)


@pytest.fixture(scope="session")
def identities(cloud: LocalAzure) -> tuple[str, str]:
    """Two user-assigned identities."""
    return cloud.identity("id-one")["id"], cloud.identity("id-two")["id"]


@pytest.fixture
def wanted(identities: tuple[str, str], fresh: str) -> agent_arguments.Make:
    """Arguments of an agent with everything set that the preview version knows, with changes."""

    def make(**changes: Any) -> agent_arguments.Json:
        return agent_arguments.arguments(fresh, identities, changes)

    return make
