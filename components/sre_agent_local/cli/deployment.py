"""What has to be there before an engine runs on a local stack, and what it leaves behind."""

import json
import os
import socket
import time
from typing import Any

from pulumi_sre_agent.api.errors import SreAgentError, Unavailable
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.options import EngineName
from pulumi_sre_agent.cli.project import Project
from sre_agent_local.cli import engine as engines
from sre_agent_local.cli import processes
from sre_agent_local.cli.azure import LocalAzure
from sre_agent_local.cli.runner import Runner

LOCK_SECONDS = 600.0


def prepare(project: Project, requested: EngineName | None, *, tls: bool = False) -> Runner:
    """Make ready to deploy: engine chosen, local Azure running, plugin installed, stack there.

    Says on stderr what it does.
    """
    address = project.azure_url
    engine = engines.choose_engine(requested)
    running, started = LocalAzure(project).start(tls=tls)
    terminal.note(f"Local Azure: {address} ({'started' if started else 'running'}). Engine: {engine.label}.")
    install_plugin(project)
    runner = Runner(engine, project, engines.environment(project, running))
    _wait_for_others(project)
    _ensure_stack(runner, project)
    return runner


def prepare_reading(project: Project, requested: EngineName | None) -> Runner:
    """Make ready to read the state, which needs no Azure; SreAgentError when there is none."""
    if not project.checkpoint.exists():
        raise SreAgentError(
            f"Stack {project.stack!r} was never deployed here: run `sre-agent local up` first."
        )
    return Runner(engines.choose_engine(requested), project, engines.environment(project, None))


def outputs(runner: Runner, *, show_secrets: bool = False) -> dict[str, Any]:
    """Read the stack's outputs, secrets as `[secret]` unless they are to be shown."""
    flags = ("--show-secrets",) if show_secrets else ()
    outputs: dict[str, Any] = json.loads(runner.read("stack", "output", "--json", *flags))
    return outputs


def install_plugin(project: Project) -> None:
    """Put the stand-in azure-native provider where both engines look for it."""
    from sre_agent_local.azure_native.install import install  # noqa: PLC0415 - --help stays quick

    install(project.pulumi_home)


def _ensure_stack(runner: Runner, project: Project) -> None:
    """Create the stack's state where it is missing.

    The stack file stays as it is: it has its `encryptionsalt`, which is added only where it lacks.
    """
    project.state.mkdir(parents=True, exist_ok=True)
    if not project.checkpoint.exists():
        runner.read("stack", "init")


def _wait_for_others(project: Project) -> None:
    """Wait while another process works on the stack, and remove the locks of processes that were killed."""
    deadline = time.monotonic() + LOCK_SECONDS
    is_waiting = False
    while holder := _lock_holder(project):
        if not is_waiting:
            terminal.note(f"Another run works on this stack (pid {holder}): waiting for it to end.")
            is_waiting = True
        if time.monotonic() > deadline:
            raise Unavailable(
                f"Another run (pid {holder}) still holds stack {project.stack!r}: end it first."
            )
        time.sleep(0.2)


def _lock_holder(project: Project) -> int | None:
    for lock in project.locks.glob("*.json"):
        try:
            content = json.loads(lock.read_text(encoding="utf-8"))
            pid, host = int(content["pid"]), content["hostname"]
        except (OSError, ValueError, KeyError, TypeError):
            continue  # given back meanwhile, or not written to its end: the engine judges it
        if host == socket.gethostname() and pid != os.getpid():
            if processes.is_alive(pid):
                return pid
            lock.unlink(missing_ok=True)
            terminal.note(f"Removed the lock of a run that was killed (pid {pid}).")
    return None
