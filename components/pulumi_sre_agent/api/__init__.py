"""Azure over HTTP: credentials, transport, control plane and data plane. Knows nothing of Pulumi."""

from pulumi_sre_agent.api.azure import Azure, connect
from pulumi_sre_agent.api.errors import (
    AccessDenied,
    ApiError,
    ConfigError,
    Conflict,
    NotFound,
    OperationFailed,
    SreAgentError,
    Unavailable,
)
from pulumi_sre_agent.api.kinds import KINDS, Kind, Plane
from pulumi_sre_agent.api.settings import Settings

__all__ = [
    "KINDS",
    "AccessDenied",
    "ApiError",
    "Azure",
    "ConfigError",
    "Conflict",
    "Kind",
    "NotFound",
    "OperationFailed",
    "Plane",
    "Settings",
    "SreAgentError",
    "Unavailable",
    "connect",
]
