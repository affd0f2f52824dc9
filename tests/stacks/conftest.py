"""The stack `local`, deployed for each test to a local Azure of the worker's."""

from pathlib import Path

import pytest

from support.azure import LocalAzure
from support.deployments import Deployment


@pytest.fixture
def deployment(tmp_path: Path, azure: LocalAzure) -> Deployment:
    """A copy of the project that nothing has been deployed of yet."""
    return Deployment(tmp_path, azure)
