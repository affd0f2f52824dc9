"""`sre-agent drift`: three outcomes, who it was, one issue a stack, and what puts it back."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_sre_agent.cli import asking
from pulumi_sre_agent.cli.project import find
from support.azure import SUBSCRIPTION, TENANT, LocalAzure
from support.cli import FakePulumi, Folder, call, run
from support.code_hosts import AzureDevOpsHost, CodeHost, GitHubHost
from support.previews import preview, step, urn
from support.toy import Cloud

PLAN = {"name": "down", "agent_mode": "Review"}
TOLD = {
    "lastModifiedBy": "ana@contoso.com",
    "lastModifiedByType": "User",
    "lastModifiedAt": "2026-11-29T14:02:00Z",
}


def network(*, by: str, at: str) -> dict[str, Any]:
    """A resource that Azure itself tells the last change of."""
    changed = step(
        "azure-native:network:Subnet", {"addressPrefix": "10.0.0.0/24"}, {"addressPrefix": "10.0.1.0/24"}
    )
    changed["oldState"]["outputs"] = {"systemData": TOLD | {"lastModifiedBy": "pipeline"}}
    changed["newState"]["outputs"] = {"systemData": TOLD | {"lastModifiedBy": by, "lastModifiedAt": at}}
    return changed


CHANGED = step("IncidentFilter", PLAN, {**PLAN, "agent_mode": "Autonomous"})
GONE = step("Skill", {"name": "restart"}, None, name="restart")
DRIFT = preview(CHANGED, GONE)
CLEAN = preview()
UNREADABLE = preview(GONE, errors=("GET agent a got no answer",))
TESTS = Path(__file__).parents[1]
HOSTS = {"github": GitHubHost, "azure-devops": AzureDevOpsHost}


@pytest.fixture
def prod(folder: Folder, pulumi: FakePulumi) -> Folder:
    (folder.stack_file.parent / "Pulumi.prod.yaml").write_text("config: {}\n")
    return folder


def test_drift_shows_each_property_and_ends_with_2(prod: Folder, pulumi: FakePulumi) -> None:
    pulumi.answers("refresh", DRIFT, as_json=True)
    shown = call(prod, "drift", "-s", "prod", path=pulumi.path)

    assert shown.code == 2
    assert pulumi.lines == ["refresh --preview-only --json --non-interactive --stack prod"]
    assert shown.out == (
        "shop/prod: drift in 2 resources\n"
        "Azure differs from what was last deployed: 1 gone, 1 changed.\n"
        "\n"
        "gone Skill restart\n"
        "  by: not known\n"
        "\n"
        "changed IncidentFilter down\n"
        "  by: not known\n"
        "  agent_mode: Review → Autonomous\n"
        "\n"
        "Take what is to stay into the program, and put the rest back:\n"
        "  sre-agent drift -s prod --revert\n"
    )


@pytest.mark.parametrize(
    "digest", [CLEAN, '{"config": {}, "duration": 1}'], ids=["clean", "nothing-deployed"]
)
def test_no_drift_ends_with_0(prod: Folder, pulumi: FakePulumi, digest: str) -> None:
    pulumi.answers("refresh", digest, as_json=True)
    shown = call(prod, "drift", path=pulumi.path, PULUMI_STACK="prod")

    assert shown.code == 0
    assert shown.out.endswith("/prod: no drift\nAzure is as it was last deployed.\n")


def test_what_could_not_be_read_ends_with_1(prod: Folder, pulumi: FakePulumi) -> None:
    pulumi.answers("refresh", UNREADABLE, as_json=True)
    pulumi.fails(1)
    shown = call(prod, "drift", "-s", "prod", "--revert", "--yes", path=pulumi.path)

    assert shown.code == 1
    assert "this may not be all that differs.\nerror: GET agent a got no answer\n" in shown.out
    assert "could not be read" in shown.err
    assert len(pulumi.lines) == 1


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "Say which stack: with --stack, or in PULUMI_STACK."),
        (["-s", "nowhere"], "no stack 'nowhere'"),
        (["-s", "prod", "--post", "github"], "GITHUB_TOKEN"),
        (["-s", "prod", "--format", "pdf"], "'pdf' is not one of 'text', 'markdown'"),
        (["-s", "prod", "--nonsense"], "No such option: --nonsense"),
        (["-s", "prod", "-o", "nowhere/x.html"], "there is no folder nowhere."),
        (
            ["-s", "prod"],
            "Stack 'prod' needs the Pulumi CLI, and there is no `pulumi` on PATH: install it.",
        ),
    ],
)
def test_what_cannot_begin_is_not_taken_for_drift(prod: Folder, words: list[str], sentence: str) -> None:
    shown = call(prod, "drift", *words, GITHUB_TOKEN="")

    assert (shown.code, shown.out) == (1, "")
    assert sentence in " ".join(shown.err.split())


def test_azure_says_who_it_was(prod: Folder, pulumi: FakePulumi) -> None:
    pulumi.answers("refresh", preview(network(by="ana@contoso.com", at="2026-11-29T14:02:00Z")), as_json=True)
    shown = call(prod, "drift", "-s", "prod", "--format", "json", path=pulumi.path)
    (change,) = shown.json["changes"]

    assert (shown.json["outcome"], change["op"]) == ("drift", "changed")
    assert change["lastModified"] == {"by": "ana@contoso.com", "type": "User", "at": "2026-11-29T14:02:00Z"}
    assert change["properties"] == [
        {"path": ["addressPrefix"], "before": "10.0.0.0/24", "after": "10.0.1.0/24"}
    ]


def test_the_last_deployment_is_not_who_it_was(prod: Folder, pulumi: FakePulumi) -> None:
    pulumi.answers("refresh", preview(network(by="pipeline", at=TOLD["lastModifiedAt"])), as_json=True)
    shown = call(prod, "drift", "-s", "prod", path=pulumi.path)

    assert "by: not known" in shown.out


@pytest.mark.parametrize(
    ("form", "text"), [("markdown", "by: not known</summary>"), ("html", "<title>shop/prod: drift")]
)
def test_other_formats(prod: Folder, pulumi: FakePulumi, form: str, text: str) -> None:
    pulumi.answers("refresh", DRIFT, as_json=True)
    shown = call(prod, "drift", "-s", "prod", "--format", form, path=pulumi.path)

    assert shown.code == 2
    assert text in shown.out
    assert "<code>restart</code>" in shown.out


@pytest.fixture(params=[*HOSTS])
def host(request: pytest.FixtureRequest) -> Iterator[tuple[str, CodeHost]]:
    with (served := HOSTS[request.param]()).serving():
        yield request.param, served


def test_one_issue_is_kept_and_closed(prod: Folder, pulumi: FakePulumi, host: tuple[str, CodeHost]) -> None:
    """What cannot be read neither opens nor closes one; drift that is back opens another."""
    name, service = host
    states = []
    for digest in (CLEAN, DRIFT, UNREADABLE, CLEAN, CLEAN, DRIFT):
        pulumi.answers("refresh", digest, as_json=True)
        call(prod, "drift", "-s", "prod", "--post", name, path=pulumi.path, **service.variables(prod.root))
        states.append([issue["state"] for issue in service.issues])

    opened, closed = ["open"], ["closed"]
    assert states == [[], opened, opened, closed, closed, [*closed, *opened]]
    assert {issue["title"] for issue in service.issues} == {"Drift of shop/prod"}
    assert "no drift" in service.issues[0]["body"]
    assert "drift in 2 resources" in service.issues[1]["body"]


def test_revert_deploys_what_differs_and_nothing_else(prod: Folder, pulumi: FakePulumi) -> None:
    pulumi.answers("refresh", DRIFT, as_json=True)
    shown = call(prod, "drift", "-s", "prod", "--revert", "--yes", path=pulumi.path)

    assert shown.code == 0
    up = pulumi.calls[1]["argv"]
    assert up[:5] == ["up", "--refresh", "--yes", "--skip-preview", "--suppress-outputs"]
    assert [up[at + 1] for at, word in enumerate(up) if word == "--target"] == [
        urn("Skill", "restart"),
        urn("IncidentFilter", "one"),
    ]
    assert "Put back 2 resources of stack 'prod'." in shown.err


def test_nothing_is_put_back_where_nobody_can_be_asked(prod: Folder, pulumi: FakePulumi) -> None:
    pulumi.answers("refresh", DRIFT, as_json=True)
    shown = call(prod, "drift", "-s", "prod", "--revert", path=pulumi.path)

    assert shown.code == 1
    assert "add --yes for 2 resources of stack 'prod'" in shown.err
    assert len(pulumi.lines) == 1


@pytest.mark.parametrize(("answer", "verbs"), [("yes", ["refresh", "up"]), ("no", ["refresh"])])
def test_a_person_is_asked_before_anything_is_put_back(
    prod: Folder, pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch, answer: str, verbs: list[str]
) -> None:
    questions: list[str] = []

    def ask(question: str) -> str:
        questions.append(question)
        return answer

    monkeypatch.setattr(asking, "is_somebody_there", lambda: True)
    monkeypatch.setattr(asking, "ask", ask)
    pulumi.answers("refresh", DRIFT, as_json=True)
    shown = call(prod, "drift", "-s", "prod", "--revert", path=pulumi.path)

    assert questions == ["Put 2 resources of stack 'prod' back as the program has them? [y/N] "]
    assert [call["argv"][0] for call in pulumi.calls] == verbs
    assert (shown.code, "Nothing was done." in shown.err) == ((0, False) if answer == "yes" else (1, True))


def test_a_stack_of_the_embedded_engine_is_put_back(running: Folder, tmp_path: Path) -> None:
    cloud, program = Cloud(tmp_path), running.root / "stacks" / "__main__.py"
    variables, text = {"PYTHONPATH": str(TESTS), "TOY_DIR": str(tmp_path)}, program.read_text()
    program.write_text("from support.toy import Thing\nThing('one', size=1)\nThing('two', size=1)\n")
    try:
        deployed = call(running, "local", "up", **variables)
        assert deployed.code == 0, deployed.err
        cloud.change("one", size=2)
        cloud.drop("two")
        shown = call(running, "drift", "-s", "local", "--revert", "--yes", **variables)
    finally:
        program.write_text(text)
        find(running.root, "local").checkpoint.unlink()

    assert shown.code == 0, shown.err
    assert "toy/local: drift in 2 resources\n" in shown.out
    assert {name: thing["size"] for name, thing in cloud.things().items()} == {"one": 1, "two": 1}


def test_a_revert_that_fails_says_so(prod: Folder, pulumi: FakePulumi) -> None:
    pulumi.answers("refresh", DRIFT, as_json=True)
    pulumi.does('if sys.argv[1] == "up": sys.exit(255)')
    shown = call(prod, "drift", "-s", "prod", "--revert", "--yes", path=pulumi.path)

    assert shown.code == 1
    assert "was not put back, or not all of it (exit code 255)" in " ".join(shown.err.split())


def test_a_report_can_read_azure_first(prod: Folder, pulumi: FakePulumi) -> None:
    """The steps of the refresh, which come first, hide none of the preview's."""
    read = [{**CHANGED, "op": "refresh"}, {**GONE, "op": "refresh", "newState": GONE["oldState"]}]
    again = {key: value for key, value in GONE.items() if key != "oldState"} | {
        "op": "create",
        "newState": GONE["oldState"],
    }
    pulumi.answers("preview", preview(*read, again), as_json=True)
    shown = call(prod, "report", "-s", "prod", "--refresh", "--format", "json", path=pulumi.path)

    assert "--refresh" in pulumi.calls[0]["argv"]
    assert json.loads(shown.out)["counts"] == {"create": 1, "same": 1}


