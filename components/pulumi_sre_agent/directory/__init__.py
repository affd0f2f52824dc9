"""Agent directories: what an agent is, knows and does, as files in Microsoft's format."""

from pulumi_sre_agent.directory.faults import DirectoryError, Fault, Note
from pulumi_sre_agent.directory.items import Item, Source
from pulumi_sre_agent.directory.reader import AgentDirectory, read
from pulumi_sre_agent.directory.roles import RoleGrant
from pulumi_sre_agent.directory.settings import AgentSettings, NetworkSettings
from pulumi_sre_agent.directory.variables import Secret

__all__ = [
    "AgentDirectory",
    "AgentSettings",
    "DirectoryError",
    "Fault",
    "Item",
    "NetworkSettings",
    "Note",
    "RoleGrant",
    "Secret",
    "Source",
    "read",
]
