"""The displays, fed by hand: text, `--diff`, the preview's digest and the stream of events."""

import io

import pytest

from sre_agent_local.engine.display import Printer, ProgressDisplay
from sre_agent_local.engine.events import Op, PropertyDiff
from sre_agent_local.engine.values import UNKNOWN_TEXT
from support.engine_events import (
    DEFAULT,
    PREVIEW,
    REFRESH,
    UP,
    Event,
    both,
    done,
    ended,
    failed,
    noted,
    root,
    started,
    step,
    to_display,
)


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
