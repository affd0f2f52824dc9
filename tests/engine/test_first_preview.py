"""`up` that previews first, as people run it."""

from pathlib import Path

import pytest

from support.engines import BOTH, Engine, Project

PROGRAM = """
import pulumi
from support.toy import Thing

base = Thing("base", size=1)
Thing("late", size=pulumi.Config().get_int("late"), peer=base.endpoint)
"""


@pytest.mark.parametrize("engine", BOTH)
def test_nothing_is_made_where_the_preview_fails(engine: Engine, tmp_path: Path) -> None:
    project = Project(tmp_path, engine).make(PROGRAM)
    project.configure(late=-1)

    refused = project.fail("up", "--yes")

    assert "must not be negative" in refused.text
    assert project.cloud.things() == {}
