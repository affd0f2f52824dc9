"""A machine that gets the real Pulumi later just goes on, and back: both keep the same files."""

from pathlib import Path

import pytest

from support.engines import EMBEDDED, PULUMI, Engine, Project, needs_pulumi, ops
from support.scenarios import LIFE
from support.toy_plugin import install

LEFT = {"kept"}
"""What the second generation leaves in the cloud on purpose."""


@needs_pulumi
@pytest.mark.parametrize(("first", "second"), [(EMBEDDED, PULUMI), (PULUMI, EMBEDDED)], ids=["on", "back"])
def test_one_engine_takes_on_what_the_other_left(first: Engine, second: Engine, tmp_path: Path) -> None:
    """The second engine sees no change in the first one's state, changes it, and the first destroys it."""
    install(tmp_path / "plugin")
    project = Project(tmp_path, first).make(LIFE.program)
    project.succeed("up")
    outputs = project.outputs("--show-secrets")

    project.engine = second
    assert ops(project.preview("--expect-no-changes")) == {}
    assert project.outputs("--show-secrets") == outputs
    project.configure(gen=2)
    project.succeed("up")

    project.engine = first
    assert ops(project.preview("--expect-no-changes")) == {}
    project.succeed("refresh", "--expect-no-changes")
    project.succeed("destroy")
    assert set(project.cloud.things()) - {"guest"} == LEFT


@needs_pulumi
@pytest.mark.parametrize(("source", "target"), [(EMBEDDED, PULUMI), (PULUMI, EMBEDDED)], ids=["on", "back"])
def test_an_export_is_imported(source: Engine, target: Engine, tmp_path: Path) -> None:
    """What one engine exports another takes in, into a stack with another salt, and sees no change."""
    old = Project(tmp_path / "old", source).make(LIFE.program)
    old.succeed("up")
    exported = tmp_path / "state.json"
    old.succeed("stack", "export", "--file", str(exported))
    new = Project(tmp_path / "new", target).make(LIFE.program)
    new.cloud.folder.mkdir(parents=True)
    (old.cloud.folder / "things").rename(new.cloud.folder / "things")

    new.succeed("stack", "import", "--file", str(exported))

    assert ops(new.preview("--expect-no-changes")) == {}
    assert new.outputs("--show-secrets")["pw"] == "hush-1"
    new.succeed("destroy")
