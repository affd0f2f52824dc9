"""`${VAR}` and connectors.secrets.env."""

from typing import Any

import pytest

from pulumi_sre_agent.directory import SecretStr, UnsetStr
from support.directories import AGENT, LONG, Faults, Read


def kusto(source: str) -> list[Any]:
    return [{"name": "k", "properties": {"dataConnectorType": "Kusto", "dataSource": source}}]


@pytest.mark.parametrize(
    ("line", "value"),
    [
        pytest.param("SOURCE=https://x", "https://x", id="plain"),
        pytest.param("export SOURCE=https://x", "https://x", id="export"),
        pytest.param("  SOURCE='https://x y'", "https://x y", id="single-quotes"),
        pytest.param('SOURCE="https://x"', "https://x", id="double-quotes"),
        pytest.param("SOURCE=https://a&b|c;$d`e`${f}", "https://a&b|c;$d`e`${f}", id="nothing-is-evaluated"),
        pytest.param("SOURCE=https://x#y # z", "https://x#y # z", id="no-trailing-comments"),
        pytest.param("SOURCE=https://'x'", "https://'x'", id="quotes-inside"),
        pytest.param("SOURCE=https://x=y", "https://x=y", id="equals-sign"),
        pytest.param("# a comment\n\nSOURCE=https://x\r\n", "https://x", id="comment-blank-line-and-windows"),
    ],
)
def test_the_env_file_is_read_literally(reads: Read, line: str, value: str) -> None:
    """It is no shell script."""
    files = {"connectors.json": kusto("${SOURCE}"), "connectors.secrets.env": line}

    found = reads(files).items[0].args["data_source"]

    assert (found, type(found)) == (value, SecretStr)


def test_given_variables_win_over_the_file(reads: Read) -> None:
    """The stack's config is where environments differ."""
    files = {"connectors.json": kusto("https://${A}.${B}"), "connectors.secrets.env": "A=file\nB=file\n"}

    found = reads(files, variables={"A": "stack"}).items[0].args["data_source"]

    assert found == "https://stack.file"
    assert isinstance(found, SecretStr)


@pytest.mark.parametrize(
    ("prompt", "variable"),
    [("apiToken", "APITOKEN"), ("api-token.2", "API_TOKEN_2"), ("dtToken", "DYNATRACE_BEARER_TOKEN")],
)
def test_answers_to_secret_prompts_are_variables(reads: Read, prompt: str, variable: str) -> None:
    """The templates write them into connectors.secrets.env, over what is there; given variables still win."""
    files = {
        "agent.json": {**AGENT, "_prompts": {prompt: {"secret": True}, "A": {}}},
        "connectors.json": kusto(f"https://${{{variable}}}"),
        "connectors.secrets.env": f"{variable}=file\n",
    }

    for options, value in (
        ({"answers": {prompt: "answer"}}, "https://answer"),
        ({"answers": {prompt: "answer"}, "variables": {variable: "stack"}}, "https://stack"),
        ({}, "https://file"),
    ):
        found = reads(files, **options).items[0].args["data_source"]

        assert (found, type(found)) == (value, SecretStr)


def test_only_secret_answers_are_variables(faults: Faults) -> None:
    """What is no secret is stamped, and stands in the files."""
    files = {"agent.json": {**AGENT, "_prompts": {"a": {}}}, "connectors.json": kusto("https://${A}")}

    [fault] = faults(files, answers={"a": "x"})

    assert "${A} has no value" in fault


def test_a_secret_that_nobody_gave_is_asked_for_once(faults: Faults) -> None:
    """By its prompt, and not again as a variable."""
    prompt = {"ask": "Token?", "secret": True, "required": True}
    files = {"agent.json": {**AGENT, "_prompts": {"a": prompt}}, "connectors.json": kusto("https://${A}")}

    assert faults(files) == ["agent.json:12: the prompt 'a' needs an answer: Token?"]


