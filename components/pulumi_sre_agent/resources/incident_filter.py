"""An incident filter, or response plan: which incidents an agent takes, and how it handles them."""

from collections.abc import Iterator
from typing import Annotated, Any, NotRequired

from pulumi import Input, Output, ResourceOptions
from typing_extensions import TypedDict, Unpack

from pulumi_sre_agent.api.kinds import INCIDENT_FILTER, INCIDENT_PLATFORM, Json
from pulumi_sre_agent.schema.annotations import (
    TEXT,
    Canonical,
    Default,
    IgnoreCase,
    Immutable,
    References,
    Unordered,
)
from pulumi_sre_agent.schema.choices import PLATFORM_ALIASES, IncidentPlatformType, RunMode
from pulumi_sre_agent.schema.normalization import is_unknown
from pulumi_sre_agent.schema.rules import PRESENT, at_least, between
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, error_at, get_path

from ._core.item_args import HANDLER, ItemArgs, ToolNames, item_model
from ._core.item_crud import ItemCrud
from ._core.model import StackDefaults
from ._core.provider import ItemProvider, Resource

Texts = Annotated[Input[list[Input[str]]], Unordered()]
Priority = Annotated[Input[str], Canonical(str.capitalize)]
"""A priority as its platform writes it: `sev1` is `Sev1`."""


class AzMonitorFilterSettingsArgs(TypedDict):
    """Which resources' alerts count."""

    target_resource_type: NotRequired[Annotated[Input[str], IgnoreCase()]]
    """Type of the resource that an alert is about, such as `Microsoft.Compute/virtualMachines`."""
    target_resource: NotRequired[Annotated[Input[str], IgnoreCase()]]
    """The resource that an alert is about."""


class IncidentFilterArgs(ItemArgs):
    """Arguments of `IncidentFilter`: what it takes, how it is handled, by whom.

    See docs/reference/data-plane.md#incident-filters.
    """

    incident_platform: Annotated[
        Input[IncidentPlatformType],
        Immutable(),
        PLATFORM_ALIASES,
        References(INCIDENT_PLATFORM, lambda _, name: not name),
    ]
    """The platform that the incidents come from, which must be the agent's. A change replaces the filter,
    since filters go with their platform; let it depend on the `IncidentPlatform`."""
    priorities: NotRequired[Annotated[Input[list[Priority]], Unordered()]]
    """Which priorities it takes: `Sev0` to `Sev4`, PagerDuty `P1` to `P5`, ServiceNow `1` to `5`. Default:
    all, by the documents; some builds then take none, so better name them."""
    title_contains: NotRequired[Input[str]]
    """Text that a title must contain."""
    title_contains_all: NotRequired[Texts]
    """Texts all of which a title must contain."""
    title_contains_any: NotRequired[Texts]
    """Texts one of which a title must contain."""
    title_not_contains: NotRequired[Texts]
    """Texts none of which a title may contain."""
    incident_type: NotRequired[Input[str]]
    """Type of incident, such as default, major or security."""
    impacted_service: NotRequired[Input[str]]
    """PagerDuty and ServiceNow: the service that is hit; ServiceNow also a group. Default: all."""
    alert_id: NotRequired[Annotated[Input[str], IgnoreCase()]]
    """The alert rule that it takes."""
    az_monitor_filter_settings: NotRequired[Input[AzMonitorFilterSettingsArgs]]
    """Azure Monitor: which resources' alerts count."""
    owning_team_id: NotRequired[Input[str]]
    """Microsoft's internal platform only."""
    owning_team_ids: NotRequired[Texts]
    """Microsoft's internal platform only."""
    icm_filter_settings: NotRequired[Input[dict[str, Any]]]
    """Microsoft's internal platform only; in camelCase, sent as it is."""
    handling_agent: NotRequired[Annotated[Input[str], PRESENT, HANDLER]]
    """Subagent that handles the incidents, `default` or `meta_agent`. Default: `default`, unless
    `handling_agents` says more."""
    handling_agents: NotRequired[Annotated[Input[list[Input[str]]], Unordered(), HANDLER]]
    """Subagents that handle the incidents, where there are several."""
    agent_mode: NotRequired[Input[RunMode]]
    """`Autonomous` acts, `Review` asks before it acts; the agent's own mode is a ceiling, by the documents.
    The service's default has been either, so better say it."""
    max_automated_investigation_attempts: NotRequired[Annotated[Input[int], at_least(1), Default(3)]]
    """How often an incident is investigated; the service's default is 3."""
    deep_investigation_enabled: NotRequired[Annotated[Input[bool], Default(False)]]
    """Whether to investigate thoroughly; some builds of the service refuse it."""
    merge_enabled: NotRequired[Input[bool]]
    """Whether alerts of one rule join the thread that is at work on it."""
    merge_window_hours: NotRequired[Annotated[Input[int], between(1, 24), Default(3)]]
    """For how long they do: 1 to 24 h, the service's default is 3."""
    is_enabled: NotRequired[Input[bool]]
    """Whether it is in force. Default: true."""
    description: NotRequired[Annotated[Input[str], TEXT]]
    """What its handler is for."""
    custom_instructions: NotRequired[Annotated[Input[str], TEXT]]
    """What whoever handles the incidents is told."""
    tools: NotRequired[ToolNames]
    """Tools for handling them."""
    incident_processing_guide: NotRequired[Input[list[Any]]]
    """Steps of handling them, sent as they are: their members are not published."""
    incidents: NotRequired[Input[list[Any]]]
    """Past incidents that the instructions were made from, sent as they are."""


