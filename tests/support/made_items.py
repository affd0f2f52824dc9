"""Items made by their providers."""

from typing import Any

from support.provider_process import ProviderProcess
from support.samples import Json


def run(providers: ProviderProcess, provider: Any, agent_id: str, **args: Any) -> tuple[str, Json, Json]:
    """Create something; return its id, outputs and inputs."""
    checked = providers.check(provider, {"agent_id": agent_id, **args})
    assert checked.failures == []
    made = providers.create(provider, checked.inputs)
    return made.id, made.outputs, checked.inputs
