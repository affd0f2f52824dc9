"""`sre-agent stop`."""

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.target import Target, with_target

EPILOG = epilog("sre-agent stop", "sre-agent stop -s prod")


@with_target
def stop(target: Target) -> None:
    """Stop an agent, and wait until it is stopped."""
    with target.open() as agent:
        agent.stop()
        terminal.result(f"{ArmId(agent.id).name} is stopped.")
