r"""Each group of commands in a terminal session against the local Azure, to the letter.

Beside this file lies what the terminal shows at each width, with colours (`\e` begins one) and without.
"""

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


@pytest.mark.parametrize("coloured", [False, True], ids=["plain", "coloured"])
@pytest.mark.parametrize("columns", [80, 160])
@pytest.mark.parametrize("session", SESSIONS)
def test_a_session(
    operated: Operated, pulumi: FakePulumi, update: bool, session: str, columns: int, coloured: bool
) -> None:
    getattr(seeds, session)(operated, pulumi)
    terminal = Terminal(operated, pulumi, columns, coloured=coloured)
    shown = "\n".join(terminal.type(line) for line in SESSIONS[session])

    file = HERE / "golden" / f"{session}.{columns}.{'coloured' if coloured else 'plain'}.txt"
    golden.check(file, shown, update=update)
