"""Terminal sessions: commands typed one after another, and what the terminal shows, the same each time.

What no clock and no seed holds still is replaced here, and nowhere else, by something as wide: ids by
`1d000001` and so on as they appear, times by one time, ports, and the folders of the test. A command may name
an id as the session shows it.
"""

import re
import shlex

from support.cli import FakePulumi
from support.operated import Operated

START = r"(?:\b|(?<=m))"
"""Where a value begins: also right behind what begins a colour."""
ID = re.compile(START + r"(?!00000000)([0-9a-f]{8})((?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?\b")
SHOWN_ID = re.compile(r"\b1d\d{6}\b")
REST = "-0000-0000-0000-000000000000"
ESCAPE = "\x1b"
FIXED = [
    (re.compile(START + r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?= 20\d\d-)"), "Mon"),
    (re.compile(START + r"20\d\d-\d\d-\d\d(?!-)"), "2026-11-30"),
    (re.compile(START + r"\d\d/\d\d/20\d\d\b"), "11/30/2026"),
    (re.compile(START + r"\d\d:\d\d:\d\d\b"), "12:00:00"),
    (re.compile(r"(?<=127\.0\.0\.1:)\d+"), "54321"),
    (re.compile(r"(?<=20\.240\.)\d+(?=\.1\b)"), "10"),
    (re.compile(START + r"\d+\.\d(?= s\.)|(?<=\d of \d  )\d+\.\d"), "0.0"),
    (re.compile(r"(?<=\(pid )\d+"), "4321"),
    (re.compile(r"(?m)^.*\r(?!\n)"), ""),
]
"""What differs from run to run, what is shown for it; and nothing for what a progress line was wiped of."""


class Terminal:
    """A terminal of a width, with colours or without, in which somebody operates a local Azure."""

    def __init__(self, operated: Operated, pulumi: FakePulumi, columns: int, *, coloured: bool) -> None:
        self._operated, self._pulumi = operated, pulumi
        self._look = {
            "COLUMNS": str(columns),
            "NO_COLOR": "" if coloured else "1",
            "FORCE_COLOR": "1" if coloured else "",
            "SRE_AGENT_FORCE_TTY": "1",
        }
        self._ids: dict[str, str] = {}

    def type(self, line: str) -> str:
        """Run a command as it is typed after `sre-agent`; return it and what the terminal shows."""
        words = [SHOWN_ID.sub(self._meant, word) for word in shlex.split(line)]
        ran = self._operated.call(*words, path=self._pulumi.path, **self._look)
        ending = f"[exit {ran.code}]\n" if ran.code else ""
        return f"$ sre-agent {line}\n{self._still(ran.screen)}{ending}"

    def _still(self, text: str) -> str:
        text = text.replace(str(self._operated.root), "/home/ana/toy")
        text = text.replace(str(self._pulumi.home), "/usr/local/bin")
        for pattern, stand_in in FIXED:
            text = pattern.sub(stand_in, text)
        lines = ID.sub(self._shown, text).replace(ESCAPE, r"\e").removesuffix("\n").split("\n")
        return "".join(f"{line.rstrip()}\n" for line in lines)

    def _shown(self, match: re.Match[str]) -> str:
        shown = self._ids.setdefault(match[1], f"1d{len(self._ids) + 1:06}")
        return shown + (REST if match[2] else "")

    def _meant(self, match: re.Match[str]) -> str:
        return next((real for real, shown in self._ids.items() if shown == match[0]), match[0])
