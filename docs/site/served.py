"""Which public operations the local Azure serves: its route tables, and what `served.toml` says of them."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SUBJECTS = Path(__file__).with_suffix(".toml")
Routes = dict[str, list[str]]


@dataclass(frozen=True)
class Operation:
    """A path with its methods, and how it is served."""

    methods: list[str]
    path: str
    source: str
    """Page and anchor below docs/reference."""
    missing: str = ""
    """What of it is not as in Azure."""
    assumptions: list[str] = field(default_factory=list)
    """Anchors of the assumptions page."""
    is_served: bool = True

    @property
    def how(self) -> str:
        if not self.missing:
            return "full"
        return f"{'in part' if self.is_served else 'no'}: {self.missing}"


def planes() -> dict[str, list[Operation]]:
    """Return the operations of both planes, and of Graph, those that are not served last. Raises KeyError."""
    # the local Azure needs the extra `local`, which comparing names does not
    from sre_agent_local.azure.control_plane import dispatch as control_plane  # noqa: PLC0415
    from sre_agent_local.azure.data_plane import dispatch as data_plane  # noqa: PLC0415
    from sre_agent_local.azure.graph import dispatch as graph  # noqa: PLC0415

    about = tomllib.loads(SUBJECTS.read_text(encoding="utf-8"))
    graph_routes = {f"/{graph.VERSION}{path}": methods for path, methods in graph.ROUTES.describe().items()}
    data_routes = data_plane.ROUTES.describe() | {"/agentHub": ["WebSocket"]}
    rows = {
        "Control plane": operations(control_plane.ROUTES.describe(), about["control"]),
        "Data plane": operations(data_routes, about["data"]),
        "Microsoft Graph": operations(graph_routes, about["graph"]),
    }
    for each in about["not_served"]:
        rows[each.pop("plane")].append(Operation(is_served=False, **each))
    return rows


def operations(routes: Routes, subjects: list[dict[str, Any]]) -> list[Operation]:
    """Return every path of a route table with what is known of it. Raises KeyError for one without."""
    found = []
    for path, methods in routes.items():
        fitting = (each for each in subjects if re.search(each["pattern"], path, re.IGNORECASE))
        subject = next(fitting, None)
        if subject is None:
            raise KeyError(f"docs/site/served.toml says nothing of {path}")
        about = {name: value for name, value in subject.items() if name != "pattern"}
        found.append(Operation(methods=methods, path=path, **about))
    return found


def tables() -> str:
    """Return a table for each plane."""
    return "\n\n".join("\n".join(_table(plane, rows)) for plane, rows in planes().items())


def _table(plane: str, rows: list[Operation]) -> Iterator[str]:
    served = [row for row in rows if row.is_served]
    full = sum(not row.missing for row in served)
    yield f"## {plane}\n"
    yield f"{len(rows)} paths: {full} in full, {len(served) - full} in part, {len(rows) - len(served)} not.\n"
    yield "| Operation | Served | Source | Assumptions |"
    yield "| --- | --- | --- | --- |"
    for row in rows:
        assumptions = ", ".join(f"[{_title(each)}](assumptions.md#{each})" for each in row.assumptions)
        source = f"[{_title(row.source.partition('#')[2])}]({row.source})"
        path = row.path.replace("/", "/<wbr>")  # it may break there, or the table is wider than a screen
        yield f"| {' '.join(row.methods)} <code>{path}</code> | {row.how} | {source} | {assumptions} |"


def _title(anchor: str) -> str:
    return anchor.replace("-", " ")
