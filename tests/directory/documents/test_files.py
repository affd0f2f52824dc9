"""Whatever lies in a directory in the place of a file: told, and never waited for."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from pulumi_sre_agent.directory import DirectoryError, read
from pulumi_sre_agent.directory.diagnostics import DocumentError
from pulumi_sre_agent.directory.documents.files import Files
from support.directories import SKILL, write

PLACES = (
    *("agent.json", "connectors.json", "connectors.secrets.env", "roles.yaml", "admin-settings.json"),
    *("tool-permissions.json", "config/skills/s.yaml", "config/skills/s.md", "automations/hooks/h.json"),
    *("config/skills/s/run.py", "data/a.md", "data/knowledge/a.md", "data/knowledge.json"),
    *("data/synthesized-knowledge/a.md", "data/other.bin"),
)


def told(root: Path) -> list[str]:
    """Return everything that is said of a directory, wrong or only to be read."""
    try:
        return [*map(str, read(root).notes)]
    except DirectoryError as error:
        return [*map(str, error.diagnostics)]


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(path.parent)  # an address has no room for a long path
        try:
            server.bind(path.name)
        finally:
            os.chdir(here)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("make", [os.mkfifo, make_socket])
def test_a_pipe_or_a_socket_is_told_by_its_path(
    tmp_path: Path, make: Callable[[Path], None], place: str
) -> None:
    write(tmp_path, {})
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    make(path)

    assert [line for line in told(tmp_path) if line.startswith(f"{place}:1: ")]


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="there are no such devices here")  # noqa: PTH110
def test_a_device_is_not_read() -> None:
    with pytest.raises(DocumentError, match="zero cannot be opened: it is no regular file"):
        Files(Path("/dev")).bytes("zero")


def test_a_file_that_is_a_link_out_of_the_directory_is_told_by_its_path(tmp_path: Path) -> None:
    """What others may not see is not read into an agent."""
    (tmp_path / "secret.yaml").write_text(SKILL)
    root = write(tmp_path / "agent", {"config/skills/s.yaml": SKILL})
    (root / "config/skills/t.yaml").symlink_to(tmp_path / "secret.yaml")

    assert "config/skills/t.yaml:1: config/skills/t.yaml leads out of the agent directory" in told(root)


def test_a_file_that_is_too_large_is_not_taken_in_whole(tmp_path: Path) -> None:
    write(tmp_path, {"config/skills/s.yaml": SKILL})
    with (tmp_path / "config/skills/s.yaml").open("r+b") as file:
        file.truncate(1 << 40)

    assert told(tmp_path) == ["config/skills/s.yaml:1: config/skills/s.yaml is larger than 32 MB"]


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        (b"config/skills/\xff.yaml", "config/skills/\\xff.yaml"),
        (b"config/skills/a\xe9/run.py", "config/skills/a\\xe9"),
        (b"config/\xff", "config/\\xff"),
        (b"automations/hooks/\xff", "automations/hooks/\\xff"),
        (b"data/knowledge/\xff.md", "data/knowledge/\\xff.md"),
        (b"data/synthesized-knowledge/\xff/a.md", "data/synthesized-knowledge/\\xff"),
    ],
)
def test_a_name_that_is_not_utf_8_is_told_in_a_form_that_can_be_printed(
    tmp_path: Path, place: bytes, shown: str
) -> None:
    path = Path(os.fsdecode(os.fsencode(write(tmp_path, {})) + b"/" + place))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SKILL, "utf-8")
    except OSError:
        pytest.skip("this file system takes only names that are text")

    lines = told(tmp_path)

    assert f"{shown}:1: the name is not UTF-8 text: give it one that is" in lines
    assert "\n".join(lines).encode()


def test_a_directory_of_a_name_that_is_not_utf_8_is_refused_in_printable_words(tmp_path: Path) -> None:
    root = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    try:
        root.mkdir()
    except OSError:
        pytest.skip("this file system takes only names that are text")

    with pytest.raises(DirectoryError) as caught:
        read(write(root, {}))

    assert "xff has 1 fault:\n  agent.json:1: the directory's path is not UTF-8 text" in str(caught.value)
    assert str(caught.value).encode()


def test_a_folder_that_may_not_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path, {"config/skills/s.yaml": SKILL}) / "config/skills"

    def refuse(path: Path) -> object:
        if path == folder:
            raise PermissionError(13, "Permission denied", str(path))
        return iter(())

    monkeypatch.setattr(Path, "iterdir", refuse)

    assert told(tmp_path) == ["config/skills:1: cannot be read: Permission denied"]
