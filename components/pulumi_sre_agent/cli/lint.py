"""`sre-agent lint`: what the rules find in an agent directory, with file and line."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pulumi_sre_agent.cli import judging, terminal
from pulumi_sre_agent.cli.directory_values import Values, with_values
from pulumi_sre_agent.cli.explain.source import read_directory
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json

if TYPE_CHECKING:
    from pulumi_sre_agent.review.policy.lint import Located

SCHEMA_VERSION = 1
"""Of the JSON form; it rises where something that was there changes its meaning or goes."""
Directory = Annotated[
    Path, typer.Argument(metavar="DIR", help="An agent directory: the folder of agent.json.")
]
EPILOG = epilog(
    "sre-agent lint agents/payments-oncall",
    "sre-agent lint agents/payments-oncall --fail-on high",
    "sre-agent lint agents/payments-oncall --policy-config policy.json --json",
    codes=judging.CODES,
)


@with_values
def lint(
    values: Values,
    *,
    directory: Directory,
    fail_on: judging.FailOn = None,
    policy_config: judging.PolicyConfigFile = None,
    json: Json = False,
) -> None:
    """Say what is risky in an agent directory, with file and line: rules that need no deployment.

    They are those of `sre-agent report` and of the policy pack that need no change to look at. A directory
    that cannot be deployed is refused, with everything that is wrong with it.
    """
    from pulumi_sre_agent.review.policy import lint as linting  # noqa: PLC0415 - --help stays quick

    config = judging.load(policy_config)
    found = linting.lint(read_directory(directory, values), config)
    if json:
        terminal.result_json(
            {"schemaVersion": SCHEMA_VERSION, "findings": [_document(each) for each in found]}
        )
    else:
        terminal.result("\n\n".join(map(_lines, found)) or "Nothing found.")
    findings = [each.finding for each in found]
    judging.exit_if_failing(findings, fail_on, config.mandatory(findings))


def _lines(each: "Located") -> str:
    from pulumi_sre_agent.review.text import wrapped  # noqa: PLC0415 - --help stays quick

    finding = each.finding
    head = f"{each.source}: {finding.severity.label} [{finding.rule.id}]"
    texts = (finding.sentence, finding.rule.remedy)
    return "\n".join([head, *(line for text in texts for line in wrapped(text, indent="  "))])


def _document(each: "Located") -> dict[str, Any]:
    finding = each.finding
    return {
        "rule": finding.rule.id,
        "severity": finding.severity.label,
        "sentence": finding.sentence,
        "why": finding.rule.why,
        "remedy": finding.rule.remedy,
        "file": each.source.file if each.source else None,
        "line": each.source.line if each.source else None,
    }
