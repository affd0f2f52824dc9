"""What an agent has used of its limits, and which models and regions are on offer.

See docs/reference/control-plane.md#usages, docs/reference/control-plane.md#models,
docs/reference/control-plane.md#regions.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import TypeVar

from pydantic import Field

from pulumi_sre_agent.api import versions
from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.errors import ApiError, NotFound
from pulumi_sre_agent.api.http.models import Body
from pulumi_sre_agent.api.planes.control_plane import ControlPlane
from pulumi_sre_agent.api.runtime.telemetry import Telemetry


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


class Generation(Body):
    """One answer of a model, as the agent writes it to its Application Insights.

    See docs/reference/run-time.md#activity-in-telemetry.
    """

    thread_id: str = Field(default="", alias="ThreadId")
    model: str = Field(default="", alias="ModelId")
    input_tokens: int = Field(default=0, alias="InputTokens")
    """Whether those of caches are among them is not published."""
    output_tokens: int = Field(default=0, alias="OutputTokens")


class Unsupported(ApiError):
    """The service has no such operation, here or any more."""


Shown = TypeVar("Shown", bound=Body)


class Usages:
    """What one agent has used. Methods that ask ARM raise `Unsupported` where the service does not tell."""

    def __init__(self, control: ControlPlane, agent_id: str, telemetry: Telemetry) -> None:
        self._control, self._agent_id, self._telemetry = control, agent_id, telemetry

    def list(self) -> Iterator[Usage]:
        return self._read("usages", Usage)

    def get(self, name: str) -> Usage:
        """Return one, such as `AgentUnits`. Raises `NotFound`."""
        for usage in self.list():
            if usage.name and usage.name.value == name:
                return usage
        agent = ArmId(self._agent_id).short_name
        raise NotFound(f"Azure tells no usage named {name!r} of {agent}.", status=404)

    def daily(self) -> Iterator[DailyUsage]:
        """Yield what was used day by day."""
        return self._read("dailyusages", DailyUsage)

    def generations(
        self, *, start: datetime | None = None, end: datetime | None = None
    ) -> Iterator[Generation]:
        """Yield what models were asked in a period, by default the last 30 days. Raises as `Telemetry`."""
        for _, told in self._telemetry.events("ModelGeneration", start, end):
            if told.get("EventType") == "ModelGenerationEnd":
                yield Generation.read(told)

    def _read(self, what: str, model: type[Shown]) -> Iterator[Shown]:
        try:
            yield from map(model.read, self._control.list(f"{self._agent_id}/{what}", versions.AGENT_PREVIEW))
        except ApiError as refused:
            if refused.status not in {404, 405}:
                raise
            status = refused.status
        else:
            return
        self._control.get(self._agent_id, versions.AGENT_PREVIEW)  # `NotFound` where the agent is missing
        name = ArmId(self._agent_id).short_name
        sentence = f"Azure tells no {what} of {name}: look at the agent's page in the portal instead."
        raise Unsupported(sentence, status=status)


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
