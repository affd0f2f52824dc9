"""What an agent knows and can do, as its directory says: a resource per item, in the order they need."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NotRequired

from pulumi import Alias, ComponentResource, Input, Output, Resource, ResourceOptions, log
from typing_extensions import TypedDict

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.kinds import HTTP_TRIGGER, INCIDENT_FILTER
from pulumi_sre_agent.directory import AgentDirectory, Item
from pulumi_sre_agent.directory.item import names_by_kind
from pulumi_sre_agent.schema.plain_secrets import first_in_run
from pulumi_sre_agent.schema.references import Key
from pulumi_sre_agent.schema.secrecy import guarding
from pulumi_sre_agent.schema.validation import ValidationError, validate_args


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
    What the directory leaves to people is logged, and a warning for each secret that it has in plain.

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
        args = validate(args)
        super().__init__("sre:index:Extensions", name, None, guarding(opts))
        directory: AgentDirectory = args["directory"]
        for tell, notes in ((log.info, directory.notes), (log.warn, directory.warnings)):
            for note in notes:
                if first_in_run((directory.path, note)):
                    tell(str(note), self)
        platform = [args["incident_platform"]] if "incident_platform" in args else []
        extensions: dict[Key, Any] = {}
        for item, named in in_order(directory.items):
            earlier = [extensions[each] for each in named if each in extensions]
            later = [name for kind, name in named if (kind, name) not in extensions]
            extensions[item.key] = getattr(resources, item.kind.name)(
                child_name(name, item.name),
                ResourceOptions(
                    parent=self,
                    depends_on=earlier + (platform if item.kind == INCIDENT_FILTER else []),
                    deleted_with=opts.deleted_with if opts else None,
                    aliases=former_aliases(name, item.name, item.former_name),
                ),
                agent_id=args["agent_id"],
                **item.args,
                **({"handoffs_to_come": later} if later else {}),  # only subagents name each other
            )
        self.resources: Mapping[Key, Resource] = extensions
        """The items by kind and name, for what waits for one of them; not an output, which is data."""
        self.trigger_urls = {
            name: trigger.trigger_url
            for (kind, name), trigger in extensions.items()
            if kind == HTTP_TRIGGER.name
        }
        self.register_outputs({"trigger_urls": self.trigger_urls})


def validate(args: ExtensionsArgs) -> ExtensionsArgs:
    """Return the arguments, canonical. Raises `pulumi.RunError`."""
    return validate_args("The extensions", ExtensionsArgs, args, directory_has_values)


def directory_has_values(inputs: Mapping[str, Any]) -> Iterator[ValidationError]:
    """Refuse a directory that was read for a look alone, while variables of it had no value."""
    directory = inputs.get("directory")
    if isinstance(directory, AgentDirectory) and (unset := directory.unset_variables):
        reason = (
            f"the directory was read without values of {', '.join(unset)}: read it with them to deploy it"
        )
        yield ValidationError(("directory",), reason)


def child_name(parent: str, item: str) -> str:
    """Return what an item's resource is called in Pulumi: in lower case, since Azure knows no other name."""
    return f"{parent}-{item.lower()}" if item else parent


def former_aliases(parent: str, *items: str | None) -> list[Alias]:
    """Return what the resource of an item was called before: by release 0.1.0 as the item itself is."""
    names = [f"{parent}-{item}" for item in items if item]
    return [Alias(name=name) for name in names if name != child_name(parent, items[0] or "")]


def in_order(items: Iterable[Item]) -> Iterator[tuple[Item, list[Key]]]:
    """Yield every item after those that it names, together with them; what names nothing keeps its place.

    Of items that name each other one has to come first: before some of those that it is yielded with.
    """
    waiting = {item.key: item for item in items}
    names = names_by_kind(waiting.values())
    places = {key: place for place, key in enumerate(waiting)}

    def settle(key: Key) -> Iterator[tuple[Item, list[Key]]]:
        item = waiting.pop(key, None)
        if item is None:
            return
        references = {each for reference in item.references() for each in reference.resolve(names)} - {key}
        ordered = sorted(references, key=places.__getitem__)
        for each in ordered:
            yield from settle(each)
        yield item, ordered

    for key in places:
        yield from settle(key)
