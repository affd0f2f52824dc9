"""The configuration of policies: levels and parameters, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from pulumi_sre_agent.api import ConfigError
from pulumi_sre_agent.review.policy.config import load, parse


def test_a_level_of_its_own_goes_before_that_of_all() -> None:
    config = parse({"all": "disabled", "mode-autonomous": "mandatory", "unit-ceiling": {"units": 5}})

    assert (config.level("mode-autonomous"), config.level("hook-allows")) == ("mandatory", "disabled")
    assert [rule.id for rule in config.standing()] == ["mode-autonomous"]
    assert parse({}).level("mode-autonomous") == "advisory"


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([], "it must be an object, a policy's name to its level or its settings."),
        (
            {"mode-autonomos": "mandatory"},
            "there is no policy 'mode-autonomos' (did you mean 'mode-autonomous'?).",
        ),
        ({"mode-autonomous": "strict"}, "the level of mode-autonomous must be one of advisory, mandatory"),
        ({"mode-autonomous": 1}, "mode-autonomous must be a level, or an object of settings."),
        ({"allowed-modes": {"mode": []}}, "allowed-modes has no setting 'mode' (did you mean 'modes'?)."),
        ({"allowed-modes": {"modes": "Review"}}, "modes of allowed-modes must be a list of texts."),
        ({"unit-ceiling": {"units": True}}, "units of unit-ceiling must be a number."),
    ],
)
def test_what_is_wrong_is_refused(tmp_path: Path, document: Any, sentence: str) -> None:
    (file := tmp_path / "policy.json").write_text(json.dumps(document))

    with pytest.raises(ConfigError) as refused:
        load(file)
    assert str(refused.value).startswith(f"The policies' configuration {file} is wrong: {sentence}")


def test_what_is_no_json_is_refused(tmp_path: Path) -> None:
    (file := tmp_path / "policy.json").write_text("levels: high")

    with pytest.raises(ConfigError, match="is no JSON"):
        load(file)
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load(tmp_path / "nowhere.json")


def test_the_pack_in_use_has_a_configuration_that_holds() -> None:
    """`stacks/policy/config.json` is what people begin with."""
    config = load(Path(__file__).parents[3] / "stacks/policy/config.json")

    assert config.level("hook-allows") == "mandatory"
    assert config.parameters["unit-ceiling"] == 20000