def test_refresh_needs_a_stack(prod: Folder) -> None:
    (prod.root / "p.json").write_text(CLEAN)
    shown = call(prod, "report", "p.json", "--refresh")

    assert shown.code == 2
    assert "--refresh is for a preview that is run here" in shown.err


def test_a_stack_on_this_machine_is_read_by_the_local_command(running: Folder, pulumi: FakePulumi) -> None:
    pulumi.answers("refresh", DRIFT, as_json=True)
    shown = run(running, "drift", "-s", "local", path=pulumi.path)

    assert shown.code == 2, shown.err
    assert pulumi.lines[-1].startswith("refresh --preview-only --json -C ")
    assert shown.out.startswith("shop/prod: drift in 2 resources\n")


def test_the_agent_is_asked_who_changed_it(prod: Folder, pulumi: FakePulumi, azure: LocalAzure) -> None:
    """Our own resources have no `systemData` in the state."""
    agent = step("Agent", {"name": "sre-one", "mode": "Review"}, {"name": "sre-one", "mode": "Autonomous"})
    agent["oldState"]["id"] = azure.agent("sre-one")
    pulumi.answers("refresh", preview(agent), as_json=True)
    login = {"ARM_METADATA_HOSTNAME": azure.url, "ARM_USE_MSI": "true", "ARM_SUBSCRIPTION_ID": SUBSCRIPTION}
    variables = {**azure.environ, **login, "ARM_TENANT_ID": TENANT}
    shown = call(prod, "drift", "-s", "prod", "--format", "json", path=pulumi.path, **variables)
    (change,) = shown.json["changes"]

    assert change["lastModified"]["type"] == "Application", shown.err
