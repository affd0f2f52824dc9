"""A run as one JSON document, and as a stream of events."""

import io
import json

from sre_agent_local.engine.display import Printer
from sre_agent_local.engine.display_json import EventStream, PreviewDigest
from sre_agent_local.engine.events import Op, PropertyDiff
from support.engine_events import (
    CONFIG,
    DEFAULT,
    both,
    done,
    ended,
    failed,
    noted,
    root,
    started,
    step,
)


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
