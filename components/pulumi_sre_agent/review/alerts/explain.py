"""What becomes of the alerts of a stack, of a directory or of a live agent: which plan takes which."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from pulumi_sre_agent.review.alerts.alert import AZURE_MONITOR, AlertRule, alert_rules
from pulumi_sre_agent.review.alerts.routes import PLAN, Route, platforms_of, route
from pulumi_sre_agent.review.alerts.samples import Subject, Subjects, in_words, priorities, subjects
from pulumi_sre_agent.review.inventory.inventory import Agent, Inventory


@dataclass(frozen=True)
class SampleRoute:
    """Who takes alerts about a subject, of one or more priorities."""

    subject: Subject
    priorities: tuple[str, ...]
    route: Route

    @property
    def priorities_in_words(self) -> str:
        """The priorities, a row of them as a range."""
        return in_words(self.priorities, self.subject.platform)


@dataclass(frozen=True)
class RuleRoute:
    """Who takes the alerts of a rule."""

    rule: AlertRule
    route: Route


@dataclass(frozen=True, kw_only=True)
class AgentAlerts:
    """Which alerts one agent takes."""

    agent: str
    platforms: tuple[str, ...]
    rules: tuple[RuleRoute, ...]
    """Those of the stack; none where the agent's platform is not Azure Monitor."""
    samples: tuple[SampleRoute, ...]
    has_more_shared: bool
    """Whether more pairs of plans match the same alerts than the samples tell of."""
    may_have_quickstart_plan: bool
    """Whether the plan that comes with a platform may be there, too, and is none of the plans shown."""


def explain(inventory: Inventory) -> list[AgentAlerts]:
    """Return for each agent which of its plans takes which alerts."""
    rules = [*alert_rules(inventory)]
    return [_explain(agent, rules) for agent in inventory.agents]


def _explain(agent: Agent, rules: Sequence[AlertRule]) -> AgentAlerts:
    platforms = platforms_of(agent)
    tried = {platform: subjects(platform, agent.of(PLAN)) for platform in platforms}
    return AgentAlerts(
        agent=agent.name,
        platforms=platforms,
        rules=rule_routes(agent, rules),
        samples=tuple(sample for name, each in tried.items() for sample in _samples(agent, name, each)),
        has_more_shared=any(each.is_cut for each in tried.values()),
        may_have_quickstart_plan=bool(platforms) and _may_have_quickstart_plan(agent),
    )


def rule_routes(agent: Agent, rules: Iterable[AlertRule]) -> tuple[RuleRoute, ...]:
    """Return who takes the alerts of rules; none where the agent's platform is not Azure Monitor."""
    if AZURE_MONITOR not in platforms_of(agent):
        return ()
    return tuple(RuleRoute(rule, route(agent, rule.alert)) for rule in rules)


def _samples(agent: Agent, platform: str, tried: Subjects) -> Iterator[SampleRoute]:
    """Yield who takes what plans are about; of what two share, only what is ambiguous."""
    for subject in tried.each:
        yield from routes_of(agent, subject)
    for subject in tried.shared:
        yield from (each for each in routes_of(agent, subject) if each.route.outcome == "ambiguous")
    if Subject(platform) not in tried.each:
        yield from routes_of(agent, Subject(platform))


def routes_of(agent: Agent, subject: Subject) -> Iterator[SampleRoute]:
    """Yield who takes alerts about something, priorities that go the same way together."""
    ways = [(route(agent, subject.alert(each)), each) for each in priorities(subject.platform)]
    for way, group in groupby(ways, key=lambda pair: pair[0]):
        yield SampleRoute(subject, tuple(priority for _, priority in group), way)


def _may_have_quickstart_plan(agent: Agent) -> bool:
    """Return False where the program keeps it away, and of a live agent, whose plans are all listed."""
    is_live = agent.id and not agent.urn
    return not is_live and not any(item.value("present") is False for item in agent.of("QuickstartPlan"))
