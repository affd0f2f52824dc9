"""`sre-agent lock-plugins`: write down what an agent's plugins have brought, for previews to compare."""

import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from pulumi_sre_agent.cli import completion, terminal
from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli.directory_values import Values, with_values
from pulumi_sre_agent.cli.group import examples
from pulumi_sre_agent.cli.options import ProjectFolder

EPILOG = examples("sre-agent lock-plugins agents/oncall -s prod --agent-id $(pulumi stack output agentId)")


@with_values
def lock_plugins(
    values: Values,
    *,
    directory: Annotated[Path, typer.Argument(metavar="DIRECTORY", help="The agent directory.")],
    agent_id: Annotated[str, typer.Option("--agent-id", metavar="ID", help="ARM id of its agent.")],
    project: ProjectFolder = None,
    stack: Annotated[
        str | None,
        completion.stack_option("A stack whose file says how to log in."),
    ] = None,
) -> None:
    """Write plugins.lock.json: commit and SHA-256 of what each plugin of a directory has brought its agent.

    Asks the agent, logged in as the environment says and what a stack's file has in plain. A deployment then
    refuses other content, and a refresh shows it.
    """
    from pulumi_sre_agent.api.client import Client  # noqa: PLC0415 - --help stays quick
    from pulumi_sre_agent.api.errors import NotFound  # noqa: PLC0415 - as above
    from pulumi_sre_agent.api.kinds import PLUGIN_INSTALLATION  # noqa: PLC0415 - as above
    from pulumi_sre_agent.api.settings import Settings  # noqa: PLC0415 - as above
    from pulumi_sre_agent.directory.formats.plugin_lock import LOCK_FILE, lock_text  # noqa: PLC0415 - as above

    lock = directory / LOCK_FILE
    before = lock.read_bytes() if lock.exists() else None
    lock.unlink(missing_ok=True)  # what it says of plugins that are gone is no fault now
    try:
        plugins = values.read(directory).of(PLUGIN_INSTALLATION)
    finally:
        if before is not None:
            lock.write_bytes(before)
    pins = {}
    config = projects.find(projects.root_of(project), stack).text if stack else lambda _key: None
    with closing(Client(Settings.load(config, os.environ))) as azure:
        installed = azure.items(PLUGIN_INSTALLATION, agent_id, "data")
        for name in (item.name for item in plugins):
            try:
                pin = installed.get(name).get("pin")
            except NotFound:
                pin = None
            if pin is None:
                terminal.note(
                    f"The plugin {name} is not locked: it is not installed, or has brought nothing."
                )
                continue
            pins[name] = {key: value for key, value in pin.items() if value is not None}
    lock.write_text(lock_text(pins), encoding="utf-8")
    terminal.result(f"{lock} says what {len(pins)} of {len(plugins)} plugins have brought.")
