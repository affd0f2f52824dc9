"""`sre-agent verify`: whether a live agent is what was declared, and works."""

import json
import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import documents, terminal
from pulumi_sre_agent.cli.directory_values import Values, with_values
from pulumi_sre_agent.cli.explain.source import Directory, read_directory, read_stack
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.terminal import Cell, Column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pulumi_sre_agent.review.inventory.inventory import Inventory
    from pulumi_sre_agent.review.results import Result

FAILED = 3
EPILOG = epilog(
    "sre-agent verify -s prod",
    "sre-agent verify stacks/agents/payments-oncall --agent payments-oncall --var TEAM=payments",
    'sre-agent verify -s prod --wait 300 --question "Are you there?" --format junit -o verify.xml',
    codes=f"{FAILED} something is not as it is to be",
)
COLUMNS = (Column(""), Column("WHAT"), Column("NAME", 12), Column("DETAIL", 20))
SIGNS = {"passed": Cell("✓", "green"), "failed": Cell("✗", "red"), "skipped": Cell("-", "dim")}


class Format(StrEnum):
    """How the results are written down."""

    TEXT = "text"
    JSON = "json"
    JUNIT = "junit"


@with_target
@with_values
def verify(  # noqa: PLR0913 - each is an option
    target: Target,
    values: Values,
    *,
    directory: Directory = None,
    question: Annotated[
        str | None, typer.Option("--question", metavar="TEXT", help="Ask it this, too; that uses units.")
    ] = None,
    answer: Annotated[
        str | None,
        typer.Option("--answer-matches", metavar="REGEX", help="What is to be found in the answer."),
    ] = None,
    wait: Annotated[
        float,
        typer.Option(
            "--wait", metavar="SECONDS", min=0, max=7200, help="How long to look again at what fails."
        ),
    ] = 0,
    form: Annotated[Format, typer.Option("--format", "-f", help="How to write it.")] = Format.TEXT,
    output: documents.Output = None,
) -> None:
    """Compare a live agent with what declares it, property by property, and see whether it works.

    It is compared with DIR, else with the state of the stack that --stack names, else with nothing. Then: it
    runs and answers, its incident platform is the one, connectors are connected, repositories cloned,
    documents indexed; with --question, it answers. Nothing is changed; the question's thread is deleted.
    """
    from pulumi_sre_agent.review.verification import checks, declared, probes  # noqa: PLC0415

    expected = _expected(target, directory, values)
    _check_pattern(answer, question)
    with target.session() as (client, agent_id):
        every = [
            *(declared.checks(client, agent_id, expected) if expected else ()),
            *probes.checks(client.agent(agent_id), question, answer),
        ]
        results = checks.run(every, patience=wait, clock=client.control.clock, progress=_say_round)
    if form is Format.TEXT and output is None:
        _print(results)
    else:
        documents.write(_rendered(ArmId(agent_id).name, results, form), output, "The result")
    number = checks.failed(results)
    terminal.note(f"{number} of {len(results)} checks failed." if number else "Nothing is wrong with it.")
    if number:
        raise typer.Exit(FAILED)


def _expected(target: Target, directory: Path | None, values: Values) -> "Inventory | None":
    if directory is not None:
        return read_directory(directory, values, unset_variables=False)
    values.refuse()
    stack = target.named_stack()
    return read_stack(stack) if stack else None


def _check_pattern(answer: str | None, question: str | None) -> None:
    if answer is not None and question is None:
        raise ConfigError("--answer-matches is about the answer to a question: give --question, too.")
    try:
        re.compile(answer or "")
    except re.error as error:
        raise ConfigError(f"--answer-matches is no regular expression: {error}.") from error


def _say_round(failed: int, total: int, left: float) -> None:
    terminal.note(f"{failed} of {total} checks fail so far: looking again, for {left:.0f} s more at most.")


def _print(results: "Sequence[Result]") -> None:
    terminal.result_list(
        COLUMNS,
        [[SIGNS[result.outcome], result.group, result.name, result.detail] for result in results],
    )
    for result in results:
        if result.outcome == "failed":
            terminal.result_text(f"\n{result.group} {result.name}: {result.detail}", hanging=2)


def _rendered(agent: str, results: "Sequence[Result]", form: Format) -> str:
    from pulumi_sre_agent.review import junit  # noqa: PLC0415 - --help stays quick

    if form is Format.JUNIT:
        return junit.render(agent, results)
    if form is Format.JSON:
        return json.dumps({"agent": agent, "checks": [each.json() for each in results]}, indent=2) + "\n"
    lines = (f"{each.outcome:8}{each.group} {each.name}: {each.detail}" for each in results)
    return "".join(f"{line}\n" for line in lines)
