"""What agents use in a month, in units, as a range (docs/reference/product.md#units-of-a-month)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import takewhile

from cronsim import CronSim, CronSimError

from pulumi_sre_agent.review.cost.rates import INCIDENT, NOTHING, QUESTION, REPAIR, Range, Tokens, between
from pulumi_sre_agent.review.inventory.inventory import Agent, Inventory, Item

HOURS = 730
"""Of a month, a twelfth of a year."""
ALWAYS_ON = 4
"""Units an hour that an agent costs by being there, running or not."""
MONDAY = datetime(2026, 6, 1, tzinfo=UTC)
"""Whence runs are counted: the beginning of a month and of a week."""
DAYS = 28
INCIDENTS = 20
"""Incidents a month that are assumed where nobody says how many there are."""


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What the agents of a stack use in a month."""

    always_on: Range = NOTHING
    tasks: Mapping[str, Range] = field(default_factory=dict)
    """By the task's name."""
    incidents: Range = NOTHING
    limit: float | None = None
    """Units that the active flow may use at most; None where there is none."""
    unknown: tuple[str, ...] = ()
    """Tasks whose schedule is not known yet, which count for nothing."""

    @property
    def active(self) -> Range:
        """Tasks and incidents, whatever the limit."""
        return sum(self.tasks.values(), self.incidents)

    @property
    def total(self) -> Range:
        """All of it, as far as the limit lets it."""
        return self.always_on + self.active.up_to(self.limit)


def forecast(inventory: Inventory, incidents: float = INCIDENTS) -> Forecast:
    """Return what agents use in a month, by what they are, their scheduled tasks and their response plans.

    `incidents` is how many there are a month, shared by the agents that have a plan which is on. Chats and
    triggers are not foreseen. An agent that is stopped pays for being there, and for no more.
    """
    running = [agent for agent in inventory.agents if not _is_stopped(agent)]
    taking = [agent for agent in running if any(map(_is_on, agent.of("IncidentFilter")))]
    runs = [(agent, task, runs_a_month(task)) for agent in running for task in agent.of("ScheduledTask")]
    by_name: dict[str, Range] = {}
    for agent, task, count in runs:
        name = task.name if len(inventory.agents) == 1 else f"{agent.name}/{task.name}"
        by_name[name] = _between(QUESTION, INCIDENT, agent) * (count or 0)
    return Forecast(
        always_on=Range(1, 1) * ALWAYS_ON * HOURS * sum(agent.is_whole for agent in inventory.agents),
        tasks=by_name,
        incidents=sum(
            (_between(INCIDENT, REPAIR, agent) * (incidents / len(taking)) for agent in taking), Range()
        ),
        limit=_limit(inventory.agents),
        unknown=tuple(task.name for _, task, count in runs if count is None),
    )


def runs_a_month(task: Item) -> float | None:
    """Return how often a scheduled task runs in a month; None where its schedule is not known."""
    if not _is_on(task):
        return 0
    runs = runs_a_day(str(task.value("cron_expression")))
    most = task.value("max_executions")
    if runs is None:
        return None
    return min(runs * HOURS / 24, most) if most else runs * HOURS / 24


@cache
def runs_a_day(expression: str) -> float | None:
    """Return how often a cron expression runs in a day, the average of four weeks; None where it is none."""
    try:
        simulation = CronSim(expression, MONDAY - timedelta(seconds=1))
        return sum(1 for _ in takewhile(lambda at: at < MONDAY + timedelta(days=DAYS), simulation)) / DAYS
    except CronSimError:
        return None


def _is_on(item: Item) -> bool:
    return item.value("is_enabled", default=True) is not False


def _is_stopped(agent: Agent) -> bool:
    return any(item.value("state") == "Stopped" for item in agent.of("AgentPower"))


def _between(least: Tokens, most: Tokens, agent: Agent) -> Range:
    return between(least, most, str(agent.value("default_model", "provider")))


def _limit(agents: Sequence[Agent]) -> float | None:
    limits = [agent.value("monthly_agent_unit_limit") for agent in agents]
    return sum(limits) if limits and all(limits) else None
