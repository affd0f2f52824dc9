"""Properties as text: plain, and as old => new, the way the Pulumi CLI lays them out.

Secrets are masked on the way in; a line is a sign (`+`, `-`, `~` or a blank), a depth and text, so that a
terminal can colour it.
"""

import difflib
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .diff import detailed_diff, equal, parse_path
from .events import Op, PropertyDiff, Step, Summary
from .values import UNKNOWN_TEXT, Properties, to_display

MASK = "[secret]"


class Line(NamedTuple):
    """One line of a display."""

    sign: str
    depth: int
    text: str

    def __str__(self) -> str:
        return f"{' ' * (4 * self.depth - 2)}{self.sign} {self.text}"


class Change(NamedTuple):
    """What happened to one value; None stands for absent."""

    kind: str
    """`add`, `delete` or `update`."""
    old: Any
    new: Any

    @property
    def sign(self) -> str:
        return {"add": "+", "delete": "-"}.get(self.kind, "~")


def visible_properties(properties: Properties) -> dict[str, Any]:
    """Leave out what belongs to Pulumi itself, such as `__provider`, and mask secrets."""
    return {key: to_display(value) for key, value in properties.items() if not key.startswith("__")}


def changes(step: Step) -> dict[str, Change]:
    """Tell which top-level properties a step changes, and how."""
    differences = {}
    for path, row in _rows(step).items():
        key, *below = map(str, parse_path(path))
        if step.old and step.new and not key.startswith("__"):
            old = visible_properties(step.old.inputs if row.input else step.old.outputs)
            kind = "update" if below else row.kind.removesuffix("-replace")
            differences[key] = Change(kind, old.get(key), visible_properties(step.new.inputs).get(key))
    return differences


def _rows(step: Step) -> Mapping[str, PropertyDiff]:
    """Name what a step changes, by property path: as the provider told it, else as the inputs differ."""
    if step.detailed_diff is not None:
        return step.detailed_diff
    if step.op is Op.SAME or step.old is None or step.new is None:
        return {}
    return detailed_diff(visible_properties(step.old.inputs), visible_properties(step.new.inputs))


def format_properties(properties: Mapping[str, Any], depth: int, sign: str = " ") -> Iterator[Line]:
    """Lay out properties, keys aligned."""
    width = max(map(len, properties), default=0)
    for key, value in sorted(properties.items()):
        yield from _format_value(f"{key:<{width}}", value, depth, sign)


def format_changes(differences: Mapping[str, Change], depth: int) -> Iterator[Line]:
    """Lay out changes as old => new, keys aligned."""
    width = max(map(len, differences), default=0)
    for key, change in sorted(differences.items()):
        yield from _format_change(f"{key:<{width}}", change, depth)


def stack_outputs(summary: Summary, *, is_new: bool) -> Iterator[Line]:
    """Lay out the stack's outputs: a new stack's plainly, else old => new; a preview shows changes only."""
    old, new = summary.old_outputs, summary.outputs
    if is_new:
        yield from format_properties(new, 1)
        return
    differing = _compare(old, new)
    width = max(map(len, {**old, **new}), default=0)
    for key in sorted({*old, *new}):
        if key in differing:
            yield from _format_change(f"{key:<{width}}", differing[key], 1)
        elif not summary.preview:
            yield from _format_value(f"{key:<{width}}", new[key], 1, " ")


def _compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Change]:
    """Tell what differs between two objects."""
    differences = {}
    for key in {**old, **new}:
        before, after = old.get(key), new.get(key)
        if not equal(before, after):
            kind = "add" if before is None else "delete" if after is None else "update"
            differences[key] = Change(kind, before, after)
    return differences


def _format_change(label: str, change: Change, depth: int) -> Iterator[Line]:
    old, new = change.old, change.new
    if change.kind != "update":
        yield from _format_value(label, new if change.kind == "add" else old, depth, change.sign)
    elif isinstance(old, dict) and isinstance(new, dict) and old != new:
        yield Line("~", depth, f"{label}: {{")
        yield from format_changes(_compare(old, new), depth + 1)
        yield Line(" ", depth, "}")
    elif isinstance(old, list) and isinstance(new, list) and old != new:
        yield Line("~", depth, f"{label}: [")
        for index, part in _compare(_by_index(old), _by_index(new)).items():
            yield from _format_change(index, part, depth + 1)
        yield Line(" ", depth, "]")
    elif _is_text(old) and _is_text(new):
        yield Line("~", depth, f"{label}:")
        yield from _format_text_diff(old, new, depth + 1)
    else:
        yield Line("~", depth, f"{label}: {_inline(old)} => {_inline(new)}")


def _format_text_diff(old: str, new: str, depth: int) -> Iterator[Line]:
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), n=1, lineterm="")
    for line in list(lines)[2:]:
        if not line.startswith("@@"):
            yield Line(line[0], depth, line[1:])


def _format_value(label: str, value: object, depth: int, sign: str) -> Iterator[Line]:
    if isinstance(value, dict) and value:
        yield Line(sign, depth, f"{label}: {{")
        yield from format_properties(value, depth + 1, sign)
        yield Line(" ", depth, "}")
    elif isinstance(value, list) and value:
        yield Line(sign, depth, f"{label}: [")
        for index, item in _by_index(value).items():
            yield from _format_value(index, item, depth + 1, sign)
        yield Line(" ", depth, "]")
    else:
        yield Line(sign, depth, f"{label}: {_inline(value)}")


def _by_index(items: list[Any]) -> dict[str, Any]:
    return {f"[{index}]": item for index, item in enumerate(items)}


def _inline(value: object) -> str:
    if value == UNKNOWN_TEXT:
        return "[unknown]"
    return MASK if value == MASK else json.dumps(value, ensure_ascii=False)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and "\n" in value
