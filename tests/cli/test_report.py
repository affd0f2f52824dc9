"""`sre-agent report`: where its preview comes from, where the report goes, and what its exit code says."""

import json
from pathlib import Path

import pytest

from support.cli import FakePulumi, Folder, call, run
from support.previews import preview, step

PLAN = {"name": "down", "agent_mode": "Review", "priorities": ["Sev0"]}
RISKY = preview(step("IncidentFilter", PLAN, {**PLAN, "agent_mode": "Autonomous"}))
HARMLESS = preview(step("IncidentFilter", PLAN, {**PLAN, "description": "Down."}))


@pytest.fixture
def file(folder: Folder) -> Path:
    (path := folder.root / "preview.json").write_text(RISKY)
    return path


def test_a_file(folder: Folder, file: Path) -> None:
    shown = call(folder, "report", str(file))

    assert (shown.code, shown.err) == (0, "")
    assert shown.out.startswith("shop/prod: 1 finding (1 high)\nWould update 1 resource.\n")
    assert "its mode\n  changes" in shown.out or "its mode changes" in shown.out


@pytest.mark.parametrize(
    ("text", "grave", "code"),
    [(RISKY, "high", 3), (RISKY, "low", 3), (HARMLESS, "low", 0)],
    ids=["high", "low", "none"],
)
def test_fail_on(folder: Folder, text: str, grave: str, code: int) -> None:
    (folder.root / "p.json").write_text(text)

    assert call(folder, "report", "p.json", "--fail-on", grave).code == code


def test_what_is_less_grave_does_not_fail(folder: Folder) -> None:
    opened = preview(step("HttpTrigger", None, {"name": "t", "agent_mode": "Review"}))
    (folder.root / "p.json").write_text(opened)

    assert call(folder, "report", "p.json", "--fail-on", "high").code == 0
    assert call(folder, "report", "p.json", "--fail-on", "medium").code == 3


def test_what_is_accepted_does_not_fail(folder: Folder, file: Path) -> None:
    (folder.root / "accepted.yaml").write_text(
        "- finding: mode-autonomous IncidentFilter one\n  by: ana\n  why: Rehearsed.\n  until: 2999-01-31\n"
    )
    shown = call(folder, "report", str(file), "--baseline", "accepted.yaml", "--fail-on", "low")

    assert shown.code == 0
    assert "accepted by ana until 2999-01-31" in shown.out


@pytest.mark.parametrize("form", ["markdown", "html", "json", "text"])
def test_a_file_to_write(folder: Folder, file: Path, form: str) -> None:
    shown = call(folder, "report", str(file), "--format", form, "--output", "report.out")

    assert (shown.code, shown.out, shown.err) == (0, "", "Wrote report.out.\n")
    assert "down" in (folder.root / "report.out").read_text()


def test_a_preview_that_failed_before_its_first_step_says_why(folder: Folder) -> None:
    told = [{"severity": "error", "message": "error: the program exited with code 1"}]
    (folder.root / "p.json").write_text(json.dumps({"config": {}, "diagnostics": told}))
    shown = call(folder, "report", "p.json")

    assert (shown.code, shown.out) == (1, "")
    assert "did not come as far as its first step: the program exited with code 1" in " ".join(
        shown.err.split()
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "Give either a preview, as a file or as - for stdin, or --stack to run one."),
        (
            ["p.json", "-s", "local"],
            "Give either a preview, as a file or as - for stdin, or --stack to run one.",
        ),
        (["nowhere.json"], "The preview nowhere.json cannot be read: No such file or directory."),
        (
            ["text.json"],
            "This is no JSON (Expecting value: line 1 column 1 (char 0)). Give it what `pulumi preview",
        ),
        (["list.json"], "This is no preview: it is no JSON object."),
        (["empty.json"], "There is no preview: the input is empty."),
        (["steps.json"], "This is no preview: it has no steps."),
        (["binary.json"], "binary.json is no preview: it is not UTF-8."),
        (["-s", "prod", "-o", "nowhere/report"], "there is no folder nowhere."),
        (["-s", "prod", "--save-plan", "nowhere/plan"], "there is no folder nowhere."),
        (["p.json", "-o", "."], "The report cannot be written to .: Is a directory."),
        (
            ["p.json", "--baseline", "nowhere"],
            "The baseline nowhere cannot be read: No such file or directory.",
        ),
        (
            ["p.json", "--baseline", "wrong.yaml"],
            "The baseline wrong.yaml is wrong at [0].until: Field required.",
        ),
    ],
)
def test_bad_input_is_a_sentence(folder: Folder, words: list[str], sentence: str) -> None:
    files = {
        "p.json": RISKY.encode(),
        "text.json": b"Previewing update (prod)",
        "list.json": b"[]",
        "empty.json": b" \n",
        "steps.json": b"{}",
        "binary.json": b"\xff\xfe{",
        "wrong.yaml": b"- {finding: x, by: ana, why: y}",
    }
    for name, data in files.items():
        (folder.root / name).write_bytes(data)
    shown = call(folder, "report", *words)

    assert (shown.code, shown.out) == (2, "")
    assert sentence in " ".join(shown.err.split())


def test_a_stack_on_real_azure_is_previewed_with_pulumi(folder: Folder, pulumi: FakePulumi) -> None:
    (folder.stack_file.parent / "Pulumi.prod.yaml").write_text("config: {}\n")
    pulumi.answers("preview", RISKY, as_json=True)
    shown = call(folder, "report", "-s", "prod", path=pulumi.path)

    assert shown.code == 0
    assert pulumi.lines == ["preview --json --show-sames --non-interactive --stack prod"]
    assert shown.out.startswith("shop/prod: 1 finding (1 high)")


def test_a_preview_that_says_nothing_is_a_sentence(folder: Folder, pulumi: FakePulumi) -> None:
    (folder.stack_file.parent / "Pulumi.prod.yaml").write_text("config: {}\n")
    pulumi.fails(255)
    shown = call(folder, "report", "-s", "prod", path=pulumi.path)

    assert (shown.code, shown.out) == (1, "")
    assert "The preview of stack 'prod' failed with exit code 255" in shown.err


def test_without_pulumi_a_stack_on_real_azure_says_what_to_do(folder: Folder) -> None:
    (folder.stack_file.parent / "Pulumi.prod.yaml").write_text("config: {}\n")
    shown = call(folder, "report", "-s", "prod")

    assert shown.code == 2
    assert "Stack 'prod' needs the Pulumi CLI" in shown.err


def test_a_stack_on_this_machine_is_previewed_by_the_local_command(folder: Folder) -> None:
    shown = run(folder, "report", "-s", "local", "--format", "json")

    assert shown.code == 0, shown.err
    assert json.loads(shown.out)["stack"] == "local"


def test_a_failed_preview_is_reported_and_fails(folder: Folder) -> None:
    (folder.root / "p.json").write_text(preview(errors=("The agent directory has 1 fault",)))
    shown = call(folder, "report", "p.json", "--format", "markdown")

    assert shown.code == 1
    assert "> **Error:** The agent directory has 1 fault" in shown.out
    assert shown.err == "error: The preview of stack 'prod' failed: the report begins with why.\n"
