"""The pipelines to copy: valid by their services' schemas, pinned, with the least rights; their steps run."""

import json
import re
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from check_jsonschema.transforms import TRANSFORM_LIBRARY

from support.cli import FakePulumi, Folder, call
from support.code_hosts import TOKEN, AzureDevOpsHost, CodeHost, GitHubHost
from support.pipelines import (
    ACTIONS,
    AZURE,
    PIPELINES,
    WORKFLOWS,
    Sample,
    Shell,
    ShellStep,
    load,
    shell_steps,
)
from support.previews import preview, step

FILES = [*WORKFLOWS, *ACTIONS, *AZURE]
SCHEMAS = files("check_jsonschema.builtin_schemas.vendor")
PINNED = re.compile(r"^[\w-]+/[\w-]+@[0-9a-f]{40}$")
USES = re.compile(r"uses: (\S+)(.*)")
WRITES = {
    "github/workflows/preview.yaml branch": {"id-token", "pull-requests"},
    "github/workflows/deploy.yaml dev": {"id-token"},
    "github/workflows/deploy.yaml staging": {"id-token"},
    "github/workflows/deploy.yaml prod": {"id-token"},
    "github/workflows/promote.yaml plan": {"id-token"},
    "github/workflows/promote.yaml apply": {"id-token"},
    "github/workflows/drift.yaml drift": {"id-token", "issues"},
    "github/workflows/usage.yaml usage": {"id-token"},
}
"""What a job may write. `id-token` is the login."""


def steps_of(stack: str) -> list[ShellStep]:
    values = {"inputs.stack": stack, "matrix.stack": stack, "inputs.fail-on": "high", "github.token": TOKEN}
    return [*shell_steps(values)]


STEPS = steps_of("prod")
PULUMI = shutil.which("pulumi")
ORDER = ["make", "report", "apply", "rehearse", "drift", "usage"]
SKILL = "stacks/agents/payments-oncall/config/skills/latency-regression.md"
HOSTS: dict[str, type[CodeHost]] = {"github": GitHubHost, "azure-pipelines": AzureDevOpsHost}
DEPLOYING = {"report", "apply", "drift"}
PLAN = {"name": "down", "agent_mode": "Review"}
CHANGED = step("IncidentFilter", PLAN, {**PLAN, "description": "Down."})


def short(file: Path) -> str:
    return file.relative_to(PIPELINES).as_posix()


@pytest.mark.parametrize("file", [*WORKFLOWS, *ACTIONS], ids=short)
def test_github_takes_it(file: Path) -> None:
    schema = "github-workflows" if file in WORKFLOWS else "github-actions"

    assert faults(f"{schema}.json", load(file)) == []


@pytest.mark.parametrize("file", AZURE, ids=short)
def test_azure_pipelines_takes_it(file: Path) -> None:
    """Its schema has text everywhere, but for the inputs of tasks."""
    content = yaml.load(file.read_text(encoding="utf-8"), yaml.BaseLoader)
    document = TRANSFORM_LIBRARY["azure-pipelines"](content)

    assert faults("azure-pipelines.json", with_booleans(document)) == []


