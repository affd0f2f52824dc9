"""The root of the command line: what holds for every command."""

import sys
from typing import Annotated

import typer

from pulumi_sre_agent.cli import (
    api,
    apply,
    approval,
    chat,
    connector,
    drift,
    explain,
    graph,
    incident,
    knowledge,
    lint,
    lock_plugins,
    recover,
    rehearse,
    report,
    task,
    thread,
    trigger,
    verify,
)
from pulumi_sre_agent.cli.agent import list as list_command
from pulumi_sre_agent.cli.agent import models, show, start, stop, tools, usage, use
from pulumi_sre_agent.cli.group import EXIT_CODES, SETTINGS, lazily
from pulumi_sre_agent.cli.plugins import PluginGroup

app = typer.Typer(
    name="sre-agent",
    cls=PluginGroup,
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


OPERATE = "An agent at work"
DEPLOY = "Deployments"

app.command("list", epilog=list_command.EPILOG, rich_help_panel=OPERATE)(list_command.list_agents)
app.command(epilog=show.EPILOG, rich_help_panel=OPERATE)(show.show)
app.command(epilog=start.EPILOG, rich_help_panel=OPERATE)(start.start)
app.command(epilog=stop.EPILOG, rich_help_panel=OPERATE)(stop.stop)
app.command(epilog=use.EPILOG, rich_help_panel=OPERATE)(use.use)
app.command(epilog=chat.EPILOG, rich_help_panel=OPERATE)(chat.chat)
app.add_typer(lazily(approval.app), name="approval", rich_help_panel=OPERATE)
app.add_typer(lazily(thread.app), name="thread", rich_help_panel=OPERATE)
app.add_typer(lazily(task.app), name="task", rich_help_panel=OPERATE)
app.add_typer(lazily(trigger.app), name="trigger", rich_help_panel=OPERATE)
app.add_typer(lazily(incident.app), name="incident", rich_help_panel=OPERATE)
app.add_typer(lazily(connector.app), name="connector", rich_help_panel=OPERATE)
app.add_typer(lazily(knowledge.app), name="knowledge", rich_help_panel=OPERATE)
app.command(epilog=verify.EPILOG, rich_help_panel=OPERATE)(verify.verify)
app.command(epilog=rehearse.EPILOG, rich_help_panel=OPERATE)(rehearse.rehearse)
app.command(epilog=usage.EPILOG, rich_help_panel=OPERATE)(usage.usage)
app.command(epilog=models.EPILOG, rich_help_panel=OPERATE)(models.models)
app.command(epilog=tools.EPILOG, rich_help_panel=OPERATE)(tools.tools)
app.command(epilog=api.EPILOG, rich_help_panel=OPERATE)(api.api)
app.command(epilog=lock_plugins.EPILOG, rich_help_panel=DEPLOY)(lock_plugins.lock_plugins)
app.command(epilog=apply.EPILOG, rich_help_panel=DEPLOY)(apply.apply)
app.command(epilog=drift.EPILOG, rich_help_panel=DEPLOY)(drift.drift)
app.command(epilog=recover.EPILOG, rich_help_panel=DEPLOY)(recover.recover)
app.command(epilog=report.EPILOG, rich_help_panel=DEPLOY)(report.report)
app.command(epilog=lint.EPILOG, rich_help_panel=DEPLOY)(lint.lint)
app.add_typer(lazily(explain.app), name="explain", rich_help_panel=DEPLOY)
app.command(epilog=graph.EPILOG, rich_help_panel=DEPLOY)(graph.graph)
