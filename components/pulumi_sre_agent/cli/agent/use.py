"""`sre-agent use`: choose the agent of a folder."""

from pathlib import Path
from typing import Annotated

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import completion, folder_choice, terminal
from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli.folder_choice import Choice
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import ProjectFolder
from pulumi_sre_agent.cli.target import OfStack, Target, describe

EPILOG = epilog(
    "sre-agent use payments-oncall", "sre-agent use -s prod", "sre-agent use", "sre-agent use --clear"
)


def use(
    agent: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME|ID]", help="The agent, by name or ARM id.", autocompletion=completion.agents
        ),
    ] = None,
    stack: OfStack = None,
    project: ProjectFolder = None,
    clear: Annotated[bool, typer.Option("--clear", help="Choose nothing for this folder any more.")] = False,
) -> None:
    """Choose the agent, or the stack whose agent it is, for this folder and those below it.

    Without either, say what is chosen. It is kept in your own `~/.config/sre-agent/folders.json`, by folder:
    nothing is written into the folder itself. `--agent`, `--stack` and `SRE_AGENT` go before it.
    """
    here = Path.cwd()
    if clear:
        if agent or stack:
            raise ConfigError("--clear takes no agent and no stack.")
        is_forgotten = folder_choice.forget(here)
        terminal.note(f"{here} chooses no agent{' any more' if is_forgotten else ''}.")
        return
    if agent or stack:
        folder_choice.save(_choice(here, agent, stack, project))
    chosen = folder_choice.find(here)
    if chosen is None:
        terminal.note(f"Nothing is chosen for {here}.")
        return
    terminal.result_text(_told(chosen))


def _choice(here: Path, agent: str | None, stack: str | None, folder: Path | None) -> Choice:
    """Return what to keep; an agent is looked up, so that only one that is there is chosen."""
    root = projects.find(folder, stack).root if stack else None
    agent_id = None
    if agent:
        target = Target(agent=agent, stack=stack, project=folder)
        with target.client() as client:
            agent_id = client.agent(target.find(client)[0]).get().id
    return Choice(here, agent_id, stack, str(root) if root else None)


def _told(chosen: Choice) -> str:
    agent = [f"agent {describe(chosen.agent)}"] if chosen.agent else []
    stack = [f"stack {chosen.stack!r} of {chosen.project}"] if chosen.stack else []
    return f"{' of '.join([*agent, *stack])}, chosen for {chosen.folder}"
