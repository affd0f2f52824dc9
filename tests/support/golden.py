"""Previews and reports kept as files, so that a change to what would be deployed or said shows in review."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from support.deployments import short

Json = dict[str, Any]

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""How engines write down what is known only later."""
LONG = 100


def digest(preview: Json) -> str:
    """Tell what a preview would make, on a page that people can read: long texts are files anyway."""
    made = {
        f"{short(step['urn'])}, {step['op']}": _resource(step["newState"])
        for step in preview["steps"]
        if step["newState"]["custom"]
    }
    return yaml.safe_dump(dict(sorted(made.items())), sort_keys=False, width=LONG)


def check(file: Path, found: str, *, update: bool) -> None:
    """Compare with a file; with `update`, write it instead."""
    if update:
        file.write_text(found)
    kept = file.read_text() if file.exists() else ""
    test = os.environ["PYTEST_CURRENT_TEST"].split("::")[0]
    assert found == kept, (
        f"{file.name} differs: if that is right, run `make test PYTEST='{test} --update-golden'` "
        "and have the change reviewed"
    )


def _resource(state: Json) -> Json:
    inputs = {name: _shown(value) for name, value in sorted(state["inputs"].items()) if name != "__provider"}
    return {**inputs, "(protected)": True} if state.get("protect") else inputs


def _shown(value: Any) -> Any:
    match value:
        case Mapping():
            return {name: _shown(member) for name, member in sorted(value.items())}
        case list():
            return [_shown(item) for item in value]
        case str() if value == UNKNOWN:
            return "[unknown]"
        case str() if len(value) > LONG or "\n" in value:
            return "[text]"
    return value
