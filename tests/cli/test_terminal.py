"""The one printer, in front of a person and without one."""

import io
import sys

import pytest

from pulumi_sre_agent.cli import terminal


class Screen(io.StringIO):
    """A stream that a person looks at."""

    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch) -> Screen:
    """Put a person in front of both streams (called by tests: pytest sets the streams after fixtures)."""
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return screen


def test_colours_are_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal an error is red and a heading bold."""
    screen = shown(monkeypatch)
    terminal.error("no")
    terminal.result_table([("a", "1"), ("long", "2")], heading="Outputs")

    assert screen.getvalue() == "\x1b[31merror: no\x1b[0m\n\x1b[1mOutputs\x1b[0m\n  a     1\n  long  2\n"


def test_values_are_printed_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Brackets are no markup, and long lines are not wrapped."""
    screen = shown(monkeypatch)
    terminal.result("[secret] " + "x" * 200)

    assert screen.getvalue() == "[secret] " + "x" * 200 + "\n"


def test_plain_without_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    """Results go to stdout, everything else to stderr, both without colours."""
    terminal.result_table([], heading="Outputs")
    terminal.result_json({"a": [1]})
    terminal.note("beside")
    terminal.hint("Try next", {"Look": ["make preview", "make up"]})
    terminal.error("no")
    out, err = capsys.readouterr()

    assert out == '{\n  "a": [\n    1\n  ]\n}\n'
    assert err == "beside\n\nTry next\n  Look:\n    make preview\n    make up\nerror: no\n"
