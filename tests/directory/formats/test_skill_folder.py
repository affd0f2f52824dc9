"""Skills that lie in folders of their own, as the service's CLI has them."""

import pytest

from support.directories import LONG, Faults, Read

HEAD = """---
metadata:
  kind: Skill
name: triage
description: When checkout fails.
tools:
  - SearchMemory
---
"""
FOLDER = "config/skills/triage"


@pytest.mark.parametrize(
    "text", [HEAD + LONG, f"\ufeff{HEAD}{LONG}".replace("\n", "\r\n"), HEAD + LONG + "\n---\nMore."]
)
def test_a_folder_with_front_matter_is_a_skill(reads: Read, text: str) -> None:
    """Its text is the whole file, whatever it looks like; the files beside it belong to it."""
    files = {
        f"{FOLDER}/SKILL.md": text,
        f"{FOLDER}/references/how.md": "{{x}}",
        f"{FOLDER}/name.md": "how.md",
    }

    [item] = reads(files).items

    assert item.args == {
        "name": "triage",
        "description": "When checkout fails.",
        "tools": ["SearchMemory"],
        "skill_content": text.removeprefix("\ufeff").replace("\r\n", "\n"),
        "additional_files": [
            {"file_path": "name.md", "content": "how.md"},
            {"file_path": "references/how.md", "content": "{{x}}"},
        ],
    }
    assert (item.source.file, item.source.line) == (f"{FOLDER}/SKILL.md", 2)


def test_other_front_matter_is_told(reads: Read) -> None:
    """Such as what other agents make of a skill."""
    directory = reads({f"{FOLDER}/SKILL.md": f"---\nname: triage\nlicense: MIT\n---\n{LONG}"})

    assert [str(note) for note in directory.notes] == [
        f"{FOLDER}/SKILL.md:3: 'license' of the front matter is not written"
    ]


def test_a_file_that_an_item_refers_to_is_not_a_second_skill(reads: Read) -> None:
    skill = {"name": "other", "skillContent": "triage/SKILL.md"}

    [item] = reads({"config/skills/s.json": skill, f"{FOLDER}/SKILL.md": HEAD + LONG}).items

    assert item.name == "other"


@pytest.mark.parametrize(
    ("text", "faults_"),
    [
        pytest.param("---\nname: [\n---\n", ["3: the YAML is malformed"], id="no YAML"),
        pytest.param("---\n- a\n---\n", ["1: the front matter must say name and description"], id="a list"),
        pytest.param(
            f"---\nname: triage\ntools: SearchMemory\n---\n{LONG}", ["3: tools must be a list"], id="a member"
        ),
        pytest.param(
            f"---\ndescription: d\n---\n{LONG}",
            ["2: the skill has no name: give it one as metadata.name or name"],
            id="no name",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(faults: Faults, text: str, faults_: list[str]) -> None:
    found = faults({f"{FOLDER}/SKILL.md": text})

    for fault, expected in zip(found, faults_, strict=True):
        assert fault.startswith(f"{FOLDER}/SKILL.md:{expected}")
