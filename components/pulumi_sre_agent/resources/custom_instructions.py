"""Custom instructions: what an agent is told for all that it does, in chats and incidents alike."""

from typing import Annotated

from pulumi import Input, ResourceOptions
from typing_extensions import Unpack

from pulumi_sre_agent.api.kinds import CUSTOM_INSTRUCTIONS
from pulumi_sre_agent.schema.annotations import TEXT
from pulumi_sre_agent.schema.rules import PRESENT

from ._core.item_args import AgentItemArgs, item_model
from ._core.provider import ItemProvider, Resource


class CustomInstructionsArgs(AgentItemArgs):
    """Arguments of `CustomInstructions` (docs/reference/data-plane.md#custom-instructions)."""

    instructions: Annotated[Input[str], TEXT, PRESENT]
    """The text, in Markdown. Line ends are written as LF; the service keeps them as CRLF."""


class CustomInstructionsProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(CUSTOM_INSTRUCTIONS, CustomInstructionsArgs, key=None)


class CustomInstructions(Resource):
    """The custom instructions of an agent, which has one set of them; deleting them leaves it without."""

    provider = CustomInstructionsProvider

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[CustomInstructionsArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
