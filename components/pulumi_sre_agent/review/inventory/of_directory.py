"""The inventory of an agent directory: what its files say, before arguments of a program lie over them."""

from collections.abc import Mapping
from typing import Any

from pulumi_sre_agent.api.secrets import SECRET, SecretStr
from pulumi_sre_agent.directory import AgentDirectory, RoleGrant, Source, UnsetStr
from pulumi_sre_agent.directory.formats.agent_file import AGENT_FILE
from pulumi_sre_agent.directory.item import Item as DirectoryItem
from pulumi_sre_agent.review.changes import UNKNOWN
from pulumi_sre_agent.review.inventory.inventory import Agent, Inventory, Item


def of_directory(directory: AgentDirectory) -> Inventory:
    """Return the one agent of a directory, and the roles that its identity is to have."""
    agent = Agent(
        name=directory.agent.name,
        properties=_for_review(directory.agent.arguments),
        source=Source(AGENT_FILE, 1),
        lines=directory.agent.lines,
        items=tuple(map(_item, directory.items)),
    )
    return Inventory(agents=(agent,), surroundings=tuple(map(_role, directory.roles)))


def _item(item: DirectoryItem) -> Item:
    return Item(
        kind=item.kind.name,
        name=item.name,
        properties=_for_review(item.args),
        source=item.source,
        lines=item.lines,
    )


def _role(grant: RoleGrant) -> Item:
    return Item(
        kind="RoleAssignment",
        name=grant.name,
        properties={"role": grant.role, "scope": grant.scope, "principal_type": "ServicePrincipal"},
        source=grant.source,
    )


def _for_review(value: Any) -> Any:
    """Return a value as previews show it: without secrets, and without what has no value yet."""
    if isinstance(value, SecretStr):
        return SECRET
    if isinstance(value, UnsetStr):
        return UNKNOWN
    if isinstance(value, Mapping):
        return {name: _for_review(member) for name, member in value.items()}
    return [_for_review(entry) for entry in value] if isinstance(value, list | tuple) else value
