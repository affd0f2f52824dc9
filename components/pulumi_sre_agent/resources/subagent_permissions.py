"""Subagent permissions: what one subagent may do without asking, besides what the agent may."""

from typing import Annotated

from pulumi import Input, ResourceOptions
from typing_extensions import Unpack

from pulumi_sre_agent.api.kinds import SUBAGENT, SUBAGENT_PERMISSIONS
from pulumi_sre_agent.schema.annotations import ClientOnly, IgnoreCase, Immutable, References
from pulumi_sre_agent.schema.rules import ITEM_NAME

from ._core.item_args import AgentItemArgs, item_model
from ._core.provider import ItemProvider, Resource
from .global_tool_permissions import ToolPatterns


class SubagentPermissionsArgs(AgentItemArgs):
    """Arguments of `SubagentPermissions`.

    See docs/reference/data-plane.md#extended-agent-kinds, docs/reference/data-plane.md#tool-policies.
    """

    subagent: Annotated[Input[str], Immutable(), IgnoreCase(), ClientOnly(), ITEM_NAME, References(SUBAGENT)]
    """Name of the subagent, such as `subagent.name`. A change replaces the permissions."""
    allow: ToolPatterns
    """What runs at once, in mode Review too; what the agent as a whole denies stays denied."""


class SubagentPermissionsProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(SUBAGENT_PERMISSIONS, SubagentPermissionsArgs, key="subagent")


class SubagentPermissions(Resource):
    """The permissions of one subagent.

    Azure takes them and never shows them: a create overwrites, a refresh cannot see what somebody else did,
    and deleting leaves an empty list.
    """

    provider = SubagentPermissionsProvider

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **args: Unpack[SubagentPermissionsArgs],
    ) -> None:
        super().__init__(resource_name, args, opts)
