"""`Pulumi.yaml`: the settings of a stack, each described, each put to use."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PROGRAM = (ROOT / "stacks" / "__main__.py").read_text()
DECLARED: dict[str, Any] = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"]
STACK_FILES = sorted((ROOT / "stacks").glob("Pulumi.*.yaml"))


@pytest.mark.parametrize("name", DECLARED)
def test_a_setting_says_what_it_is(name: str) -> None:
    """Its type, so that a wrong one is refused; its meaning; and what it is where nobody sets it."""
    assert DECLARED[name].keys() - {"items"} == {"type", "description", "default"}
    assert ("items" in DECLARED[name]) == (DECLARED[name]["type"] == "array")


def test_every_setting_is_used() -> None:
    """And none that is not declared."""
    assert (
        set(re.findall(r'(?:get_json|false_or_none|get_text|config\.require)\("(\w+)"\)', PROGRAM))
        == DECLARED.keys()
    )


@pytest.mark.parametrize("file", STACK_FILES, ids=[file.name for file in STACK_FILES])
def test_a_stack_file_sets_what_is_declared(file: Path) -> None:
    """As the program refuses at every run; seen here before anybody deploys."""
    found = yaml.safe_load(file.read_text())["config"]

    own = {key.removeprefix("sre-agent:") for key in found if key.startswith("sre-agent:")}
    assert own <= DECLARED.keys()
