"""Fixtures of the tests of `api/`."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from pulumi_sre_agent.api import Client, Settings
from support.azure import LocalAzure
from support.clients import settings_for
from support.scripted import Script


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def settings(azure: LocalAzure, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return settings_for(azure, monkeypatch)


@pytest.fixture
def client(settings: Settings) -> Iterator[Client]:
    with closing(Client(settings)) as azure:
        yield azure
