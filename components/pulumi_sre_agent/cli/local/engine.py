"""Which engine deploys, the environment that it runs in, and running it.

The real `pulumi` and the embedded engine take the same arguments and the same environment, so everything here
holds for both.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import typer

from pulumi_sre_agent.api.errors import ConfigError, SreAgentError
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import FAILED, INTERRUPTED
from pulumi_sre_agent.cli.local.azure import Running
from pulumi_sre_agent.cli.options import EngineName
from pulumi_sre_agent.cli.project import Project

PASSPHRASE = "local"  # noqa: S105 - opens nothing but the secrets of a deployment on this machine
INSTALL = "https://www.pulumi.com/docs/install"


@dataclass(frozen=True, kw_only=True)
class Engine:
    """A program that takes Pulumi's verbs."""

    name: EngineName
    argv: tuple[str, ...]
    label: str


def choose(wanted: EngineName | None) -> Engine:
    """Take the engine asked for, else the real `pulumi` where one is on PATH, else the embedded one."""
    found = shutil.which("pulumi")
    if wanted is EngineName.PULUMI and not found:
        raise ConfigError(
            f"There is no `pulumi` on PATH: install the Pulumi CLI ({INSTALL}), or leave --engine away to "
            "use the embedded engine."
        )
    if found and wanted is not EngineName.EMBEDDED:
        return Engine(name=EngineName.PULUMI, argv=(found,), label=f"the Pulumi CLI ({found})")
    why = "asked for" if found else "no `pulumi` on PATH"
    return Engine(
        name=EngineName.EMBEDDED,
        argv=(sys.executable, "-m", "pulumi_sre_agent.local.engine"),
        label=f"the embedded engine ({why})",
    )


def pulumi_variables(project: Project) -> dict[str, str]:
    """Variables that make an engine keep everything in `.local/` and use this Python."""
    venv = Path(sys.prefix)
    variables = {
        "PULUMI_HOME": str(project.pulumi_home),
        "PULUMI_BACKEND_URL": f"file://{project.state}",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "VIRTUAL_ENV": str(venv),
    }
    if not {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"} & set(os.environ):
        variables["PULUMI_CONFIG_PASSPHRASE"] = PASSPHRASE
    return variables


def azure_variables(project: Project, azure: Running) -> dict[str, str]:
    """Variables that log azure-identity, azure-native and this package in to the local Azure."""
    variables = {
        "IDENTITY_ENDPOINT": f"{azure.url}/msi/token",
        "IDENTITY_HEADER": azure.identity_header,
        "ARM_METADATA_HOSTNAME": azure.url,
        "ARM_USE_MSI": "true",
    }
    for key, name in (("subscriptionId", "ARM_SUBSCRIPTION_ID"), ("tenantId", "ARM_TENANT_ID")):
        if value := project.text(f"azure-native:{key}"):
            variables[name] = value
    return variables


def environment(project: Project, azure: Running | None) -> dict[str, str]:
    """Everything that a child process gets."""
    bin_folder = str(Path(sys.prefix) / "bin")
    return {
        **os.environ,
        **pulumi_variables(project),
        **(azure_variables(project, azure) if azure else {}),
        **no_proxy(),
        "PATH": os.pathsep.join([bin_folder, os.environ.get("PATH", os.defpath)]),
    }


def no_proxy() -> dict[str, str]:
    """Keep requests to this machine away from a proxy that the environment names."""
    known = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    hosts = [host for host in known.split(",") if host]
    hosts += [host for host in ("127.0.0.1", "localhost") if host not in hosts]
    return {"NO_PROXY": ",".join(hosts), "no_proxy": ",".join(hosts)}


@dataclass(kw_only=True)
class Outcome:
    """How a run ended."""

    code: int
    """0, 1 or 130."""
    changes: dict[str, int] = field(default_factory=dict)
    """Number of resources by operation, in Pulumi's words: create, update, same …"""
    seconds: float = 0.0

    @property
    def result(self) -> str:
        return {0: "succeeded", INTERRUPTED: "interrupted"}.get(self.code, "failed")

    @property
    def idle(self) -> bool:
        """Whether the engine found nothing to do."""
        return self.code == 0 and not set(self.changes) - {"same", "read"}


class Runner:
    """An engine in a prepared environment, on one stack."""

    def __init__(self, engine: Engine, project: Project, variables: Mapping[str, str]) -> None:
        self.engine, self._project, self._variables = engine, project, variables

    def show(self, *words: str) -> Outcome:
        """Run a verb and let it print for itself."""
        with self._running(words) as (child, interrupted):
            child.wait()
        return Outcome(code=_code(child.returncode, interrupted))

    def follow(self, *words: str, quiet: bool) -> Outcome:
        """Run a verb that deploys; show its steps as they happen, or with `quiet` only what it warns of."""
        flags = ("--json",) if quiet else _colour(self.engine)
        begin = time.monotonic()
        summary = Summary()
        with self._running((*words, *flags), stdout=subprocess.PIPE) as (child, interrupted):
            assert child.stdout is not None  # noqa: S101 - for the type checker: it is a pipe
            for line in child.stdout:
                if quiet:
                    summary.changes.update(_event(line))
                else:
                    sys.stdout.write(line)
                    sys.stdout.flush()
                    summary.read(line)
            child.wait()
        seconds = round(time.monotonic() - begin, 1)
        return Outcome(code=_code(child.returncode, interrupted), changes=summary.changes, seconds=seconds)

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
        child = subprocess.Popen(  # noqa: S603 - the engine chosen above, no shell
            [*self.engine.argv, *words, *where],
            env=dict(self._variables),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            text=True,
            encoding="utf-8",
            errors="replace",
            process_group=0,
        )
        with child, _passing_signals(child) as interrupted:
            yield child, interrupted


@contextmanager
def _passing_signals(child: subprocess.Popen[str]) -> Iterator[list[int]]:
    """Hand signals that would end this process to the child instead: it has state to save."""
    seen: list[int] = []

    def hand_over(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signature of a handler
        seen.append(number)
        child.send_signal(number)

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, hand_over) for number in numbers}
    try:
        yield seen
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _code(returned: int, interrupted: Sequence[int]) -> int:
    if returned == 0:
        return 0
    return INTERRUPTED if interrupted else FAILED


