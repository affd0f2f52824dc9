"""Which tools of an agent are on: a catalogue to read, and overrides to post.

See docs/reference/data-plane.md#tool-enablement.
"""

from difflib import get_close_matches

from pulumi_sre_agent.api.collections.collection import Collection
from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.api.kinds import Json, Kind
from pulumi_sre_agent.api.planes.data_plane import DataPlane
from pulumi_sre_agent.api.planes.idempotent_post import post_until_done


class ToolEnablementCollection(Collection):
    """One agent's tools. A spec's `overrides` say by name whether a tool is on; others stay as they are."""

    def __init__(self, kind: Kind, data: DataPlane) -> None:
        super().__init__(kind)
        self._path = str(kind.data)
        self._data = data

    def get(self, _name: str) -> Json:
        """Return of every tool whether it is on."""
        tools = {str(tool.get("name")): bool(tool.get("enabled")) for tool in self._data.list(self._path)}
        return {"overrides": tools}

    def put(self, name: str, spec: Json) -> Json:
        """Switch the tools that are named. Raises `ConfigError` for one that the agent does not have."""
        overrides: dict[str, bool] = spec.get("overrides") or {}
        known = self.get(name)["overrides"]
        for tool in overrides:
            if tool not in known:
                raise ConfigError(self._unknown(tool, known))
        if any(known[tool] is not on for tool, on in overrides.items()):
            body = [{"name": tool, "enabled": on} for tool, on in overrides.items()]
            post_until_done(
                self._data, lambda: self._data.post(f"{self._path}/configure", {"overrides": body})
            )
        return spec

    def delete(self, _name: str) -> None:
        """Leave every tool as it is; which of them to switch back only their owner knows."""

    def list(self) -> dict[str, Json]:
        """Return nothing: every agent has its tools, so there is nothing that a create could overwrite."""
        return {}

    def _unknown(self, tool: str, known: dict[str, bool]) -> str:
        close = get_close_matches(tool, known, n=1)
        hint = f"did you mean {close[0]}?" if close else "an MCP server's tools appear once it has connected."
        return f"{self._data.owner} has no tool {tool}; {hint}"
