"""The life of the agent itself, through ARM, and what is the agent's alone in it.

See docs/reference/control-plane.md#properties-of-an-agent.
"""

from collections.abc import Iterable

from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.api.versions import AGENT_PREVIEW

from .tracked_crud import TrackedCrud, to_arm_body


class AgentCrud(TrackedCrud):
    """An agent's life in its resource group."""

    segment = "agents"
    default_version = AGENT_PREVIEW

    def create(self, inputs: Json) -> tuple[str, Json]:
        """Create the agent, and note where it answers, so that what is put into it need not ask."""
        self._connect().prefetch_token()
        id_, outs = super().create(inputs)
        if endpoint := outs.get("agent_endpoint"):
            self._connect().prefetch_data_plane(id_, endpoint)
        return id_, outs

    def body(self, spec: Json, version: str, removed_ids: Iterable[str] = ()) -> Json:
        return body(spec, version, removed_ids=removed_ids)

    def outputs(self, resource: Json) -> Json:
        return outputs(resource)

    def may_recreate(self, existing: Json, differing: list[str]) -> bool:
        """Begin again unless it once was alive: then it may be somebody else's."""
        alive = (existing.get("properties") or {}).get("agentEndpoint")
        return not (alive and differing)


def body(spec: Json, api_version: str, *, removed_ids: Iterable[str] = ()) -> Json:
    """Return the ARM body of a flat spec that also removes those identities it does not name."""
    spec = dict(spec)
    if spec.get("sandboxConfiguration", ...) is None:
        spec["sandboxConfiguration"] = {"egress": None, "packages": None}  # null itself would keep everything
    action = spec.get("actionConfiguration")
    if action and action.get("mode") == "Autonomous" and api_version == AGENT_PREVIEW:
        spec["actionConfiguration"] = action | {"mode": "Automatic"}
    return to_arm_body(spec, removed_ids)


def outputs(resource: Json) -> Json:
    """Return what the service adds and keeps; states that come and go by themselves are left out."""
    properties = resource.get("properties") or {}
    return {
        "agent_endpoint": properties.get("agentEndpoint"),
        "outbound_ip_addresses": sorted(properties.get("outboundIpAddresses") or []),
        "system_assigned_principal_id": (resource.get("identity") or {}).get("principalId"),
        "agent_identity_client_id": (properties.get("agentIdentity") or {}).get("clientId"),
    }