def faults(schema: str, document: Any) -> list[str]:
    rules = json.loads((SCHEMAS / schema).read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(rules)(rules)
    return [error.message for error in validator.iter_errors(document)]


def with_booleans(value: Any, *, inside: bool = False) -> Any:
    if isinstance(value, dict):
        return {name: with_booleans(each, inside=inside or name == "inputs") for name, each in value.items()}
    if isinstance(value, list):
        return [with_booleans(each) for each in value]
    return {"true": True, "false": False}.get(value, value) if inside else value


@pytest.mark.parametrize("file", [*WORKFLOWS, *ACTIONS], ids=short)
def test_every_action_is_pinned_to_a_commit_or_stands_beside(file: Path) -> None:
    for used, rest in USES.findall(file.read_text(encoding="utf-8")):
        if used.startswith("./.github/"):
            path = PIPELINES / used.replace("./.github/", "github/")
            assert path.is_file() or (path / "action.yaml").is_file(), used
        else:
            assert PINNED.match(used), used
            assert re.match(r" # v\d+\.\d+\.\d+", rest), f"{used} does not say which version it is"


def test_the_page_shows_the_tree() -> None:
    page = (PIPELINES.parents[1] / "docs/how-to/pipelines.md").read_text(encoding="utf-8")
    (tree,) = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    shown = re.findall(r"── (\S+\.yaml)", tree)

    assert sorted(Path(name).name for name in shown) == sorted(file.name for file in FILES)


def test_every_template_is_there() -> None:
    for file in AZURE:
        for name in re.findall(r"template: (\S+)", file.read_text(encoding="utf-8")):
            assert (file.parent / name).is_file(), f"{file}: {name}"


def test_no_job_may_write_more_than_it_needs() -> None:
    """Nor reads a secret: all logins are the run's own."""
    found = {}
    for file in WORKFLOWS:
        workflow = load(file)
        assert workflow["permissions"] == {"contents": "read"}, file
        for name, job in workflow["jobs"].items():
            rights = job.get("permissions", {})
            if written := {right for right, level in rights.items() if level == "write"}:
                found[f"{short(file)} {name}"] = written

    assert found == WRITES
    assert not [file for file in (*WORKFLOWS, *ACTIONS) if "secrets." in file.read_text(encoding="utf-8")]


def test_a_fork_meets_no_login() -> None:
    github = load(PIPELINES / "github/workflows/preview.yaml")["jobs"]["fork"]
    azure = [job for job in load(PIPELINES / "azure-pipelines/preview.yaml")["jobs"] if job["job"] == "fork"]

    assert "permissions" not in github
    assert "!= github.repository" in github["if"]
    assert not re.search(
        r"azure/login|setup|report\b.*action", json.dumps(github).replace("setup-python", "")
    )
    assert azure[0]["condition"] == "eq(variables['System.PullRequest.IsFork'], 'True')"
    assert "steps/run.yaml" not in json.dumps(azure)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    made = Shell(tmp_path / "job", "sre-agent", "make", "curl", "az")
    made.answers("az", 0, "11111111-1111-1111-1111-111111111111\n")
    return made


def service_variables(folder: Path) -> dict[str, str]:
    """Return what both services set for every script, of a login by federation in Azure's case."""
    return {
        **{name: str(folder / name.lower()) for name in ("GITHUB_PATH", "GITHUB_ENV", "GITHUB_STEP_SUMMARY")},
        "STACK": "prod",
        "BUILD_ARTIFACTSTAGINGDIRECTORY": str(folder),
        "AGENT_TEMPDIRECTORY": str(folder),
        "PIPELINE_WORKSPACE": str(folder),
        "servicePrincipalId": "client",
        "tenantId": "tenant",
        "idToken": "signed",
    }


@pytest.mark.parametrize("script", STEPS, ids=str)
def test_a_step_runs(shell: Shell, script: ShellStep) -> None:
    """What it calls is there, and each `sre-agent` of it means a stack or a plan."""
    ran = shell.run(script, **service_variables(shell.folder))

    assert ran.returncode == 0, ran.stderr
    calls = [call["argv"] for call in shell.calls("sre-agent")]
    assert len(calls) == script.script.count("sre-agent ")
    assert all("local" in argv or "prod" in " ".join(argv) for argv in calls)
    if "servicePrincipalId" in script.script:
        login = shell.calls("sre-agent")[0]["environ"]
        assert (login["ARM_CLIENT_ID"], login["ARM_OIDC_TOKEN"]) == ("client", "signed")
        assert login["ARM_SUBSCRIPTION_ID"] == "11111111-1111-1111-1111-111111111111"


@pytest.mark.parametrize("script", STEPS, ids=str)
def test_a_step_fails_with_what_it_runs(shell: Shell, script: ShellStep) -> None:
    for name in ("sre-agent", "make"):
        shell.answers(name, 1)

    assert shell.run(script, **service_variables(shell.folder)).returncode == 1


def test_drift_alone_fails_no_night(shell: Shell) -> None:
    shell.answers("sre-agent", 2)
    nights = [script for script in STEPS if "sre-agent drift" in script.script]

    assert [shell.run(night, **service_variables(shell.folder)).returncode for night in nights] == [0, 0]


def test_the_setup_leaves_what_the_next_step_needs(shell: Shell) -> None:
    (setup,) = (script for script in STEPS if "actions/setup" in script.file)
    variables = service_variables(shell.folder)
    shell.run(setup, **variables)

    assert Path(variables["GITHUB_PATH"]).read_text() == f"{shell.folder}/.venv/bin\n"
    assert Path(variables["GITHUB_ENV"]).read_text() == f"VIRTUAL_ENV={shell.folder}/.venv\n"


@pytest.fixture
def prod(folder: Folder, pulumi: FakePulumi) -> Folder:
    (folder.stack_file.parent / "Pulumi.prod.yaml").write_text("config: {}\n")
    folder.commit()
    pulumi.answers("preview", preview(CHANGED), as_json=True)
    pulumi.answers("refresh", preview(CHANGED), as_json=True)
    pulumi.answers("stack export", "{}")
    pulumi.does(
        'if "--save-plan" in sys.argv: Path(sys.argv[sys.argv.index("--save-plan") + 1]).write_text("{}")'
    )
    return folder


@pytest.fixture(params=HOSTS)
def service(request: pytest.FixtureRequest) -> Iterator[tuple[str, CodeHost]]:
    with HOSTS[request.param]().serving() as host:
        yield request.param, host


def test_the_commands_of_a_service_work(
    prod: Folder, pulumi: FakePulumi, shell: Shell, service: tuple[str, CodeHost]
) -> None:
    """What its scripts call of an engine, called again: a comment, a plan that is applied, an issue."""
    name, host = service
    codes = {}
    variables = {**service_variables(prod.root), **host.variables(prod.root)}
    (prod.root / "plan-prod").symlink_to(prod.root)  # where Azure Pipelines downloads what was published
    for script in STEPS:
        if script.file.startswith(name):
            shell.run(script, **variables)
    for recorded in shell.calls("sre-agent"):
        argv = recorded["argv"][1:]
        if argv[0] in DEPLOYING and "local" not in argv:
            known = {key: recorded["environ"].get(key, "") for key in ("GITHUB_TOKEN",)}
            ran = call(prod, *argv, path=pulumi.path, **{**variables, **known})
            codes[" ".join(argv[:1] + [word for word in argv if word.startswith("--")])] = ran.code
            assert ran.code in (0, 2), ran.err

    assert [code for words, code in codes.items() if words.startswith("drift")] == [2]
    assert [code for words, code in codes.items() if not words.startswith("drift")] == [0, 0, 0]
    assert "no findings" in host.comments[0]
    assert host.issues[0]["title"] == "Drift of shop/prod"
    assert any(line.startswith("up --plan ") for line in pulumi.lines)


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[Sample]:
    made = Sample(tmp_path / "project")
    deployed = call(made, "local", "up")
    assert deployed.code == 0, deployed.err
    yield made
    made.stop()


@pytest.mark.longest
def test_each_step_runs_whole_against_the_local_azure(sample: Sample, tmp_path: Path) -> None:
    """With what a job has set, on a deployed agent; plans are the Pulumi CLI's alone, and need it."""
    for name, host_type in HOSTS.items():
        folder = tmp_path / name
        folder.mkdir()
        with (sample.root / SKILL).open("a") as skill:
            skill.write(f"\nA change for {name}.\n")
        with host_type().serving() as host:
            job = {**service_variables(folder), **host.variables(folder)}
            run_whole(sample, name, {**job, "STACK": "local", "ARM_USE_OIDC": "true"}, folder)

        assert "sre-agent report: sre-agent/local" in host.comments[0]
        summary = folder / "usage-local.md" if name == "azure-pipelines" else Path(job["GITHUB_STEP_SUMMARY"])
        told = summary.read_text()
        assert all(words in told for words in ("## local", "BY MONTH'S END", "deleted threads")), told

    assert 'tests="5" failures="0"' in (tmp_path / "azure-pipelines" / "rehearsal.xml").read_text()


def run_whole(sample: Sample, name: str, variables: dict[str, str], folder: Path) -> None:
    """Run every step of a service, in the order of a change's life."""
    shell = Shell(sample.root, "make", "curl", "az")
    shell.answers("az", 0, "00000000-0000-0000-0000-000000000001\n")
    (folder / "plan-local").symlink_to(folder)  # where Azure Pipelines downloads what was published
    scripts = [script for script in steps_of("local") if script.file.startswith(name)]
    for script in sorted(scripts, key=lambda script: ORDER.index(script.verb)):
        if PULUMI or "plan.json" not in script.script:
            ran = shell.run(script, **variables)
            assert ran.returncode == 0, f"{script}\n{ran.stdout}\n{ran.stderr}"
    for made in (sample.root / ".venv", shell.home):
        shutil.rmtree(made)
