"""A common prompt: text that any subagent of an agent can include by name."""

from typing import Annotated

from pulumi import Input, ResourceOptions
from typing_extensions import Unpack

from pulumi_sre_agent.api.kinds import COMMON_PROMPT
from pulumi_sre_agent.schema.annotations import TEXT
from pulumi_sre_agent.schema.rules import PRESENT

from ._core.item_args import ItemArgs, item_model
from ._core.provider import ItemProvider, Resource


class CommonPromptArgs(ItemArgs):
    """Arguments of `CommonPrompt` (docs/reference/data-plane.md#members-by-kind)."""

    prompt: Annotated[Input[str], TEXT, PRESENT]
    """The text. Line ends are written as LF."""


class CommonPromptProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(COMMON_PROMPT, CommonPromptArgs)


class CommonPrompt(Resource):
    """A common prompt of an agent."""

    provider = CommonPromptProvider

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[CommonPromptArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
