"""What has to be there before an engine runs on a local stack, and what it leaves behind."""

import json
from typing import Any

from pulumi_sre_agent.api.errors import SreAgentError
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.options import EngineName
from pulumi_sre_agent.cli.project import Project
from sre_agent_local.cli import engine as engines
from sre_agent_local.cli import hints, run_lock
from sre_agent_local.cli.azure import LocalAzure
from sre_agent_local.cli.runner import Runner


def prepare(project: Project, requested: EngineName | None, *, tls: bool = False) -> Runner:
    """Make ready to deploy: engine chosen, local Azure running, plugin installed, stack there.

    Says on stderr what it does.
    """
    address = project.azure_url
    engine = engines.choose_engine(requested)
    azure = LocalAzure(project)
    if not azure.find():
        terminal.note("Starting the local Azure: ARM, agents and logins, on this machine ...")
    running, started = azure.start(tls=tls)
    terminal.note(f"Local Azure: {address} ({'started' if started else 'running'}).")
    terminal.note(f"Engine: {engine.label}.")
    install_plugin(project)
    make_backend(project)
    runner = Runner(engine, project, engines.environment(project, running))
    engines.require_known_user(engine, runner.variables)
    run_lock.take(project)
    _ensure_stack(runner, project)
    return runner


def prepare_reading(project: Project, requested: EngineName | None) -> Runner:
    """Make ready to read the state, which needs no Azure; SreAgentError when there is none."""
    if not project.checkpoint.exists():
        raise SreAgentError(
            f"Stack {project.stack!r} was never deployed here: "
            f"run `sre-agent local up{hints.stack_option(project)}` first."
        )
    return Runner(engines.choose_engine(requested), project, engines.environment(project, None))


def outputs(runner: Runner, *, show_secrets: bool = False) -> dict[str, Any]:
    """Read the stack's outputs, secrets as `[secret]` unless they are to be shown."""
    flags = ("--show-secrets",) if show_secrets else ()
    outputs: dict[str, Any] = json.loads(runner.read("stack", "output", "--json", *flags))
    return outputs


def install_plugin(project: Project) -> None:
    """Put the stand-in azure-native provider where both engines look for it, and a quick Python beside it."""
    from sre_agent_local import pip_answers  # noqa: PLC0415 - --help stays quick
    from sre_agent_local.azure_native.install import install  # noqa: PLC0415 - as above

    install(project.pulumi_home, project.checkpoint)
    pip_answers.install(project.pulumi_home)


def make_backend(project: Project) -> None:
    """Make the folder of the states, without which the Pulumi CLI does not make a stack."""
    project.state.mkdir(parents=True, exist_ok=True)


def _ensure_stack(runner: Runner, project: Project) -> None:
    """Create the stack's state where it is missing.

    The stack file stays as it is: it has its `encryptionsalt`, which is added only where it lacks.
    """
    if not project.checkpoint.exists():
        try:
            runner.read("stack", "init")
        except SreAgentError:
            if not project.checkpoint.exists():  # an engine without this command may have been first
                raise
