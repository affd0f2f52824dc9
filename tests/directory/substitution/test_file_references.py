"""File references: what refers to a file, relative to what, and what is only a name."""

from pathlib import Path
from typing import Any

import pytest

from pulumi_sre_agent.directory import DirectoryError, read
from support.directories import LONG, Faults, Read, write


@pytest.mark.parametrize(
    ("reference", "file"),
    [
        pytest.param("skills/triage.md", "config/skills/triage.md", id="below-config"),
        pytest.param("triage.md", "automations/skills/triage.md", id="beside-the-item"),
        pytest.param(
            "deep/er/triage.txt", "automations/skills/deep/er/triage.txt", id="in-a-folder-beside-the-item"
        ),
        pytest.param("triage.md", "config/triage.md", id="bare-name-below-config"),
        pytest.param("_file:docs/triage.md", "docs/triage.md", id="below-the-directory"),
        pytest.param("_file:docs/tri age.weird", "docs/tri age.weird", id="of-any-name"),
        pytest.param("common-prompts/x.md", "config/common-prompts/x.md", id="of-another-kind"),
    ],
)
def test_what_a_reference_is_relative_to(reads: Read, reference: str, file: str) -> None:
    """To config/, to the item's own file, or to the directory."""
    found = reads({file: LONG, "automations/skills/s.yaml": f"name: s\nskillContent: {reference!r}\n"})

    assert found.items[0].args["skill_content"] == LONG


def test_every_kind_takes_references(reads: Read) -> None:
    """Queries, code, prompts and descriptions; an explicit one at any depth."""
    found = reads(
        {
            "config/tools/q.kql": "T | take 1",
            "config/tools/main.py": "def main(): return 1",
            "config/tools/all.yaml": (
                "- {name: q, spec: {type: KustoTool, connector: k, database: d, query: q.kql}}\n"
                "- {name: p, spec: {type: PythonTool, functionCode: tools/main.py}}\n"
                "- {name: o, spec: {type: HttpClientTool, body: {template: '_file:config/tools/q.kql'}}}\n"
            ),
            "config/common-prompts/p.md": "Careful.",
            "config/common-prompts/p.yaml": "name: p\nspec: {prompt: p.md}\n",
            "config/repos/r.yaml": "name: r\nspec: {url: o/r, description: 'repos/r.md'}\n",
            "config/repos/r.md": "The app.",
        }
    )

    q, p, o, prompt, repo = (item.args for item in found.items)
    assert q["query"] == "T | take 1"
    assert p["function_code"] == "def main(): return 1"
    assert o["additional_properties"] == {"body": {"template": "T | take 1"}}
    assert (prompt["prompt"], repo["description"]) == ("Careful.", "The app.")


def test_additional_files_as_exports_write_them(reads: Read) -> None:
    """Their content lies in a folder named after the skill; their own names are names and nothing else."""
    found = reads(
        {
            "config/skills/s.md": LONG,
            "config/skills/s/limits.md": "# Limits",
            "config/skills/s.yaml": (
                "metadata: {name: s}\nskillContent: skills/s.md\n"
                "additionalFiles:\n"
                "- {name: limits.md, content: s/limits.md}\n- {filePath: skills/x.md, content: X}\n"
            ),
        }
    )

    assert found.items[0].args["additional_files"] == [
        {"file_path": "limits.md", "content": "# Limits"},
        {"file_path": "skills/x.md", "content": "X"},
    ]


def test_a_file_of_a_skill_may_be_called_anything(reads: Read) -> None:
    """Where it is there; what only looks like a name is the content."""
    contents = {"main.tf": "s/main.tf", "Dockerfile": "s/Dockerfile", "VERSION": "1.10", "a b": "s/a b"}
    files = [{"name": name, "content": content} for name, content in contents.items()]

    [item] = reads(
        {
            "config/skills/s.json": {"name": "s", "skillContent": LONG, "additionalFiles": files},
            **{f"config/skills/s/{name}": f"in {name}" for name in ("main.tf", "Dockerfile", "a b")},
        }
    ).items

    found = {file["file_path"]: file["content"] for file in item.args["additional_files"]}
    assert found == {
        "main.tf": "in main.tf",
        "Dockerfile": "in Dockerfile",
        "VERSION": "1.10",
        "a b": "in a b",
    }


