"""The engine's core with a provider of its own, in one process."""

from pathlib import Path

import pytest

from support.rig import Rig


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)
