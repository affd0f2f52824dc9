"""Tool permissions: what an agent may do without asking, must ask for, or never does."""

from dataclasses import replace
from typing import Annotated, NotRequired

from pulumi import Input, ResourceOptions
from typing_extensions import Unpack

from pulumi_sre_agent.api.kinds import GLOBAL_TOOL_PERMISSIONS, Json
from pulumi_sre_agent.schema.annotations import Unordered
from pulumi_sre_agent.schema.rules import MAX_PATTERNS, TOOL_PATTERN

from ._core.item_args import AgentItemArgs, item_model
from ._core.model import StackDefaults
from ._core.provider import ItemProvider, Resource

ToolPatterns = Annotated[Input[list[Annotated[Input[str], TOOL_PATTERN]]], Unordered(), MAX_PATTERNS]
"""At most 1,000 of `tool` or `tool(arguments)`, with `*` for anything; their order means nothing."""
LISTS = ("allow", "ask", "deny")


class GlobalToolPermissionsArgs(AgentItemArgs):
    """Arguments of `GlobalToolPermissions`. A list that is left out is empty.

    See docs/reference/data-plane.md#global-settings.
    """

    allow: NotRequired[ToolPatterns]
    """What runs at once, in mode Review too."""
    ask: NotRequired[ToolPatterns]
    """What needs somebody's approval in mode Review."""
    deny: NotRequired[ToolPatterns]
    """What never runs. It goes before what is allowed."""


def _add_empty_lists(inputs: Json, _defaults: StackDefaults) -> None:
    """Say empty lists too, since a write replaces all three: what somebody else put there then shows."""
    for name in LISTS:
        inputs.setdefault(name, [])


class GlobalToolPermissionsProvider(ItemProvider):
    """Pickled into state by this path."""

    model = replace(
        item_model(
            GLOBAL_TOOL_PERMISSIONS, GlobalToolPermissionsArgs, key=None, apply_defaults=_add_empty_lists
        ),
        may_be_hidden=lambda inputs: not any(map(inputs.get, LISTS)),  # empty lists read as none
    )


class GlobalToolPermissions(Resource):
    """The tool permissions of an agent as a whole, of which it has one; deleting them leaves empty lists."""

    provider = GlobalToolPermissionsProvider

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **args: Unpack[GlobalToolPermissionsArgs],
    ) -> None:
        super().__init__(resource_name, args, opts)
