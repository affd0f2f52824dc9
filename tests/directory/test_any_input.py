"""Whatever a file holds, the answer is a directory or a list of faults, never a traceback."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_sre_agent.directory import DirectoryError, read
from support.directories import AGENT, write

MEMBERS = st.sampled_from(
    (
        *(
            "name",
            "metadata",
            "spec",
            "properties",
            "type",
            "kind",
            "tags",
            "description",
            "skillContent",
            "tools",
        ),
        *(
            "additionalFiles",
            "content",
            "filePath",
            "prompt",
            "url",
            "parameters",
            "functionCode",
            "required",
        ),
        *("toggles", "connectors", "lawResourceId", "enableLogAnalyticsConnector", "dataConnectorType"),
        *(
            "identity",
            "access",
            "agentName",
            "networkConfiguration",
            "subnetId",
            "allowedHosts",
            "_prompts",
            "ask",
        ),
        *("options", "default", "extendedProperties", "dataSource"),
        *("roles", "scope", "role", "files", "path", "repo", "filename", "localPath", "hook", "hooks"),
        *("connectionKey", "platformType", "handoffs", "apiName", "connectionName", "authType", "allow"),
    )
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.sampled_from(
    ("", "x", "skills/a.md", "_file:..", "{{a}}", "{{a:bool}}", "${A}", "KustoTool", "Skill", "vnet")
)
ANY = st.recursive(
    SCALARS | TEXTS | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(MEMBERS | st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=12,
)
FILES = (
    "agent.json",
    "connectors.json",
    "config/tools/a.json",
    "config/skills/a.json",
    "config/repos/a.json",
)
OTHERS = (
    *("config/subagents/a.json", "config/hooks/a.json", "config/github-domains/a.json"),
    *("config/connectorv2/a.json", "config/plugins/marketplaces/a.json", "config/plugin-configs/a.json"),
    *("automations/scheduled-tasks/a.json", "automations/incident-filters/a.json"),
    *("automations/incident-platforms/a.json", "automations/http-triggers/a.json"),
    *("data/knowledge.json", "data/knowledge-items.json", "data/repo-instructions.json"),
    *("tool-permissions.json", "roles.yaml"),
)


def survives(files: dict[str, Any]) -> None:
    with TemporaryDirectory() as folder:
        root = write(Path(folder), files)
        with suppress(DirectoryError):
            read(root, answers={"a": "1"}, variables={"A": "1"})


@pytest.mark.parametrize("file", FILES)
def test_any_json(file: str) -> None:
    """Objects of known members with values of any kind."""
    run(lambda value: survives({file: json.dumps(value)}), ANY)


def test_any_json_of_the_other_kinds() -> None:
    """With a name at least, so that more of it is read."""
    run(
        lambda pair: survives({pair[0]: json.dumps({"name": "a", **pair[1]})}),
        st.tuples(st.sampled_from(OTHERS), st.dictionaries(MEMBERS, ANY, max_size=5)),
        examples=100,
    )


def test_any_change_of_agent_json() -> None:
    """One member of a sound agent.json replaced."""
    run(lambda pair: survives({"agent.json": {**AGENT, pair[0]: pair[1]}}), st.tuples(MEMBERS, ANY))


def test_any_text_as_yaml() -> None:
    """Made of the characters that mean something to YAML."""
    run(
        lambda text: survives({"config/skills/a.yaml": text}),
        st.text("ab01:-?[]{},&*!|>'\"%@`#~<= \n\t\r\u2028\ufeff\x00$", max_size=30),
    )


def run(check: Callable[[Any], None], strategy: st.SearchStrategy[Any], examples: int = 30) -> None:
    """Try a strategy's examples, the same ones every time."""
    settings(max_examples=examples, deadline=None, derandomize=True, database=None)(given(strategy)(check))()
