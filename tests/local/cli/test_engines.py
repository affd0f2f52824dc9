"""What an engine is called with, and what is made of its answers; `pulumi` is a fake that takes notes."""

import json

import pytest

from sre_agent_local.cli.up import FIRST
from support.cli import FakePulumi, Folder, call, run
from support.local_stack import NOTHING, OUTPUTS, forget, initialised

UP = """\
Updating (local):
 +  pulumi:pulumi:Stack toy-local created (0.02s)
Resources:
    + 1 created
    +-2 replaced
    3 unchanged

Duration: 2s

"""
EVENTS = """\
{"diagnosticEvent": {"severity": "debug", "message": "not for people"}}
{"diagnosticEvent": {"severity": "warning", "urn": "urn:pulumi:local::toy::t::box", "message": "odd\\n"}}
{"diagnosticEvent": {"severity": "error", "message": "broken"}}
warning: not an event
{"summaryEvent": {"resourceChanges": {"create": 1, "same": 3}}}
"""
SAME = "Nothing changed: everything already is as the program says.\n\n"


@pytest.fixture(autouse=True)
def fresh(running: Folder) -> None:
    """Begin each test without a state."""
    forget(running)


def note(folder: Folder, pulumi: FakePulumi) -> str:
    return f"Local Azure: {folder.url} (running).\nEngine: the Pulumi CLI ({pulumi.home}/pulumi).\n"


def test_up(running: Folder, pulumi: FakePulumi) -> None:
    """The stack is made where it is missing, deployed, and its outputs are shown."""
    running.configure()
    pulumi.answers("up", UP)
    pulumi.answers("stack output", OUTPUTS, as_json=True)
    done = call(running, "local", "up", path=pulumi.path)
    where = f"-C {running.root} -s local --non-interactive"

    assert (done.code, done.err) == (0, f"{note(running, pulumi)}{FIRST}\n")
    assert done.out == (
        f"{UP}Outputs\n  endpoint  http://127.0.0.1:1/agents/a\n  sizes     [1, 2]\n  token     [secret]\n"
    )
    assert pulumi.lines == [
        f"stack init {where}",
        f"up --yes --suppress-outputs --suppress-progress {where}",
        f"stack output --json {where}",
    ]


def test_up_without_changes(running: Folder, pulumi: FakePulumi) -> None:
    """A second run says plainly that nothing changed."""
    initialised(running)
    pulumi.answers("up", NOTHING)
    pulumi.answers("stack output", "{}", as_json=True)
    done = call(running, "local", "up", path=pulumi.path)

    assert (done.code, done.out) == (
        0,
        f"{NOTHING}{SAME}",
    )


def test_up_of_what_was_left_so_is_not_previewed(running: Folder, pulumi: FakePulumi) -> None:
    """The Pulumi CLI would run the program twice, and has nothing new to refuse."""
    initialised(running)
    pulumi.answers("up", NOTHING)
    pulumi.answers("stack output", "{}", as_json=True)
    for change in ("", "", "# another line\n"):
        with (running.root / "stacks" / "__main__.py").open("a") as program:
            program.write(change)
        call(running, "local", "up", path=pulumi.path)

    runs = [line for line in pulumi.lines if line.startswith("up ")]
    assert ["--skip-preview" in line for line in runs] == [False, True, False]


def test_up_as_json(running: Folder, pulumi: FakePulumi) -> None:
    """Programs get one object; warnings and errors stay readable on stderr."""
    initialised(running)
    pulumi.answers("up", EVENTS, as_json=True)
    pulumi.answers("stack output", OUTPUTS, as_json=True)
    done = call(running, "local", "up", "--json", path=pulumi.path)
    report = done.json

    assert report.pop("seconds") >= 0
    assert report == {
        "engine": "pulumi",
        "result": "succeeded",
        "changes": {"create": 1, "same": 3},
        "outputs": json.loads(OUTPUTS),
    }
    assert done.err == f"{note(running, pulumi)}box: odd\nbroken\nwarning: not an event\n"
    assert "--json" in pulumi.calls[0]["argv"]


