"""The displays, fed by hand: text, `--diff`, the preview's digest and the stream of events."""

import io
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from sre_agent_local.engine.display import DiffDisplay, Operation, Printer, ProgressDisplay
from sre_agent_local.engine.display_json import EventStream, PreviewDigest
from sre_agent_local.engine.events import Diagnostic, Listener, Op, PropertyDiff, Step, Summary
from sre_agent_local.engine.resource import Resource
from sre_agent_local.engine.values import UNKNOWN_TEXT

Json = dict[str, Any]

STACK = "urn:pulumi:dev::toy::pulumi:pulumi:Stack::toy-dev"
CONFIG = {"toy:size": "5", "toy:pw": "[secret]"}


def step(op: Op, name: str = "a", old: Json | None = None, new: Json | None = None, **more: Any) -> Step:
    provider = more.pop("provider", "")

    def state(inputs: Json | None, identity: str) -> Resource | None:
        if inputs is None:
            return None
        return Resource(
            urn=f"urn:pulumi:dev::toy::toy:index:Thing::{name}",
            type="toy:index:Thing",
            custom=True,
            id=identity,
            inputs={"__provider": "x", **inputs},
            outputs=inputs,
            provider=provider,
        )

    return Step(op=op, old=state(old, f"id-{name}"), new=state(new, ""), **more)


def root(op: Op = Op.SAME) -> Step:
    stack = Resource(urn=STACK, type="pulumi:pulumi:Stack", custom=False)
    return Step(op=op, old=None if op is Op.CREATE else stack, new=stack)


DEFAULT = Step(
    op=Op.CREATE,
    new=Resource(
        urn="urn:pulumi:dev::toy::pulumi:providers:toy::default_1_0_0",
        type="pulumi:providers:toy",
        custom=True,
    ),
)


Event = Callable[[Listener], None]


def started(step: Step) -> Event:
    return lambda view: view.started(step)


def done(step: Step, seconds: float = 0.01) -> Event:
    return lambda view: view.done(step, seconds)


def failed(step: Step, reason: str) -> Event:
    return lambda view: view.failed(step, reason)


def noted(severity: str, message: str, urn: str = "") -> Event:
    return lambda view: view.noted(Diagnostic(severity=severity, message=message, urn=urn))


def ended(**members: Any) -> Event:
    return lambda view: view.ended(Summary(**members))


def to_display(view: type, operation: Operation, events: Sequence[Event], **options: Any) -> list[str]:
    out = io.StringIO()
    display = view(operation, Printer(out=out), **options)
    for event in events:
        event(display)
    return out.getvalue().splitlines()


def both(made: Step, seconds: float = 0.01) -> list[Event]:
    return [started(made), done(made, seconds)]


UP = Operation(action="update", stack="dev", project="toy")
PREVIEW = Operation(action="update", stack="dev", project="toy", preview=True)
REFRESH = Operation(action="refresh", stack="dev", project="toy")


def test_progress_of_an_update() -> None:
    """Steps come as they happen, in the words of the Pulumi CLI; default providers stay in the dark."""
    replaced = step(Op.REPLACE, "b", {"zone": 1}, {"zone": 2}, keys=("zone",))
    events = [
        started(root()),
        *both(DEFAULT),
        *both(step(Op.SAME, "s", {}, {})),
        *both(step(Op.UPDATE, "a", {"x": 1, "y": 1}, {"x": 2, "z": 1}), 2.9),
        *both(replaced),
        *both(step(Op.CREATE, "c", None, {"x": 1})),
        done(root(), 1),
        ended(
            result="succeeded",
            changes={Op.UPDATE: 1, Op.REPLACE: 1, Op.CREATE: 1, Op.SAME: 2},
            outputs={"same": 1, "size": 2, "list": [1, {"a": 2}], "new": "x"},
            old_outputs={"same": 1, "size": 1, "list": [1, {"a": 1}], "gone": {"deep": []}},
            seconds=3.2,
        ),
    ]

    assert to_display(ProgressDisplay, UP, events) == [
        "Updating (dev):",
        " ~  toy:index:Thing a updating (0s) [diff: +z-y~x]",
        " ~  toy:index:Thing a updated (2s) [diff: +z-y~x]",
        " +- toy:index:Thing b replacing (0s) [diff: ~zone]",
        " +- toy:index:Thing b replaced (0.01s) [diff: ~zone]",
        " +  toy:index:Thing c creating (0s)",
        " +  toy:index:Thing c created (0.01s)",
        "    pulumi:pulumi:Stack toy-dev",
        "Outputs:",
        "  - gone: {",
        "      - deep: []",
        "    }",
        "  ~ list: [",
        "      ~ [1]: {",
        "          ~ a: 1 => 2",
        "        }",
        "    ]",
        '  + new : "x"',
        "    same: 1",
        "  ~ size: 1 => 2",
        "",
        "Resources:",
        "    + 1 created",
        "    ~ 1 updated",
        "    +-1 replaced",
        "    3 changes. 2 unchanged",
        "",
        "Duration: 4s",
        "",
    ]


