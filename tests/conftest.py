"""Fixtures that every part of the suite shares."""

from collections.abc import Iterator

import pytest

from support.azure import ARM_AUDIENCE, DATA_AUDIENCE, LocalAzure, running


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the previews that are kept as files anew"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with whole deployments: one that came last would keep a single worker busy at the end."""
    items.sort(key=lambda item: item.path.parent.name not in {"stacks", "engine"})


@pytest.fixture(scope="session")
def azure_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    """Run one local Azure per worker; use `azure`, which is empty at the start of each test."""
    with running(tmp_path_factory.mktemp("azure")) as server:
        for audience in (ARM_AUDIENCE, DATA_AUDIENCE):
            server.token(audience)  # here, so that no test finds a login in its log or in the way of a fault
        yield server


@pytest.fixture
def azure(azure_server: LocalAzure) -> LocalAzure:
    """Hand out an empty local Azure whose operations take 0.02 s."""
    azure_server.reset()
    return azure_server
