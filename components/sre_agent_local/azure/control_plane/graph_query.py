"""A part of the Kusto query language: `where`, `project`, `order by`, `limit` and `count` over one table.

What it does not know it refuses, in the frame of Resource Graph's own refusals.
"""

import re
from collections.abc import Callable
from typing import Any

from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json

_PATH = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
_TEXT = r"'[^']*'|\"[^\"]*\""
_CONDITION = re.compile(
    rf"(?P<lower>tolower\(\s*)?(?P<path>{_PATH})\s*(?(lower)\))\s*(?P<operator>=~|==|!~|!=|in~|in)\s*"
    rf"(?P<value>{_TEXT}|\((?:\s*(?:{_TEXT})\s*,?)+\))",
    re.IGNORECASE,
)
_COLUMN = re.compile(rf"(?:(?P<name>[A-Za-z_]\w*)\s*=\s*)?(?P<path>{_PATH})")
_ORDER = re.compile(rf"by\s+(?P<path>{_PATH})(?:\s+(?P<direction>asc|desc))?", re.IGNORECASE)


class InvalidQuery(BadRequest):
    """400: a query that cannot be read, or not here."""

    def body(self) -> Json:
        details = [{"code": "InvalidQuery", "message": self.message}]
        return {"error": {"code": self.code, "message": "The query is invalid.", "details": details}}


def run(query: str, rows: list[Json], known: str = "Resources") -> list[Json]:
    """Return what a query makes of the rows of the one table that is known. Raises InvalidQuery."""
    table, *steps = _split(query, "|")
    if table.lower() != known.lower():
        raise InvalidQuery(f"The table '{table}' is not known here, only {known}.")
    for step in steps:
        name, _, rest = step.partition(" ")
        operator = _OPERATORS.get(name.lower())
        if operator is None:
            raise InvalidQuery(f"The operator '{name}' is not known here, only {', '.join(_OPERATORS)}.")
        rows = operator(rows, rest.strip())
    return rows


def _where(rows: list[Json], text: str) -> list[Json]:
    for condition in re.split(r"\s+and\s+", text, flags=re.IGNORECASE):
        match = _CONDITION.fullmatch(condition.strip())
        if match is None:
            raise InvalidQuery(f"The condition '{condition}' is not of the form column =~ 'text'.")
        values = [found[1:-1] for found in re.findall(_TEXT, match["value"])]
        operator, lower = match["operator"].lower(), bool(match["lower"])
        ignores_case, negates = "~" in operator, operator.startswith("!")
        rows = [
            row
            for row in rows
            if _is_one_of(_at(row, match["path"], lower=lower), values, ignores_case=ignores_case)
            is not negates
        ]
    return rows


def _is_one_of(value: Any, values: list[str], *, ignores_case: bool) -> bool:
    text = "" if value is None else str(value)
    return text.lower() in map(str.lower, values) if ignores_case else text in values


def _project(rows: list[Json], text: str) -> list[Json]:
    columns: dict[str, str] = {}
    for column in _split(text, ","):
        match = _COLUMN.fullmatch(column)
        if match is None:
            raise InvalidQuery(f"The column '{column}' is not of the form name or name = path.")
        columns[match["name"] or match["path"].replace(".", "_")] = match["path"]
    return [{name: _at(row, path) for name, path in columns.items()} for row in rows]


def _order(rows: list[Json], text: str) -> list[Json]:
    match = _ORDER.fullmatch(text)
    if match is None:
        raise InvalidQuery("An order is of the form order by name asc.")
    descends = (match["direction"] or "desc").lower() == "desc"
    return sorted(rows, key=lambda row: str(_at(row, match["path"])), reverse=descends)


def _limit(rows: list[Json], text: str) -> list[Json]:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise InvalidQuery(f"'{text}' is not a number of rows.")
    return rows[: int(text)]


def _count(rows: list[Json], _text: str) -> list[Json]:
    return [{"Count": len(rows)}]


_OPERATORS: dict[str, Callable[[list[Json], str], list[Json]]] = {
    "where": _where, "project": _project, "order": _order, "sort": _order, "limit": _limit, "take": _limit,
    "count": _count,
}  # fmt: skip


def _at(row: Json, path: str, *, lower: bool = False) -> Any:
    """Return what a path of members leads to; the columns themselves may have any case."""
    first, *rest = path.split(".")
    value = next((row[name] for name in row if name.lower() == first.lower()), None)
    for member in rest:
        value = value.get(member) if isinstance(value, dict) else None
    return value.lower() if lower and isinstance(value, str) else value


def _split(text: str, separator: str) -> list[str]:
    """Split outside of quoted texts."""
    parts, quote = [""], ""
    for letter in text:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter == separator:
            parts.append("")
            continue
        parts[-1] += letter
    return [part.strip() for part in parts]
