"""What an agent knows and can do, as its directory says: a resource per item, in the order they need."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NotRequired
from urllib.parse import urlsplit

from pulumi import ComponentResource, Input, Output, Resource, ResourceOptions, log
from typing_extensions import TypedDict

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.kinds import (
    COMMON_PROMPT,
    CONNECTOR,
    CONNECTOR_V2_CONNECTION,
    CONNECTOR_V2_MCP_SERVER,
    GITHUB_DOMAIN,
    HTTP_TRIGGER,
    INCIDENT_FILTER,
    INCIDENT_PLATFORM,
    MARKETPLACE,
    PLUGIN_INSTALLATION,
    REPO,
    REPO_INSTRUCTIONS,
    SCHEDULED_TASK,
    SKILL,
    SUBAGENT,
    TOOL,
    Kind,
)
from pulumi_sre_agent.directory import Item, SecretStr

if TYPE_CHECKING:
    from pulumi_sre_agent.directory import AgentDirectory

Key = tuple[str, str]
"""Kind and name, such as `("Skill", "triage")`; the name is empty for what an agent has only one of."""

ANY = "*"
"""In a key that names all items of a kind."""

_FIELDS: Mapping[Kind, Mapping[str, Kind]] = {
    TOOL: {"connector": CONNECTOR},
    SKILL: {"tools": TOOL},
    SUBAGENT: {
        "tools": TOOL,
        "mcp_tools": TOOL,
        "allowed_skills": SKILL,
        "common_prompts": COMMON_PROMPT,
        "handoffs": SUBAGENT,
    },
    REPO: {"auth_connector_name": CONNECTOR},
    REPO_INSTRUCTIONS: {"repo": REPO},
    INCIDENT_FILTER: {"handling_agent": SUBAGENT, "handling_agents": SUBAGENT, "tools": TOOL},
    SCHEDULED_TASK: {"agent": SUBAGENT},
    HTTP_TRIGGER: {"agent": SUBAGENT},
}
"""Fields that name other items, and the kinds that they mean (design decision 12)."""

_BRING_TOOLS = {CONNECTOR.name, CONNECTOR_V2_MCP_SERVER.name}


class ExtensionsArgs(TypedDict):
    """What to put into which agent."""

    agent_id: Input[str]
    """ARM id of the agent."""
    directory: Any
    """An `AgentDirectory`, as `sre.directory.read` returns it."""
    incident_platform: NotRequired[Any]
    """An `sre.resources.IncidentPlatform` made beside the directory, for its incident filters to wait for."""


class Extensions(ComponentResource):
    """Everything below an agent that a directory describes.

    An item waits for those that it names and for nothing else; the rest goes in parallel. With
    `deleted_with=<the agent>` in the options, items that vanish with their agent are not deleted one by one.
    What the directory leaves to people is logged.

    ```python
    extensions = sre.Extensions("oncall", {
        "agent_id": pulumi.Config().require("agentId"),
        "directory": sre.directory.read("agents/oncall"),
    })
    pulumi.export("triggerUrls", extensions.trigger_urls)
    ```
    """

    trigger_urls: dict[str, Output[str]]
    """Addresses of the HTTP triggers, by their names."""

    def __init__(self, name: str, args: ExtensionsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("sre:index:Extensions", name, None, opts)
        directory: AgentDirectory = args["directory"]
        for note in directory.notes:
            log.info(str(note), self)
        beside = [args["incident_platform"]] if "incident_platform" in args else []
        made: dict[Key, Any] = {}
        for item, needed in in_order(directory.items):
            after = [made[one] for one in needed] + (beside if item.kind == INCIDENT_FILTER else [])
            made[key(item)] = _resource_class(item)(
                f"{name}-{item.name}" if item.name else name,
                ResourceOptions(
                    parent=self,
                    depends_on=after,
                    deleted_with=opts.deleted_with if opts else None,
                ),
                agent_id=args["agent_id"],
                **{name: guarded(value) for name, value in item.args.items()},
            )
        self.resources: Mapping[Key, Resource] = made
        """The items by kind and name, for what waits for one of them; not an output, which is data."""
        self.trigger_urls = {
            called: trigger.trigger_url
            for (kind, called), trigger in made.items()
            if kind == HTTP_TRIGGER.name
        }
        self.register_outputs({"trigger_urls": self.trigger_urls})


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
    for field, kind in _FIELDS.get(item.kind, {}).items():
        said = args.get(field, ())
        for name in [said] if isinstance(said, str) else said:
            yield kind.name, str(name)
    if item.kind == CONNECTOR_V2_MCP_SERVER:
        for connected in args.get("connectors", ()):
            yield CONNECTOR_V2_CONNECTION.name, str(connected["connection_name"])
    elif item.kind == REPO:
        yield GITHUB_DOMAIN.name, _host(str(args.get("url", "")))
    elif item.kind == INCIDENT_FILTER:
        yield INCIDENT_PLATFORM.name, ""
    elif item.kind == PLUGIN_INSTALLATION:
        yield MARKETPLACE.name, ANY  # which one it means is in members that nobody has published


def _host(url: str) -> str:
    """Return where a repository lies; `owner/name` lies on GitHub."""
    return (urlsplit(url).hostname or "") if "://" in url else "github.com"


def _is_named(other: Key, names: set[Key]) -> bool:
    """Tell whether an item is meant: by its name, or a connector by a tool that it brings (api.md A.11)."""
    kind, name = other
    if other in names or (kind, ANY) in names:
        return True
    tools = (tool for called, tool in names if called == TOOL.name)
    return kind in _BRING_TOOLS and any(tool.startswith((f"{name}_", f"{name}/")) for tool in tools)


def _resource_class(item: Item) -> Any:
    return getattr(resources, item.kind.name)


def guarded(value: Any) -> Any:
    """Make Pulumi secrets of the texts that came from variables."""
    match value:
        case SecretStr():
            return Output.secret(str(value))
        case Mapping():
            return {name: guarded(member) for name, member in value.items()}
        case list() | tuple():
            return [guarded(member) for member in value]
    return value