def _colour(engine: Engine) -> tuple[str, ...]:
    """Mention a person's terminal, which the engine cannot see behind its pipe."""
    wanted = engine.name is EngineName.PULUMI and sys.stdout.isatty() and "NO_COLOR" not in os.environ
    return ("--color", "always") if wanted else ()


def _event(line: str) -> dict[str, int]:
    """Read one of Pulumi's engine events: tell warnings and errors, return the changes of the summary."""
    try:
        event: dict[str, Any] = json.loads(line)
    except ValueError:
        terminal.note(line.rstrip())
        return {}
    diagnostic = event.get("diagnosticEvent", {})
    if diagnostic.get("severity") in ("warning", "error"):
        name = str(diagnostic.get("urn", "")).rpartition("::")[2]
        terminal.note(f"{name}: {diagnostic['message'].strip()}".removeprefix(": "))
    return dict(event.get("summaryEvent", {}).get("resourceChanges", {}))


OPERATIONS = {
    "created": "create",
    "updated": "update",
    "replaced": "replace",
    "deleted": "delete",
    "read": "read",
    "unchanged": "same",
}
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
COUNT = re.compile(rf"\s+\S*?\s*(\d+) ({'|'.join(OPERATIONS)})")


class Summary:
    """Reads the numbers of changes out of what an engine prints for people, line by line.

    They stand below `Resources:`, as in `    + 3 created`, `    +-1 replaced`, `    14 unchanged`.
    """

    def __init__(self) -> None:
        self.changes: dict[str, int] = {}
        self._inside = False

    def read(self, line: str) -> None:
        plain = COLOURS.sub("", line).rstrip()
        self._inside = plain == "Resources:" or (self._inside and plain != "")
        if self._inside and (match := COUNT.fullmatch(plain)):
            self.changes[OPERATIONS[match[2]]] = int(match[1])
