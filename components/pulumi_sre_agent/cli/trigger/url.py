"""`sre-agent trigger url`: where the outside calls."""

from pulumi_sre_agent.api.errors import Unavailable
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.trigger.options import TriggerName

EPILOG = epilog("sre-agent trigger url deployed")


@with_target
def url(trigger: TriggerName, target: Target) -> None:
    """Print the URL that the outside posts to. It takes a token of the agent's data plane, too."""
    with target.open() as agent:
        found = agent.triggers.get(trigger)
    if not found.trigger_url:
        raise Unavailable(f"The service tells no URL of HTTP trigger {trigger}: see it in the portal.")
    terminal.result(found.trigger_url)
