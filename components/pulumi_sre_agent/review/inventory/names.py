"""What a resource is called in Azure, by its inputs."""

from collections.abc import Mapping
from typing import Any

from pulumi_sre_agent.api.kinds import KINDS
from pulumi_sre_agent.review.changes import is_known, name_in_azure

_KINDS = frozenset(kind.name for kind in KINDS)


def azure_name(kind: str, values: Mapping[str, Any], logical_name: str) -> str:
    """Return its name, Pulumi's where Azure's is not known; empty for what an agent has only one of."""
    if kind in _KINDS:
        from pulumi_sre_agent import resources  # noqa: PLC0415 - Pulumi's SDK, which a report may do without

        key = getattr(resources, kind).provider.model.key
        name = values.get(key) if key else ""
        return name if isinstance(name, str) and (not name or is_known(name)) else logical_name
    return name_in_azure(kind, [values]) or logical_name
