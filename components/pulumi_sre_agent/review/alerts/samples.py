"""Sample alerts: of each priority, about what an agent's plans tell apart, and about anything else."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product
from typing import NamedTuple

from pulumi_sre_agent.review.alerts.alert import Alert
from pulumi_sre_agent.review.alerts.matching import EVERYTHING, REQUIRED, platform_name, takes, texts
from pulumi_sre_agent.review.changes import is_known
from pulumi_sre_agent.review.inventory.inventory import Item
from pulumi_sre_agent.review.text import code

NOUNS = {
    "service": "service",
    "incident_type": "incident type",
    "alert_id": "alert",
    "resource": "resource",
    "resource_type": "resource type",
}
PLACES = {
    "service": ("impacted_service",),
    "incident_type": ("incident_type",),
    "alert_id": ("alert_id",),
    "resource": ("az_monitor_filter_settings", "target_resource"),
    "resource_type": ("az_monitor_filter_settings", "target_resource_type"),
}
"""Where a plan says what an alert must be about."""


MOST_SHARED = 30
"""Pairs of plans whose shared alerts are told of; without exclusions, each pair of many plans has some."""


@dataclass(frozen=True)
class Subject:
    """What sample alerts of one platform are about; empty texts stand for what no plan asks for."""

    platform: str
    words: tuple[str, ...] = ()
    """Texts in the title."""
    service: str = ""
    incident_type: str = ""
    alert_id: str = ""
    resource: str = ""
    resource_type: str = ""

    def alert(self, priority: str | None) -> Alert:
        """Return an alert about it."""
        members = {name: getattr(self, name) for name in NOUNS}
        return Alert(platform=self.platform, priority=priority, title=" ".join(self.words), **members)

    def __str__(self) -> str:
        said = [f"{noun} {code(value)}" for name, noun in NOUNS.items() if (value := getattr(self, name))]
        if self.words:
            said.insert(0, f"title with {' and '.join(map(code, self.words))}")
        return ", ".join(said) or "anything else"


def priorities(platform: str) -> tuple[str, ...]:
    """Return the priorities of a platform, the gravest first."""
    from pulumi_sre_agent.resources.incident_filter import PRIORITIES  # noqa: PLC0415 - brings Pulumi's SDK

    return PRIORITIES[platform]


def in_words(some: Sequence[str], platform: str) -> str:
    """Write priorities of a platform, a row of them as a range."""
    every = priorities(platform)
    start = every.index(some[0])
    is_row = len(some) > 2 and (*some,) == every[start : start + len(some)]
    return f"{some[0]} to {some[-1]}" if is_row else ", ".join(some)


class Subjects(NamedTuple):
    """What to try of a platform."""

    each: list[Subject]
    """What each plan is about."""
    shared: list[Subject]
    """What two plans take both, at most `MOST_SHARED`."""
    is_cut: bool
    """Whether there is more of that."""


@dataclass(frozen=True)
class _Plan:
    """A plan with what it asks of an alert, for it is tried with every other one."""

    item: Item
    priorities: frozenset[str]
    """In lower case; none stands for all."""
    titles: tuple[tuple[str, ...], ...]
    """The words that a title must hold, in each way that it may."""
    about: Mapping[str, str]
    """By the names of `PLACES`; empty for what it does not ask for."""

    @classmethod
    def of(cls, item: Item) -> "_Plan":
        required = tuple(text for name in REQUIRED for text in _known(item, name))
        titles = tuple((*required, text) for text in _known(item, "title_contains_any")) or (required,)
        priorities = frozenset(str(each).lower() for each in texts(item.value("priorities")))
        return cls(item, priorities, titles, {name: _about_what(item, path) for name, path in PLACES.items()})


def subjects(platform: str, plans: Iterable[Item]) -> Subjects:
    """Return what to try of a platform; what no plan is about, `Subject(platform)`, comes on top."""
    own = (plan for plan in plans if platform_name(plan.value("incident_platform")) == platform)
    each_plan = [*map(_Plan.of, own)]
    each = [*dict.fromkeys(subject for plan in each_plan for subject in _about(platform, [plan]))]
    pairs = (_shared(platform, pair) for pair in combinations(each_plan, 2))
    found = [*islice((subject for subject in pairs if subject), MOST_SHARED + 1)]
    shared = [subject for subject in dict.fromkeys(found[:MOST_SHARED]) if subject not in each]
    return Subjects(each, shared, len(found) > MOST_SHARED)


def _shared(platform: str, pair: Sequence[_Plan]) -> Subject | None:
    """Return something that two plans take both, where there is such a thing."""
    wanted = [plan.priorities for plan in pair if plan.priorities]
    both = (each for each in priorities(platform) if all(each.lower() in some for some in wanted))
    priority = next(both, None)
    if priority is None:
        return None
    alerts = ((subject, subject.alert(priority)) for subject in _about(platform, pair))
    return next((subject for subject, alert in alerts if all(takes(plan.item, alert) for plan in pair)), None)


def _about(platform: str, plans: Sequence[_Plan]) -> Iterator[Subject]:
    """Yield what plans ask for together; one for each of the texts that a title may hold."""
    about = {name: next(filter(None, (plan.about[name] for plan in plans)), "") for name in PLACES}
    for titles in product(*(plan.titles for plan in plans)):
        words = dict.fromkeys(word for title in titles for word in title)
        yield Subject(platform, tuple(words), **about)


def _about_what(plan: Item, path: tuple[str, ...]) -> str:
    value = str(plan.value(*path, default=""))
    return "" if value.lower() == EVERYTHING else value


def _known(plan: Item, name: str) -> list[str]:
    return [str(text) for text in texts(plan.properties.get(name)) if is_known(text)]
