"""`{{key}}`: prompts, answers, and how they get into values."""

from typing import Any

import pytest

from pulumi_sre_agent.directory import SecretStr
from support.directories import AGENT, LONG, Faults, Read

KUSTO = {"name": "k", "properties": {"dataConnectorType": "Kusto", "dataSource": "https://{{cluster}}.net"}}


def recipe(prompts: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {**AGENT, "_prompts": prompts, **members}


@pytest.mark.parametrize("answer", ["p|w&1\\n$x", 'quo"te', "{{cluster}}", "'; drop"])
def test_an_answer_is_taken_as_it_is(reads: Read, answer: str) -> None:
    """Values, not text, are stamped: nothing in an answer can break a file."""
    document = recipe({"note": {"ask": "Note"}}, tags={"note": "<{{note}}>", "whole": "{{ note }}"})

    tags = reads({"agent.json": document}, answers={"note": answer}).agent.arguments["tags"]

    assert tags == {"note": f"<{answer}>", "whole": answer}


@pytest.mark.parametrize(
    ("prompt", "answer", "value"),
    [
        pytest.param({"default": "d"}, None, "d", id="default"),
        pytest.param({"default": "d"}, "", "d", id="blank-means-default"),
        pytest.param({"default": "d"}, "a", "a", id="answer"),
        pytest.param({}, None, "", id="unanswered-is-blank"),
        pytest.param({"default": 5}, None, "5", id="number-by-default"),
        pytest.param({"options": ["a", "b"]}, "b", "b", id="option"),
        pytest.param({"options": ["a", "b"]}, None, "", id="no-option-needed"),
        pytest.param({"required": True}, "a", "a", id="required"),
        pytest.param({"options": "any"}, "a", "a", id="options-of-another-type"),
        pytest.param({}, True, "true", id="truth"),
        pytest.param({}, ["a", "b"], "a,b", id="list"),
        pytest.param(
            {"options": ["Anthropic", "Azure OpenAI"]}, "Azure OpenAI", "MicrosoftFoundry", id="friendly"
        ),
        pytest.param(
            {"options": ["Anthropic", "Azure OpenAI"]}, "MicrosoftFoundry", "MicrosoftFoundry", id="proper"
        ),
    ],
)
def test_how_a_prompt_is_settled(reads: Read, prompt: dict[str, Any], answer: Any, value: str) -> None:
    """Answer, else default, else blank."""
    document = recipe({"key": {"ask": "?", **prompt}}, tags={"t": ".{{key}}"})

    found = reads({"agent.json": document}, answers={} if answer is None else {"key": answer})

    assert found.agent.arguments["tags"] == {"t": f".{value}"}


@pytest.mark.parametrize(
    ("answer", "is_on"),
    [("/subscriptions/s/law", True), ("", False), ("false", False), (False, False), (True, True)],
)
def test_bool_says_whether_there_is_an_answer(reads: Read, answer: Any, is_on: bool) -> None:
    """And an explicit false is false."""
    toggles = {
        "enableAppInsightsConnector": "{{id:bool}}",
        "appInsightsResourceId": "/subscriptions/s/components/c",
    }

    found = reads(
        {"agent.json": recipe({"id": {}}), "connectors.json": {"toggles": toggles}}, answers={"id": answer}
    )

    assert bool(found.items) is is_on


def test_bool_inside_a_text_reads_as_a_word(reads: Read) -> None:
    """There is no other way to say it there."""
    document = recipe({"id": {}}, tags={"t": "on={{id:bool}}"})

    assert reads({"agent.json": document}).agent.arguments["tags"] == {"t": "on=false"}


@pytest.mark.parametrize("written", ["{{targetRGs}}", ["{{targetRGs}}"], ["{{targetRGs}}", "rg-c"]])
@pytest.mark.parametrize("answer", ["rg-a, rg-b", ["rg-a", "rg-b"]])
def test_target_groups_become_a_list(reads: Read, written: Any, answer: Any) -> None:
    """As one text with commas or as a list, in the place of a list or of one of its items."""
    document = recipe({"targetRGs": {}}, identity={**AGENT["identity"], "targetResourceGroups": written})

    groups = reads({"agent.json": document}, answers={"targetRGs": answer}).agent.target_resource_groups

    assert groups[:2] == ["rg-a", "rg-b"]
    assert groups[2:] == (["rg-c"] if "rg-c" in written else [])


def test_a_number_fills_a_number(reads: Read) -> None:
    """Given as one, or as its digits."""
    document = recipe({"limit": {}}, monthlyAgentUnitLimit="{{limit}}")

    assert (
        reads({"agent.json": document}, answers={"limit": 700}).agent.arguments["monthly_agent_unit_limit"]
        == 700
    )
    assert (
        reads({"agent.json": document}, answers={"limit": "800"}).agent.arguments["monthly_agent_unit_limit"]
        == 800
    )


def test_yaml_items_are_stamped_even_without_quotes(reads: Read) -> None:
    """`url: {{repo}}` is two nested mappings to YAML, but a placeholder to whoever wrote it."""
    files = {
        "agent.json": recipe({"repo": {}, "what": {}}),
        "config/repos/r.yaml": "name: r\nspec:\n  url: {{repo}}\n  description: '{{ what }}'\n",
    }

    [item] = reads(files, answers={"repo": "https://github.com/o/r", "what": "the app"}).items

    assert item.args == {"name": "r", "url": "https://github.com/o/r", "description": "the app"}


@pytest.mark.parametrize("extension", ["yaml", "json"])
def test_a_repository_whose_address_nobody_gave_is_left_out(reads: Read, extension: str) -> None:
    """Recipes ask for a repository and take no for an answer."""
    repo = '{"name": "r", "spec": {"url": "{{repo}}"}}'

    assert reads({"agent.json": recipe({"repo": {}}), f"config/repos/r.{extension}": repo}).items == ()


def test_only_the_item_without_an_address_is_left_out(reads: Read) -> None:
    """Others of the same file stay."""
    repos = [{"name": "r", "spec": {"url": "{{repo}}"}}, {"name": "s", "spec": {"url": "o/s"}}]

    found = reads({"agent.json": recipe({"repo": {}}), "config/repos/r.json": repos})

    assert [item.name for item in found.items] == ["s"]


def test_what_a_secret_prompt_fills_is_secret(reads: Read) -> None:
    """Whole and inside a longer text."""
    properties = {
        "dataConnectorType": "Mcp",
        "dataSource": "{{token}}",
        "extendedProperties": {"type": "http", "endpoint": "https://x/mcp", "bearerToken": "t-{{token}}"},
    }
    files = {
        "agent.json": recipe({"token": {"ask": "Token", "secret": True}}),
        "connectors.json": [{"name": "k", "properties": properties}],
    }

    args = reads(files, answers={"token": "s3cret"}).items[0].args

    found = (args["data_source"], args["extended_properties"]["bearerToken"])
    assert found == ("s3cret", "t-s3cret")
    assert all(isinstance(each, SecretStr) for each in found)


def test_unknown_braces_stay_in_prose(reads: Read) -> None:
    """They may be anybody's template language."""
    written = f"name: s\nskillContent: '{LONG} {{{{ alert.name }}}} {{{{x}}}}'\n"

    [item] = reads({"config/skills/s.yaml": written}).items

    assert item.args["skill_content"].endswith("{{ alert.name }} {{x}}")


@pytest.mark.parametrize("address", ["{{the_address}}", "${THE_ADDRESS}"])
def test_what_waits_for_an_answer_at_fault_is_no_second_fault(faults: Faults, address: str) -> None:
    """Neither where the placeholder stands, nor where the variable of a secret prompt does."""
    server = {"type": "http", "endpoint": address, "bearerToken": "x"}
    properties = {"dataConnectorType": "Mcp", "dataSource": "x", "extendedProperties": server}
    files = {
        "agent.json": recipe({"the_address": {"ask": "Where?", "required": True, "secret": True}}),
        "connectors.json": [{"name": "m", "properties": properties}],
    }

    assert faults(files) == ["agent.json:12: the prompt 'the_address' needs an answer: Where?"]


@pytest.mark.parametrize(
    ("prompts", "answers", "reason"),
    [
        pytest.param(
            {"cluster": {"ask": "Which cluster?", "required": True}},
            {},
            "agent.json:12: the prompt 'cluster' needs an answer: Which cluster?",
            id="unanswered",
        ),
        pytest.param(
            {"cluster": {"required": True, "options": ["a", "b", "c"]}},
            {},
            "agent.json:12: the prompt 'cluster' needs an answer: cluster (a, b or c)",
            id="unanswered-with-options",
        ),
        pytest.param(
            {"cluster": {"options": ["a"]}},
            {"cluster": "b"},
            "agent.json:12: 'b' is no option of the prompt 'cluster': choose a",
            id="no-option",
        ),
        pytest.param(
            {"cluster": {"options": ["a"], "secret": True}},
            {"cluster": "b"},
            "agent.json:12: the answer is no option of the prompt 'cluster': choose a",
            id="secret-no-option",
        ),
        pytest.param(
            {"cluster": {}},
            {"cluster": "x", "clutser": "y"},
            "agent.json:11: the answer 'clutser' is to no prompt of this directory (did you mean 'cluster'?)"
            ": it asks for cluster",
            id="unknown-answer",
        ),
        pytest.param(
            {"cluster": {}},
            {"cluster": {"a": 1}},
            "agent.json:12: the answer to 'cluster' must be text, a number, true, false or a list of texts",
            id="object",
        ),
        pytest.param(
            {"cluster": {}},
            {"cluster": [1]},
            "agent.json:12: the answer to 'cluster' must be text, a number, true, false or a list of texts",
            id="list-of-numbers",
        ),
        pytest.param(
            {"clusters": {}},
            {},
            "connectors.json:6: {{cluster}} is no prompt of agent.json (did you mean 'clusters'?)",
            id="unknown-placeholder",
        ),
        pytest.param(
            {"cluster": "?"}, {}, "agent.json:12: the prompt 'cluster' must be an object", id="prompt-of-text"
        ),
    ],
)
def test_what_is_refused(
    faults: Faults, prompts: dict[str, Any], answers: dict[str, Any], reason: str
) -> None:
    """A sentence with the place and the question."""
    found = faults({"agent.json": recipe(prompts), "connectors.json": [KUSTO]}, answers=answers)

    assert reason in found


def test_prompts_must_be_an_object(faults: Faults) -> None:
    """A list of questions is none of the format's shapes."""
    assert faults({"agent.json": {**AGENT, "_prompts": ["?"]}}) == [
        "agent.json:11: _prompts must be an object of prompts by key"
    ]


def test_a_directory_without_prompts_takes_no_answers(faults: Faults) -> None:
    """An answer that goes nowhere is a mistake."""
    assert faults({}, answers={"location": "uksouth"}) == [
        "agent.json:1: the answer 'location' is to no prompt of this directory: it asks nothing"
    ]
