"""`sre-agent lint`, and what a configuration of policies makes of it and of the report."""

import json
from pathlib import Path

import pytest

from support.cli import FakePulumi, Folder, call
from support.directories import agent, described, write
from support.previews import preview, step

PLAN = {"name": "down", "agent_mode": "Autonomous", "priorities": ["Sev0"]}


@pytest.fixture
def directory(folder: Folder) -> Path:
    task = described("nightly", schedule="0 6 * * *", mode="Autonomous", prompt="Look.")
    files = {
        "agent.json": agent(monthlyAgentUnitLimit=9000),
        "automations/scheduled-tasks/nightly.yaml": task,
    }
    return write(folder.root / "oncall", files)


def test_findings_have_file_and_line(folder: Folder, directory: Path) -> None:
    shown = call(folder, "lint", "oncall")

    assert (shown.code, shown.err) == (0, "")
    assert shown.out == (
        "automations/scheduled-tasks/nightly.yaml:7: high [mode-autonomous]\n"
        "  The scheduled task `nightly` would act without asking: its mode is\n"
        "  `Autonomous` (the agent's own mode is `Review`, which an older page takes for\n"
        "  a ceiling).\n"
        "  Leave the mode at `Review` until a rehearsal has shown what it does, or deny\n"
        "  the tools it must never use.\n"
    )


def test_a_directory_is_looked_at_without_the_values_of_its_variables(
    folder: Folder, directory: Path
) -> None:
    """They come with a stack."""
    endpoint = {"type": "http", "endpoint": "https://${HOST}/mcp", "bearerToken": "${TOKEN}"}
    properties = {"dataConnectorType": "Mcp", "extendedProperties": endpoint}
    connectors = {"connectors": [{"name": "ops", "properties": properties}]}
    write(folder.root / "oncall", {"connectors.json": connectors})
    shown = call(folder, "lint", "oncall", "--json")

    assert [each["rule"] for each in shown.json["findings"]] == ["mode-autonomous"]
    assert shown.err == "Without a value, and not looked at: ${HOST}, ${TOKEN}.\n"
    assert call(folder, "lint", "oncall", "--var", "HOST=a.example.com", "--var", "TOKEN=t").err == ""


def test_json_has_what_a_program_needs(folder: Folder, directory: Path) -> None:
    (folder.root / "policy.json").write_text(json.dumps({"unit-ceiling": {"units": 5000}}))
    shown = call(folder, "lint", "oncall", "--json", "--policy-config", "policy.json")

    assert [(each["rule"], each["file"], each["line"]) for each in shown.json["findings"]] == [
        ("unit-ceiling", "agent.json", 11),
        ("mode-autonomous", "automations/scheduled-tasks/nightly.yaml", 7),
    ]
    assert shown.json["schemaVersion"] == 1


@pytest.mark.parametrize(
    ("levels", "words", "code", "said"),
    [
        ({}, ["--fail-on", "high"], 3, "1 finding (1 high): --fail-on high fails.\n"),
        (
            {"mode-autonomous": "mandatory"},
            [],
            3,
            "Mandatory here, and violated: mode-autonomous. The scheduled task",
        ),
        ({"all": "mandatory", "mode-autonomous": "advisory"}, [], 0, ""),
        ({"mode-autonomous": "disabled"}, ["--fail-on", "low"], 0, ""),
    ],
    ids=["severity", "mandatory", "advisory", "disabled"],
)
def test_what_fails(
    folder: Folder, directory: Path, levels: dict[str, str], words: list[str], code: int, said: str
) -> None:
    (folder.root / "policy.json").write_text(json.dumps(levels))
    shown = call(folder, "lint", "oncall", "--policy-config", "policy.json", *words)

    assert shown.code == code
    assert shown.err.startswith(said) if said else not shown.err


def test_a_directory_that_cannot_be_deployed_is_refused(folder: Folder, directory: Path) -> None:
    (directory / "agent.json").write_text("{}")
    shown = call(folder, "lint", "oncall")

    assert (shown.code, shown.out) == (2, "")
    assert "agent.json:1:" in shown.err


def test_nothing_to_find(folder: Folder) -> None:
    write(folder.root / "oncall", {})

    assert call(folder, "lint", "oncall").out == "Nothing found.\n"


def test_the_report_runs_the_same_rules_and_says_so_without_an_engine(
    folder: Folder, pulumi: FakePulumi
) -> None:
    (folder.root / "policy.json").write_text(json.dumps({"mode-autonomous": "mandatory"}))
    (folder.root / "preview.json").write_text(preview(step("IncidentFilter", PLAN, PLAN, op="same")))
    words = ("report", "preview.json", "--policy-config", "policy.json")
    beside, alone = call(folder, *words, path=pulumi.path), call(folder, *words)
    said = "Mandatory here, and violated: mode-autonomous. The response plan `down` would act"

    assert (beside.code, alone.code) == (3, 3)
    assert beside.out.startswith("shop/prod: no findings\nNothing would change.\n")
    assert beside.err.startswith(said)
    assert alone.err.startswith(
        f"No `pulumi` on PATH could run a policy pack: the report applies its rules.\n{said}"
    )
