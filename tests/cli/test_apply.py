"""`sre-agent apply`: what was reviewed is what is deployed, or nothing is."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from support.cli import FakePulumi, Folder, call
from support.engines import PULUMI, Project, needs_pulumi
from support.previews import preview, step

PLAN = {"name": "down", "agent_mode": "Review"}
PREVIEW = preview(step("IncidentFilter", PLAN, {**PLAN, "agent_mode": "Autonomous"}))
STATE = {"deployment": {"resources": [{"urn": "u", "modified": "today", "inputs": {"size": 1}}]}}
WRITES_PLAN = """
if "--save-plan" in sys.argv:
    Path(sys.argv[sys.argv.index("--save-plan") + 1]).write_text(json.dumps({"resourcePlans": {"u": 1}}))
if "--plan" in sys.argv:
    (home / "plan").write_text(Path(sys.argv[sys.argv.index("--plan") + 1]).read_text())
"""


@pytest.fixture
def prod(folder: Folder, pulumi: FakePulumi) -> Folder:
    (folder.stack_file.parent / "Pulumi.prod.yaml").write_text("config: {}\n")
    pulumi.answers("preview", PREVIEW, as_json=True)
    pulumi.answers("stack export", json.dumps(STATE))
    pulumi.does(WRITES_PLAN)
    folder.commit()
    return folder


def save(prod: Folder, pulumi: FakePulumi) -> None:
    saved = call(prod, "report", "-s", "prod", "--save-plan", "prod.plan.json", path=pulumi.path)
    assert saved.code == 0, saved.err
    assert "1 finding (1 high)" in saved.out


def test_the_plan_of_the_reviewed_preview_is_what_is_deployed(prod: Folder, pulumi: FakePulumi) -> None:
    save(prod, pulumi)
    shown = call(prod, "apply", "prod.plan.json", path=pulumi.path)

    assert shown.code == 0, shown.err
    up = pulumi.lines[-1]
    assert up.startswith("up --plan ")
    assert up.endswith(" --yes --non-interactive --suppress-outputs --stack prod")
    assert json.loads((pulumi.home / "plan").read_text()) == {"resourcePlans": {"u": 1}}


def test_another_commit_is_noticed(prod: Folder, pulumi: FakePulumi) -> None:
    save(prod, pulumi)
    prod.commit()
    shown = call(prod, "apply", "prod.plan.json", path=pulumi.path)

    assert shown.code == 1
    assert "Nothing was sent: the plan is of commit " in shown.err
    assert not any(line.startswith("up") for line in pulumi.lines)


def test_files_that_no_commit_has_are_noticed(prod: Folder, pulumi: FakePulumi) -> None:
    save(prod, pulumi)
    (prod.root / "stacks" / "__main__.py").write_text("import pulumi\n")
    shown = call(prod, "apply", "prod.plan.json", path=pulumi.path)

    assert shown.code == 1
    assert "here are files that differ from every commit" in " ".join(shown.err.split())


def test_a_state_that_something_has_changed_is_noticed(prod: Folder, pulumi: FakePulumi) -> None:
    save(prod, pulumi)
    pulumi.answers("stack export", json.dumps(STATE).replace('"size": 1', '"size": 2'))
    shown = call(prod, "apply", "prod.plan.json", path=pulumi.path)

    assert shown.code == 1
    assert "something has changed the state of stack 'prod' since" in " ".join(shown.err.split())


def test_a_state_that_was_only_written_again_is_the_same(prod: Folder, pulumi: FakePulumi) -> None:
    save(prod, pulumi)
    pulumi.answers("stack export", json.dumps(STATE).replace("today", "tomorrow"))

    assert call(prod, "apply", "prod.plan.json", path=pulumi.path).code == 0


@pytest.mark.parametrize(
    ("printed", "sentence"),
    [
        ("Previewing update (prod):\\n", "Nothing was sent: what the plan says has become impossible"),
        ("Previewing update (prod):\\nUpdating (prod):\\n", "The plan was begun, and failed"),
    ],
    ids=["in-the-preview", "in-the-update"],
)
def test_a_failure_says_whether_anything_was_sent(
    prod: Folder, pulumi: FakePulumi, printed: str, sentence: str
) -> None:
    save(prod, pulumi)
    pulumi.does(f'if sys.argv[1] == "up": print("{printed}"); sys.exit(255)')
    shown = call(prod, "apply", "prod.plan.json", path=pulumi.path)

    assert shown.code == 1
    assert sentence in shown.err


def test_a_preview_that_failed_saves_no_plan(prod: Folder, pulumi: FakePulumi) -> None:
    pulumi.answers("preview", preview(errors=("no",)), as_json=True)
    shown = call(prod, "report", "-s", "prod", "--save-plan", "prod.plan.json", path=pulumi.path)

    assert shown.code == 1
    assert not (prod.root / "prod.plan.json").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["apply", "nowhere.json"], "The plan nowhere.json cannot be read: No such file"),
        (["apply", "Pulumi.yaml"], "Pulumi.yaml is no plan: it is no JSON."),
        (["apply", "other.json"], "other.json is no plan of this version: make it with"),
        (
            ["report", "-s", "prod", "--save-plan", "p.json"],
            "Plans need the Pulumi CLI, and there is no `pulumi`",
        ),
        (["report", "-s", "local", "--save-plan", "p.json"], "the embedded engine has no plans."),
        (["report", "other.json", "--save-plan", "p.json"], "--save-plan is for a preview that is run here"),
    ],
)
def test_what_is_no_plan_is_refused(prod: Folder, words: list[str], sentence: str) -> None:
    (prod.root / "other.json").write_text('{"schemaVersion": 1}')
    shown = call(prod, *words)

    assert (shown.code, shown.out) == (2, "")
    assert sentence in " ".join(shown.err.split())


@needs_pulumi
def test_the_real_engine_keeps_to_a_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret in it is encrypted, and what has become impossible is told before a provider is asked."""
    program = (
        "import pulumi\nfrom support.toy import Thing\nconfig = pulumi.Config()\n"
        'Thing("a", size=config.require_int("gen"), token=pulumi.Output.secret("hush-hush-1"))\n'
    )
    project = Project(tmp_path, PULUMI)
    project.make(program)
    text = project.stack_file.read_text()
    project.stack_file.write_text(
        "".join(line for line in text.splitlines(True) if "metadataHost" not in line)
    )
    for name, value in project.environment().items():
        monkeypatch.setenv(name, value)

    def sre_agent(*words: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(shutil.which("sre-agent") or "sre-agent")), *words]
        return subprocess.run(
            command, cwd=project.program_folder, capture_output=True, text=True, check=False
        )

    saved = sre_agent("report", "-s", "dev", "--save-plan", "p.json")
    assert saved.returncode == 0, saved.stderr
    assert "hush" not in (project.program_folder / "p.json").read_text()
    (project.program_folder / "__main__.py").write_text(program + 'Thing("b", size=1)\n')
    refused = sre_agent("apply", "p.json")
    (project.program_folder / "__main__.py").write_text(program)
    applied = sre_agent("apply", "p.json")
    again = sre_agent("apply", "p.json")

    assert "Nothing was sent: what the plan says has become impossible" in refused.stderr
    assert applied.returncode == 0, applied.stdout + applied.stderr
    assert "something has changed the state" in again.stderr
    assert project.cloud.count("create") == {("create", "a"): 1}
