"""Who would take an alert: none of an agent's response plans, one, or several, which is ambiguous.

See docs/reference/product.md#which-plan-takes-it.
"""

from dataclasses import dataclass
from typing import Literal

from pulumi_sre_agent.review.alerts.alert import Alert
from pulumi_sre_agent.review.alerts.matching import platform_name, takes
from pulumi_sre_agent.review.inventory.inventory import Agent, Item
from pulumi_sre_agent.review.permissions.actors import AUTOMATIONS_MODE, ITSELF, mode_of
from pulumi_sre_agent.review.permissions.decision import Mode
from pulumi_sre_agent.review.text import code

PLAN = "IncidentFilter"
PLATFORMS = ("AzMonitor", "PagerDuty", "ServiceNow")
Outcome = Literal["taken", "ambiguous", "perhaps", "untaken"]


@dataclass(frozen=True)
class Taker:
    """A plan that takes an alert."""

    plan: str
    handlers: tuple[str, ...]
    """Subagents; none for the agent itself."""
    mode: Mode
    """The plan's own, else the service's default (docs/reference/product.md#which-mode-counts)."""
    is_certain: bool = True
    """False where it depends on what is not known."""

    def __str__(self) -> str:
        handlers = ", ".join(map(code, self.handlers)) or "the agent itself"
        perhaps = "" if self.is_certain else "perhaps "
        return f"{perhaps}{code(self.plan)}, by {handlers}, in {self.mode}"


@dataclass(frozen=True)
class Route:
    """Who takes an alert."""

    takers: tuple[Taker, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """One plan, several, perhaps one, or none."""
        if len(self.takers) > 1:
            return "ambiguous"
        return "untaken" if not self.takers else "taken" if self.takers[0].is_certain else "perhaps"

    def __str__(self) -> str:
        if len(self.takers) < 2:
            return str(self.takers[0]) if self.takers else "no plan"
        return f"ambiguous: {'; or '.join(map(str, self.takers))}"


def route(agent: Agent, alert: Alert) -> Route:
    """Return which plans of an agent take an alert, those that do for certain first."""
    if alert.platform not in platforms_of(agent):
        return Route()
    verdicts = [(takes(plan, alert), plan) for plan in agent.of(PLAN)]
    takers = [_taker(plan, verdict is True) for verdict, plan in verdicts if verdict is not False]
    return Route(tuple(sorted(takers, key=lambda taker: (not taker.is_certain, taker.plan))))


def platforms_of(agent: Agent) -> tuple[str, ...]:
    """Return the platform that an agent is connected to; where nothing says it, those of its plans."""
    said = [item.value("type") for item in agent.of("IncidentPlatform")]
    said.append(agent.value("incident_management_configuration", "type"))
    types = {platform_name(each) for each in said if each}
    types = types or {platform_name(plan.value("incident_platform")) for plan in agent.of(PLAN)}
    return tuple(platform for platform in PLATFORMS if platform in types)


def _taker(plan: Item, is_certain: bool) -> Taker:
    handlers = [*plan.entries("handling_agents"), plan.value("handling_agent")]
    subagents = tuple(str(each) for each in handlers if each and str(each).lower() not in ITSELF)
    return Taker(
        plan.name, subagents, mode_of(plan.value("agent_mode", default=AUTOMATIONS_MODE)), is_certain
    )
