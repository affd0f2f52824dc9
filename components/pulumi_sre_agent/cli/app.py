"""The root of the command line: what holds for every command."""

import sys
from typing import Annotated

import typer

from pulumi_sre_agent.cli.group import EXIT_CODES, SETTINGS, Listed, Table
from pulumi_sre_agent.cli.plugins import PluginGroup

OPERATE = "An agent at work"
DEPLOY = "Deployments"
COMMANDS: Table = {
    "list": Listed(
        OPERATE,
        "pulumi_sre_agent.cli.agent.list:list_agents",
        "List the agents in every subscription that the login may read, through Resource Graph.",
    ),
    "show": Listed(
        OPERATE,
        "pulumi_sre_agent.cli.agent.show:show",
        "Say how an agent is, what it may do, what it reaches, and where it is.",
    ),
    "start": Listed(
        OPERATE, "pulumi_sre_agent.cli.agent.start:start", "Start an agent, and wait until it runs."
    ),
    "stop": Listed(
        OPERATE, "pulumi_sre_agent.cli.agent.stop:stop", "Stop an agent, and wait until it is stopped."
    ),
    "use": Listed(
        OPERATE,
        "pulumi_sre_agent.cli.agent.use:use",
        "Choose the agent, or the stack whose agent it is, for this folder and those below it.",
    ),
    "chat": Listed(
        OPERATE,
        "pulumi_sre_agent.cli.chat:chat",
        "Ask an agent, and see what it does while it does it: its words, tools and commands.",
    ),
    "verify": Listed(
        OPERATE,
        "pulumi_sre_agent.cli.verify:verify",
        "Compare a live agent with what declares it, property by property, and see whether it works.",
    ),
    "rehearse": Listed(
        OPERATE,
        "pulumi_sre_agent.cli.rehearse:rehearse",
        "Run cases against an agent, and see whether it does what it is to do.",
    ),
    "usage": Listed(
        OPERATE,
        "pulumi_sre_agent.cli.agent.usage:usage",
        "Say what an agent has used this month, of which limit, and where that leads by the month's end.",
    ),
    "models": Listed(
        OPERATE,
        "pulumi_sre_agent.cli.agent.models:models",
        "List the models that the agent can have as its default in its region, and which one it has.",
    ),
    "tools": Listed(
        OPERATE,
        "pulumi_sre_agent.cli.agent.tools:tools",
        "List an agent's tools by name: built in, its own and of its connectors, and whether they are on.",
    ),
    "api": Listed(
        OPERATE,
        "pulumi_sre_agent.cli.api:api",
        "Send a request to an agent, or to ARM, and print the answer.",
    ),
    "lock-plugins": Listed(
        DEPLOY,
        "pulumi_sre_agent.cli.lock_plugins:lock_plugins",
        "Write plugins.lock.json: commit and SHA-256 of what each plugin of a directory has brought "
        "its agent.",
    ),
    "apply": Listed(
        DEPLOY,
        "pulumi_sre_agent.cli.apply:apply",
        "Deploy a stack as its reviewed plan says, or say what is in the way before anything is sent.",
    ),
    "drift": Listed(
        DEPLOY,
        "pulumi_sre_agent.cli.drift:drift",
        "Say what somebody has changed in Azure since the last deployment, and who, as far as Azure says.",
    ),
    "recover": Listed(
        DEPLOY,
        "pulumi_sre_agent.cli.recover:recover",
        "Settle the operations that a killed run has left pending in a stack's state.",
    ),
    "report": Listed(
        DEPLOY,
        "pulumi_sre_agent.cli.report:report",
        "Say what a preview means: what is risky in it, why, what to do, and every change, readable.",
    ),
    "lint": Listed(
        DEPLOY,
        "pulumi_sre_agent.cli.lint:lint",
        "Say what is risky in an agent directory, with file and line: rules that need no deployment.",
    ),
    "graph": Listed(
        DEPLOY,
        "pulumi_sre_agent.cli.graph:graph",
        "Draw what starts an agent, who handles it with what, who may use it, as whom it acts, and where.",
    ),
    "approval": Listed(
        OPERATE,
        "pulumi_sre_agent.cli.approval:app",
        "What an agent wants to do and may not yet, across all its threads.",
    ),
    "thread": Listed(
        OPERATE,
        "pulumi_sre_agent.cli.thread:app",
        "An agent's conversations: with people, and about incidents, tasks and triggers.",
    ),
    "task": Listed(
        OPERATE,
        "pulumi_sre_agent.cli.task:app",
        "An agent's scheduled tasks: what it does by itself, and when.",
    ),
    "trigger": Listed(
        OPERATE,
        "pulumi_sre_agent.cli.trigger:app",
        "An agent's HTTP triggers: what the outside starts it with.",
    ),
    "incident": Listed(
        OPERATE,
        "pulumi_sre_agent.cli.incident:app",
        "What an agent has looked into, as it writes to its Application Insights.",
    ),
    "connector": Listed(
        OPERATE,
        "pulumi_sre_agent.cli.connector:app",
        "What an agent is connected to, and what waits for somebody's consent.",
    ),
    "knowledge": Listed(
        OPERATE,
        "pulumi_sre_agent.cli.knowledge:app",
        "Documents that an agent has been given to read, and its clones of repositories.",
    ),
    "explain": Listed(
        DEPLOY,
        "pulumi_sre_agent.cli.explain:app",
        "Say what follows from how an agent is set up: as a stack, a directory or the service has it.",
    ),
}


class Root(PluginGroup):
    """The commands of this package, and of others."""

    table = COMMANDS


app = typer.Typer(
    name="sre-agent",
    cls=Root,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings=SETTINGS,
)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import version  # noqa: PLC0415 - --help stays quick

        sys.stdout.write(f"sre-agent {version('pulumi-sre-agent')}\n")
        raise typer.Exit


@app.callback(epilog=EXIT_CODES)
def root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Azure SRE Agents as code, and at work.

    Start with `sre-agent local up`: it deploys the stack `local` to an Azure that runs on this machine. Real
    environments are deployed with Pulumi itself, as in `pulumi up -s dev`.

    Commands about an agent find it by `--agent` or `--stack`, else by `SRE_AGENT`, else as `sre-agent use`
    was told for the folder, else it is the only one in the subscription.

    Results go to stdout, everything else to stderr. Colours obey NO_COLOR and FORCE_COLOR, widths COLUMNS.
    """
