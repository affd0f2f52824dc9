"""`sre-agent explain permissions`: what each actor of an agent may do, and whether it asks first."""

from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.directory_values import Values, with_values
from pulumi_sre_agent.cli.explain.source import Directory, LiveAgent, OfStack, read_inventory
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json, ProjectFolder

EPILOG = epilog(
    "sre-agent explain permissions agents/payments-oncall",
    "sre-agent explain permissions -s prod",
    "sre-agent explain permissions --agent payments-oncall --json",
)


@with_values
def permissions(
    values: Values,
    *,
    directory: Directory = None,
    stack: OfStack = None,
    agent: LiveAgent = None,
    project: ProjectFolder = None,
    json: Json = False,
) -> None:
    """Say which tools each actor of an agent may use, and whether it asks first.

    Actors are the agent in chats, its subagents, response plans, scheduled tasks and HTTP triggers. What
    counts is the mode, the tool policies, hooks that allow, approvals of managed connectors, and which tools
    there are. Where the product's pages contradict each other or say nothing, so does this.
    """
    from pulumi_sre_agent.review.permissions.explain import explain  # noqa: PLC0415 - --help stays quick
    from pulumi_sre_agent.review.permissions.render import as_json, as_text  # noqa: PLC0415 - as above

    agents = explain(read_inventory(directory, stack, agent, project, values))
    if json:
        terminal.result_json(as_json(agents))
    else:
        terminal.result(as_text(agents).removesuffix("\n"))
