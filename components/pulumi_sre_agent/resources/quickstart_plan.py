"""The quickstart plan: the response plan that the service makes when an incident platform is connected."""

from typing import Annotated

from pulumi import Input, ResourceOptions
from typing_extensions import Unpack

from pulumi_sre_agent.api.kinds import QUICKSTART_PLAN
from pulumi_sre_agent.schema.annotations import NotReturned

from ._core.item_args import AgentItemArgs, item_model
from ._core.provider import ItemProvider, Resource


class QuickstartPlanArgs(AgentItemArgs):
    """Arguments of `QuickstartPlan` (docs/reference/product.md#quickstart-plans)."""

    present: Annotated[Input[bool], NotReturned()]
    """Whether it may be there. False deletes it, and again whenever a refresh finds that it came back.

    True leaves it alone, there or not: its content is the service's, which alone can make one. Declare an
    `IncidentFilter` for a plan of your own.
    """


class QuickstartPlanProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(QUICKSTART_PLAN, QuickstartPlanArgs, key=None)


class QuickstartPlan(Resource):
    """Whether an agent keeps the plan that comes with its incident platform, under either of its names.

    Let it depend on the platform: connecting one brings the plan. Creating this overwrites nothing that a
    program could have made, so it never refuses; deleting it leaves things as they are.
    """

    provider = QuickstartPlanProvider

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[QuickstartPlanArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
