"""Which response plans of a directory an agent gets: those of the platform that its incidents come from."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

from pulumi_sre_agent.api.kinds import INCIDENT_FILTER
from pulumi_sre_agent.directory import AgentDirectory, Item, Note
from pulumi_sre_agent.schema.choices import PLATFORM_ALIASES, AgentPlatformType
from pulumi_sre_agent.schema.fields import Field
from pulumi_sre_agent.schema.normalization import canonicalize
from pulumi_sre_agent.schema.secrecy import refusal

AZURE_MONITOR, NO_PLATFORM = "AzMonitor", "None"
_TYPE = Field(str, choices=get_args(AgentPlatformType), annotations=(PLATFORM_ALIASES,))


def platform_type(value: object) -> str:
    """Return the type of a platform in the one spelling that Azure has for it."""
    return str(canonicalize(_TYPE, str(value)))


def for_platform(directory: AgentDirectory, platform: Mapping[str, Any]) -> AgentDirectory:
    """Return the directory with the response plans of one platform; a note tells of each that is left out.

    Azure takes no plan of another platform than the agent's, and priorities are each platform's
    own, so a directory that serves agents of several platforms holds a plan for each of them. An agent
    without a platform gets none. Raises `pulumi.RunError` where no plan is for the agent's platform.

    See docs/reference/data-plane.md#incident-filters.
    """
    type_ = platform.get("type")
    if not isinstance(type_, str):  # nobody says, or only Azure knows
        return directory
    plans, ours = directory.of(INCIDENT_FILTER), platform_type(type_)
    others = [plan for plan in plans if platform_type(_platform(plan)) != ours]
    if others and others == plans and ours != NO_PLATFORM:
        raise refusal(
            f"The response plan {plans[0].name} ({plans[0].source}) is for {_platform(plans[0])}, but "
            f"incidents come from {type_}: add a plan for {type_}, or change one of them."
        )
    return replace(
        directory,
        items=tuple(item for item in directory.items if item not in others),
        notes=tuple(sorted([*directory.notes, *(_note(plan, type_) for plan in others)])),
    )


def _platform(plan: Item) -> str:
    return str(plan.args.get("incident_platform"))


def _note(plan: Item, type_: str) -> Note:
    origin = "nowhere" if platform_type(type_) == NO_PLATFORM else type_
    text = f"the response plan {plan.name} is for {_platform(plan)}, and incidents come from {origin}"
    return Note(plan.source.file, plan.source.line, f"{text}: it stays out")
