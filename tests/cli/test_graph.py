"""`sre-agent graph`: where it reads from, which format it writes, and what it refuses."""

from pathlib import Path

import pytest

from support.cli import FakePulumi, Folder, call
from support.directories import described, write
from support.previews import preview, step

TASK = {"name": "nightly", "cron_expression": "0 6 * * *"}
CHANGE = preview(step("ScheduledTask", TASK, {**TASK, "cron_expression": "0 * * * *"}))


@pytest.fixture
def directory(folder: Folder) -> Path:
    task = described("nightly", schedule="0 6 * * *", mode="Review", prompt="Look.")
    return write(folder.root / "oncall", {"automations/scheduled-tasks/nightly.yaml": task})


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        (["-o", "out.svg"], "<svg "),
        (["-o", "out.HTML"], "<!doctype html>"),
        (["-o", "out.md"], "---\ntitle: "),
        (["-o", "out.svg", "--format", "mermaid"], "---\ntitle: "),
    ],
)
def test_a_directory_in_the_format_that_the_name_says(
    folder: Folder, directory: Path, words: list[str], begins: str
) -> None:
    shown = call(folder, "graph", "oncall", *words)

    assert (shown.code, shown.out, shown.err) == (0, "", f"Wrote {words[1]}.\n")
    assert (folder.root / words[1]).read_text().startswith(begins)


def test_mermaid_goes_to_stdout(folder: Folder, directory: Path) -> None:
    assert 'nightly<br>task · Review · 0 6 * * *"]' in call(folder, "graph", "oncall").out


def test_a_preview_with_and_without_what_it_changes(folder: Folder) -> None:
    (folder.root / "p.json").write_text(CHANGE)

    assert "± was 0 6 * * *" in call(folder, "graph", "--preview", "p.json", "--diff").out
    assert "± was" not in call(folder, "graph", "--preview", "p.json").out


def test_a_stack_is_previewed_for_what_it_changes(folder: Folder, pulumi: FakePulumi) -> None:
    (folder.stack_file.parent / "Pulumi.prod.yaml").write_text("config: {}\n")
    pulumi.answers("preview", CHANGE, as_json=True)
    shown = call(folder, "graph", "-s", "prod", "--diff", path=pulumi.path)

    assert pulumi.lines == ["preview --json --show-sames --non-interactive --stack prod"]
    assert "± was 0 6 * * *" in shown.out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "Say where the agent is to be read from"),
        (["--diff"], "Of a preview, give either --preview, or --diff with --stack to run one."),
        (["oncall", "--diff"], "Of a preview, give either --preview, or --diff with --stack to run one."),
        (["--preview", "nowhere.json"], "The preview nowhere.json cannot be read"),
        (
            ["oncall", "-o", "nowhere/x.svg"],
            "Invalid value for '--output' / '-o': there is no folder nowhere.",
        ),
        (["oncall", "--format", "svg", "-o", "."], "The picture cannot be written to .: Is a directory."),
    ],
)
def test_bad_input_is_a_sentence(folder: Folder, directory: Path, words: list[str], sentence: str) -> None:
    shown = call(folder, "graph", *words)

    assert (shown.code, shown.out) == (2, "")
    assert sentence in " ".join(shown.err.split())
