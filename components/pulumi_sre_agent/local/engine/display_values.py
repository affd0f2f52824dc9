"""Properties as text: plain, and as old => new, the way the Pulumi CLI lays them out.

Values come in deployment format with secrets already masked; a line is a sign (`+`, `-`, `~` or a blank), a
depth and text, so that a terminal can colour it.
"""

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .differences import Path, detailed, parse
from .events import Op, PropertyDiff, Step, Summary
from .values import UNKNOWN_TEXT

MASK = "[secret]"


class Line(NamedTuple):
    """One line of a display."""

    sign: str
    depth: int
    text: str

    def __str__(self) -> str:
        return f"{' ' * (4 * self.depth - 2)}{self.sign} {self.text}"


@dataclass
class Change:
    """What happened to one property: to itself (`kind`), or to parts of it."""

    kind: str = ""
    old: Any = None
    new: Any = None
    parts: dict[str | int, "Change"] = field(default_factory=dict)

    @property
    def sign(self) -> str:
        return {"add": "+", "delete": "-"}.get(self.kind, "~")


def visible(properties: Mapping[str, Any] | None) -> dict[str, Any]:
    """Leave out what belongs to Pulumi itself, such as `__provider`."""
    return {key: value for key, value in (properties or {}).items() if not key.startswith("__")}


def rows(step: Step) -> Mapping[str, PropertyDiff]:
    """Name what a step changes, by property path: as the provider told it, else as the inputs differ."""
    if step.detailed is not None:
        return step.detailed
    if step.op is Op.SAME or step.old is None or step.new is None:
        return {}
    return detailed(visible(step.old.get("inputs")), visible(step.new.get("inputs")))


def short(step: Step) -> str:
    """Spell a step's changes in one word, `[diff: +a-b~c,d]`; empty if it has none."""
    changes = tree(step)
    spelt = ""
    for sign in "+-~":
        keys = sorted(str(key) for key, change in changes.items() if change.sign == sign)
        spelt += sign + ",".join(keys) if keys else ""
    return f"[diff: {spelt}]" if spelt else ""


def tree(step: Step) -> dict[str | int, Change]:
    """Arrange a step's changes by top-level property."""
    root = Change()
    for path, row in rows(step).items():
        where = parse(path)
        if not where or str(where[0]).startswith("__"):
            continue
        old = (step.old or {}).get("inputs" if row.input else "outputs")
        _hang(root, where, row.kind.removesuffix("-replace"), old, (step.new or {}).get("inputs"))
    return root.parts


def between(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str | int, Change]:
    """Arrange what differs between two sets of properties."""
    root = Change()
    for path, row in detailed(dict(old), dict(new)).items():
        _hang(root, parse(path), row.kind, old, new)
    return root.parts


def plain(properties: Mapping[str, Any], depth: int, sign: str = " ") -> Iterator[Line]:
    """Lay out properties, keys aligned."""
    width = max(map(len, properties), default=0)
    for key, value in sorted(properties.items()):
        yield from _plain(f"{key:<{width}}", value, depth, sign)


def changed(changes: Mapping[str | int, Change], depth: int) -> Iterator[Line]:
    """Lay out changes as old => new."""
    width = max((len(_label(key)) for key in changes), default=0)
    for key, change in sorted(changes.items(), key=lambda item: (isinstance(item[0], str), item[0])):
        yield from _changed(f"{_label(key):<{width}}", change, depth)


def outputs(summary: Summary, root: Step | None) -> Iterator[Line]:
    """Lay out the stack's outputs: a new stack's plainly, else old => new; a preview shows changes only."""
    old, new = summary.old_outputs, summary.outputs
    if root and root.op is Op.CREATE:
        yield from plain(new, 1)
        return
    changes = between(old, new)
    width = max(map(len, {**old, **new}), default=0)
    for key in sorted({*old, *new}):
        if key in changes:
            yield from _changed(f"{key:<{width}}", changes[key], 1)
        elif not summary.preview:
            yield from _plain(f"{key:<{width}}", new[key], 1, " ")


def _hang(root: Change, path: Path, kind: str, old: object, new: object) -> None:
    for part in path:
        root = root.parts.setdefault(part, Change())
        old, new = _item(old, part), _item(new, part)
    root.kind, root.old, root.new = kind, old, new


def _changed(label: str, change: Change, depth: int) -> Iterator[Line]:
    if change.kind in ("add", "delete"):
        yield from _plain(label, change.new if change.kind == "add" else change.old, depth, change.sign)
    elif parts := change.parts or _within(change):
        opening, closing = "[]" if all(isinstance(key, int) for key in parts) else "{}"
        yield Line("~", depth, f"{label}: {opening}")
        yield from changed(parts, depth + 1)
        yield Line(" ", depth, closing)
    elif _is_text(change.old) and _is_text(change.new):
        yield Line("~", depth, f"{label}:")
        yield from _changed_text(change.old, change.new, depth + 1)
    else:
        yield Line("~", depth, f"{label}: {_compact(change.old)} => {_compact(change.new)}")


def _within(change: Change) -> dict[str | int, Change]:
    """Break a changed object or list into its changed parts."""
    if type(change.old) is type(change.new) and isinstance(change.old, dict | list):
        return between({"value": change.old}, {"value": change.new}).get("value", Change()).parts
    return {}


def _changed_text(old: str, new: str, depth: int) -> Iterator[Line]:
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), n=1, lineterm="")
    for line in list(lines)[2:]:
        if not line.startswith("@@"):
            yield Line(line[0], depth, line[1:])


def _plain(label: str, value: object, depth: int, sign: str) -> Iterator[Line]:
    if isinstance(value, dict) and value:
        yield Line(sign, depth, f"{label}: {{")
        yield from plain(value, depth + 1, sign)
        yield Line(" ", depth, "}")
    elif isinstance(value, list) and value:
        yield Line(sign, depth, f"{label}: [")
        for index, item in enumerate(value):
            yield from _plain(f"[{index}]", item, depth + 1, sign)
        yield Line(" ", depth, "]")
    else:
        yield Line(sign, depth, f"{label}: {_compact(value)}")


def _compact(value: object) -> str:
    if value == UNKNOWN_TEXT:
        return "[unknown]"
    return MASK if value == MASK else json.dumps(value, ensure_ascii=False)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and "\n" in value


def _label(key: str | int) -> str:
    return f"[{key}]" if isinstance(key, int) else key


def _item(container: object, part: str | int) -> object:
    if isinstance(container, Mapping):
        return container.get(part)
    if isinstance(container, list) and isinstance(part, int) and part < len(container):
        return container[part]
    return MASK if container == MASK else None