def test_failure(running: Folder, pulumi: FakePulumi) -> None:
    """Whatever code an engine fails with, ours is 1; what it printed stands, and no outputs are asked for."""
    initialised(running)
    pulumi.answers("up", "Diagnostics:\n  error: broken\n")
    pulumi.fails(255)
    shown = call(running, "local", "up", path=pulumi.path)
    report = call(running, "local", "up", "--json", path=pulumi.path)

    assert (shown.code, shown.out) == (1, "Diagnostics:\n  error: broken\n")
    assert report.code == 1
    assert report.json | {"seconds": 0} == {
        "engine": "pulumi",
        "result": "failed",
        "changes": {},
        "outputs": {},
        "seconds": 0,
        "errors": [],
    }
    assert len(pulumi.calls) == 2


def test_reasons_of_a_failure_as_json(running: Folder, pulumi: FakePulumi) -> None:
    """A program reads why a run has failed: of which resource, and what kept the engine from beginning."""
    initialised(running)
    pulumi.answers("up", EVENTS, as_json=True)
    pulumi.does("sys.stdout.flush(); sys.stderr.write('error: the stack is locked\\n')")
    pulumi.fails(255)
    failed = call(running, "local", "up", "--json", path=pulumi.path)

    assert failed.json["errors"] == [
        {"urn": "", "message": "broken"},
        {"urn": "", "message": "the stack is locked"},
    ]
    assert "error: the stack is locked\n" in failed.err


def test_reasons_of_a_preview_that_fails_as_json(running: Folder, pulumi: FakePulumi) -> None:
    """The Pulumi CLI tells of the preview before an update in one object over many lines, and ends there."""
    initialised(running)
    notes = [
        {"severity": "warning", "message": "odd"},
        {"urn": "u::box", "severity": "error", "message": "no"},
    ]
    pulumi.answers("up", json.dumps({"steps": [], "diagnostics": notes}, indent=4), as_json=True)
    pulumi.fails(255)
    failed = call(running, "local", "up", "--json", path=pulumi.path)

    assert failed.json["errors"] == [{"urn": "u::box", "message": "no"}]
    assert failed.err == f"{note(running, pulumi)}box: no\n"


def test_engine_that_cannot_make_the_stack(running: Folder, pulumi: FakePulumi) -> None:
    """A failure on the way to a deployment is told in the engine's words, as one sentence."""
    pulumi.does("sys.stderr.write('error: incorrect passphrase\\n'); sys.exit(255)")
    failed = call(running, "local", "up", path=pulumi.path)

    assert (failed.code, failed.out) == (1, "")
    assert failed.err == f"{note(running, pulumi)}error: incorrect passphrase\n"


@pytest.mark.parametrize(
    ("words", "called", "sentence"),
    [
        ("refresh", "refresh --yes --skip-preview", "Nothing was changed behind Pulumi's back."),
        ("destroy", "destroy --yes --skip-preview", "Nothing to delete: the stack holds no resources."),
    ],
)
def test_refresh_and_destroy(
    running: Folder, pulumi: FakePulumi, words: str, called: str, sentence: str
) -> None:
    """Both run without asking, and say when there was nothing to do."""
    initialised(running)
    pulumi.answers(words, NOTHING)
    pulumi.answers("stack output", OUTPUTS, as_json=True)
    done = call(running, "local", words, path=pulumi.path)

    assert (done.code, done.out) == (0, f"{NOTHING}{sentence}\n")
    assert len(pulumi.lines) == 1
    assert pulumi.lines[0].startswith(f"{called} --suppress-outputs ")