@pytest.mark.parametrize("shown", [True, False], ids=["asked-for", "plain"])
def test_a_status_stands_beside_its_step_where_it_is_asked_for(shown: bool) -> None:
    """Else nothing is printed of it; a summary never has it."""
    made = step(Op.CREATE, "a", None, {})
    events: list[Event] = [
        lambda view: view.status("", "waiting: the preview"),
        started(made),
        lambda view: view.status(made.urn, "waiting: throttled (429), 5 s left"),
        ended(result="succeeded", changes={Op.CREATE: 1}),
    ]
    lines = to_display(ProgressDisplay, UP, events, show_status=shown)
    told = [
        "    pulumi:pulumi:Stack toy-dev  waiting: the preview",
        " +  toy:index:Thing a creating (0s) waiting: throttled (429), 5 s left",
    ]

    assert [line for line in lines if "waiting" in line] == (told if shown else [])
    assert "Diagnostics:" not in lines


def test_progress_of_a_preview_that_fails() -> None:
    """Messages go beside their resource at once, and under `Diagnostics:` in full at the end.

    In both places, as the Pulumi CLI has it without a terminal: a row is what the resource is at, and says.
    """
    events = [
        started(root(Op.CREATE)),
        noted("info", "printed\n"),
        noted("warning", "careful", step(Op.SAME, old={}).urn),
        *both(step(Op.CREATE, "b", None, {})),
        started(step(Op.CREATE, "a", None, {})),
        failed(step(Op.CREATE, "a", None, {}), "no room\nfor it"),
        ended(result="failed", changes={Op.CREATE: 1}, outputs={"a": UNKNOWN_TEXT}, preview=True),
    ]

    assert to_display(ProgressDisplay, PREVIEW, events) == [
        "Previewing update (dev):",
        " +  pulumi:pulumi:Stack toy-dev create",
        " +  pulumi:pulumi:Stack toy-dev create printed",
        "    toy:index:Thing a  warning: careful",
        " +  toy:index:Thing b create",
        " +  toy:index:Thing a create",
        " +  toy:index:Thing a **create failed** error: no room",
        "    pulumi:pulumi:Stack toy-dev **failed** 1 error; 1 warning; 1 message",
        "Diagnostics:",
        "  pulumi:pulumi:Stack (toy-dev):",
        "    printed",
        "",
        "  toy:index:Thing (a):",
        "    warning: careful",
        "    error: no room",
        "    for it",
        "",
        "Resources:",
        "    + 1 to create",
        "    1 errored",
        "",
    ]


def test_an_error_before_any_resource() -> None:
    """A run may fail before the stack itself is there."""
    events = [
        noted("error", "no program"),
        ended(result="failed", changes={}),
    ]

    lines = to_display(ProgressDisplay, UP, events)

    assert "    pulumi:pulumi:Stack toy-dev  error: no program" in lines
    assert lines[lines.index("Diagnostics:") + 1 :][:2] == [
        "  pulumi:pulumi:Stack (toy-dev):",
        "    error: no program",
    ]