def test_contents_are_not_substituted(reads: Read) -> None:
    """Neither placeholders nor variables: a file is what it is, but for the line ends of Windows."""
    content = f"{LONG}\r\n{{{{agentName}}}} ${{HOME}} skills/s.md\r\n"

    [item] = reads(
        {"config/skills/s.md": content, "config/skills/s.yaml": "name: s\nskillContent: s.md\n"}
    ).items

    assert item.args["skill_content"] == content.replace("\r\n", "\n")


@pytest.mark.parametrize(
    "text", ["See skills/triage.md", "skills/triage", "a skills/triage.md\n", "https://x/skills/a.md"]
)
def test_a_text_that_mentions_a_file_is_only_a_text(reads: Read, text: str) -> None:
    """A reference is the whole value."""
    [item] = reads({"config/skills/s.json": {"name": "s", "description": text, "skillContent": LONG}}).items

    assert item.args["description"] == text


def test_a_bare_file_name_in_another_member_is_only_a_name(reads: Read) -> None:
    """The templates leave it alone too."""
    [item] = reads(
        {
            "config/skills/s.md": LONG,
            "config/skills/s.yaml": "name: s\ndescription: s.md\nskillContent: s.md\n",
        }
    ).items

    assert item.args["description"] == "s.md"


def test_a_secret_is_never_taken_for_a_file_name(reads: Read) -> None:
    """Its value would show in the fault."""
    item = {"name": "t", "spec": {"type": "HttpClientTool", "functionCode": "${CODE}"}}

    found = reads({"config/tools/t.json": item}, variables={"CODE": "tools/secret.py"})

    assert found.items[0].args["function_code"] == "tools/secret.py"


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        pytest.param(
            "triage.md", "there is no file config/skills/triage.md or config/triage.md", id="beside-the-item"
        ),
        pytest.param("skills/triage.md", "there is no file config/skills/triage.md", id="below-config"),
        pytest.param("_file:triage.md", "there is no file triage.md", id="below-the-directory"),
        pytest.param(
            "_file:../secret.md", "../secret.md leads out of the agent directory", id="escape-by-dots"
        ),
        pytest.param(
            "skills/../../../secret.md", "leads out of the agent directory", id="escape-within-config"
        ),
        pytest.param(f"{'x' * 300}.md", "there is no file", id="longer-than-names-can-be"),
        pytest.param("link.md", "leads out of the agent directory", id="escape-by-link"),
        pytest.param("_file:/etc/passwd", "leads out of the agent directory", id="escape-by-root"),
        pytest.param("binary.md", "the file is not UTF-8 text", id="no-text"),
    ],
)
def test_what_is_refused(tmp_path: Path, reference: str, reason: str) -> None:
    """A missing target is never deployed as the path's text, and nothing outside the directory is read."""
    (tmp_path / "secret.md").write_text(LONG)
    root = write(
        tmp_path / "agent", {"config/skills/s.yaml": f"metadata: {{name: s}}\nskillContent: {reference!r}\n"}
    )
    (root / "config/skills/link.md").symlink_to(tmp_path / "secret.md")
    (root / "config/skills/binary.md").write_bytes(b"\xff")

    with pytest.raises(DirectoryError) as caught:
        read(root)
    [fault] = map(str, caught.value.diagnostics)

    assert fault.startswith(f"config/skills/s.yaml:2: {reference!r} refers to no usable file: ")
    assert reason in fault


def test_a_folder_is_no_file(faults: Faults) -> None:
    """A reference to one is a missing file."""
    files: dict[str, Any] = {
        "config/skills/s.md/inside.md": "x",
        "config/skills/s.yaml": "name: s\nskillContent: skills/s.md\n",
    }

    assert "there is no file config/skills/s.md" in faults(files)[-1]
