"""The inventory of an agent as it lives, asked of both planes."""

from collections.abc import Iterable, Iterator
from typing import Any

from pulumi_sre_agent.api.client import Client
from pulumi_sre_agent.api.errors import NotFound
from pulumi_sre_agent.api.kinds import KINDS, Json, Kind
from pulumi_sre_agent.api.versions import AGENT_PREVIEW
from pulumi_sre_agent.resources._core.model import SINGLETON_NAME
from pulumi_sre_agent.resources._core.registry import model_of
from pulumi_sre_agent.review.inventory.inventory import AGENT, Agent, Inventory, Item

WITHOUT_LISTS = frozenset({"KnowledgeFolder", "RepoInstructions", "SynthesizedKnowledge"})
"""Kinds whose items nobody can list by themselves: archives and folders."""
KNOWLEDGE = frozenset({"KnowledgeFile", "KnowledgeText", "KnowledgeWebPage"})
"""Types that tell knowledge items from connectors, which the service lists together.

See docs/reference/control-plane.md#knowledge-items.
"""


def of_service(client: Client, name_or_id: str, kinds: Iterable[Kind] = KINDS) -> Inventory:
    """Return an agent with its items of these kinds, without secrets and without what Azure never shows.

    Raises as `Client.agent` and `Client.data_plane` do.
    """
    agent_id = client.agent(name_or_id).id
    document = client.control.get(agent_id, AGENT_PREVIEW)
    items = [item for kind in kinds for item in _items(client, agent_id, kind)]
    agent = Agent(
        name=agent_id.rpartition("/")[2],
        id=agent_id,
        properties=model_of(AGENT).describe(document),
        items=tuple(items),
    )
    return Inventory(agents=(agent,))


def _items(client: Client, agent_id: str, kind: Kind) -> Iterator[Item]:
    if not kind.readable or kind.name in WITHOUT_LISTS:
        return
    model: Any = model_of(kind.name)
    collection = client.items(kind, agent_id, kind.default_plane)
    try:
        listed = collection.list() if model.key else {SINGLETON_NAME: collection.get(SINGLETON_NAME)}
    except NotFound:  # the agent, or this build of the service, has no such thing
        return
    for name, spec in listed.items():
        if not _is_of(kind, spec):
            continue
        shown = spec if collection.lists_specs else collection.get(name)
        own = {model.key: name} if model.key else {}
        yield Item(
            kind=kind.name,
            name=name if model.key else "",
            properties={**model.describe(shown), **own},
            id=f"{agent_id}/{kind.segment}/{name}",
        )


def _is_of(kind: Kind, spec: Json) -> bool:
    if kind.name not in ("Connector", "KnowledgeItem"):
        return True
    return (spec.get("dataConnectorType") in KNOWLEDGE) == (kind.name == "KnowledgeItem")
