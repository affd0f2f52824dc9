"""`sre-agent trigger`, to the letter but for ids and times."""

import json
import re
from pathlib import Path

import pytest

from support.conversations import triggered
from support.operated import Operated

LIST = """\
NAME     STATE  MODE        SUBAGENT  DESCRIPTION
deploys  on     Autonomous
"""


@pytest.fixture
def triggers(operated: Operated) -> Operated:
    triggered(operated.azure, agentPrompt="Look at {payload.app}.", agentMode="Autonomous")
    return operated


def test_list_and_url(triggers: Operated) -> None:
    shown = triggers.call("trigger", "list", COLUMNS="80")
    (listed,) = triggers.call("trigger", "list", "--json").json

    assert (shown.code, shown.out) == (0, LIST)
    assert triggers.call("trigger", "url", "deploys").out.endswith(f"/trigger/{listed['id']}\n")


def test_a_run_gets_a_payload_and_is_listed(triggers: Operated, tmp_path: Path) -> None:
    payload = tmp_path / "payload.json"
    payload.write_text(json.dumps({"app": "web"}))
    none = triggers.call("trigger", "runs", "deploys")
    followed = triggers.call("trigger", "run", "deploys", "--payload", str(payload), "--follow")
    ran = triggers.call("trigger", "run", "deploys", "--json").json
    runs = triggers.call("trigger", "runs", "deploys")

    assert none.err.splitlines()[-1] == "HTTP trigger deploys has not run yet."
    assert "Look at web." in followed.out
    assert re.match(r"TIME \(UTC\) +RESULT +THREAD +MESSAGE\n\d{4}-\d\d-\d\d [\d:]{8}  started  ", runs.out)
    assert ran["threadId"] in runs.out
    assert len(triggers.call("trigger", "runs", "deploys", "--json").json) == 2


@pytest.mark.parametrize(
    ("payload", "sentence"),
    [
        (None, "cannot be read: No such file or directory."),
        ("{", "is not JSON: Expecting property name"),
        ("\ud800".encode("utf-16", "surrogatepass"), "is not JSON: "),
    ],
    ids=["missing", "cut", "not text"],
)
def test_a_payload_is_refused_before_anything_runs(
    triggers: Operated, tmp_path: Path, payload: str | bytes | None, sentence: str
) -> None:
    file = tmp_path / "payload.json"
    if payload is not None:
        file.write_bytes(payload if isinstance(payload, bytes) else payload.encode())
    shown = triggers.call("trigger", "run", "deploys", "--payload", str(file))

    assert (shown.code, shown.out) == (2, "")
    assert sentence in shown.err
    assert triggers.call("trigger", "runs", "deploys", "--json").json == []
