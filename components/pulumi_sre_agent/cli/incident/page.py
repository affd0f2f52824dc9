"""A summary of incidents as one HTML page with plots, which loads nothing."""

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

from pulumi_sre_agent.cli.incident.figures import COLUMNS, describe_minutes, numbers
from pulumi_sre_agent.review.formats.page import page

if TYPE_CHECKING:
    from pulumi_sre_agent.api.runtime.incidents import IncidentCounts
    from pulumi_sre_agent.cli.incident.figures import Figures

WIDTH, HEIGHT = 720, 160
PARTS = (
    ("mitigated", "mitigated by the agent", "#2da44e"),
    ("assisted_only", "assisted", "#8250df"),
    ("people", "mitigated by people", "#0969da"),
    ("waiting", "waiting for people", "#bf8700"),
)
"""What the bars are made of, from the bottom; each incident is in one of them."""
STYLE = """<style>
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); gap: .75rem; }
.tiles div { border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; }
.tiles b { display: block; font-size: 1.6rem; }
svg { display: block; width: 100%; height: 10rem; }
.days { display: flex; justify-content: space-between; }
.table { overflow-x: auto; }
.key span { white-space: nowrap; margin-right: 1rem; }
.key i { display: inline-block; width: .8em; height: .8em; margin-right: .4em; border-radius: .15em; }
td:not(:first-child), th:not(:first-child) { text-align: right; }
</style>
"""


def render(agent: str, figures: "Figures") -> str:
    """Write the figures of an agent as a page."""
    days = [*figures.by_day]
    parts = [
        STYLE,
        f"<h1>Incidents of {escape(agent)}</h1>\n<p>{days[0]} to {days[-1]} (UTC)</p>\n",
        _tiles(figures),
        "<h2>By day</h2>\n",
        _key(),
        _bars(figures),
        _table("Response plan", figures.by_plan),
        _table("Platform", figures.by_platform),
    ]
    return page(escape(f"Incidents of {agent}"), "".join(parts))


def _tiles(figures: "Figures") -> str:
    total = figures.total
    share = "none" if figures.share is None else f"{figures.share:.0%}"
    tiles = [
        (str(total.reviewed), "reviewed"),
        (f"{total.mitigated} ({share})", "mitigated by the agent"),
        (str(total.assisted), "assisted"),
        (str(total.mitigated_by_people), "mitigated by people"),
        (str(total.waiting), "waiting for people"),
        (describe_minutes(figures.minutes_by_agent), "median to mitigate, agent"),
        (describe_minutes(figures.minutes_by_people), "median to mitigate, people"),
    ]
    return (
        f'<div class="tiles">{"".join(f"<div><b>{value}</b>{name}</div>" for value, name in tiles)}</div>\n'
    )


def _key() -> str:
    entries = (f'<span><i style="background:{colour}"></i>{title}</span>' for _, title, colour in PARTS)
    return f'<p class="key">{"".join(entries)}</p>\n'


def _bars(figures: "Figures") -> str:
    """Draw a bar a day, of who ended what; a bar says its numbers to those who point at it."""
    most = max((counts.reviewed for counts in figures.by_day.values()), default=0) or 1
    step = WIDTH / len(figures.by_day)
    shapes = []
    for index, (day, counts) in enumerate(figures.by_day.items()):
        top, rectangles = float(HEIGHT), []
        for name, _, colour in PARTS:
            height = HEIGHT * _split(counts)[name] / most
            top -= height
            if height:
                rectangles.append(
                    f'<rect x="{index * step + step * 0.1:.1f}" y="{top:.1f}" width="{step * 0.8:.1f}" '
                    f'height="{height:.1f}" fill="{colour}"/>'
                )
        said = ", ".join(f"{number} {title}" for number, title in _said(counts)) or "none"
        shapes.append(f"<g><title>{day}: {said}</title>{''.join(rectangles)}</g>")
    days = [*figures.by_day]
    line = f'<path d="M0 {HEIGHT}H{WIDTH}" stroke="currentColor" stroke-opacity=".4"/>'
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="Incidents by day">{"".join(shapes)}{line}</svg>\n'
        f'<div class="days"><span>{days[0]}</span><span>{most} at most</span><span>{days[-1]}</span></div>\n'
    )


def _split(counts: "IncidentCounts") -> dict[str, int]:
    """Part incidents so that each counts once: what people mitigated goes to them, assisted or not."""
    rest = counts.reviewed - counts.mitigated - counts.mitigated_by_people - counts.waiting
    return {
        "mitigated": counts.mitigated,
        "assisted_only": rest,
        "people": counts.mitigated_by_people,
        "waiting": counts.waiting,
    }


def _said(counts: "IncidentCounts") -> list[tuple[int, str]]:
    parts = _split(counts)
    return [(parts[name], title) for name, title, _ in PARTS if parts[name]]


def _table(title: str, groups: "Mapping[str, IncidentCounts]") -> str:
    heads = (title, *COLUMNS)
    rows = ((escape(name or "none"), *numbers(counts)) for name, counts in groups.items())
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    head = "".join(f"<th>{name}</th>" for name in heads)
    return f'<h2>By {title.lower()}</h2>\n<div class="table"><table><tr>{head}</tr>{body}</table></div>\n'
