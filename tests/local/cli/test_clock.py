"""`sre-agent local clock`."""

import re

import pytest

from support.azure import LocalAzure
from support.cli import Folder, call


def test_show_advance_and_reset(folder: Folder, azure: LocalAzure) -> None:
    folder.borrow(azure)
    agent = azure.agent()
    task = {"name": "nightly", "cronExpression": "0 2 * * *", "agentPrompt": "Look."}
    azure.data("POST", agent, "/api/v1/scheduledtasks", task)
    moved = call(folder, "local", "clock", "advance", "1d")
    shown = call(folder, "local", "clock", "show")
    ahead = call(folder, "local", "clock", "advance", "3h30m", "--json").json["aheadSeconds"]
    back = call(folder, "local", "clock", "reset")

    assert (moved.code, moved.err) == (0, "")
    first, run = moved.out.splitlines()
    assert re.fullmatch(r"It is \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, 1d ahead of this machine\.", first)
    assert re.fullmatch(r"  \d{4}-\d\d-\d\d 02:00  sre-one: nightly, thread [\w-]{36}", run)
    assert shown.out.endswith(", 1d ahead of this machine.\n")
    assert ahead == (24 + 3.5) * 3600
    assert back.out.endswith(" UTC, as on this machine.\n")


@pytest.mark.parametrize("duration", ["3", "3 h", "h", "-1h", "1.5h"])
def test_what_is_no_duration(folder: Folder, azure: LocalAzure, duration: str) -> None:
    folder.borrow(azure)
    refused = call(folder, "local", "clock", "advance", "--", duration)

    assert (refused.code, refused.out) == (2, "")
    assert refused.err == f"error: '{duration}' is no duration: write 90s, 15m, 3h, 2d or 1h30m.\n"
