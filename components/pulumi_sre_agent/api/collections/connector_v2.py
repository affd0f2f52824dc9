"""ConnectorV2: connections to services such as Jira, and the MCP servers made of them.

See docs/reference/data-plane.md#managed-connectors.
"""

import logging

from pulumi_sre_agent.api.collections.connector_catalogue import check_operations
from pulumi_sre_agent.api.collections.undocumented import UndocumentedCollection
from pulumi_sre_agent.api.errors import AccessDenied, ApiError
from pulumi_sre_agent.api.kinds import Json, Kind
from pulumi_sre_agent.api.planes.control_plane import ControlPlane
from pulumi_sre_agent.api.planes.data_plane import DataPlane
from pulumi_sre_agent.api.versions import AGENT_PREVIEW

log = logging.getLogger(__name__)

WITHOUT_CONSENT = frozenset({"Error", "Unauthenticated"})
"""Statuses of a connection that wait for somebody's consent; anything else is fine."""


class ConnectorV2Collection(UndocumentedCollection):
    """Items that a PUT replaces and that are read one by one, without what is secret."""

    lists_specs = False

    def get(self, name: str) -> Json:
        return dict((self._data.get(self._at(name)) or {}).get("properties") or {})

    def is_finished(self, _spec: Json) -> bool:
        """Tell of none: not all of one is shown, so it has to be written to be sure."""
        return False


class ConnectorV2ConnectionCollection(ConnectorV2Collection):
    """Connections; each is let be used by the agent's identity."""

    def __init__(self, kind: Kind, data: DataPlane, agent_id: str, control: ControlPlane) -> None:
        super().__init__(kind, data)
        self._agent_id, self._control = agent_id, control

    def put(self, name: str, spec: Json) -> Json:
        stored = self._data.put(self._at(name), spec) or {}
        self._let_agent_use(name)
        return spec | {"overallStatus": (stored.get("properties") or {}).get("overallStatus")}

    def wait_until_ready(self, name: str, spec: Json) -> Json:
        """Tell what to do where somebody has to consent: an API cannot."""
        if spec.get("overallStatus") in WITHOUT_CONSENT:
            log.warning(
                "connection %s of %s is %s: open the agent in the portal (https://sre.azure.com), choose the"
                " connection there and sign in; its tools fail until then.",
                name,
                self._data.owner,
                spec["overallStatus"],
            )
        return spec

    def _let_agent_use(self, name: str) -> None:
        """Write the access policy, which builds without one do not want.

        See docs/reference/assumptions.md#managed-connectors.
        """
        try:
            identity = self._control.get(self._agent_id, AGENT_PREVIEW).get("identity") or {}
        except AccessDenied:
            identity = {}
        assigned = (identity.get("userAssignedIdentities") or {}).values()
        others = [one.get("principalId") for one in assigned if one]
        principal = {
            "objectId": identity.get("principalId") or next(filter(None, others), None),
            "tenantId": identity.get("tenantId"),
        }
        if None in principal.values():
            log.warning(
                "connection %s of %s has no user: ARM shows no identity of the agent.", name, self._data.owner
            )
            return
        body = {"properties": {"principal": {"type": "ActiveDirectory", "identity": principal}}}
        try:
            self._data.put(f"{self._at(name)}/accessPolicies/{name}-policy", body)
        except ApiError as refused:
            if refused.status not in {404, 405}:
                raise


class ConnectorV2McpServerCollection(ConnectorV2Collection):
    """MCP servers."""

    def list(self) -> dict[str, Json]:
        """Return their names, which is all that Azure lists."""
        return {str(item.get("name")): {} for item in self._data.list(self._collection)}

    def put(self, name: str, spec: Json) -> Json:
        """Write one whose operations there are. Raises `ConfigError` for one that there is not."""
        for connector in spec.get("connectors") or []:
            if chosen := [operation["name"] for operation in connector.get("operations") or []]:
                check_operations(self._data, connector["name"], chosen)
        properties = {key: value for key, value in spec.items() if key != "requireApprovalTools"}
        body: Json = {"properties": properties}
        if spec.get("requireApprovalTools"):
            body["runtimeMcpConfiguration"] = {"requireApprovalTools": spec["requireApprovalTools"]}
        self._data.put(self._at(name), body)
        return spec
