"""`sre-agent explain alerts`: which response plan takes which alerts, and which nobody takes."""

from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.directory_values import Values, with_values
from pulumi_sre_agent.cli.explain.source import Directory, LiveAgent, OfStack, read_inventory
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json, ProjectFolder

EPILOG = epilog(
    "sre-agent explain alerts agents/payments-oncall",
    "sre-agent explain alerts -s prod",
    "sre-agent explain alerts --agent payments-oncall --json",
)


@with_values
def alerts(
    values: Values,
    *,
    directory: Directory = None,
    stack: OfStack = None,
    agent: LiveAgent = None,
    project: ProjectFolder = None,
    json: Json = False,
) -> None:
    """Say which response plan takes which alerts, who handles them, and in which mode.

    Told are the alert rules of a stack, and samples of each priority about whatever the plans tell apart.
    Where several plans match, it is ambiguous, since which of them takes the alert is undefined; where none
    does, nobody but people sees it.
    """
    from pulumi_sre_agent.review.alerts.explain import explain  # noqa: PLC0415 - --help stays quick
    from pulumi_sre_agent.review.alerts.render import as_json, as_text  # noqa: PLC0415 - as above

    agents = explain(read_inventory(directory, stack, agent, project, values))
    if json:
        terminal.result_json(as_json(agents))
    else:
        terminal.result(as_text(agents).removesuffix("\n"))
