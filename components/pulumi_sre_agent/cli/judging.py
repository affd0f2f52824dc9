"""When findings fail a command: by their severity, or since their rules are configured as mandatory."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pulumi_sre_agent.cli import terminal

if TYPE_CHECKING:
    from pulumi_sre_agent.review.findings import Finding
    from pulumi_sre_agent.review.policy.config import PolicyConfig

FOUND = 3
"""Exit code where findings fail."""


class SeverityName(StrEnum):
    """How grave a finding is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


FailOn = Annotated[
    SeverityName | None,
    typer.Option(
        "--fail-on", help="Exit with 3 where an open finding is at least this grave.", show_default=False
    ),
]
PolicyConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--policy-config",
        metavar="FILE",
        help="Levels and parameters of the rules, as `pulumi preview --policy-pack-config` takes them; a "
        "finding of a mandatory rule exits with 3.",
    ),
]
CODES = "3 findings by `--fail-on`, or of mandatory rules"


def load(file: Path | None) -> "PolicyConfig":
    """Read a configuration; without a file all rules are advisory."""
    from pulumi_sre_agent.review.policy import config  # noqa: PLC0415 - --help stays quick

    return config.load(file) if file else config.PolicyConfig()


def exit_if_failing(
    findings: Sequence["Finding"], fail_on: SeverityName | None, mandatory: Sequence["Finding"]
) -> None:
    """End the command with `FOUND` where findings fail it, and say on stderr why.

    `mandatory`: those that a policy pack would not let pass.
    """
    from pulumi_sre_agent.review.report import counted  # noqa: PLC0415 - --help stays quick

    grave = [*SeverityName][: [*SeverityName].index(fail_on) + 1] if fail_on else []
    fails = any(finding.severity.label in grave for finding in findings)
    if fails:
        terminal.note(f"{counted(findings)}: --fail-on {fail_on} fails.")
    for finding in mandatory:
        terminal.note(f"Mandatory here, and violated: {finding.rule.id}. {finding.sentence}")
    if fails or mandatory:
        raise typer.Exit(FOUND)
