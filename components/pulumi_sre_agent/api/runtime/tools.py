"""The tools of an agent: built in, its own, and of its MCP connectors. Which are on is a kind of resource.

See docs/reference/data-plane.md#tool-enablement.
"""

from collections.abc import Iterator

from pydantic import Field

from pulumi_sre_agent.api.http.models import Body
from pulumi_sre_agent.api.kinds import TOOL_ENABLEMENT, Json
from pulumi_sre_agent.api.planes.data_plane import DataPlane


class Tool(Body):
    name: str
    description: str | None = None
    enabled: bool | None = None
    default_mode: str | None = None
    """`always`, `enabled` or `disabled`: how it is where nobody has switched it."""
    category: str | None = None
    source: str | None = None
    """`system`, `mcp` …"""
    mcp_connector: str | None = None
    """The connector that it comes from."""
    mcp_connector_display_name: str | None = None
    parameters: Json | None = Field(None, alias="schema")
    """JSON schema of what it takes."""


class Tools:
    """The tools of one agent. Errors are those of the data plane."""

    def __init__(self, data: DataPlane) -> None:
        self._data = data

    def list(self) -> Iterator[Tool]:
        return map(Tool.read, self._data.list(str(TOOL_ENABLEMENT.data)))

    def system(self, *, stable_only: bool = False) -> Iterator[Tool]:
        """Yield the built-in tools by name."""
        query = {"stableOnly": str(stable_only).lower()}
        return map(Tool.read, self._data.list("/api/v1/extendedAgent/systemtools", query))
