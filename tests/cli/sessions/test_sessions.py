r"""Each group of commands in a terminal session against the local Azure, to the letter.

Beside this file lies what the terminal shows at each width, with colours (`\e` begins one) and without.
"""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from support import golden
from support import session_seeds as seeds
from support.cli import FakePulumi
from support.operated import Operated
from support.sessions import Terminal

HERE = Path(__file__).parent
SESSIONS: dict[str, list[str]] = yaml.safe_load((HERE / "sessions.yaml").read_text(encoding="utf-8"))
COLOUR = re.compile(r"\\e\[[\d;]*m")
UNBREAKABLE = re.compile(r"\S*(://|/subscriptions/)\S*$|(^\$|[]:]) (sre-agent|az|kubectl) .*$")
"""At the end of a line: an address, an ARM id, or a command to copy."""


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """Make a folder with a short name, so that lines break where they do for people."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.mark.parametrize("columns", [80, 160])
@pytest.mark.parametrize("colours", ["plain", "coloured"])
@pytest.mark.parametrize("session", SESSIONS)
def test_a_session(
    operated: Operated, pulumi: FakePulumi, update: bool, session: str, columns: int, colours: str
) -> None:
    getattr(seeds, session)(operated, pulumi)
    terminal = Terminal(operated, pulumi, columns, coloured=colours == "coloured")
    shown = "\n".join(terminal.type(line) for line in SESSIONS[session])

    file = HERE / "golden" / f"{session}.{columns}.{colours}.txt"
    golden.check(file, shown, update=update)


@pytest.mark.parametrize("file", sorted((HERE / "golden").glob("*.80.*")), ids=lambda file: file.name)
def test_lines_fit_but_for_what_cannot_be_broken(file: Path) -> None:
    lines = [COLOUR.sub("", line) for line in file.read_text(encoding="utf-8").splitlines()]

    assert [line for line in lines if len(line) > 80 and not UNBREAKABLE.search(line)] == []
