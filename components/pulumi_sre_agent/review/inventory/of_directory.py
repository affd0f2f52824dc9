"""The inventory of an agent directory: what its files say, before arguments of a program lie over them."""

from collections.abc import Mapping
from typing import Any

from pulumi_sre_agent.api.secrets import SECRET, SecretStr
from pulumi_sre_agent.directory import AgentDirectory, RoleGrant, Source
from pulumi_sre_agent.directory.formats.agent_file import AGENT_FILE
from pulumi_sre_agent.directory.item import Item as DirectoryItem
from pulumi_sre_agent.review.inventory.inventory import Agent, Inventory, Item


def of_directory(directory: AgentDirectory) -> Inventory:
    """Return the one agent of a directory, and the roles that its identity is to have."""
    agent = Agent(
        name=directory.agent.name,
        properties=_without_secrets(directory.agent.arguments),
        source=Source(AGENT_FILE, 1),
        lines=directory.agent.lines,
        items=tuple(map(_item, directory.items)),
    )
    return Inventory(agents=(agent,), surroundings=tuple(map(_role, directory.roles)))


def _item(item: DirectoryItem) -> Item:
    return Item(
        kind=item.kind.name,
        name=item.name,
        properties=_without_secrets(item.args),
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


def _without_secrets(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return SECRET
    if isinstance(value, Mapping):
        return {name: _without_secrets(member) for name, member in value.items()}
    return [_without_secrets(entry) for entry in value] if isinstance(value, list | tuple) else value
