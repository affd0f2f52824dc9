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


ROWS: list[list[str | terminal.Cell]] = [
    ["a\x1b[31m\nb", terminal.Cell("é日本語日本語", "red")],
    ["", "x" * 30],
]
COLUMNS = [terminal.Column("ONE"), terminal.Column("TWO", 4)]


@pytest.mark.parametrize(
    ("columns", "table"),
    [
        ("", f"ONE       TWO\na␛[31m b  é日本語日本語\n          {'x' * 30}\n"),
        ("24", f"ONE       TWO\na␛[31m b  é日本語日本語\n          {'x' * 13}…\n"),
        ("18", f"ONE       TWO\na␛[31m b  é日本語…\n          {'x' * 7}…\n"),
        ("1", "ONE       TWO\na␛[31m b  é日…\n          xxx…\n"),
    ],
    ids=["anywhere", "wide", "narrow", "too-narrow"],
)
def test_a_table_is_as_wide_as_it_may_be(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: str, table: str
) -> None:
    """Only what may be shortened is; wide letters count twice; no cell reaches the terminal as a command."""
    monkeypatch.setenv("COLUMNS", columns)
    terminal.result_list(COLUMNS, ROWS)

    assert capsys.readouterr().out == table


@pytest.mark.parametrize(
    ("variables", "is_person", "coloured"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
        ({"TERM": "dumb"}, True, False),
        ({"SRE_AGENT_FORCE_TTY": "1"}, False, True),
    ],
)
def test_variables_decide_about_colours(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], is_person: bool, coloured: bool
) -> None:
    screen = shown(monkeypatch)
    monkeypatch.setattr(screen, "isatty", lambda: is_person)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    terminal.error("no")

    assert screen.getvalue() == ("\x1b[31merror: no\x1b[0m\n" if coloured else "error: no\n")
