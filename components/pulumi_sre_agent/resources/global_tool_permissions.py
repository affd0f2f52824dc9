"""Tool permissions: what an agent may do without asking, must ask for, or never does."""

from typing import Annotated, NotRequired

from pulumi import Input, ResourceOptions
from typing_extensions import Unpack

from pulumi_sre_agent.api.kinds import GLOBAL_TOOL_PERMISSIONS
from pulumi_sre_agent.schema.annotations import Unordered
from pulumi_sre_agent.schema.rules import MOST_PATTERNS, TOOL_PATTERN

from ._core.item_args import PlacedArgs, item_model
from ._core.model import Defaults, Json
from ._core.provider import ItemProvider, Resource

Patterns = Annotated[Input[list[Annotated[Input[str], TOOL_PATTERN]]], Unordered(), MOST_PATTERNS]
"""At most 1,000 of `tool` or `tool(arguments)`, with `*` for anything; their order means nothing."""
LISTS = ("allow", "ask", "deny")


class GlobalToolPermissionsArgs(PlacedArgs):
    """Arguments of `GlobalToolPermissions` (api.md C.10). A list that is left out is empty."""

    allow: NotRequired[Patterns]
    """What runs at once, in mode Review too."""
    ask: NotRequired[Patterns]
    """What needs somebody's approval in mode Review."""
    deny: NotRequired[Patterns]
    """What never runs. It goes before what is allowed."""


def _say_all(inputs: Json, _defaults: Defaults) -> None:
    """Say empty lists too, since a write replaces all three: what somebody else put there then shows."""
    for name in LISTS:
        inputs.setdefault(name, [])


class GlobalToolPermissionsProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(GLOBAL_TOOL_PERMISSIONS, GlobalToolPermissionsArgs, key=None, fill=_say_all)


class GlobalToolPermissions(Resource, module="sre", name="GlobalToolPermissions"):
    """The tool permissions of an agent as a whole, of which it has one; deleting them leaves empty lists."""

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **args: Unpack[GlobalToolPermissionsArgs],
    ) -> None:
        super().__init__(GlobalToolPermissionsProvider(), resource_name, args, opts)
