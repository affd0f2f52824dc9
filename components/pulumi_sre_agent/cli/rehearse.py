"""`sre-agent rehearse`: what an agent does with cases, beside what it is to do."""

import json
import sys
from enum import StrEnum
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import case_files, documents, local_incidents, terminal
from pulumi_sre_agent.cli.group import INTERRUPTED, epilog
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.terminal import Cell, Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pulumi_sre_agent.review.rehearsal.case import Case
    from pulumi_sre_agent.review.rehearsal.comparison import Comparison
    from pulumi_sre_agent.review.rehearsal.rehearsed import Rehearsal, Run

FAILED = 3
EPILOG = epilog(
    "sre-agent rehearse -s local",
    "sre-agent rehearse evals/checkout.yaml --agent payments-oncall --fail-on 0.9",
    "sre-agent rehearse -s staging --format json -o after.json --compare before.json",
    codes=f"{FAILED} too few cases pass, or some got worse",
)
COLUMNS = (Column(""), Column("CASE", 20), Column("PASSED"), Column("SECONDS"), Column("DETAIL", 12))
SIGNS = {"passed": Cell("✓", "green"), "failed": Cell("✗", "red"), "skipped": Cell("-", "dim")}
PARALLEL, MOST_PARALLEL = 4, 8


class Format(StrEnum):
    """How the results are written down."""

    TEXT = "text"
    JSON = "json"
    JUNIT = "junit"
    MARKDOWN = "markdown"


@with_target
def rehearse(
    target: Target,
    *,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILES]...",
            help="Files of cases, or folders with some. Default: `evals` of the project's agent directory.",
        ),
    ] = None,
    parallel: Annotated[
        int, typer.Option("--parallel", min=1, max=MOST_PARALLEL, help="How many runs at a time.")
    ] = PARALLEL,
    fail_on: Annotated[
        float,
        typer.Option(
            "--fail-on", metavar="RATE", min=0, max=1, help="Exit with 3 where fewer of the cases pass."
        ),
    ] = 1.0,
    compare: Annotated[
        Path | None,
        typer.Option(
            "--compare", metavar="FILE", help="JSON of an earlier rehearsal: exit with 3 if one got worse."
        ),
    ] = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="How to write it.")] = Format.TEXT,
    output: documents.Output = None,
) -> None:
    """Run cases against an agent, and see whether it does what it is to do.

    A case is a prompt, an incident or a trigger's payload, with what is expected: who handles it, tools,
    approvals, commands, texts. It has as many runs as it says; a share of them has to pass.

    What the agent runs unasked, it runs for real, and it uses units. Nothing is approved: what it asks for is
    turned down. Each run's thread is deleted. Incidents fire on the local Azure only, marked as rehearsals.
    """
    from pulumi_sre_agent.review.rehearsal import case, comparison, rehearsed  # noqa: PLC0415 - quick --help
    from pulumi_sre_agent.review.rehearsal.performing import Stage  # noqa: PLC0415 - as above
    from pulumi_sre_agent.review.rehearsal.rehearse import rehearse as run  # noqa: PLC0415 - as above

    earlier = comparison.read_rates(compare) if compare else None
    cases = case.load(case_files.find(files or [], target.project))
    with target.session() as (client, agent_id):
        fire, why_not = local_incidents.fire_at(client.settings, agent_id)
        stage = Stage(client.agent(agent_id), fire, why_not, Event())
        try:
            done, left = run(stage, cases, parallel=parallel, progress=_Progress(cases))
        except KeyboardInterrupt:
            rest = ", ".join(stage.begun)
            terminal.note(f"Interrupted, left behind: {rest}." if rest else "Interrupted, and cleaned up.")
            raise typer.Exit(INTERRUPTED) from None
    changes = comparison.Comparison() if earlier is None else comparison.compare(done, earlier)
    rehearsal = rehearsed.Rehearsal(ArmId(agent_id).name, done, left)
    if form is Format.TEXT and output is None:
        _print(rehearsal)
    else:
        documents.write(_rendered(rehearsal, changes, form), output, "The result")
    _conclude(rehearsal, changes, fail_on)


class _Progress:
    """Says what ended, where a person waits for it."""

    def __init__(self, cases: "Sequence[Case]") -> None:
        self._total, self._ended = sum(case.repeat for case in cases), 0

    def __call__(self, case: "Case", run: "Run") -> None:
        self._ended += 1
        word = "skipped" if run.skipped else "passed" if run.passed else "failed"
        if terminal.is_person(sys.stderr):
            terminal.note(f"{self._ended} of {self._total}: {case.name} {word}, {run.seconds:.1f} s.")


def _print(rehearsal: "Rehearsal") -> None:
    rows: list[list[str | Cell]] = []
    for each in rehearsal.cases:
        told = each.told()
        more = f" (and {len(told) - 1} more)" if len(told) > 1 else ""
        runs = f"{each.passed} of {len(each.runs)}"
        detail = f"{told[0]}{more}" if told else ""
        rows.append([SIGNS[each.outcome], each.case.name, runs, f"{each.seconds:.1f}", detail])
    terminal.result_list(COLUMNS, rows)
    for each in rehearsal.cases:
        if told := each.told():
            terminal.result(f"\n{each.case.name} ({each.case.file}:{each.case.line})")
            for reason in told:
                terminal.result_text(f"  {reason}")


def _conclude(rehearsal: "Rehearsal", changes: "Comparison", fail_on: float) -> None:
    """Say how it went, and end with `FAILED` where that is not good enough."""
    for sentence in rehearsal.left:
        terminal.note(sentence)
    for word, lines in changes.json().items():
        for line in lines:
            terminal.note(f"{word.capitalize()}: {line}")
    counts = {name: rehearsal.count(name) for name in ("passed", "failed", "skipped")}
    terminal.note(f"Cases: {', '.join(f'{count} {name}' for name, count in counts.items() if count)}.")
    if rehearsal.rate is None:
        raise ConfigError("None of the cases could be run, so nothing is known of the agent.")
    if rehearsal.rate < fail_on or changes.worse:
        raise typer.Exit(FAILED)


def _rendered(rehearsal: "Rehearsal", changes: "Comparison", form: Format) -> str:
    from pulumi_sre_agent.review import junit  # noqa: PLC0415 - --help stays quick
    from pulumi_sre_agent.review.rehearsal import markdown  # noqa: PLC0415 - as above

    results = [each.result() for each in rehearsal.cases]
    if form is Format.JUNIT:
        return junit.render(rehearsal.agent, results)
    if form is Format.JSON:
        return json.dumps({**rehearsal.json(), **changes.json()}, indent=2) + "\n"
    if form is Format.MARKDOWN:
        return markdown.render(rehearsal, changes)
    lines = (f"{each.outcome:8}{each.name}: {each.detail}" for each in results)
    return "".join(f"{line.removesuffix(': ')}\n" for line in lines)
