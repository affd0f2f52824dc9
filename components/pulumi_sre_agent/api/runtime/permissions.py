"""What a login may do at a scope, as ARM tells it of all its roles there.

ARM's REST reference: Permissions, List For Resource Group.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from pydantic import Field

from pulumi_sre_agent.api import versions
from pulumi_sre_agent.api.http.models import Body
from pulumi_sre_agent.api.planes.control_plane import ControlPlane


class Permission(Body):
    """What one role allows."""

    actions: list[str] = Field(default_factory=list)
    not_actions: list[str] = Field(default_factory=list)

    def allows(self, action: str) -> bool:
        return _covers(self.actions, action) and not _covers(self.not_actions, action)


def may(control: ControlPlane, scope: str, action: str) -> bool:
    """Say whether the login may do something, such as `Microsoft.Network/virtualNetworks/write`."""
    listed = control.list(f"{scope}/providers/Microsoft.Authorization/permissions", versions.AUTHORIZATION)
    return any(Permission.read(each).allows(action) for each in listed)


def _covers(patterns: Iterable[str], action: str) -> bool:
    return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)
