"""What a run looks like at a terminal, with either engine: steps that go on, what is done, what was slow.

An engine's rows are like ` ~  pulumi-python:dynamic/sre:Skill triage updating (0s) [diff: ~prompt]; a note`.
"""

import math
import re
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from pulumi_sre_agent.cli import terminal
from sre_agent_local.cli.engine_output import TextReader, name_roles

if TYPE_CHECKING:
    from rich.text import Text

SLOW = 2.0
"""Seconds from which a step is worth a word at the end."""
SLOWEST = 5
"""How many of them get one."""
COMPONENTS = ("pulumi:pulumi:Stack", "sre:index:")
"""How types begin of what takes no time of its own, but that of what is in it."""
PARTS = "(?: replacement| original| for replacement)?"
ROW = re.compile(
    r" (?P<sign>..) (?P<type>[^\s:]+:[^\s:]*:\S+) (?P<name>.+?)"
    r"(?: (?:"
    rf"(?P<doing>(?:creat|updat|delet|replac|read|discard|import|refresh)ing{PARTS}) \(\S+s\)"
    rf"|(?P<done>(?:(?:creat|updat|delet|replac|discard|import|refresh)ed|read){PARTS}) \((?P<time>\S+)s\)"
    rf"|(?P<planned>(?:create|update|delete|replace|read|discard|import){PARTS})(?= |$)"
    r"|\*\*(?P<failed>[a-z ]+ failed)\*\*"
    r"|(?P<running>running)(?= |$)"
    r"))?(?: +(?P<info>.*))?"
)
WAITING = re.compile(r"waiting: (?P<reason>.+?)(?:, (?P<left>\d+) s left)?")
DIFF = re.compile(r"\[diff: [^\]]*\](?:; )?")
STYLES = {"+": "green", "-": "red", "~": "yellow", "<": "cyan", ">": "cyan", "!": "red"}
SHORTEST_NAME = 16
INDENT = "        "


@dataclass(frozen=True)
class _Wait:
    """What is being waited for, and until when where that is known."""

    reason: str
    end: float | None

    def __str__(self) -> str:
        """Say it with what is left; nothing once it is over."""
        if self.end is None:
            return f"waiting: {self.reason}"
        left = self.end - time.monotonic()
        return f"waiting: {self.reason}, {math.ceil(left)}s left" if left > 0 else ""


@dataclass(kw_only=True)
class _Step:
    """A step that goes on."""

    sign: str
    kind: str
    name: str
    doing: str
    is_component: bool
    begin: float
    wait: _Wait | None = None

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.begin


