"""The power state of an agent: whether it runs."""

from typing import Literal

from pulumi import Input, ResourceOptions
from typing_extensions import Unpack

from pulumi_sre_agent.api.kinds import AGENT_POWER

from ._core.item_args import AgentItemArgs, item_model
from ._core.provider import ItemProvider, Resource


class AgentPowerArgs(AgentItemArgs):
    """Arguments of `AgentPower` (docs/reference/control-plane.md#operations)."""

    state: Input[Literal["Running", "Stopped"]]
    """`Running` or `Stopped`. A stopped agent works on nothing, and its existence costs the same.

    See docs/reference/control-plane.md#units.
    """


class AgentPowerProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(AGENT_POWER, AgentPowerArgs, key=None)


class AgentPower(Resource):
    """Whether an agent runs, which is awaited.

    An agent always has a power state: creating this takes it over, whatever it is, and deleting this leaves
    the agent as it is.
    """

    provider = AgentPowerProvider

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[AgentPowerArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
