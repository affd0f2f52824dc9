"""Items in every shape that the format has had."""

from typing import Any

import pytest

from support.directories import LONG, Read

PROMPT = {"name": "safety", "prompt": "Be careful."}


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(
            {"metadata": {"name": "safety"}, "spec": {"prompt": "Be careful."}}, id="metadata-and-spec"
        ),
        pytest.param(
            {"name": "safety", "type": "CommonPrompt", "tags": [], "properties": {"prompt": "Be careful."}},
            id="envelope",
        ),
        pytest.param(
            {"name": "safety", "type": "CommonPrompt", "properties": {"content": "Be careful."}},
            id="older-member",
        ),
        pytest.param({"name": "safety", "spec": {"prompt": "Be careful."}}, id="name-and-spec"),
        pytest.param(PROMPT, id="flat"),
        pytest.param({"type": "CommonPrompt", **PROMPT}, id="flat-with-type"),
        pytest.param(
            {
                "api_version": "azuresre.ai/v2",
                "kind": "CommonPrompt",
                "metadata": {"name": "safety"},
                "spec": PROMPT,
            },
            id="name-repeated",
        ),
        pytest.param(
            {
                "metadata": {"name": "safety"},
                "spec": {"prompt": "Be careful."},
                "properties": None,
                "owner": "",
            },
            id="nulls-and-blanks-around",
        ),
        pytest.param(
            {"metadata": {"name": "safety"}, "spec": {"_note": "x", **PROMPT}}, id="underscored-metadata"
        ),
    ],
)
def test_every_dialect_means_the_same(reads: Read, written: dict[str, Any]) -> None:
    """Recipes, exports, labs and hand-written files."""
    [item] = reads({"config/common-prompts/p.json": written}).items

    assert item.args == PROMPT


def test_a_subagent_as_the_first_version_of_the_format_has_it(reads: Read) -> None:
    """Its members are in snake_case and its name among them; a long text may lie in a file there too."""
    written = {
        "api_version": "azuresre.ai/v1",
        "kind": "AgentConfiguration",
        "spec": {
            "name": "lead",
            "system_prompt": "lead.md",
            "handoff_description": "When {{alerts}} fire.",
            "agent_type": "Autonomous",
            "enable_skills": False,
            "hooks": {"stop": [{"type": "prompt", "prompt": "Done?", "fail_mode": "Block"}]},
        },
    }

    [item] = reads({"config/subagents/s.json": written, "config/subagents/lead.md": LONG}).items

    assert item.args == {
        "name": "lead",
        "instructions": LONG,
        "handoff_description": "When {{alerts}} fire.",
        "agent_type": "Autonomous",
        "enable_skills": False,
        "hooks": {"stop": [{"type": "prompt", "prompt": "Done?", "fail_mode": "Block"}]},
    }


def test_a_skill_as_recipes_write_it(reads: Read) -> None:
    """Its tools lie in metadata.spec, its content beside metadata."""
    written = {
        "metadata": {"name": "triage", "description": "When.", "spec": {"tools": ["SearchMemory"]}},
        "skillContent": LONG,
        "additionalFiles": [{"name": "a.md", "content": "A"}, {"path": "b.md", "content": "B"}],
    }

    [item] = reads({"config/skills/s.json": written}).items

    assert item.args == {
        "name": "triage",
        "description": "When.",
        "tools": ["SearchMemory"],
        "skill_content": LONG,
        "additional_files": [{"file_path": "a.md", "content": "A"}, {"file_path": "b.md", "content": "B"}],
    }


def test_a_skill_as_the_data_plane_answers_it(reads: Read) -> None:
    """Members that the service adds are dropped, and its alias of the content is understood."""
    properties = {
        "name": "triage",
        "description": None,
        "skillContent": LONG,
        "skillMdContent": LONG,
        "sourcePluginInstallation": {"id": "x"},
    }

    [item] = reads(
        {"config/skills/s.json": {"name": "triage", "type": "Skill", "properties": properties}}
    ).items

    assert item.args == {"name": "triage", "skill_content": LONG}


@pytest.mark.parametrize(
    "written", ["name: my-tool\ndescription: My tool", '{"name": "my-tool", "description": "My tool"}']
)
def test_the_tool_of_the_api_reference(reads: Read, written: str) -> None:
    """Name and description are enough."""
    [item] = reads({"config/tools/t.yaml": written}).items

    assert item.args == {"name": "my-tool", "description": "My tool"}