class ProgressReader(TextReader):
    """Shows a person each step in a line while it goes on, and in one when it is done, neither too wide.

    Everything else is wrapped between words. At the end it says which steps took long.
    """

    def __init__(self) -> None:
        super().__init__()
        self._console = terminal.rich_console(sys.stdout)
        self._running: dict[tuple[str, str], _Step] = {}
        self._slow: list[tuple[float, str, str]] = []
        self._done = 0
        self._wait: _Wait | None = None
        """What the whole run waits for."""
        self._begin = time.monotonic()
        self._live = ExitStack()

    def __enter__(self) -> Self:
        if sys.stdout.isatty() and not self._console.is_dumb_terminal:
            from rich.live import Live  # noqa: PLC0415 - --help stays quick

            self._live.enter_context(Live(self, console=self._console, transient=True))
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._live.close()
            self._sum_up()
        except OSError:  # nobody is there any more
            terminal.silence(sys.stdout)

    def __rich_console__(self, *_: object) -> "Iterator[Text]":
        """Draw what goes on now."""
        for step in [*self._running.values()]:
            if not step.is_component:
                status = f"{step.doing} ({format_seconds(step.seconds, least=1)})"
                line = self._line(step.sign, step.kind, step.name, status)
                wait = str(step.wait or "")
                if wait and len(line) + 2 + len(wait) <= self._console.width:
                    line.append(f", {wait}")
                    wait = ""
                yield line
                yield from self._wrapped(self._styled(f"{INDENT}{wait}"))
        so_far = format_seconds(time.monotonic() - self._begin, least=1)
        yield self._styled(f"    {so_far} so far, {self._done} done", "dim")
        yield from self._wrapped(self._styled(f"    {self._wait or ''}", "dim"))

    def show(self, line: str, plain: str) -> None:
        """Print what is told of a step in a line, and whatever else a line says between margins."""
        try:
            row = ROW.fullmatch(terminal.printable(name_roles(plain)))
            if not (row and self._tell(row)):
                self._wrap(name_roles(line))
        except OSError:  # nobody is there any more, and the run goes on
            terminal.silence(sys.stdout)

    def _tell(self, row: re.Match[str]) -> bool:
        """Tell of a step what a row says; return whether the row is about one."""
        key, sign = (row["type"], row["name"]), row["sign"].strip()
        kind, name = row["type"].rpartition(":")[2], row["name"]
        info = row["info"] or ""
        diff = match[0].removesuffix("; ") if (match := DIFF.match(info)) else ""
        message = DIFF.sub("", info, count=1).strip()
        step = self._running.get(key)
        if waiting := WAITING.fullmatch(message):
            left = waiting["left"]
            wait = _Wait(waiting["reason"], time.monotonic() + int(left) if left else None)
            if step and not step.is_component:
                step.wait = wait
            else:
                self._wait = wait
            return True
        if not any(row[group] for group in ("doing", "done", "planned", "failed", "running")) and not step:
            return False
        if row["doing"]:
            self._wait = None
            if not step or step.doing != row["doing"]:
                is_component = row["type"].startswith(COMPONENTS)
                self._running[key] = _Step(
                    sign=sign,
                    kind=kind,
                    name=name,
                    doing=row["doing"],
                    is_component=is_component,
                    begin=time.monotonic(),
                )
        elif not row["running"]:
            self._running.pop(key, None)
            self._finish(row, step, diff)
        if message:
            self._wrap(f"    {name}: {message}")
        return True

    def _finish(self, row: re.Match[str], step: _Step | None, diff: str) -> None:
        kind, name, sign = row["type"].rpartition(":")[2], row["name"], row["sign"].strip()
        self._done += 1
        if step and step.seconds >= SLOW and not step.is_component:
            self._slow.append((step.seconds, kind, name))
        if row["failed"]:
            self._print(self._line("!", kind, name, row["failed"]))
        elif row["done"]:
            seconds = format_seconds(step.seconds) if step else f"{row['time']}s"
            self._print(self._line(sign, kind, name, f"{row['done']} ({seconds})", diff))
        elif row["planned"]:
            self._print(self._line(sign, kind, name, row["planned"], diff))

    def _sum_up(self) -> None:
        """Name the steps that took longest, the slowest first."""
        if not self._slow:
            return
        self._print(self._styled("Slowest steps", "bold"))
        for seconds, kind, name in sorted(self._slow, reverse=True)[:SLOWEST]:
            self._print(self._line("", kind, name, "", before=f"{format_seconds(seconds):>7}  "))
        self._print(self._styled(""))

    def _line(
        self, sign: str, kind: str, name: str, status: str, more: str = "", *, before: str | None = None
    ) -> "Text":
        """Spell a step in one line that fits: what it changes gives way, then the name's middle."""
        before = f" {sign:<2} " if before is None else before
        after = f" {status}" if status else ""
        room = self._console.width - len(before) - len(kind) - 1 - len(after)
        name = _shorten(name, max(room, SHORTEST_NAME))
        line = f"{before}{kind} {name}{after}"
        if more and len(line) + 1 < self._console.width - SHORTEST_NAME:
            line = f"{line} {more}"
            if len(line) > self._console.width:
                line = f"{line[: self._console.width - 1]}…"
        return self._styled(line, STYLES.get(sign[:1], ""))

    def _styled(self, text: str, style: str = "") -> "Text":
        from rich.text import Text  # noqa: PLC0415 - --help stays quick

        return Text(text, style=style, no_wrap=True)

    def _print(self, line: "Text") -> None:
        self._console.print(line, soft_wrap=True)

    def _wrap(self, line: str) -> None:
        """Print a line with its colours, as several where it does not fit."""
        from rich.text import Text  # noqa: PLC0415 - --help stays quick

        text = Text.from_ansi(line.rstrip())
        for part in self._wrapped(text) if text else [text]:
            self._print(part)

    def _wrapped(self, text: "Text") -> "Iterator[Text]":
        """Divide what does not fit between words; it goes on below, as far to the right."""
        indent = len(text.plain) - len(text.plain.lstrip())
        for part in text[indent:].divide(_line_starts(text.plain[indent:], self._console.width - indent)):
            part.rstrip()
            if part:
                yield self._styled(" " * indent) + part


def _line_starts(text: str, most: int) -> list[int]:
    """Return where a text goes on in a new line: before a word, never in one, however long it is."""
    starts, start = [], 0
    for word in re.finditer(r"\S+", text):
        if word.end() - start > most and word.start() > start:
            start = word.start()
            starts.append(start)
    return starts


def format_seconds(seconds: float, *, least: int = 0) -> str:
    """Say how long something took: `0.25s`, `7s`, `1m 05s`; with `least` 1 in whole seconds."""
    if seconds < 1 and not least:
        return f"{seconds:.2f}s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m {rest:02}s" if minutes else f"{rest}s"


def _shorten(name: str, most: int) -> str:
    """Take out the middle of a name: names differ at their ends."""
    if len(name) <= most:
        return name
    head = (most - 1) // 2
    return f"{name[:head]}…{name[len(name) - (most - 1 - head) :]}"
