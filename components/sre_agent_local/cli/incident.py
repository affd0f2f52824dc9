"""`sre-agent local incident`: let incidents fire, and see what becomes of them."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import EXIT_CODES, examples, noun
from pulumi_sre_agent.cli.options import Json, ProjectFolder, Stack
from sre_agent_local.cli.azure import running

app = noun(
    """Let incidents fire, and see which response plan takes them.

    An incident goes the way that it would go in Azure: by the agent's incident platform, then by the
    conditions of its response plans; alerts of one rule join the thread that is there.
    """,
    'sre-agent local incident fire "checkout-latency" --agent payments-oncall --priority Sev2',
    "sre-agent local incident fire --alert checkout-latency",
    "sre-agent local incident list",
    "sre-agent local incident resolve 1f6a2c3d",
)

SHORT = 8
"""Characters of an id in a list, enough to tell incidents apart."""


class Platform(StrEnum):
    """Where an incident comes from."""

    AZURE_MONITOR = "AzMonitor"
    PAGER_DUTY = "PagerDuty"
    SERVICE_NOW = "ServiceNow"


class Resolver(StrEnum):
    """Who has mitigated an incident."""

    AGENT = "agent"
    USER = "user"


@app.command(
    epilog=examples(
        'sre-agent local incident fire "checkout-latency" --agent payments-oncall --priority Sev2',
        'sre-agent local incident fire "Payments down" --platform PagerDuty --priority P1 --service payments',
        "sre-agent local incident fire --alert checkout-latency --json",
    )
    + "\n\n"
    + EXIT_CODES
)
def fire(  # noqa: PLR0913, PLR0917 - the options are the members of an incident
    title: Annotated[
        str | None, typer.Argument(help="Title, or the name of the alert's rule.", show_default=False)
    ] = None,
    agent: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Agent, by name or ARM id. Default: all that it concerns."),
    ] = None,
    alert: Annotated[
        str | None,
        typer.Option(metavar="RULE", help="Alert rule that fires, by name or ARM id, instead of a title."),
    ] = None,
    priority: Annotated[
        str | None,
        typer.Option(
            "--priority", "--severity", help="Sev0 to Sev4, P1 to P5, 1 to 5. Default: Sev3, P1 or 2."
        ),
    ] = None,
    platform: Annotated[
        Platform | None, typer.Option(help="Where it comes from. Default: the agents' incident platform.")
    ] = None,
    service: Annotated[str | None, typer.Option(help="Impacted service.")] = None,
    incident_type: Annotated[
        str | None, typer.Option("--type", help="Incident type, such as major or security.")
    ] = None,
    resource: Annotated[
        str | None, typer.Option(metavar="ARM-ID", help="What an alert of Azure Monitor is about.")
    ] = None,
    description: Annotated[str | None, typer.Option(help="More about it.")] = None,
    project: ProjectFolder = None,
    stack: Stack = "local",
    json: Json = False,
) -> None:
    """Let an incident fire, and say which plan of which agent took it, and in which thread.

    Where several plans match, one of them takes it, as the switch planChoiceSeed draws it, or each, by the
    switch severalPlans: the product leaves that undefined.
    """
    if (title is None) is (alert is None):
        raise ConfigError("Give either the title of an incident or, with --alert, the rule of an alert.")
    given = {
        "title": title,
        "agent": agent,
        "alert": alert,
        "priority": priority,
        "platform": platform.value if platform else None,
        "service": service,
        "incidentType": incident_type,
        "resource": resource,
        "description": description,
    }
    fired = running(project, stack).admin("POST", "incidents", given)
    if json:
        terminal.result_json(fired)
        return
    incident, results = fired["incident"], fired["value"]
    heading = f"{incident['priority']} {incident['title']} ({incident['platform']}) has fired"
    terminal.result(f"{heading}:" if results else f"{heading}: no agent looks at it.")
    for result in results:
        for line in _lines(result):
            terminal.result(f"  {line}")


@app.command(name="list", epilog=examples("sre-agent local incident list --json"))
def list_(project: ProjectFolder = None, stack: Stack = "local", json: Json = False) -> None:
    """List the incidents that agents have taken, oldest first."""
    incidents = running(project, stack).admin("GET", "incidents")["value"]
    if json:
        terminal.result_json(incidents)
    elif incidents:
        rows = [
            (one["id"][:SHORT], one["title"], _name(one["agent"]), one["plan"], one["status"])
            for one in incidents
        ]
        terminal.result_table([("ID", "TITLE", "AGENT", "PLAN", "STATUS"), *rows])
    else:
        terminal.result("No incident was taken.")


@app.command(
    epilog=examples(
        "sre-agent local incident resolve 1f6a2c3d",
        "sre-agent local incident resolve 1f6a2c3d --by agent",
    )
    + "\n\n"
    + EXIT_CODES
)
def resolve(
    incident_id: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="Id of the incident or its thread, or how it begins.", show_default=False
        ),
    ],
    by: Annotated[Resolver, typer.Option(help="Who has mitigated it.")] = Resolver.USER,
    project: ProjectFolder = None,
    stack: Stack = "local",
    json: Json = False,
) -> None:
    """Say that an incident is over; a further alert of its rule then opens it again."""
    azure = running(project, stack)
    resolved = azure.admin("POST", f"incidents/{incident_id}/resolve", {"by": by.value})
    if json:
        terminal.result_json(resolved)
    else:
        terminal.result(f"Resolved {resolved['title']}, mitigated by the {by.value}.")


def _lines(result: dict[str, Any]) -> list[str]:
    """Say what became of an incident at one agent."""
    agent = _name(result["agent"])
    if result["outcome"] == "ignored":
        missed = [f"  {plan}: {reason}" for plan, reason in result["missed"].items()]
        return [f"{agent} ignores it: {result['reason']}.", *missed]
    how = {
        "started": "opened thread",
        "merged": f"is alert {result['alerts']} of thread",
        "reopened": "reopened thread",
    }
    lines = [
        f"{agent}: plan {result['plan']} {how[result['outcome']]} {result['thread']}",
        f"  handled by {result['subagent'] or 'the agent itself'}, {result['mode']}",
    ]
    if len(result["matching"]) > 1:
        lines.append(
            f"  several plans match, which one takes it is undefined: {', '.join(result['matching'])}"
        )
    return lines


def _name(agent_id: str) -> str:
    return agent_id.rsplit("/", 1)[-1]
