"""Who used an agent's units this month: by thread type, scheduled task or HTTP trigger, as a range.

See docs/reference/product.md#units-of-a-month.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pulumi_sre_agent.api.errors import ApiError, ConfigError
from pulumi_sre_agent.cli import ages, terminal
from pulumi_sre_agent.cli.agent.usage import By
from pulumi_sre_agent.cli.terminal import Column
from pulumi_sre_agent.review.cost import rates
from pulumi_sre_agent.review.cost.rates import Range

if TYPE_CHECKING:
    from pulumi_sre_agent.api.agent import AgentClient
    from pulumi_sre_agent.api.runtime.messages import Thread
    from pulumi_sre_agent.api.runtime.usages import Generation

TASK_TITLE, TRIGGER_TITLE = "Scheduled Task: ", "HTTP Trigger: "
"""How titles of their threads begin."""
PROVIDERS = {"claude": "Anthropic", "gpt": "MicrosoftFoundry"}
"""By a word in a model's id."""
GONE = "deleted threads"
PROFILES = "So each thread of this month is taken for one piece of work, by published profiles."
CACHES = "A range, because telemetry does not tell which tokens caches took."


@dataclass
class Group:
    """What one sort of thread used."""

    units: Range = rates.NOTHING
    threads: set[str] = field(default_factory=set)
    tokens: Counter[str] = field(default_factory=Counter)

    def summary(self, name: str) -> dict[str, Any]:
        """Return it for programs; tokens are None where they are not known."""
        return {
            "name": name,
            "threads": len(self.threads),
            "inputTokens": self.tokens.get("input"),
            "outputTokens": self.tokens.get("output"),
            "units": {"low": round(self.units.low, 3), "high": round(self.units.high, 3)},
        }


class Starters:
    """Which task or trigger began a thread."""

    def __init__(self, agent: "AgentClient") -> None:
        self._tasks = {task.thread_id: task.name or task.id for task in agent.tasks.list() if task.thread_id}
        self._triggers = {
            str(run["threadId"]): trigger.name or trigger.id
            for trigger in agent.triggers.list()
            for run in agent.triggers.executions(trigger)
            if run.get("threadId")
        }

    def group(self, thread: "Thread", by: By) -> str | None:
        """Return what a thread counts for; None for nothing."""
        title = thread.title or ""
        task = self._tasks.get(thread.id) or _name(title, TASK_TITLE)
        trigger = self._triggers.get(thread.id) or _name(title, TRIGGER_TITLE)
        if by is not By.TYPE:
            return task if by is By.TASK else trigger
        if _is_incident(thread):
            return "incidents"
        return "scheduled tasks" if task else "triggers" if trigger else "chats"


def show(agent: "AgentClient", by: By, now: datetime, *, json: bool) -> None:
    """Print who used what since the month began; `now` is a time of it, in UTC."""
    start = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    starters = Starters(agent)
    try:
        generations = [*agent.usage.generations(start=start, end=now)]
        reason = "" if generations else "Its Application Insights has no answer of a model this month."
    except (ApiError, ConfigError) as error:
        generations, reason = [], str(error)
    if reason:
        groups = _by_profile(agent.threads.list(), starters, by, start)
    else:
        groups = _by_tokens(generations, agent.threads.list(), starters, by)
    if json:
        basis = "profiles" if reason else "tokens"
        rows = [group.summary(name) for name, group in groups.items()]
        terminal.result_json({"by": by.value, "since": start.isoformat(), "basis": basis, "groups": rows})
    elif groups:
        _print(groups, by)
    if reason:
        terminal.note(reason)
    if groups:
        terminal.note(PROFILES if reason else CACHES)
    if not groups:
        terminal.note(f"Nothing is known to have been used this month, by {by.value}.")


def _by_tokens(
    generations: Iterable["Generation"], threads: Iterable["Thread"], starters: Starters, by: By
) -> dict[str, Group]:
    by_thread: dict[str, list[Generation]] = {}
    for each in generations:
        by_thread.setdefault(each.thread_id, []).append(each)
    names = _names(set(by_thread), threads, starters, by)
    groups: dict[str, Group] = {}
    for thread_id, used in by_thread.items():
        name = names.get(thread_id, GONE if by is By.TYPE else None)
        if name is None:
            continue
        group = groups.setdefault(name, Group())
        group.threads.add(thread_id)
        for each in used:
            group.tokens.update(input=each.input_tokens, output=each.output_tokens)
            group.units += rates.units_of(each.input_tokens, each.output_tokens, _provider(each.model))
    return _most_first(groups)


def _names(
    wanted: set[str], threads: Iterable["Thread"], starters: Starters, by: By
) -> dict[str, str | None]:
    """Return groups by the ids of threads, reading no more threads than it takes."""
    names: dict[str, str | None] = {}
    for thread in threads:
        if thread.id in wanted:
            names[thread.id] = starters.group(thread, by)
            if len(names) == len(wanted):
                break
    return names


def _by_profile(threads: Iterable["Thread"], starters: Starters, by: By, start: datetime) -> dict[str, Group]:
    groups: dict[str, Group] = {}
    for thread in _since(threads, start):
        name = starters.group(thread, by)
        if name is None:
            continue
        group = groups.setdefault(name, Group())
        group.threads.add(thread.id)
        is_incident = _is_incident(thread)
        least, most = (rates.INCIDENT, rates.REPAIR) if is_incident else (rates.QUESTION, rates.INCIDENT)
        group.units += rates.between(least, most, "")
    return _most_first(groups)


def _since(threads: Iterable["Thread"], start: datetime) -> Iterator["Thread"]:
    """Yield threads, the newest first, as far back as they began then or later."""
    for thread in threads:
        began = ages.parse(thread.created_timestamp)
        if began is not None and began < start:
            return
        yield thread


def _most_first(groups: dict[str, Group]) -> dict[str, Group]:
    return dict(sorted(groups.items(), key=lambda item: (-item[1].units.high, item[0])))


def _print(groups: dict[str, Group], by: By) -> None:
    whole = sum(group.units.high for group in groups.values()) or 1
    terminal.result_list(
        (
            Column(by.value.upper(), 8),
            Column("THREADS"),
            Column("INPUT TOKENS"),
            Column("OUTPUT"),
            Column("UNITS"),
            Column("SHARE"),
        ),
        [
            [
                name,
                str(len(group.threads)),
                f"{group.tokens['input']:,}" if group.tokens else "",
                f"{group.tokens['output']:,}" if group.tokens else "",
                _units(group.units),
                f"{group.units.high / whole:.0%}",
            ]
            for name, group in groups.items()
        ],
    )


def _units(units: Range) -> str:
    low, high = f"{units.low:,.1f}", f"{units.high:,.1f}"
    return low if low == high else f"{low} to {high}"


def _name(title: str, beginning: str) -> str | None:
    return title.removeprefix(beginning) if title.startswith(beginning) else None


def _is_incident(thread: "Thread") -> bool:
    return thread.source == "Incident" or bool(thread.incident_details)


def _provider(model: str) -> str:
    words = (provider for word, provider in PROVIDERS.items() if word in model.lower())
    return next(words, "")
