"""Azure over HTTP: credentials, transport, control plane and data plane. Knows nothing of Pulumi.

Names load when they are first used: a program that only declares resources needs the registry of kinds alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_HOMES = {
    "KINDS": "kinds",
    "Kind": "kinds",
    "Plane": "kinds",
    "Azure": "azure",
    "Settings": "settings",
    "connect": "azure",
}
"""Which module each name lives in; the rest are errors."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'errors')}"), name)
