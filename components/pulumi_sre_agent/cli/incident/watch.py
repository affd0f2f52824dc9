"""`sre-agent incident watch`: incidents that wait for people, as they come and go."""

from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.incident.list import tell
from pulumi_sre_agent.cli.incident.options import Plan, Platform, Since
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target

EPILOG = epilog("sre-agent incident watch", "sre-agent incident watch --platform PagerDuty -s prod")


@with_target
def watch(
    target: Target, *, since: Since = "30d", platform: Platform = None, plan: Plan = None, json: Json = False
) -> None:
    """Show what waits for people, the newest first, until Ctrl-C: `list --waiting --watch` in a word.

    On a terminal the table is drawn anew in its place; elsewhere it is printed whenever it changes.
    """
    tell(target, since, platform, plan, waiting=True, watch=True, json=json)