@pytest.mark.parametrize(
    ("words", "called"),
    [
        (("refresh", "--preview-only"), "refresh --preview-only -C "),
        (("preview", "--refresh"), "preview --refresh -C "),
    ],
)
def test_azure_is_compared_without_touching_the_state(
    running: Folder, pulumi: FakePulumi, words: tuple[str, ...], called: str
) -> None:
    initialised(running)

    assert call(running, "local", *words, path=pulumi.path).code == 0
    assert [line.startswith(called) for line in pulumi.lines] == [True]


def test_the_embedded_engine_does_not_refresh_in_a_preview(running: Folder) -> None:
    refused = call(running, "local", "preview", "--refresh")

    assert refused.code == 2
    assert "run `sre-agent drift -s local`, or install the Pulumi CLI." in refused.err


@pytest.mark.parametrize("verb", ["refresh", "destroy"])
def test_refresh_and_destroy_as_json(running: Folder, pulumi: FakePulumi, verb: str) -> None:
    """The report has the same shape as that of up; after a destroy there are no outputs."""
    initialised(running)
    pulumi.answers(verb, '{"summaryEvent": {"resourceChanges": {"delete": 2}}}', as_json=True)
    pulumi.answers("stack output", OUTPUTS, as_json=True)
    report = call(running, "local", verb, "--json", path=pulumi.path).json

    assert report["changes"] == {"delete": 2}
    assert report["outputs"] == (json.loads(OUTPUTS) if verb == "refresh" else {})


@pytest.mark.parametrize("verb", ["refresh", "destroy"])
def test_refresh_and_destroy_that_did_something(running: Folder, pulumi: FakePulumi, verb: str) -> None:
    """Where there was something to do, the engine's own summary stands."""
    initialised(running)
    pulumi.answers(verb, UP)

    assert call(running, "local", verb, path=pulumi.path).out == UP


def test_preview_is_the_engines_own(running: Folder, pulumi: FakePulumi) -> None:
    """Previews print what the engine prints, with its own flags and its own JSON."""
    initialised(running)
    pulumi.answers("preview", "Previewing\n")
    pulumi.answers("preview", '{"steps": []}', as_json=True)
    shown = run(running, "local", "preview", "--diff", "--expect-no-changes", path=pulumi.path)
    report = run(running, "local", "preview", "--json", path=pulumi.path)

    assert (shown.code, shown.out) == (0, "Previewing\n")
    assert report.json == {"steps": []}
    assert pulumi.lines[0].startswith("preview --diff --expect-no-changes -C ")
    assert pulumi.lines[1].startswith("preview --json -C ")


def test_missing_engine(running: Folder) -> None:
    """Asking for a Pulumi that is not installed says how to get it."""
    refused = call(running, "local", "up", "--engine", "pulumi")

    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        "error: There is no `pulumi` on PATH: install the Pulumi CLI (https://www.pulumi.com/docs/install), "
        "or leave --engine away to use the embedded engine.\n"
    )


def test_embedded_engine(running: Folder, pulumi: FakePulumi) -> None:
    """Without a `pulumi`, or on request, the same verbs run on the embedded engine, to the same end."""
    first = call(running, "local", "up", "--json")
    second = call(running, "local", "up", "--engine", "embedded", path=pulumi.path)
    exported = call(running, "local", "export").json
    destroyed = call(running, "local", "destroy", "--json")

    assert first.err.endswith(f"Engine: the embedded engine (no `pulumi` on PATH).\n{FIRST}\n")
    assert second.err.endswith("Engine: the embedded engine (asked for).\n")
    assert (first.json["engine"], first.json["changes"], first.json["outputs"]) == (
        "embedded",
        {"create": 1},
        {"size": 5},
    )
    assert second.out.endswith(f"{SAME}Outputs\n  size  5\n")
    assert [each["type"] for each in exported["deployment"]["resources"]] == ["pulumi:pulumi:Stack"]
    assert destroyed.json["changes"] == {"delete": 1}
    assert pulumi.calls == []
