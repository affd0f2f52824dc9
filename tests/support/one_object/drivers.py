"""What a sequence is played on: the embedded engine's core in this process, or an engine's command line."""

import json
import os
import signal
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from support.azure import LocalAzure
from support.engines import TESTS, Engine, eventually, processes_with
from support.one_object.inline import PROJECT, STACK, InlineStack
from support.one_object.program import MAIN, declare
from support.programs import Program
from support.provider_process import ProviderProcess

Json = dict[str, Any]


@dataclass(frozen=True)
class Ran:
    """How a command went."""

    is_green: bool
    text: str


class Driver(Protocol):
    """A stack, and the commands that its people have."""

    name: str
    has_targets: bool
    """Whether a run can be limited to some resources."""

    def up(self, declared: Json, *, replace: Collection[str] = (), target: Collection[str] = ()) -> Ran: ...
    def killed_up(self, declared: Json, writes: int) -> None:
        """Kill the engine and what it started, after about so many writes."""

    def refresh(self) -> Ran:
        """Read everything; green where nothing was found."""

    def taint(self, urn: str) -> None: ...
    def rename_in_state(self, urn: str, name: str) -> None: ...
    def state(self) -> list[Json]: ...


class InlineDriver:
    """The embedded engine around a program in this process."""

    name, has_targets = "embedded", False

    def __init__(self, folder: Path, azure: LocalAzure, dynamic: ProviderProcess) -> None:
        self._stack = InlineStack(folder, azure, dynamic)
        self._tainted: set[str] = set()

    def up(self, declared: Json, *, replace: Collection[str] = (), target: Collection[str] = ()) -> Ran:
        assert not target
        outcome = self._stack.up(lambda: declare(declared), replace={*replace, *self._tainted})
        if not outcome.has_failed:
            self._tainted.clear()
        return Ran(not outcome.has_failed, "\n".join([*outcome.steps, *outcome.errors]))

    def killed_up(self, declared: Json, writes: int) -> None:
        self._stack.up(lambda: declare(declared), kill_after=writes)

    def refresh(self) -> Ran:
        outcome = self._stack.refresh()
        found = [step for step in outcome.steps if not step.startswith("read ")]
        return Ran(not outcome.has_failed and not found, "\n".join([*found, *outcome.errors]))

    def taint(self, urn: str) -> None:
        """Note it: this engine's state knows of no taint."""
        self._tainted.add(urn)

    def rename_in_state(self, urn: str, name: str) -> None:
        text = json.dumps(self._stack.backend.read())
        new = f"{urn.rpartition('::')[0]}::{name}"
        self._stack.backend.write(json.loads(text.replace(json.dumps(urn), json.dumps(new))))

    def state(self) -> list[Json]:
        found: list[Json] = (self._stack.backend.read() or {}).get("resources") or []
        return found


class CommandDriver:
    """An engine's command line."""

    has_targets = True

    def __init__(self, folder: Path, azure: LocalAzure, engine: Engine) -> None:
        self.name, self._azure = engine.name, azure
        self._stack = Program(folder, azure, MAIN, engine=engine)
        self._stack.environ["PYTHONPATH"] = str(TESTS)

    def up(self, declared: Json, *, replace: Collection[str] = (), target: Collection[str] = ()) -> Ran:
        self._declare(declared)
        flags = [("--replace", urn) for urn in replace] + [("--target", urn) for urn in target]
        return self._run("up", *(part for flag in flags for part in flag))

    def killed_up(self, declared: Json, writes: int) -> None:
        self._declare(declared)
        self._azure.forget_requests()
        running = self._stack.start("up")
        eventually(lambda: running.poll() is not None or self._writes() >= writes, "writes", 60)
        with suppress(ProcessLookupError):
            running.kill()
        running.communicate()
        for pid in processes_with(f"PULUMI_HOME={self._stack.folder / 'home'}"):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._stack.run("cancel", "--yes")
        self._stack.recover()

    def refresh(self) -> Ran:
        return self._run("refresh", "--expect-no-changes")

    def taint(self, urn: str) -> None:
        self._stack.succeed("state", "taint", urn, "--yes")

    def rename_in_state(self, urn: str, name: str) -> None:
        self._stack.succeed("state", "rename", urn, name, "--yes")

    def state(self) -> list[Json]:
        found: list[Json] = self._stack.deployment().get("resources") or []
        return found

    def _declare(self, declared: Json) -> None:
        (self._stack.program_folder / "declared.json").write_text(json.dumps(declared))

    def _run(self, *arguments: str) -> Ran:
        result = self._stack.run(*arguments)
        return Ran(result.code == 0, result.text)

    def _writes(self) -> int:
        return sum(entry["method"] in ("PUT", "POST", "PATCH", "DELETE") for entry in self._azure.requests())


def urn_of(kind: str, name: str) -> str:
    """Return the URN of a resource that the program declares beside its fleet."""
    return f"urn:pulumi:{STACK}::{PROJECT}::pulumi-python:dynamic/sre:{kind}::{name}"
