"""What an agent has used of its limits, and which models and regions are on offer.

See docs/reference/control-plane.md#usages, docs/reference/control-plane.md#models,
docs/reference/control-plane.md#regions.
"""

from collections.abc import Iterator
from typing import TypeVar

from pydantic import Field

from pulumi_sre_agent.api import versions
from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.errors import ApiError
from pulumi_sre_agent.api.http.models import Body
from pulumi_sre_agent.api.planes.control_plane import ControlPlane


class Name(Body):
    value: str | None = None
    localized_value: str | None = None


class Usage(Body):
    name: Name | None = None
    unit: str | None = None
    current_value: float | None = None
    limit: float | None = None


class DailyUsage(Body):
    date: str | None = None
    name: Name | None = None
    value: float | None = None


class ModelProperties(Body):
    provider: str | None = None
    model: str | None = None
    default: bool | None = None
    provider_display_name: str | None = None
    model_display_name: str | None = None
    multiplier: str | None = None


class SupportedModel(Body):
    name: str | None = None
    properties: ModelProperties = ModelProperties()


class ResourceType(Body):
    resource_type: str | None = None
    locations: list[str] | None = None


class ResourceProvider(Body):
    resource_types: list[ResourceType] = Field(default_factory=list)


class Unsupported(ApiError):
    """The service has no such operation, here or any more."""


Shown = TypeVar("Shown", bound=Body)


def usages(control: ControlPlane, agent_id: str) -> list[Usage]:
    """Return what the agent has used. Raises `Unsupported` where the service does not tell."""
    return _used(control, agent_id, "usages", Usage)


def daily_usages(control: ControlPlane, agent_id: str) -> list[DailyUsage]:
    """Return what the agent has used day by day. Raises `Unsupported` where the service does not tell."""
    return _used(control, agent_id, "dailyusages", DailyUsage)


def supported_models(control: ControlPlane, subscription_id: str, location: str) -> Iterator[SupportedModel]:
    """Yield the models that an agent in a region can have as its default."""
    path = f"{ArmId.scope(subscription_id)}/providers/Microsoft.App/locations/{location}/supportedAgentModels"
    return map(SupportedModel.read, control.list(path, versions.AGENT_GA))


def agent_locations(control: ControlPlane, subscription_id: str) -> list[str]:
    """Return the regions where a subscription can have agents, such as `swedencentral`; sorted."""
    provider = control.get(f"{ArmId.scope(subscription_id)}/providers/Microsoft.App", versions.PROVIDERS)
    for each in ResourceProvider.read(provider).resource_types:
        if (each.resource_type or "").lower() == "agents":
            return sorted(location.replace(" ", "").lower() for location in each.locations or [])
    return []


def _used(control: ControlPlane, agent_id: str, what: str, model: type[Shown]) -> list[Shown]:
    try:
        return list(map(model.read, control.list(f"{agent_id}/{what}", versions.AGENT_PREVIEW)))
    except ApiError as refused:
        if refused.status not in {404, 405}:
            raise
        status = refused.status
    control.get(agent_id, versions.AGENT_PREVIEW)  # raises `NotFound` where it is the agent that is missing
    name = ArmId(agent_id).short_name
    sentence = f"Azure tells no {what} of {name}: look at the agent's page in the portal instead."
    raise Unsupported(sentence, status=status)