def test_progress_of_a_refresh() -> None:
    """A refresh says of each resource what it found."""
    found = step(Op.UPDATE, "a", {"x": 1}, {"x": 2}, detailed_diff={"x": PropertyDiff(kind="update")})
    events = [
        started(step(Op.REFRESH, "a", {"x": 1}, {"x": 1})),
        done(found, 0.5),
        done(step(Op.SAME, "b", {}, {}), 0.5),
        ended(result="succeeded", changes={Op.UPDATE: 1, Op.SAME: 1}),
    ]

    assert to_display(ProgressDisplay, REFRESH, events)[:4] == [
        "Refreshing (dev):",
        " ~  toy:index:Thing a refreshing (0s)",
        " ~  toy:index:Thing a updated (0.50s) [diff: ~x]",
        "    toy:index:Thing b",
    ]


def test_a_new_stacks_outputs_are_plain() -> None:
    """Where all is new nothing is marked as new; unknown values and secrets are named."""
    summary = ended(
        result="succeeded",
        changes={},
        outputs={"id": UNKNOWN_TEXT, "pw": "[secret]", "n": None, "list": [1, {"a": 2}]},
        preview=True,
    )
    events = [started(root(Op.CREATE)), summary]

    lines = to_display(ProgressDisplay, PREVIEW, events)
    assert lines[lines.index("Outputs:") + 1 :][:9] == [
        "    id  : [unknown]",
        "    list: [",
        "        [0]: 1",
        "        [1]: {",
        "            a: 2",
        "        }",
        "    ]",
        "    n   : null",
        "    pw  : [secret]",
    ]
    assert "Outputs:" not in to_display(ProgressDisplay, PREVIEW, events, show_outputs=False)


def test_colour_is_for_terminals() -> None:
    """Only signs carry colour, and only where it is asked for."""
    out = io.StringIO()
    display = ProgressDisplay(UP, Printer(out=out, colour=True))

    display.started(step(Op.CREATE, "a", None, {}))

    assert out.getvalue() == "Updating (dev):\n\x1b[32m +  toy:index:Thing a creating (0s)\x1b[0m\n"


@pytest.mark.parametrize(
    ("op", "colour"),
    [
        *((op, 32) for op in (Op.CREATE, Op.CREATE_REPLACEMENT)),
        *((op, 31) for op in (Op.DELETE, Op.DELETE_REPLACED)),
        *((op, 33) for op in (Op.UPDATE, Op.REFRESH)),
        *((op, 36) for op in (Op.READ, Op.READ_REPLACEMENT, Op.DISCARD)),
    ],
)
def test_every_operation_has_the_colour_of_its_sign(op: Op, colour: int) -> None:
    """Green comes, red goes, yellow changes, blue is not ours."""
    out = io.StringIO()

    ProgressDisplay(UP, Printer(out=out, colour=True)).started(step(op, "a", {}, {}))

    assert out.getvalue().splitlines()[-1].startswith(f"\x1b[{colour}m ")


def test_a_property_has_the_colour_of_its_sign() -> None:
    out = io.StringIO()
    display = DiffDisplay(PREVIEW, Printer(out=out, colour=True))
    changed = step(
        Op.UPDATE, "a", {"size": 1}, {"size": 2}, detailed_diff={"size": PropertyDiff(kind="update")}
    )

    for event in both(changed):
        event(display)

    assert "\x1b[33m      ~ size: 1 => 2\x1b[0m" in out.getvalue().splitlines()


