"""What all kinds under an agent have in common."""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal, NotRequired

from pulumi import Input
from typing_extensions import TypedDict

from pulumi_sre_agent.api.kinds import CONNECTOR, CONNECTOR_V2_MCP_SERVER, SUBAGENT, TOOL, Json, Kind
from pulumi_sre_agent.schema.annotations import (
    ClientOnly,
    IgnoreCase,
    Immutable,
    NoDiff,
    References,
    Unordered,
)
from pulumi_sre_agent.schema.normalization import is_unknown
from pulumi_sre_agent.schema.rules import AGENT_ID, ITEM_NAME, WITHOUT_TRAILING_SLASH
from pulumi_sre_agent.schema.validation import Inputs, KindRule, ValidationError, error_at, get_path

from .model import ItemModel, StackDefaults

HANDLER = References(SUBAGENT, builtin="default|meta_agent")
"""The field names a subagent, or the agent itself."""


def _brings(tool: Any, connector: str) -> bool:
    """Tell whether a tool, or all of them, comes with a connector.

    See docs/reference/control-plane.md#connectors.
    """
    return isinstance(tool, str) and tool.startswith((f"{connector}_", f"{connector}/"))


ToolNames = Annotated[
    Input[list[Input[str]]],
    Unordered(),
    References(TOOL, builtin=r"([A-Z]+[a-z0-9]+)+"),
    References(CONNECTOR, _brings),
    References(CONNECTOR_V2_MCP_SERVER, _brings),
]
"""Names of tools: the agent's own, those of its connectors, and the service's, such as `SearchMemory`."""


class AdoptableArgs(TypedDict):
    """What becomes of an item that is there already."""

    adopt: NotRequired[Annotated[Input[bool], ClientOnly(), NoDiff()]]
    """Whether to take over an item of that name that is there already and make it what the program says.

    Default: false; a create then fails rather than overwrite something that differs.
    """


class AgentItemArgs(AdoptableArgs):
    """Where an item lives."""

    agent_id: Annotated[Input[str], Immutable(), IgnoreCase(), ClientOnly(), WITHOUT_TRAILING_SLASH, AGENT_ID]
    """ARM id of the agent, which is the `id` of `sre.resources.Agent`. A change replaces the item.

    Give the resource `ResourceOptions(deleted_with=agent)` too: Azure deletes an agent with all in it.
    """


class NamedItemArgs(AgentItemArgs):
    """Where an item lives and what it is called."""

    name: Annotated[Input[str], Immutable(), IgnoreCase(), ClientOnly(), ITEM_NAME]
    """Name of the item, unique among its kind in the agent. A change replaces the item.

    One of letter case alone is none: Azure tells no names apart by it, and keeps the first spelling.
    """


class ItemArgs(NamedItemArgs):
    """Where an item lives, what it is called, and how it is written."""

    plane: NotRequired[Annotated[Input[Literal["data", "control"]], ClientOnly()]]
    """Whether to write through the agent's own endpoint (`data`) or through ARM (`control`).

    Default: `sre:plane` of the stack's configuration, else `data`, for connectors `control`. ARM refuses most
    kinds in external tenants; the portal lists only connectors that ARM wrote.
    """


def item_model(
    kind: Kind,
    args: type,
    *rules: KindRule,
    key: str | None = "name",
    apply_defaults: Callable[[Json, StackDefaults], None] = lambda _inputs, _defaults: None,
    encode: Callable[[Json], Json] = lambda spec: spec,
    decode: Callable[[Json], Json] = lambda spec: spec,
    outputs: Callable[[Json], Json] = lambda _spec: {},
) -> ItemModel:
    """Return a kind's model: its row, its arguments, and what it does otherwise than the other kinds."""
    has_plane = "plane" in args.__annotations__

    def apply_all_defaults(inputs: Json, defaults: StackDefaults) -> None:
        if has_plane:
            plane = defaults.plane if defaults.plane in kind.planes else kind.default_plane
            inputs.setdefault("plane", plane)
        apply_defaults(inputs, defaults)

    def plane_exists(inputs: Inputs) -> Iterator[ValidationError]:
        plane = get_path(inputs, "plane")
        if has_plane and not is_unknown(plane) and plane not in kind.planes:
            yield error_at(("plane",), f"must be data: ARM has no {kind.title}")

    return ItemModel(
        title=kind.title,
        args=args,
        kind=kind,
        key=key,
        rules=(plane_exists, *rules),
        apply_defaults=apply_all_defaults,
        encode=encode,
        decode=decode,
        outputs=outputs,
    )
