"""`sre-agent start`."""

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.target import Target, with_target

EPILOG = epilog("sre-agent start", "sre-agent start -s prod")


@with_target
def start(target: Target) -> None:
    """Start an agent, and wait until it runs."""
    with target.open() as agent:
        agent.start()
        terminal.result(f"{ArmId(agent.id).name} runs.")