def test_diff_shows_every_property() -> None:
    """Creates and deletes list what is there, updates what changes, texts line by line."""
    old = {
        "size": 1,
        "text": "one\ntwo\n",
        "tags": {"a": 1, "b": 2},
        "items": [1, 2],
        "pw": "[secret]",
        "kind": [1],
    }
    new = {
        "size": 2,
        "text": "one\nzwei\n",
        "tags": {"a": 1, "b": 3},
        "items": [1],
        "pw": "[secret]",
        "kind": "x",
    }
    detailed_diff = {
        "size": PropertyDiff(kind="update-replace"),
        "text": PropertyDiff(kind="update"),
        "tags": PropertyDiff(kind="update"),
        "items[1]": PropertyDiff(kind="delete"),
        "pw": PropertyDiff(kind="update"),
        "kind": PropertyDiff(kind="update", input=False),
        "__provider": PropertyDiff(kind="update"),
    }
    events = [
        *both(DEFAULT),
        *both(root()),
        *both(step(Op.CREATE, "new", None, {"name": "n", "tags": {"a": 1}, "id": UNKNOWN_TEXT})),
        *both(step(Op.REPLACE, "a", old, new, detailed_diff=detailed_diff)),
        *both(step(Op.CREATE_REPLACEMENT, "a", old, new)),
        *both(step(Op.DELETE, "gone", {"size": 1}, None)),
        noted("warning", "careful"),
        ended(result="succeeded", changes={Op.REPLACE: 1}, outputs={"a": 1}, preview=True),
    ]

    assert to_display(DiffDisplay, PREVIEW, events) == [
        "Previewing update (dev):",
        "  pulumi:pulumi:Stack: (same)",
        f"    [urn={STACK}]",
        "    + toy:index:Thing: (create)",
        "        [urn=urn:pulumi:dev::toy::toy:index:Thing::new]",
        "        id  : [unknown]",
        '        name: "n"',
        "        tags: {",
        "            a: 1",
        "        }",
        "    +-toy:index:Thing: (replace)",
        "        [id=id-a]",
        "        [urn=urn:pulumi:dev::toy::toy:index:Thing::a]",
        "      ~ items: [",
        "          - [1]: 2",
        "        ]",
        '      ~ kind : [1] => "x"',
        "      ~ pw   : [secret] => [secret]",
        "      ~ size : 1 => 2",
        "      ~ tags : {",
        "          ~ b: 2 => 3",
        "        }",
        "      ~ text :",
        "            one",
        "          - two",
        "          + zwei",
        "    - toy:index:Thing: (delete)",
        "        [id=id-gone]",
        "        [urn=urn:pulumi:dev::toy::toy:index:Thing::gone]",
        "        size: 1",
        "    --outputs:--",
        "  + a: 1",
        "Diagnostics:",
        "  pulumi:pulumi:Stack (toy-dev):",
        "    warning: careful",
        "",
        "Resources:",
        "    +-1 to replace",
    ]


def test_diff_of_a_refresh_and_of_a_failure() -> None:
    """A refresh shows what it found; a failed step's reason is under `Diagnostics:`."""
    found = step(Op.UPDATE, "a", {"x": 1}, {"x": 2})
    events = [
        started(step(Op.REFRESH, "a", {"x": 1}, None)),
        done(found, 0.1),
        done(step(Op.SAME, "b", {}, {}), 0.1),
        failed(step(Op.REFRESH, "c", {}, None), "who knows"),
        ended(result="failed", changes={Op.UPDATE: 1}, seconds=0.5),
    ]

    lines = to_display(DiffDisplay, REFRESH, events)

    assert lines[1:5] == [
        "    ~ toy:index:Thing: (update)",
        "        [id=id-a]",
        "        [urn=urn:pulumi:dev::toy::toy:index:Thing::a]",
        "      ~ x: 1 => 2",
    ]
    assert "    error: who knows" in lines
    assert lines[-4:] == ["    ~ 1 updated", "    1 errored", "", "Duration: 1s"]


