"""Running an engine: its output, its exit code, and signals on their way to it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from types import FrameType
from typing import Self

import typer

from pulumi_sre_agent.api.errors import SreAgentError
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import FAILED, INTERRUPTED
from pulumi_sre_agent.cli.interruptions import without_interruptions
from pulumi_sre_agent.cli.options import EngineName
from pulumi_sre_agent.cli.project import Project
from sre_agent_local.cli import run_lock
from sre_agent_local.cli.engine import Engine
from sre_agent_local.cli.engine_output import DiffReader, EventReader, TextReader
from sre_agent_local.cli.guard import Guard
from sre_agent_local.cli.progress import ProgressReader

EXISTING = re.compile(r"cannot create already existing resource '([^']+)'")


@dataclass(kw_only=True)
class RunResult:
    """How a run ended."""

    code: int
    """0, 1 or 130."""
    changes: dict[str, int] | None = None
    """Number of resources by operation, in Pulumi's words (create, same …); None if the run did not say."""
    seconds: float = 0.0
    refused: frozenset[str] = frozenset()
    """Ids of what azure-native would not create, since it exists."""
    errors: list[dict[str, str]] = field(default_factory=list)
    """Of a quiet run, what went wrong: `urn`, empty where it belongs to no resource, and `message`."""

    @property
    def result(self) -> str:
        return {0: "succeeded", INTERRUPTED: "interrupted"}.get(self.code, "failed")

    @property
    def is_idle(self) -> bool:
        """Whether the engine found nothing to do."""
        return self.code == 0 and self.changes is not None and not set(self.changes) - {"same", "read"}


class Runner:
    """An engine in a prepared environment, on one stack."""

    def __init__(self, engine: Engine, project: Project, variables: Mapping[str, str]) -> None:
        self.engine, self.variables, self._project = engine, variables, project

    def show(self, *words: str) -> RunResult:
        """Run a verb that changes nothing and let it print for itself, unless a person watches."""
        if terminal.is_person(sys.stdout) and "--json" not in words:
            return self.follow(*words, quiet=False)
        with self._running(words) as (child, interrupted):
            child.wait()
        return RunResult(code=_exit_code(child.returncode, interrupted))

    def follow(self, *words: str, quiet: bool) -> RunResult:
        """Run a verb that deploys; show its steps as they happen, or with `quiet` only what it warns of."""
        is_person = terminal.is_person(sys.stdout) and not quiet
        flags = ("--json",) if quiet else _display_flags(self.engine, is_person=is_person)
        begin = time.monotonic()
        output = _reader(is_person=is_person, is_diff="--diff" in words, quiet=quiet)
        beside = subprocess.STDOUT if quiet or (is_person and _is_one_terminal()) else None
        refused: set[str] = set()
        with (
            output as reader,
            self._running((*words, *flags), stdout=subprocess.PIPE, stderr=beside) as (child, interrupted),
        ):
            assert child.stdout is not None  # noqa: S101 - for the type checker: it is a pipe
            for line in child.stdout if quiet else without_interruptions(child.stdout):
                reader.read(line)
                refused.update(EXISTING.findall(line))
            child.wait()
        return RunResult(
            code=_exit_code(child.returncode, interrupted),
            changes=reader.changes,
            seconds=round(time.monotonic() - begin, 1),
            refused=frozenset(refused),
            errors=reader.errors,
        )

    def read(self, *words: str) -> str:
        """Run a verb and return what it prints; its failure is raised in its own words."""
        with self._running(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as (child, interrupted):
            printed, complaints = child.communicate()
        if interrupted:
            raise typer.Exit(INTERRUPTED)
        if child.returncode:
            raise SreAgentError(complaints.strip().removeprefix("error: ") or f"`{words[0]}` failed.")
        return printed

    @contextmanager
    def _running(
        self, words: Sequence[str], stdout: int | None = None, stderr: int | None = None
    ) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
        """Start the engine apart from the terminal's Ctrl-C, and pass on each interruption once."""
        where = ("-C", str(self._project.root), "-s", self._project.stack, "--non-interactive")
        with _SignalForwarder() as forwarder:
            child = subprocess.Popen(  # noqa: S603 - the engine chosen above, no shell
                [*self.engine.argv, *words, *where],
                env=dict(self.variables),
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
                pass_fds=run_lock.descriptors(),
            )
            guard = Guard(child.pid)
            run_lock.note_engine(child.pid)
            forwarder.attach(child)
            try:
                with child:
                    yield child, forwarder.signals
            finally:
                guard.dismiss()
        if child.returncode < 0:
            guard.sweep()
            raise SreAgentError(
                f"The engine was ended by {signal.Signals(-child.returncode).name} before it was through: "
                "run the same again, which goes on where it was."
            )


class _SignalForwarder:
    """Hands signals that would end this process to a child instead: it has state to save."""

    def __init__(self) -> None:
        self.signals: list[int] = []
        self._child: subprocess.Popen[str] | None = None

    def attach(self, child: subprocess.Popen[str]) -> None:
        """Pass on to this child from now on, and what came while it was being started."""
        self._child = child
        for number in self.signals:
            child.send_signal(number)

    def __enter__(self) -> Self:
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        self._before = {number: signal.signal(number, self._forward) for number in numbers}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _forward(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - the signature of a handler
        self.signals.append(number)
        if self._child:
            self._child.send_signal(number)


def _exit_code(returned: int, interrupted: Sequence[int]) -> int:
    if returned == 0:
        return 0
    return INTERRUPTED if interrupted else FAILED


def _is_one_terminal() -> bool:
    """Whether what an engine says on stderr would come in between lines that are drawn anew."""
    return sys.stdout.isatty() and sys.stderr.isatty()


def _reader(
    *, is_person: bool, is_diff: bool, quiet: bool
) -> AbstractContextManager[EventReader | TextReader]:
    """Choose what an engine's output is read by, and how it is shown."""
    if is_person and not is_diff:
        return ProgressReader()
    if is_person:
        return nullcontext(DiffReader())
    return nullcontext(EventReader() if quiet else TextReader())


def _display_flags(engine: Engine, *, is_person: bool) -> tuple[str, ...]:
    """Make an engine print as it does for a person, whom it cannot see behind its pipe."""
    colour = ("--color", "always") if sys.stdout.isatty() and "NO_COLOR" not in os.environ else ()
    if engine.name is EngineName.PULUMI:
        return (*colour, "--suppress-progress")
    return (*colour, "--show-status") if is_person else colour
