"""Each property of a step, as --diff shows it."""

import io

from sre_agent_local.engine.display import DiffDisplay, Printer
from sre_agent_local.engine.events import Op, PropertyDiff
from sre_agent_local.engine.values import UNKNOWN_TEXT
from support.engine_events import (
    DEFAULT,
    PREVIEW,
    REFRESH,
    STACK,
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
