"""What prompts, variables and files put into a value is text: nothing in it is looked at again."""

import json
from typing import Any

import pytest

from pulumi_sre_agent.directory import SecretStr
from support.directories import AGENT, LONG, SKILL, Faults, Read

LIVELY = (
    *("aa${OTHER}bb", "${OTHER}", "$${OTHER}", "{{other}}", "{{pw}}", "_file:agent.json", "skills/s.md"),
    *("s.md", '{"a": "${OTHER}"}', "</x>\n$1\\g<0>"),
)
PROMPTS = {"pw": {"ask": "?", "secret": True}, "plain": {"ask": "?"}, "other": {"ask": "?"}}
FILES = {
    "agent.json": {**AGENT, "_prompts": PROMPTS},
    "config/skills/s.md": LONG,
    "config/skills/s.yaml": SKILL.replace(LONG, "skills/s.md"),
}


@pytest.mark.parametrize("value", LIVELY)
@pytest.mark.parametrize("written", ["{{pw}}", "{{plain}}", "${GIVEN}", "{{ pw }}"])
def test_a_whole_value(reads: Read, written: str, value: str) -> None:
    assert filled(reads, written, value) == value


@pytest.mark.parametrize("value", LIVELY)
@pytest.mark.parametrize("written", ["<{{pw}}|{{plain}}>", "<${GIVEN}|${PW}>", "<{{plain}}|${GIVEN}>"])
def test_parts_of_a_longer_value(reads: Read, written: str, value: str) -> None:
    assert filled(reads, written, value) == f"<{value}|{value}>"


@pytest.mark.parametrize("value", LIVELY)
@pytest.mark.parametrize("written", ["{{pw}}", "{{plain}}", "${GIVEN}"])
def test_a_value_inside_json(reads: Read, written: str, value: str) -> None:
    template = json.dumps({"endpoint": "https://a.service-now.com", "username": "u", "password": written})
    platform = {"name": "p", "spec": {"platformType": "ServiceNow", "connectionKey": template}}

    [item] = read(reads, {"automations/incident-platforms/p.json": platform}, value)

    assert item.args["password"] == value


@pytest.mark.parametrize("value", LIVELY)
def test_a_value_in_the_json_whose_numbers_are_asked_for_without_quotes(reads: Read, value: str) -> None:
    found = filled(
        reads, '{"password": "${GIVEN}", "again": "{{plain}}", "count": {{count}}}', value, count=7
    )

    assert json.loads(found) == {"password": value, "again": value, "count": 7}


@pytest.mark.parametrize("value", LIVELY)
def test_an_answer_in_agent_json(reads: Read, value: str) -> None:
    document = {**AGENT, "_prompts": PROMPTS, "tags": {"t": "{{plain}}"}}

    assert reads({"agent.json": document}, answers={"plain": value}).agent.arguments["tags"] == {"t": value}


@pytest.mark.parametrize("member", ["skillContent", "description"])
def test_an_answer_that_reads_like_a_file(reads: Read, member: str) -> None:
    skill = {"name": "t", "skillContent": LONG, member: "{{plain}}"}

    found = reads(
        {
            **FILES,
            "config/skills/t.json": skill,
            "config/skills/a-file-of-a-long-name-that-is-there-as-it-happens.md": "x",
        },
        answers={"plain": "skills/a-file-of-a-long-name-that-is-there-as-it-happens.md"},
    )

    [args] = [item.args for item in found.items if item.name == "t"]
    assert args[{"skillContent": "skill_content"}.get(member, member)].startswith("skills/a-file")


def test_the_content_of_a_file(reads: Read) -> None:
    content = "look at {{plain}}, ${GIVEN} and skills/s.md"

    [item] = read(
        reads,
        {
            "config/tools/t.yaml": "name: t\ntype: x\nfunctionCode: t.py\n",
            "config/tools/t.py": content,
        },
        "value",
    )

    assert item.args["function_code"] == content


@pytest.mark.parametrize("written", ["_file:config/skills/{{plain}}", "skills/{{plain}}.md", "{{plain}}.md"])
def test_a_reference_may_still_hold_an_answer(reads: Read, written: str) -> None:
    value = "s.md" if written.startswith("_file") else "s"
    skill = {"name": "t", "skillContent": written}

    found = reads({**FILES, "config/skills/t.json": skill}, answers={"plain": value})

    assert [item.args["skill_content"] for item in found.items if item.name == "t"] == [LONG]


def test_an_answer_may_be_a_part_of_the_name_of_a_variable(reads: Read) -> None:
    found = filled(reads, "${TOKEN_{{plain}}}", "TEST", variables={"TOKEN_TEST": "t0p"})

    assert (found, type(found)) == ("t0p", SecretStr)


def test_half_a_character_is_refused_where_it_is_given_and_where_it_is_used(faults: Faults) -> None:
    files = {
        **FILES,
        "connectors.json": [
            {"name": "k", "properties": {"dataConnectorType": "Kusto", "dataSource": "${V}"}}
        ],
        "automations/incident-platforms/p.json": {
            "name": "p",
            "spec": {"platformType": "ServiceNow", "connectionKey": '{"password": "\\ud800"}'},
        },
    }

    found = faults(files, answers={"plain": "\ud800"}, variables={"V": "\udfff"})

    assert {line.partition(": ")[2] for line in found} >= {
        "the answer to 'plain' holds half a character",
        'connectionKey must be JSON: {"endpoint": …, "username": …, "password": …}',
        "the value of ${V} holds half a character",
    }


def test_a_value_of_endless_json_is_a_text(reads: Read) -> None:
    written = '{"a": ' + "[" * 200_000

    assert filled(reads, written + "${GIVEN}", "x") == written + "x"


def filled(reads: Read, written: str, value: str, **options: Any) -> Any:
    """Return what becomes of a value of a tool, which takes prompts, variables and files."""
    tool = {"name": "t", "type": "x", "custom": written}
    [item] = read(reads, {"config/tools/t.json": tool}, value, **options)
    return item.args["additional_properties"]["custom"]


def read(
    reads: Read, files: dict[str, Any], value: str, *, count: int = 0, variables: dict[str, str] | None = None
) -> list[Any]:
    agent = {**AGENT, "_prompts": {**PROMPTS, "count": {"ask": "?"}}}
    found = reads(
        {**FILES, **files, "agent.json": agent},
        answers={"pw": value, "plain": value, "other": "INJECTED", "count": count},
        variables={"OTHER": "INJECTED", "GIVEN": value, **(variables or {})},
    )
    return [item for item in found.items if item.kind.name != "Skill"]
