"""Api-versions stand in one module."""

import ast
import re
from pathlib import Path

import pulumi_sre_agent
from pulumi_sre_agent.api import versions

TOOLKIT = Path(str(pulumi_sre_agent.__file__)).parent
VERSION = re.compile(r"(.*api-version=)?20\d\d-\d\d-\d\d(-preview)?")
GITHUB = "review/post/github.py"
"""Has the version of GitHub's API."""


def test_no_other_module_spells_an_api_version() -> None:
    spelling = {
        str(path.relative_to(TOOLKIT))
        for path in TOOLKIT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and VERSION.fullmatch(node.value)
    }

    assert spelling - {GITHUB} == {str(Path(str(versions.__file__)).relative_to(TOOLKIT))}