def test_digest() -> None:
    """`preview --json` is one object in Pulumi's shape: no default providers, no debug messages."""
    out = io.StringIO()
    digest = PreviewDigest(lambda: CONFIG, Printer(out=out))
    detailed_diff = {"x": PropertyDiff(kind="update")}
    events = [
        *both(DEFAULT),
        *both(root()),
        *both(step(Op.SAME, "same", {}, {})),
        *both(
            step(
                Op.UPDATE, "a", {"x": 1}, {"x": 2}, provider="p::1", diffs=("x",), detailed_diff=detailed_diff
            )
        ),
        *both(step(Op.DELETE_REPLACED, "b", {}, None)),
        *both(step(Op.DELETE, "r", {}, None)),
        failed(step(Op.CREATE, "f", None, {}), "no"),
        noted("info", "printed"),
        ended(result="succeeded", changes={Op.UPDATE: 1, Op.DELETE: 0}, seconds=0.5, preview=True),
    ]
    for event in events:
        event(digest)

    found = json.loads(out.getvalue())
    assert list(found) == ["config", "steps", "diagnostics", "duration", "changeSummary"]
    assert found["config"] == CONFIG
    assert [(entry["op"], entry["urn"].rpartition("::")[2]) for entry in found["steps"]] == [
        ("same", "toy-dev"),
        ("update", "a"),
        ("delete", "r"),
    ]
    update = found["steps"][1]
    assert (update["provider"], update["diffReasons"]) == ("p::1", ["x"])
    assert update["detailedDiff"] == {"x": {"kind": "update", "inputDiff": True}}
    assert "replaceReasons" not in update
    assert found["steps"][0]["detailedDiff"] is None
    assert found["diagnostics"] == [
        {"urn": step(Op.CREATE, "f", new={}).urn, "message": "error: no\n", "severity": "error"},
        {"message": "printed\n", "severity": "info"},
    ]
    assert (found["duration"], found["changeSummary"]) == (500_000_000, {"update": 1})


def test_a_digest_lists_what_stays_the_same_where_that_is_asked_for() -> None:
    out = io.StringIO()
    digest = PreviewDigest(lambda: CONFIG, Printer(out=out), shows_sames=True)
    events = [
        *both(DEFAULT),
        *both(step(Op.SAME, "same", {"x": 1}, {"x": 1})),
        ended(result="succeeded", changes={}, seconds=0, preview=True),
    ]
    for event in events:
        event(digest)

    (same,) = json.loads(out.getvalue())["steps"]
    assert (same["op"], same["newState"]["inputs"]["x"]) == ("same", 1)


def test_a_digest_of_a_refresh_lists_what_was_found() -> None:
    """What a read found is known at its end; what does not differ is left out, but for the stack itself."""
    out = io.StringIO()
    digest = PreviewDigest(lambda: CONFIG, Printer(out=out))
    reads = {name: step(Op.REFRESH, name, {"x": 1}, {"x": 1}) for name in ("a", "b", "c")}
    events = [
        started(root(Op.REFRESH)),
        *(started(each) for each in reads.values()),
        done(root(Op.SAME)),
        done(step(Op.UPDATE, "a", {"x": 1}, {"x": 2})),
        done(step(Op.DELETE, "b", {"x": 1}, None)),
        done(step(Op.SAME, "c", {"x": 1}, {"x": 1})),
        ended(result="succeeded", changes={}, seconds=0, preview=True),
    ]
    for event in events:
        event(digest)

    found = [(each["op"], each["urn"].rpartition("::")[2]) for each in json.loads(out.getvalue())["steps"]]
    assert found == [("refresh", "toy-dev"), ("update", "a"), ("delete", "b")]


def test_stream() -> None:
    """`up --json` is one engine event a line, numbered: what there is to say, and the summary."""
    out = io.StringIO()
    stream = EventStream(Printer(out=out))
    events = [
        *both(DEFAULT),
        *both(step(Op.CREATE, "a", None, {"x": 1})),
        failed(step(Op.CREATE, "f", None, {}), "no"),
        noted("warning", "careful"),
        ended(result="failed", changes={Op.CREATE: 1}, seconds=1.5),
    ]
    for event in events:
        event(stream)

    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    names = [next(key for key in line if key not in ("sequence", "timestamp")) for line in lines]
    assert names == ["diagnosticEvent", "diagnosticEvent", "summaryEvent"]
    assert [line["sequence"] for line in lines] == [0, 1, 2]
    assert [line["diagnosticEvent"]["severity"] for line in lines[:2]] == ["error", "warning"]
    assert lines[2]["summaryEvent"] == {
        "maybeCorrupt": False,
        "durationSeconds": 1,
        "resourceChanges": {"create": 1},
        "PolicyPacks": {},
        "isPreview": False,
        "result": "failed",
    }
