"""What an agent knows and can do, as its directory says: a resource per item, in the order they need."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Input, Output, Resource, ResourceOptions
from typing_extensions import TypedDict

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.kinds import CONNECTOR, REPO, SKILL, TOOL
from pulumi_sre_agent.directory import Item, Secret

if TYPE_CHECKING:
    from pulumi_sre_agent.directory import AgentDirectory

Key = tuple[str, str]
"""Kind and name, such as `("Skill", "triage")`."""


class ExtensionsArgs(TypedDict):
    """What to put into which agent."""

    agent_id: Input[str]
    """ARM id of the agent."""
    directory: Any
    """An `AgentDirectory`, as `sre.directory.read` returns it."""


class Extensions(ComponentResource):
    """Everything below an agent that a directory describes.

    An item waits for those that it names and for nothing else; the rest goes in parallel. With
    `deleted_with=<the agent>` in the options, items that vanish with their agent are not deleted one by one.
    """

    def __init__(self, name: str, args: ExtensionsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("sre:index:Extensions", name, None, opts)
        directory: AgentDirectory = args["directory"]
        made: dict[Key, Resource] = {}
        for item, needed in in_order(directory.items):
            made[key(item)] = _resource_class(item)(
                f"{name}-{item.name}",
                ResourceOptions(
                    parent=self,
                    depends_on=[made[one] for one in needed],
                    deleted_with=opts.deleted_with if opts else None,
                ),
                agent_id=args["agent_id"],
                **{name: guarded(value) for name, value in item.args.items()},
            )
        self.register_outputs({})


def key(item: Item) -> Key:
    return item.kind.name, item.name


def in_order(items: Iterable[Item]) -> Iterator[tuple[Item, list[Key]]]:
    """Yield every item after those that it names, together with them; what names nothing keeps its place."""
    waiting = {key(item): item for item in items}
    needs = {one: needed(item, waiting) for one, item in waiting.items()}
    done: set[Key] = set()

    def settle(one: Key) -> Iterator[tuple[Item, list[Key]]]:
        if one in done:
            return
        done.add(one)
        for other in needs[one]:
            yield from settle(other)
        yield waiting[one], needs[one]

    for one in waiting:
        yield from settle(one)


def needed(item: Item, others: Iterable[Key]) -> list[Key]:
    """Return the items of the same directory that one names; what only Azure knows is not among them."""
    names = set(_named(item))
    return [other for other in others if other != key(item) and _is_named(other, names)]


def _named(item: Item) -> Iterator[Key]:
    """Yield what an item's fields point to, by the kind that each field means."""
    args = item.args
    if item.kind is TOOL:
        yield CONNECTOR.name, str(args.get("connector", ""))
    elif item.kind is SKILL:
        for tool in args.get("tools", ()):
            yield TOOL.name, str(tool)
    elif item.kind is REPO:
        yield CONNECTOR.name, str(args.get("auth_connector_name", ""))


def _is_named(other: Key, names: set[Key]) -> bool:
    """Tell whether an item is meant: by its name, or a connector by a tool that it brings (api.md A.11)."""
    if other in names:
        return True
    kind, name = other
    tools = (tool for called, tool in names if called == TOOL.name)
    return kind == CONNECTOR.name and any(tool.startswith((f"{name}_", f"{name}/")) for tool in tools)


def _resource_class(item: Item) -> Any:
    return getattr(resources, item.kind.name)


def guarded(value: Any) -> Any:
    """Make Pulumi secrets of the texts that came from variables."""
    match value:
        case Secret():
            return Output.secret(str(value))
        case Mapping():
            return {name: guarded(member) for name, member in value.items()}
        case list() | tuple():
            return [guarded(member) for member in value]
    return value
