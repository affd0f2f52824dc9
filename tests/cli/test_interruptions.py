"""What a failed run prints is its reason, and not how Pulumi's host then ends the program."""

import pytest

from pulumi_sre_agent.cli.interruptions import without_interruptions
from support.local_stack import INTERRUPTION, REASON

OWN = "    Traceback (most recent call last):\n    NameError: name 'x' is not defined\n"
LOGGED = OWN + "    sre:Skill triage updated\n" * 200


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        (INTERRUPTION + REASON, REASON),
        (REASON + INTERRUPTION, REASON),
        ("".join(f"{line}\n{REASON}" for line in INTERRUPTION.splitlines()), REASON * 7),
        (INTERRUPTION.replace("KeyboardInterrupt", "KeyboardInterrupt\x1b[0m") + REASON, REASON),
        (OWN + REASON, OWN + REASON),
        (LOGGED + REASON, LOGGED + REASON),
    ],
    ids=[
        "first",
        "last",
        "in between",
        "coloured",
        "an error of the program",
        "one that it logs, and goes on",
    ],
)
def test_only_the_tracebacks_of_an_interruption_are_left_out(printed: str, shown: str) -> None:
    assert "".join(without_interruptions(printed.splitlines(keepends=True))) == shown


def test_what_a_program_logs_is_shown_while_it_goes_on() -> None:
    lines = iter(LOGGED.splitlines(keepends=True))
    shown = without_interruptions(lines)

    assert next(shown).endswith("Traceback (most recent call last):\n")
    assert next(lines, None) is not None
