"""What a person sees of a run, at a terminal of 80 columns."""

import io
import os
import sys

import pytest
from rich.console import Console

from sre_agent_local.cli import progress
from support.cli import FakePulumi, Folder, call, run

LONG = "payments-oncall-people-00000000-0000-0000-0000-00000000a11c-sre-agent-standard-user"
SKILL = "pulumi-python:dynamic/sre:Skill"
ROWS = f"""\
Updating (local):
 +  pulumi:pulumi:Stack toy-local creating (0s)
 +  sre:index:Agent oncall creating (0s)
 +  pulumi-python:dynamic/sre:RoleAssignment {LONG} creating (0s)
 +  pulumi-python:dynamic/sre:RoleAssignment {LONG} created (0.06s)
 ~  {SKILL} triage updating (0s) [diff: ~description,prompt]
 ~  {SKILL} triage updating (0s) [diff: ~description,prompt]; 429: Trying again.
 ~  {SKILL} triage updated (0.20s) [diff: ~description,prompt]
 +  {SKILL} rollback creating (0s)
 +  {SKILL} rollback **creating failed** error: it has no name
    pulumi:pulumi:Stack toy-local **failed** 1 error
Diagnostics:
  {SKILL} (rollback):
    error: a sentence that is longer than a terminal is wide, and it names the agent payments-oncall here

Resources:
    ~ 1 updated

Duration: 2s

"""


@pytest.fixture
def seen(running: Folder, pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the lines that a person sees of a run whose every step is slow."""
    monkeypatch.setattr(progress, "SLOW", 0.0)
    pulumi.answers("up", ROWS)
    pulumi.answers("stack output", "{}", as_json=True)
    shown = call(running, "local", "up", path=pulumi.path, COLUMNS="80", SRE_AGENT_FORCE_TTY="1")
    return shown.out.splitlines()


def test_each_step_has_one_line_when_it_is_done(seen: list[str]) -> None:
    """Its kind, its name, how long it took, and what it has changed; nothing of it twice."""
    lines = [line for line in seen if " ~  Skill triage" in line]

    assert len(lines) == 1
    assert lines[0].startswith(" ~  Skill triage updated (0.0")
    assert lines[0].endswith("s) [diff: ~description,prompt]")
    assert "    triage: 429: Trying again." in seen
    assert " !  Skill rollback creating failed" in seen


def test_nothing_wraps_inside_a_name(seen: list[str]) -> None:
    """A long name loses its middle; sentences go on below, between words and as far to the right."""
    role = next(line for line in seen if line.startswith(" +  RoleAssignment"))

    assert max(map(len, seen)) <= 80
    assert role.startswith(" +  RoleAssignment payments-oncall-people")
    assert "-standard-user created (" in role
    assert any(line.startswith("    ") and line.endswith(" payments-oncall here") for line in seen)


def test_slow_steps_are_named_at_the_end(seen: list[str]) -> None:
    """Those that took long, without the components, whose time is that of what is in them."""
    slow = seen[seen.index("Slowest steps") + 1 :]

    assert {line.split()[1] for line in slow[:3]} == {"RoleAssignment", "Skill"}
    assert any(line.endswith("  Skill rollback") for line in slow)
    assert not any("Agent" in line for line in slow)


def test_a_step_that_goes_on_has_a_line_with_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """So somebody who waits sees for what, and since when; components are not waited for."""
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    reader = progress.ProgressReader()
    for line in ROWS.splitlines()[1:6]:
        reader.read(f"{line}\n")
    now[0] += 65
    screen = io.StringIO()
    Console(file=screen, width=80).print(reader)

    assert screen.getvalue().splitlines() == [
        " ~  Skill triage updating (1m 05s)",
        "    1m 05s so far, 1 done",
    ]


def test_a_step_that_waits_says_for_what_and_how_long_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the step where that fits, else below it, cut between words; a wait that is over is not shown."""
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    reader = progress.ProgressReader()
    skill, agent = (
        f" ~  {SKILL} triage updating (0s)",
        " +  pulumi-python:dynamic/sre:Agent oncall creating (0s)",
    )
    for line in (
        "    pulumi:pulumi:Stack toy-local  waiting: the preview, before anything is changed",
        skill,
        agent,
        f"{skill} [diff: ~prompt]; waiting: throttled (429), 12 s left",
        f"{agent} waiting: agents/oncall in resource group rg-of-the-payments-team is still in progress",
    ):
        reader.read(f"{line}\n")

    def screen() -> list[str]:
        drawn = io.StringIO()
        Console(file=drawn, width=80).print(reader)
        return drawn.getvalue().splitlines()

    now[0] += 5
    first = screen()
    now[0] += 10
    assert first == [
        " ~  Skill triage updating (5s), waiting: throttled (429), 7s left",
        " +  Agent oncall creating (5s)",
        "        waiting: agents/oncall in resource group rg-of-the-payments-team is",
        "        still in progress",
        "    5s so far, 0 done",
    ]
    assert screen()[0] == " ~  Skill triage updating (15s)"


def test_a_run_that_waits_as_a_whole_says_for_what() -> None:
    reader = progress.ProgressReader()
    reader.read("    pulumi:pulumi:Stack toy-local  waiting: the preview, before anything is changed\n")
    drawn = io.StringIO()
    Console(file=drawn, width=80).print(reader)

    assert drawn.getvalue().splitlines()[1] == "    waiting: the preview, before anything is changed"


def test_a_preview_names_what_would_change(running: Folder, pulumi: FakePulumi) -> None:
    """Kind and name, and what of it, as far as it fits."""
    pulumi.answers("preview", f"Previewing update (local):\n ~  {SKILL} triage update [diff: ~prompt]\n")
    shown = call(running, "local", "preview", path=pulumi.path, COLUMNS="80", SRE_AGENT_FORCE_TTY="1")

    assert shown.out.splitlines()[:2] == [
        "Previewing update (local):",
        " ~  Skill triage update [diff: ~prompt]",
    ]


@pytest.mark.parametrize("is_person", [True, False])
def test_roles_have_their_names_before_a_person(running: Folder, pulumi: FakePulumi, is_person: bool) -> None:
    """Azure's own, with and without their path; other ids, and lines for programs, stay as they are."""
    reader, other = "acdd72a7-3385-48ef-bd42-f606fba81ae7", "00000000-0000-0000-0000-00000000a11c"
    path = "/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions"
    diff = f'  + role: "{reader}"\n  ~ id: "{path}/{reader}" => "{path}/{other}"\n'
    pulumi.answers("preview", diff)
    person = "1" if is_person else "0"
    shown = run(running, "local", "preview", "--diff", path=pulumi.path, SRE_AGENT_FORCE_TTY=person).out
    named = f'  + role: "Reader"\n  ~ id: "Reader (…/roleDefinitions/…)" => "{path}/{other}"\n'

    assert shown == (named if is_person else diff)


def test_a_run_goes_on_when_nobody_looks_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """As behind `| head`, where a terminal is pretended: what changed is counted all the same."""
    nobody, writer = os.pipe()
    os.close(nobody)
    with open(writer, "w") as stdout:  # noqa: PTH123 - a descriptor
        monkeypatch.setattr(sys, "stdout", stdout)
        with progress.ProgressReader() as reader:
            for line in ROWS.splitlines():
                reader.read(f"{line}\n")
        monkeypatch.undo()

    assert reader.changes == {"update": 1}
