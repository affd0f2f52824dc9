"""Random edits of an agent directory, as people make them, and worse."""

import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

HOSTILE = (
    *("|", "a | b", "`", "```", "````diff", "~~~", "</details>", "<details>", "<script>alert(1)</script>"),
    *("<!--", "-->", "# A heading", "- an entry", "> quoted", "| --- | --- |", "**", "[x](y)", "\\", "&amp;"),
    *("Restart one instance.", "Ask the lead first.", "é ✓ 漢", "[-gone-]", "{+new+}", "…", "[secret]!"),
)
SECRET = "${PAYMENTS_OPS_TOKEN}"
TEXTS = (".md", ".kql", ".py")
Place = tuple[Any, Any]
"""A container and the key or number of a value in it."""


def edit(root: Path, random_: random.Random) -> str:
    """Change something of a directory, and say what for who reads a failure."""
    files = sorted(path for path in root.rglob("*") if path.is_file() and path.suffix != ".example")
    file = random_.choice(files)
    name = file.relative_to(root)
    if random_.random() < 0.08 and len(name.parts) > 1:
        file.unlink()
        return f"delete {name}"
    if random_.random() < 0.08 and len(name.parts) > 1 and file.suffix == ".yaml":
        return f"copy {name} to {_copy(file, random_).name}"
    if file.suffix in TEXTS:
        file.write_text(_edited_text(file.read_text(), random_))
        return f"rewrite some of {name}"
    as_json = file.suffix == ".json"
    document = json.loads(file.read_text()) if as_json else yaml.safe_load(file.read_text())
    what = _edit_value(document, random_)
    file.write_text(json.dumps(document) if as_json else yaml.safe_dump(document, sort_keys=False))
    return f"{what} in {name}"


def _copy(file: Path, random_: random.Random) -> Path:
    other = file.with_name(f"{file.stem}-{random_.randrange(100)}{file.suffix}")
    shutil.copy(file, other)
    other.write_text(other.read_text().replace(f"name: {file.stem}", f"name: {other.stem}"))
    return other


def _edited_text(text: str, random_: random.Random) -> str:
    lines = text.split("\n")
    for _ in range(random_.randint(1, 4)):
        at = random_.randrange(len(lines))
        lines[at : at + random_.randint(0, 2)] = random_.choices(HOSTILE, k=random_.randint(0, 2))
        lines = lines or [""]
    return "\n".join(lines)


def _edit_value(document: Any, random_: random.Random) -> str:
    holder, key = random_.choice([*_places(document)])
    value = holder[key]
    if random_.random() < 0.15:
        del holder[key]
        return f"drop {key}"
    holder[key] = _other(key, value, random_)
    return f"{key}: {value!r:.60} → {holder[key]!r:.60}"


def _places(value: Any) -> Iterator[Place]:
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])


def _other(key: Any, value: Any, random_: random.Random) -> Any:
    choices: list[Callable[[], Any]]
    secret = "-2" if key == "name" else f" {SECRET}"  # names stand in Pulumi's own names, which hide nothing
    match value:
        case bool():
            return not value
        case int() | float():
            return value + random_.choice([-1, 1, 5])
        case str():
            choices = [
                lambda: f"{value} {random_.choice(HOSTILE)}",
                lambda: f"{value}\n{random_.choice(HOSTILE)}\n",
                lambda: value[: len(value) // 2],
                lambda: {"Autonomous": "Review", "Review": "Autonomous"}.get(value, f"{value}{secret}"),
            ]
        case list():
            choices = [
                lambda: value[::-1],
                lambda: value[1:],
                lambda: [*value, *value[:1]],
                lambda: [*value, random_.choice(HOSTILE)],
            ]
        case dict():
            choices = [
                lambda: {**value, "headers": {"X-Api-Key": SECRET, random_.choice(HOSTILE): "a"}},
                lambda: dict(list(value.items())[1:]),
            ]
        case _:
            return value
    return random_.choice(choices)()
