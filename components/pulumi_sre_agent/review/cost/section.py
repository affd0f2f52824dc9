"""The report's section on cost: what a month takes before a change and after it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pulumi_sre_agent.review.cost.forecast import INCIDENTS, Forecast, forecast
from pulumi_sre_agent.review.cost.rates import Range
from pulumi_sre_agent.review.inventory.of_preview import of_preview
from pulumi_sre_agent.review.preview import Preview
from pulumi_sre_agent.review.section import Row, Section
from pulumi_sre_agent.review.text import code

PARTIAL = (
    "The preview leaves out what stays the same, and so does this: with `--show-sames` both would be whole."
)
LEFT_OUT = (
    "Each run of a task is taken for at least a question and at most an incident, each incident for at least "
    "an investigation and at most a full repair, by the product's published profiles; chats and triggers are "
    "left out."
)


@dataclass(frozen=True)
class CostOptions:
    """What whoever asks knows better."""

    is_asked: bool = False
    """Whether to tell the cost also where it stays the same."""
    price_per_unit: float | None = None
    """In whatever currency."""
    incidents: float = INCIDENTS
    """How many there are a month."""


def cost_section(preview: Preview, options: CostOptions) -> Section | None:
    """Compare what both sides of a preview take; None where that is the same and nobody asks."""
    before, after = (forecast(of_preview(preview, side), options.incidents) for side in ("before", "after"))
    if before == after and not options.is_asked:
        return None
    rows = [*_rows(before, after, options)]
    return Section(
        id="cost",
        title="Cost",
        summary=f"{Row('', str(before.total), str(after.total)).value} units a month",
        rows=tuple(rows),
        notes=tuple(_notes(preview, before, after, options)),
        data={
            "unitsAMonth": {"before": _data(before), "after": _data(after)},
            "incidentsAMonth": options.incidents,
            "pricePerUnit": options.price_per_unit,
        },
    )


def _rows(before: Forecast, after: Forecast, options: CostOptions) -> Iterator[Row]:
    yield Row("Being there, running or not", str(before.always_on), str(after.always_on))
    for name in dict.fromkeys([*before.tasks, *after.tasks]):
        sides = (str(side.tasks.get(name, "none")) for side in (before, after))
        yield Row(f"Scheduled task {code(name)}", *sides)
    yield Row(f"Incidents, {options.incidents:g} a month", str(before.incidents), str(after.incidents))
    yield Row("Limit of tasks and incidents", *(_limit(side.limit) for side in (before, after)))
    yield Row("Altogether", str(before.total), str(after.total))
    if options.price_per_unit is not None:
        money = (_money(side.total, options.price_per_unit) for side in (before, after))
        yield Row(f"In money, at {options.price_per_unit:g} a unit", *money)


def _limit(limit: float | None) -> str:
    return "none" if limit is None else f"{limit:,.0f}"


def _money(units: Range, price: float) -> str:
    low, high = (f"{side * price:,.2f}" for side in (units.low, units.high))
    return low if low == high else f"{low} to {high}"


def _notes(preview: Preview, before: Forecast, after: Forecast, options: CostOptions) -> Iterator[str]:
    if not preview.is_whole:
        yield PARTIAL
    if after.limit is not None and after.active.high > after.limit:
        certainty = "would" if after.active.low > after.limit else "might"
        yield (
            f"Tasks and incidents {certainty} reach the limit of {after.limit:,.0f} units, "
            "where chat and actions stop until the next month."
        )
    if after.incidents.high and options.incidents == INCIDENTS:
        yield f"{INCIDENTS} incidents a month are an assumption: `--incidents` takes your number."
    for name in after.unknown:
        yield f"When the scheduled task {code(name)} runs is not known yet: it counts for nothing here."
    if before.active.high or after.active.high:
        yield LEFT_OUT


def _data(side: Forecast) -> dict[str, Any]:
    return {
        "alwaysOn": _range(side.always_on),
        "tasks": {name: _range(units) for name, units in side.tasks.items()},
        "incidents": _range(side.incidents),
        "limit": side.limit,
        "total": _range(side.total),
    }


def _range(units: Range) -> dict[str, float]:
    return {"low": round(units.low, 1), "high": round(units.high, 1)}
