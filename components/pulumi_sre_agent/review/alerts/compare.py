"""Which alerts go another way by a change: of alert rules, and samples of what response plans tell apart."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from pulumi_sre_agent.review.alerts.alert import AZURE_MONITOR, RULE_TYPE, AlertRule, alert_rules
from pulumi_sre_agent.review.alerts.routes import PLAN, Route, platforms_of, route
from pulumi_sre_agent.review.alerts.samples import Subject, in_words, priorities, subjects
from pulumi_sre_agent.review.inventory.inventory import Agent, Inventory
from pulumi_sre_agent.review.inventory.of_preview import of_preview
from pulumi_sre_agent.review.preview import Preview

KINDS = (PLAN, "IncidentPlatform")


@dataclass(frozen=True, kw_only=True)
class Reroute:
    """Alerts that go another way."""

    label: str
    before: Route | None
    """None where there is no such alert rule, or it is off."""
    after: Route | None
    rule: AlertRule | None = None
    """Where they come from; None for a sample."""


@lru_cache(maxsize=1)
def reroutes(preview: Preview) -> list[Reroute]:
    """Return which alerts go another way by a preview; none where it leaves out what stays the same."""
    if not preview.is_whole:
        return []
    before, after = of_preview(preview, "before"), of_preview(preview, "after")
    names = dict.fromkeys(agent.name for agent in (*before.agents, *after.agents))
    return [each for name in names for each in _of_agent(_Sides(name, before, after))]


def says_too_little(preview: Preview) -> bool:
    """Whether a plan, a platform or an alert rule changes, and the preview leaves out the rest."""
    return not preview.is_whole and any(
        change.kind in KINDS or RULE_TYPE.fullmatch(change.kind) for change in preview.real_changes
    )


class _Sides:
    """One agent before a change and after it."""

    def __init__(self, name: str, before: Inventory, after: Inventory) -> None:
        self.name, self.inventories = name, (before, after)
        self.is_only_one = max(len(side.agents) for side in self.inventories) == 1
        self.agents = [
            next((agent for agent in side.agents if agent.name == name), None) for side in self.inventories
        ]

    @property
    def present(self) -> list[Agent]:
        return [agent for agent in self.agents if agent]

    def label(self, text: str) -> str:
        return text if self.is_only_one else f"{self.name}: {text}"


def _of_agent(sides: _Sides) -> Iterator[Reroute]:
    platforms = dict.fromkeys(each for agent in sides.present for each in platforms_of(agent))
    if AZURE_MONITOR in platforms:
        yield from _of_rules(sides)
    for platform in platforms:
        tried = [subjects(platform, agent.of(PLAN)) for agent in sides.present]
        about = [subject for each in tried for subject in (*each.each, *each.shared)]
        for subject in dict.fromkeys([*about, Subject(platform)]):
            yield from _of_subject(sides, subject)


def _of_rules(sides: _Sides) -> Iterator[Reroute]:
    before, after = ({rule.urn: rule for rule in alert_rules(side)} for side in sides.inventories)
    for urn, rule in {**before, **after}.items():
        ways = [
            _route(agent, found) if (found := rules.get(urn)) else None
            for agent, rules in zip(sides.agents, (before, after), strict=True)
        ]
        if ways[0] != ways[1]:
            yield Reroute(label=sides.label(rule.label), before=ways[0], after=ways[1], rule=rule)


def _route(agent: Agent | None, rule: AlertRule) -> Route | None:
    if not rule.is_enabled:
        return None
    return route(agent, rule.alert) if agent else Route()


def _of_subject(sides: _Sides, subject: Subject) -> Iterator[Reroute]:
    ways = [
        (tuple(route(agent, subject.alert(each)) if agent else Route() for agent in sides.agents), each)
        for each in priorities(subject.platform)
    ]
    for (before, after), group in groupby(ways, key=lambda pair: pair[0]):
        if before != after:
            words = in_words([priority for _, priority in group], subject.platform)
            yield Reroute(label=sides.label(f"{words}, {subject}"), before=before, after=after)
