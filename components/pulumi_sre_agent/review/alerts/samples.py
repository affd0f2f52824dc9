"""Sample alerts: of each priority, about what an agent's plans tell apart, and about anything else."""

from collections.abc import Iterable, Iterator, Sequence
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


def subjects(platform: str, plans: Iterable[Item]) -> Subjects:
    """Return what to try of a platform; what no plan is about, `Subject(platform)`, comes on top."""
    plans = [plan for plan in plans if platform_name(plan.value("incident_platform")) == platform]
    each = [*dict.fromkeys(subject for plan in plans for subject in _about(platform, [plan]))]
    pairs = (_shared(platform, pair) for pair in combinations(plans, 2))
    found = [*islice((subject for subject in pairs if subject), MOST_SHARED + 1)]
    shared = [subject for subject in dict.fromkeys(found[:MOST_SHARED]) if subject not in each]
    return Subjects(each, shared, len(found) > MOST_SHARED)


def _shared(platform: str, pair: Sequence[Item]) -> Subject | None:
    """Return something that two plans take both, where there is such a thing."""
    wanted = [{str(each).lower() for each in texts(plan.value("priorities"))} for plan in pair]
    both = (each for each in priorities(platform) if all(not some or each.lower() in some for some in wanted))
    priority = next(both, None)
    if priority is None:
        return None
    alerts = ((subject, subject.alert(priority)) for subject in _about(platform, pair))
    return next((subject for subject, alert in alerts if all(takes(plan, alert) for plan in pair)), None)


def _about(platform: str, plans: Sequence[Item]) -> Iterator[Subject]:
    """Yield what plans ask for together; one for each of the texts that a title may hold."""
    about = {name: _first(path, plans) for name, path in PLACES.items()}
    for titles in product(*map(_titles, plans)):
        words = dict.fromkeys(word for title in titles for word in title)
        yield Subject(platform, tuple(words), **about)


def _titles(plan: Item) -> list[list[str]]:
    """Return the words that a title must hold for a plan, in each way that it has."""
    required = [text for name in REQUIRED for text in _known(plan, name)]
    return [[*required, text] for text in _known(plan, "title_contains_any")] or [required]


def _first(path: tuple[str, ...], plans: Sequence[Item]) -> str:
    values = (str(plan.value(*path, default="")) for plan in plans)
    return next((value for value in values if value and value.lower() != EVERYTHING), "")


def _known(plan: Item, name: str) -> list[str]:
    return [str(text) for text in texts(plan.properties.get(name)) if is_known(text)]
