"""Where an agent's data plane is: asked of ARM, and checked before any token is sent there."""

from urllib.parse import urlsplit

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.errors import ConfigError, OperationFailed
from pulumi_sre_agent.api.http.clock import Clock
from pulumi_sre_agent.api.http.operations import FAILED
from pulumi_sre_agent.api.http.retry import StillPending, poll
from pulumi_sre_agent.api.http.urls import origin_of
from pulumi_sre_agent.api.planes.control_plane import ControlPlane
from pulumi_sre_agent.api.versions import AGENT_PREVIEW

DOMAIN = ".azuresre.ai"
"""Microsoft's own client refuses every other host too (docs/reference/data-plane.md#tokens)."""


def resolve(control: ControlPlane, agent_id: str, clock: Clock) -> str:
    """Return the agent's endpoint as ARM has it, waiting for an agent that is being made.

    Raises `NotFound` without an agent, `OperationFailed` for one that failed before it had an endpoint.
    """
    name = ArmId(agent_id).short_name

    def attempt() -> str:
        properties = control.get(agent_id, AGENT_PREVIEW).get("properties") or {}
        if endpoint := properties.get("agentEndpoint"):
            return str(endpoint)
        state = str(properties.get("provisioningState") or "without an endpoint")
        if state.lower() in FAILED:
            raise OperationFailed(f"{name} has no endpoint: its provisioning ended as {state}.", status=200)
        raise StillPending(state)

    return poll(attempt, what=name, deadline=limits.ENDPOINT_DEADLINE, clock=clock)


def check_endpoint(endpoint: str, allowed: frozenset[str]) -> str:
    """Return the endpoint without a trailing slash, if it may be given a token.

    Raises `ConfigError` for anything but https below azuresre.ai or an origin in `sre:allowedEndpoints`.
    """
    origin = origin_of(endpoint)
    parts = urlsplit(endpoint if origin else "")
    ours = parts.scheme == "https" and (parts.hostname or "").endswith(DOMAIN)
    if origin is None or parts.query or parts.fragment or not (ours or origin in allowed):
        raise ConfigError(
            f"The agent's endpoint {endpoint} is not https below azuresre.ai; if you trust it, "
            "list its origin in sre:allowedEndpoints or SRE_AGENT_ALLOWED_ENDPOINTS, a JSON list."
        )
    return endpoint.rstrip("/")
