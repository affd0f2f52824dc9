"""A scheduled task: a prompt that an agent works on by itself, by the clock."""

from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, NotRequired

from pulumi import Input, Output, ResourceOptions
from typing_extensions import Unpack

from pulumi_sre_agent.api.kinds import SCHEDULED_TASK, Json
from pulumi_sre_agent.schema.annotations import TEXT, Canonical, Default, Rule
from pulumi_sre_agent.schema.choices import ACTION_MODE_ALIASES, ActionMode
from pulumi_sre_agent.schema.rules import PRESENT, at_least
from pulumi_sre_agent.schema.validation import did_you_mean

from ._core.additional_properties import check_additional, merge_additional, split_additional, wire_names
from ._core.item_args import HANDLER, ItemArgs, item_model
from ._core.provider import ItemProvider, Resource

SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""Whence cronsim would count; whether an expression is one does not depend on it."""


def _check_cron(expression: str) -> str | None:
    """Judge a cron expression; cronsim also knows seconds, which the service does not."""
    from cronsim import CronSim, CronSimError  # noqa: PLC0415 - only a check of a task needs it

    reason = f"fields: {len(expression.split())}"
    if len(expression.split()) == 5:
        try:
            CronSim(expression, SOME_DAY)
        except CronSimError as error:
            reason = str(error).lower()
        else:
            return None
    return f"must be five cron fields such as 0 8 * * 1-5 ({reason})"


@cache
def _time_zones() -> set[str]:
    """Go through the system's files once."""
    from zoneinfo import available_timezones  # noqa: PLC0415 - only a check of a task that has one needs it

    return available_timezones()


def _check_time_zone(name: str) -> str | None:
    """Judge a name of the IANA database, in which case counts."""
    zones = _time_zones()
    if name in zones:
        return None
    return f"must be a time zone of the IANA database, such as Europe/Berlin{did_you_mean(name, zones)}"


class ScheduledTaskArgs(ItemArgs):
    """Arguments of `ScheduledTask` (docs/reference/data-plane.md#members-by-kind)."""

    cron_expression: Annotated[Input[str], Canonical(lambda text: " ".join(text.split())), Rule(_check_cron)]
    """When it runs, as five cron fields: minute, hour, day, month, weekday; in `time_zone`."""
    time_zone: NotRequired[Annotated[Input[str], Rule(_check_time_zone)]]
    """The time zone of `cron_expression`, by its IANA name such as `Europe/Berlin`. Default: UTC."""
    agent_prompt: Annotated[Input[str], TEXT, PRESENT]
    """What the agent is to do. Line ends are written as LF."""
    description: NotRequired[Annotated[Input[str], TEXT]]
    """What it is for."""
    agent: NotRequired[Annotated[Input[str], HANDLER]]
    """Subagent that works on it; the agent itself without."""
    agent_mode: NotRequired[
        Annotated[
            Input[ActionMode],
            ACTION_MODE_ALIASES,
            Default("Autonomous"),
        ]
    ]
    """Whether it asks before it acts. Default: `Autonomous`."""
    is_enabled: NotRequired[Annotated[Input[bool], Default(True)]]
    """Whether it runs. Default: true. Three failures in a row end a task too."""
    max_executions: NotRequired[Annotated[Input[int], at_least(1)]]
    """After how many runs it ends; never without."""
    additional_properties: NotRequired[Input[dict[str, Any]]]
    """Members without an argument here, in camelCase, sent as they are."""


WIRE_NAMES = wire_names(ScheduledTaskArgs) | {"agentName": "agent"}


def _encode(spec: Json) -> Json:
    """Name the subagent as either version of the API does.

    See docs/reference/assumptions.md#scheduled-task-members.
    """
    handler = {"agentName": spec["agent"]} if "agent" in spec else {}
    return merge_additional(spec) | handler


def _decode(spec: Json) -> Json:
    return split_additional(WIRE_NAMES)(spec) | {"agent": spec.get("agent") or spec.get("agentName")}


class ScheduledTaskProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(
        SCHEDULED_TASK,
        ScheduledTaskArgs,
        check_additional(WIRE_NAMES),
        encode=_encode,
        decode=_decode,
    )


class ScheduledTask(Resource):
    """A task that an agent works on by the clock."""

    provider = ScheduledTaskProvider

    max_executions: Output[int]
    """As in the arguments; said here too since a whole number would come back from the engine as a float."""

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[ScheduledTaskArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
