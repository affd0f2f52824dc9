"""What the agent may use up (docs/reference/product.md#units)."""

from collections.abc import Iterator
from typing import Literal

from pulumi_sre_agent.review.changes import Change
from pulumi_sre_agent.review.cost.forecast import DAYS, runs_a_day
from pulumi_sre_agent.review.findings import Match, Rule, Severity
from pulumi_sre_agent.review.preview import Preview
from pulumi_sre_agent.review.text import code

LIMIT = "monthly_agent_unit_limit"
OFTEN = 24
"""Runs a day from which a task may well cost more than the agent itself."""


def _limit(preview: Preview) -> Iterator[Match]:
    for change in preview.of("Agent"):
        if change.op not in ("update", "replace"):
            continue
        before, after = change.value(LIMIT, of="before"), change.value(LIMIT)
        if before and not after:
            yield Match(
                change, f"The agent {code(change.name)} would lose its limit of {before:,} units a month."
            )
        elif before and after and after > before:
            yield Match(
                change,
                f"The agent {code(change.name)} may use {after:,} units a month instead of {before:,}.",
            )


def _schedule(preview: Preview) -> Iterator[Match]:
    for change in preview.of("ScheduledTask"):
        before, after = _runs(change, "before"), _runs(change, "after")
        if after > before:
            instead = f" instead of {_times(before)}" if before else ""
            yield Match(
                change,
                f"The scheduled task {code(change.name)} would run {_times(after)}{instead}.",
                Severity.LOW if after < OFTEN else None,
                path=("cron_expression",),
            )


def _runs(change: Change, side: Literal["before", "after"]) -> float:
    if not change.value("is_enabled", of=side, default=True):
        return 0
    return runs_a_day(str(change.value("cron_expression", of=side, default=""))) or 0


def _times(runs: float) -> str:
    if runs * 7 < 1:
        return f"{runs * DAYS:,.3g} times in {DAYS} days"
    times, period = (runs, "day") if runs >= 1 else (runs * 7, "week")
    return f"{'once' if times == 1 else f'{times:,.4g} times'} a {period}"


RULES = (
    Rule(
        "unit-limit-raised",
        "The agent may use more units",
        Severity.MEDIUM,
        "The limit is all that ends the active flow of an agent that works in a circle.",
        "Keep a limit that the month's forecast fits in.",
        _limit,
    ),
    Rule(
        "task-more-often",
        "A scheduled task runs more often",
        Severity.MEDIUM,
        "Each run costs units whether it finds anything or not; in a public lab two thirds of all units "
        "went to tasks.",
        "Run it as often as somebody reads what it says.",
        _schedule,
        is_standing=True,
    ),
)