@pytest.mark.parametrize(("value", "text"), [(8080, "8080"), (True, "true")])
def test_a_number_or_truth_in_the_stack_config_becomes_text(reads: Read, value: object, text: str) -> None:
    """Pulumi reads the config's YAML before we do."""
    found = reads({"connectors.json": kusto("https://${A}")}, variables={"A": value})

    assert found.items[0].args["data_source"] == f"https://{text}"


@pytest.mark.parametrize("folder", ["tools", "repos"])
def test_variables_work_in_items_that_may_hold_secrets(reads: Read, folder: str) -> None:
    """At any depth."""
    item = {"name": "x", "spec": {"description": "${D}", "url": "https://github.com/o/r"}}

    [found] = reads({f"config/{folder}/x.json": item}, variables={"D": "said"}).items

    assert found.args["description"] == "said"


def test_prose_keeps_what_looks_like_a_variable(reads: Read) -> None:
    """A skill may show a shell command."""
    [item] = reads({"config/skills/s.yaml": f"name: s\nskillContent: {LONG} echo ${{HOME}}\n"}).items

    assert item.args["skill_content"].endswith("echo ${HOME}")


def test_the_process_environment_is_not_read(faults: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deployment must not depend on whose shell it runs in."""
    monkeypatch.setenv("SOURCE", "https://x")

    [fault] = faults({"connectors.json": kusto("${SOURCE}")})

    assert fault == (
        "connectors.json:6: ${SOURCE} has no value: give it as a variable in the stack's config or in "
        "connectors.secrets.env"
    )


def test_a_missing_variable_suggests_one_that_is_there(faults: Faults) -> None:
    """Most are typos."""
    [fault] = faults({"connectors.json": kusto("${SOURC}")}, variables={"SOURCE": "https://x"})

    assert "${SOURC} has no value (did you mean 'SOURCE'?)" in fault


def test_a_variable_without_a_value_can_be_let_pass(reads: Read) -> None:
    """All else on the same line is unknown with it, and what is known elsewhere is as ever."""
    connectors = kusto("https://${HOST}/${DATABASE}")
    found = reads({"connectors.json": connectors}, variables={"DATABASE": "shop"}, unset_variables=True)

    assert found.unset_variables == ("HOST",)
    assert found.items[0].args["data_source"] == "https://${HOST}/${DATABASE}"
    assert isinstance(found.items[0].args["data_source"], UnsetStr)
    assert found.items[0].args["data_connector_type"] == "Kusto"


def test_what_is_wrong_beside_a_variable_that_is_let_pass_is_told(faults: Faults) -> None:
    spec = {"description": "${D}", "url": "https://github.com/o/r", "brnach": "main"}

    [fault] = faults({"config/repos/x.json": {"name": "x", "spec": spec}}, unset_variables=True)

    assert "'brnach' is no member of a repository" in fault


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param("A=1\nhunter2\n", "2: the line is not NAME=value", id="no-name"),
        pytest.param("1A=hunter2\n", "1: the line is not NAME=value", id="bad-name"),
        pytest.param("A=hunter2\nA=hunter3\n", "2: A is given twice, before in line 1", id="twice"),
    ],
)
def test_a_faulty_line_is_told_without_its_value(faults: Faults, content: str, reason: str) -> None:
    """It may hold half a password."""
    assert faults({"connectors.secrets.env": content}) == [f"connectors.secrets.env:{reason}"]


def test_an_env_file_that_is_no_text_is_refused(faults: Faults, tmp_path: Any) -> None:
    """With the line where it stops being one."""
    (tmp_path / "connectors.secrets.env").write_bytes(b"A=1\nB=\xff\n")

    assert faults({}) == ["connectors.secrets.env:2: the file is not UTF-8 text"]


def test_a_secret_shows_itself_only_when_asked() -> None:
    """Its repr, and so any traceback or log of a structure, is masked."""
    secret = SecretStr("hunter2")

    assert repr({"token": secret}) == "{'token': Secret('***')}"
    assert secret == "hunter2"
