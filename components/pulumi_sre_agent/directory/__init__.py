"""Agent directories: what an agent is, knows and does, as files in Microsoft's format."""

from pulumi_sre_agent.api.secrets import SecretStr
from pulumi_sre_agent.directory.diagnostics import Diagnostic, DirectoryError, Note
from pulumi_sre_agent.directory.formats.agent_file import AgentSettings
from pulumi_sre_agent.directory.formats.roles import RoleGrant
from pulumi_sre_agent.directory.item import Item, Source
from pulumi_sre_agent.directory.reader import AgentDirectory, read
from pulumi_sre_agent.directory.substitution.variables import UnsetStr

__all__ = [
    "AgentDirectory",
    "AgentSettings",
    "Diagnostic",
    "DirectoryError",
    "Item",
    "Note",
    "RoleGrant",
    "SecretStr",
    "Source",
    "UnsetStr",
    "read",
]
