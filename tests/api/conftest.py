"""Fixtures of the tests of `api/`."""

import pytest

from support.scripted import Script


@pytest.fixture
def script() -> Script:
    return Script()
