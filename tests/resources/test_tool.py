"""Tools: what each type cannot do without, and whether what it runs fits its parameters."""

from typing import Any

import pytest
from pulumi.output import UNKNOWN

from support.checked import checked
from support.samples import Json

LINK: Json = {"type": "LinkTool", "template": "https://example.com/{id}", "parameters": [{"name": "id"}]}
KUSTO: Json = {"type": "KustoTool", "connector": "c", "database": "d"}
PYTHON = {"type": "PythonTool"}


def faults(args: Json) -> list[str]:
    return checked("Tool", {"name": "t", **args})[1]


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        pytest.param(
            KUSTO | {"query": "T | take ##limit##"},
            "query uses limit, which is none of the parameters",
            id="undeclared placeholder",
        ),
        pytest.param(
            KUSTO | {"query": "T | take ##limt## + ##limt##", "parameters": [{"name": "limit"}]},
            "query uses limt, which is none of the parameters (did you mean 'limit'?)",
            id="misspelt placeholder, told once",
        ),
        pytest.param(
            KUSTO | {"mode": "Function", "query": "T"},
            "function is missing, which a KustoTool of mode Function needs",
            id="no function",
        ),
        pytest.param(
            KUSTO | {"mode": "Query", "function": "f"},
            "query is missing, which a KustoTool of mode Query needs",
            id="no query",
        ),
        pytest.param(
            KUSTO | {"mode": "Functoin", "function": "f"},
            "mode must be one of Query, Function, Script (did you mean 'Function'?)",
            id="no such mode",
        ),
        pytest.param(
            LINK | {"parameters": []}, "template uses id, which is none of the parameters", id="link"
        ),
        pytest.param(
            LINK | {"parameters": [{"name": "id"}, {"name": "id", "type": "int"}]},
            "parameters[1].name is id, as that of another entry is",
            id="two parameters of one name",
        ),
        pytest.param(
            PYTHON | {"function_code": "class main: ..."},
            "function_code must define a function, main as a rule",
            id="no function",
        ),
        pytest.param(
            PYTHON | {"function_code": "def main():\n  return (\n"},
            "function_code must be Python ('(' was never closed, line 2)",
            id="no Python",
        ),
        pytest.param(
            {"type": "PythonFunctionTool", "function_code": "x = 1"},
            "function_code must define a function, main as a rule",
            id="the older name",
        ),
        pytest.param({"timeout_seconds": 4}, "timeout_seconds must be between 5 and 900", id="no time"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(args: Json, sentence: str) -> None:
    assert faults(args) == [sentence]


@pytest.mark.parametrize(
    "args",
    [
        pytest.param(LINK, id="link"),
        pytest.param(
            KUSTO | {"query": "T | take ##limit##", "parameters": [{"name": "limit"}]},
            id="query with placeholder",
        ),
        pytest.param(KUSTO | {"query": "T | extend a = dynamic({x})"}, id="braces in a query are KQL's"),
        pytest.param(KUSTO | {"mode": "Function", "function": "f"}, id="stored function"),
        pytest.param(
            KUSTO | {"mode": "Script", "additional_properties": {"scriptFile": "a.kql"}}, id="script"
        ),
        pytest.param(KUSTO | {"query": "##a##", "parameters": [{"name": UNKNOWN}]}, id="parameters to come"),
        pytest.param(PYTHON | {"function_code": "def main(): ..."}, id="main"),
        pytest.param(PYTHON | {"function_code": "import json\nasync def execute(a): ..."}, id="execute"),
        pytest.param(PYTHON | {"function_code": "def check_warranty(serial): ..."}, id="another name"),
        pytest.param(PYTHON | {"function_code": "def main(): return '\\d'"}, id="code that Python warns of"),
        pytest.param(
            {"type": "HttpClientTool", "additional_properties": {"url": "https://x/{id}"}}, id="HTTP"
        ),
        pytest.param({"type": "ToolOfTomorrow", "function_code": "(", "mode": "Any"}, id="another type"),
    ],
)
def test_good_input_passes(args: Json) -> None:
    assert faults(args) == []


@pytest.mark.parametrize("code", ["\0", "(" * 5000, "def main(): ...\n" + "-" * 100_000 + "1"])
def test_code_that_breaks_the_parser_is_a_fault(code: str) -> None:
    """And no error of ours."""
    [sentence] = faults(PYTHON | {"function_code": code})

    assert sentence.startswith("function_code must be Python (")
    assert "\n" not in sentence


def _file(path: Any, content: str = "x") -> Json:
    return {"file_path": path, "content": content}


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../a", "a/../b", "./a", "a//b", "a/", "", "..", "a\\b", "C:\\a"]
)
def test_a_skills_files_stay_below_it(path: str) -> None:
    args = {"name": "s", "skill_content": "x" * 60, "additional_files": [_file(path)]}

    [sentence] = checked("Skill", args)[1]

    assert sentence.startswith("additional_files[0].file_path must be a path below the skill, such as ")


def test_a_skill_has_one_file_under_a_path() -> None:
    """Saying the same file twice is saying it once."""
    args = {"name": "s", "skill_content": "x" * 60}
    files = [_file("a/b.md"), _file("c.md"), _file("a/b.md")]

    assert checked("Skill", {**args, "additional_files": files})[1] == []
    assert checked("Skill", {**args, "additional_files": [*files, _file("c.md", "y")]})[1] == [
        "additional_files[3].file_path is c.md, as that of another entry is"
    ]