PRIORITIES = {
    "AzMonitor": tuple(f"Sev{number}" for number in range(5)),
    "PagerDuty": tuple(f"P{number}" for number in range(1, 6)),
    "ServiceNow": tuple(str(number) for number in range(1, 6)),
}
HANDLER_FIELDS = frozenset(
    {"description", "custom_instructions", "tools", "incident_processing_guide", "incidents"}
)
"""Arguments that the filter's handler holds."""


def _apply_defaults(inputs: Json, _defaults: StackDefaults) -> None:
    inputs.setdefault("is_enabled", True)
    if "handling_agents" not in inputs:
        inputs.setdefault("handling_agent", "default")


def _check_priorities(inputs: Inputs) -> Iterator[ValidationError]:
    platform, priorities = get_path(inputs, "incident_platform"), get_path(inputs, "priorities")
    allowed = PRIORITIES.get(platform, ()) if isinstance(platform, str) else ()
    for index, priority in enumerate(priorities if allowed and isinstance(priorities, list) else ()):
        if not is_unknown(priority) and priority not in allowed:
            yield error_at(
                ("priorities", index), f"must be one of {', '.join(allowed)}, the priorities of {platform}"
            )


class IncidentFilterCrud(ItemCrud):
    """Azure keeps a plan in two parts; one without its handler is a create that was interrupted."""

    def _fields_written_last(self, existing: Json) -> frozenset[str]:
        return HANDLER_FIELDS if "handlerId" not in existing else frozenset()


class IncidentFilterProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(INCIDENT_FILTER, IncidentFilterArgs, _check_priorities, apply_defaults=_apply_defaults)

    crud_type = IncidentFilterCrud


class IncidentFilter(Resource):
    """A response plan of an agent: the filter, and the handler with its instructions and tools.

    The agent must be connected to the filter's platform, by an `IncidentPlatform` that this depends on. The
    handler always goes through the data plane, whichever plane the filter goes through.
    """

    provider = IncidentFilterProvider

    max_automated_investigation_attempts: Output[int]
    merge_window_hours: Output[int]
    """As in the arguments; said here too since a whole number would come back from the engine as a float."""

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[IncidentFilterArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
