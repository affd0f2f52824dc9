"""`sre-agent local requests`."""

import re

import pytest

from pulumi_sre_agent.cli.project import find
from sre_agent_local.cli import requests as command
from sre_agent_local.cli.azure import LocalAzure
from support.cli import Folder, call


@pytest.fixture
def asked(running: Folder) -> Folder:
    """Lend a project whose local Azure was asked for its agents, for nothing that is, and by a stranger."""
    azure = LocalAzure(find(running.root, "local")).require()
    azure.admin("DELETE", "requests")
    azure.agents()
    azure._send("GET", "/metadata/endpoints?pat=s3cret")
    with pytest.raises(Exception, match="Authorization"):
        azure._send("PUT", "/subscriptions/one")
    return running


def test_each_request_is_a_line(asked: Folder) -> None:
    """With its time, status, duration, and who asked; what was secret in it is not there."""
    shown = call(asked, "local", "requests")
    lines = [re.sub(r"\d\d:\d\d:\d\d  (.*)  +\d+ ms", r"\1", line) for line in shown.out.splitlines()]

    assert (shown.code, shown.err) == (0, "")
    assert [line.split() for line in lines[:2] + lines[-2:]] == [
        ["GET", "200", "-", "/msi/token"],
        ["GET", "200", "developer", "/subscriptions"],
        ["GET", "200", "-", "/metadata/endpoints"],
        ["PUT", "401", "-", "/subscriptions/one"],
    ]
    assert "s3cret" not in call(asked, "local", "requests", "--json").out


@pytest.mark.parametrize(
    ("words", "paths"),
    [
        (["--method", "put"], ["/subscriptions/one"]),
        (["--status", "401"], ["/subscriptions/one"]),
        (["--status", "4XX"], ["/subscriptions/one"]),
        (["--path", "^/META", "--status", "2xx"], ["/metadata/endpoints"]),
        (["--last", "2"], ["/metadata/endpoints", "/subscriptions/one"]),
        (["--last", "0"], []),
    ],
)
def test_filters(asked: Folder, words: list[str], paths: list[str]) -> None:
    assert [each["path"] for each in call(asked, "local", "requests", "--json", *words).json] == paths


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--status", "4x"], "--status '4x' is no status: say 404, or 4xx for all that begin so."),
        (["--path", "("], "--path '(' is no regular expression: "),
    ],
)
def test_filters_that_are_none_are_refused(running: Folder, words: list[str], sentence: str) -> None:
    refused = call(running, "local", "requests", *words)

    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith(f"error: {sentence}")


def test_new_requests_follow_until_somebody_interrupts(
    asked: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of before are not repeated, and filters hold for the new ones, too."""
    azure = LocalAzure(find(asked.root, "local")).require()
    waits = 0

    def wait(_seconds: float) -> None:
        nonlocal waits
        waits += 1
        if waits > 1:
            raise KeyboardInterrupt
        azure._send("GET", "/")
        azure._send("GET", "/metadata/endpoints")

    monkeypatch.setattr(command, "sleep", wait)
    shown = call(asked, "local", "requests", "--follow", "--path", "metadata")

    assert shown.code == 0
    assert [line.split()[-1] for line in shown.out.splitlines()] == ["/metadata/endpoints"] * 2