def test_a_flat_tool_keeps_its_type(reads: Read) -> None:
    """`type` beside the other members is the tool's own, not the envelope's."""
    [item] = reads({"config/tools/t.yaml": "name: t\ntype: LinkTool\ntemplate: https://example.com/\n"}).items

    assert item.args == {"name": "t", "type": "LinkTool", "template": "https://example.com/"}


def test_members_of_a_tool_that_nobody_has_described_are_handed_on(reads: Read) -> None:
    """An HttpClientTool's members are unpublished; they go as they are, in Azure's words."""
    written = (
        "metadata: {name: t}\nspec:\n  type: HttpClientTool\n  urlTemplate: https://x\n"
        "  retry: {on: [1.50]}\n  headers:\n"
    )

    [item] = reads({"config/tools/t.yaml": written}).items

    assert item.args["additional_properties"] == {"urlTemplate": "https://x", "retry": {"on": [1.5]}}


@pytest.mark.parametrize(
    ("written", "url", "type_"),
    [
        pytest.param(
            {"name": "my-repo", "properties": {"url": "https://github.com/o/r"}},
            "https://github.com/o/r",
            None,
            id="api-reference",
        ),
        pytest.param(
            {"name": "my-repo", "spec": {"url": "o/r", "type": "github"}}, "o/r", "github", id="short"
        ),
        pytest.param(
            {
                "name": "my-repo",
                "type": "CodeRepo",
                "properties": {
                    "url": "https://dev.azure.com/o/r",
                    "type": "AzureDevOps",
                    "cloneStatus": "Ready",
                },
            },
            "https://dev.azure.com/o/r",
            "AzureDevOps",
            id="export",
        ),
    ],
)
def test_repositories(reads: Read, written: dict[str, Any], url: str, type_: str | None) -> None:
    """Spellings are left to the resource, which knows them; what the service sets is dropped."""
    [item] = reads({"config/repos/r.json": written}).items

    assert item.args == {"name": "my-repo", "url": url} | ({"type": type_} if type_ else {})


def test_texts_stay_texts_and_truths_become_truths(reads: Read) -> None:
    """YAML 1.1 would make booleans, sexagesimal numbers and dates of these."""
    written = (
        "name: t\ntype: PythonTool\nfunctionCode: |\n  def main(): ...\n"
        "description: 1.10\nconnector: on\nmode: 12:30\nidentity: 2026-11-22\ntimeoutSeconds: 30\n"
        "parameters:\n- name: 5\n  required: yes\n- name: no\n  required: Off\n"
    )

    args = reads({"config/tools/t.yaml": written}).items[0].args

    assert [args[key] for key in ("description", "connector", "mode", "identity")] == [
        *("1.10", "on", "12:30", "2026-11-22")
    ]
    assert args["timeout_seconds"] == 30
    assert args["parameters"] == [{"name": "5", "required": True}, {"name": "no", "required": False}]


def test_a_number_as_a_name_is_taken_as_written(reads: Read) -> None:
    """Names are texts."""
    [item] = reads({"config/tools/t.yaml": "name: 007\ndescription: x\n"}).items

    assert item.name == "007"


def test_labels_are_told(reads: Read) -> None:
    """Labs have an owner; nothing but people reads it."""
    written = f"metadata: {{name: s, owner: payments}}\nskillContent: {LONG}\ntags: [a]\n"

    found = reads({"config/skills/s.yaml": written})

    assert [str(note) for note in found.notes] == [
        "config/skills/s.yaml:1: 'owner' is a label for people, and not written",
        "config/skills/s.yaml:3: 'tags' is a label for people, and not written",
    ]


def test_an_unknown_member_is_noted_where_it_is_passed_on(reads: Read) -> None:
    task = "name: x\nspec:\n  schedule: 0 8 * * *\n  prompt: look\n  color: red\n"

    found = reads({"automations/scheduled-tasks/x.yaml": task})

    assert found.items[0].args["additional_properties"] == {"color": "red"}
    [note] = found.notes
    assert str(note).startswith(
        "automations/scheduled-tasks/x.yaml:5: 'color' is no member of a scheduled task"
    )
