"""ConnectorV2: connections to services such as Jira, and the MCP servers made of them.

See docs/reference/data-plane.md#managed-connectors.
"""

import logging

from pulumi_sre_agent.api.collections.undocumented import UndocumentedCollection
from pulumi_sre_agent.api.kinds import Json

log = logging.getLogger(__name__)

WITHOUT_CONSENT = frozenset({"Error", "Unauthenticated"})
"""Statuses of a connection that wait for somebody's consent; anything else is fine."""


class ConnectorV2ConnectionCollection(UndocumentedCollection):
    """Connections, which a PUT replaces; no way to read one is published."""

    def put(self, name: str, spec: Json) -> Json:
        stored = self._data.put(self._at(name), spec) or {}
        return spec | {"overallStatus": (stored.get("properties") or {}).get("overallStatus")}

    def wait_until_ready(self, name: str, spec: Json) -> Json:
        """Tell what to do where somebody has to consent: an API cannot."""
        if spec["overallStatus"] in WITHOUT_CONSENT:
            log.warning(
                "connection %s of %s is %s: open the agent in the portal (https://sre.azure.com), choose the"
                " connection there and sign in; its tools fail until then.",
                name,
                self._data.owner,
                spec["overallStatus"],
            )
        return spec


class ConnectorV2McpServerCollection(UndocumentedCollection):
    """MCP servers, which a PUT replaces; no way to read one is published."""

    def put(self, name: str, spec: Json) -> Json:
        properties = {key: value for key, value in spec.items() if key != "requireApprovalTools"}
        body: Json = {"properties": properties}
        if spec.get("requireApprovalTools"):
            body["runtimeMcpConfiguration"] = {"requireApprovalTools": spec["requireApprovalTools"]}
        self._data.put(self._at(name), body)
        return spec
