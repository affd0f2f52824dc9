"""`sre-agent show`: what an agent is."""

from typing import TYPE_CHECKING

from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.agent.summary import model, network, state, summary
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target

if TYPE_CHECKING:
    from pulumi_sre_agent.api.runtime.agents import FoundAgent

EPILOG = epilog("sre-agent show", "sre-agent show -s prod --json", "sre-agent show --agent payments-oncall")


@with_target
def show(target: Target, *, json: Json = False) -> None:
    """Say how an agent is, what it may do, what it reaches, and where it is."""
    with target.open() as agent:
        found = agent.get()
    if json:
        terminal.result_json(summary(found))
    else:
        terminal.result_table([row for row in _rows(found) if row[1]])


def _rows(agent: "FoundAgent") -> list[tuple[str, str]]:
    properties = agent.properties
    limit = properties.get("monthlyAgentUnitLimit")
    return [
        ("name", agent.name or ""),
        ("state", state(agent)),
        ("action mode", agent.action_mode or "not told"),
        ("access level", agent.access_level or "not told"),
        ("network", network(agent)),
        ("incident platform", agent.incident_platform or "none"),
        ("model", model(agent)),
        ("upgrade channel", properties.get("upgradeChannel") or ""),
        ("unit limit", f"{limit:,} a month" if isinstance(limit, int) else ""),
        ("location", agent.location or ""),
        ("resource group", agent.resource_group or ""),
        ("subscription", agent.subscription_id or ""),
        ("endpoint", agent.endpoint or "none yet"),
        ("outbound addresses", ", ".join(properties.get("outboundIpAddresses") or [])),
        ("portal", agent.portal_url),
    ]
