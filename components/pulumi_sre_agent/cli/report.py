"""`sre-agent report`: what a preview means to who reviews it."""

import shutil
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pulumi_sre_agent.api.errors import ConfigError, SreAgentError
from pulumi_sre_agent.cli import (
    completion,
    documents,
    judging,
    options,
    plan_file,
    posting,
    project,
    terminal,
)
from pulumi_sre_agent.cli.group import epilog

if TYPE_CHECKING:
    from pulumi_sre_agent.review.baseline import Acceptance
    from pulumi_sre_agent.review.cost.section import CostOptions
    from pulumi_sre_agent.review.findings import Finding
    from pulumi_sre_agent.review.policy.config import PolicyConfig
    from pulumi_sre_agent.review.report import Report


class Format(StrEnum):
    """How the report is written down."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"


PreviewFile = Annotated[
    str | None,
    typer.Argument(metavar="[PREVIEW]", help="What `pulumi preview --json` printed: a file, or - for stdin."),
]
OfStack = Annotated[str | None, completion.stack_option("Run the preview of this stack instead.")]
FormatOption = Annotated[Format, typer.Option("--format", "-f", help="How to write it.")]
Refresh = Annotated[
    bool, typer.Option("--refresh", help="Have the preview of --stack read first what Azure really has.")
]
SavePlan = Annotated[
    Path | None,
    typer.Option(
        "--save-plan",
        metavar="FILE",
        callback=documents.check_folder,
        help="Also save what the preview of --stack plans, for `apply`.",
    ),
]
Baseline = Annotated[
    Path | None,
    typer.Option(
        "--baseline", metavar="FILE", help="Findings that are accepted, a YAML list: finding, by, why, until."
    ),
]
Cost = Annotated[bool, typer.Option("--cost", help="Tell the month's cost also where it stays the same.")]
PricePerUnit = Annotated[
    float | None,
    typer.Option(
        "--price-per-unit",
        metavar="PRICE",
        min=0,
        help="Tell the cost in money, too: what a unit costs you, such as 0.10.",
    ),
]
Incidents = Annotated[
    float | None,
    typer.Option(
        "--incidents", metavar="NUMBER", min=0, help="Incidents a month to reckon with. Default: 20."
    ),
]
EPILOG = epilog(
    "pulumi preview -s prod --json --show-sames | sre-agent report -",
    "sre-agent report -s prod --format markdown --output report.md",
    "sre-agent report -s prod --post github --fail-on high",
    "sre-agent report -s prod --save-plan prod.plan.json",
    "sre-agent report preview.json --fail-on high --baseline accepted-findings.yaml",
    "sre-agent report -s prod --price-per-unit 0.10 --incidents 40",
    codes=judging.CODES,
)


def report(  # noqa: PLR0913, PLR0917 - each is an option
    preview: PreviewFile = None,
    stack: OfStack = None,
    project_folder: options.ProjectFolder = None,
    form: FormatOption = Format.TEXT,
    output: documents.Output = None,
    fail_on: judging.FailOn = None,
    baseline: Baseline = None,
    policy_config: judging.PolicyConfigFile = None,
    cost: Cost = False,
    price_per_unit: PricePerUnit = None,
    incidents: Incidents = None,
    post: posting.PostOption = None,
    refresh: Refresh = False,
    save_plan: SavePlan = None,
) -> None:
    """Say what a preview means: what is risky in it, why, what to do, and every change, readable.

    The findings come from rules about what an agent could then do, lose, reach or spend. What a month costs
    is told in units, as a range, where it changes. Secrets are never shown.
    """
    from pulumi_sre_agent.cli.run_preview import run_preview  # noqa: PLC0415 - --help stays quick

    if (preview is None) == (stack is None):
        raise ConfigError("Give either a preview, as a file or as - for stdin, or --stack to run one.")
    if stack is None and (refresh or save_plan):
        option = "--refresh" if refresh else "--save-plan"
        raise ConfigError(f"{option} is for a preview that is run here: name its stack with --stack.")
    location = project.find(project_folder, stack) if stack else None
    acceptances = _acceptances(baseline) if baseline else []
    config = judging.load(policy_config) if policy_config else None
    if policy_config and not shutil.which("pulumi"):
        terminal.note("No `pulumi` on PATH could run a policy pack: the report applies its rules.")
    with ExitStack() as opened:
        host = opened.enter_context(posting.open_host(post)) if post else None
        comments = host.comments() if host else None  # refused before a preview takes its time
        saving = opened.enter_context(plan_file.begin(location)) if location and save_plan else None
        plan = saving.path if saving else None
        if location:
            text = run_preview(location, refresh=refresh, save_plan=plan, meanwhile=_import_rules)
        else:
            _import_rules()
            text = documents.read_preview(str(preview))
        made = _made(text, acceptances, config, _costs(cost, price_per_unit, incidents))
        documents.write(_rendered(made, form), output, "The report")
        if saving and save_plan and not made.preview.errors:
            saving.write(save_plan)
        if host and comments:
            posting.post_comment(made, host, comments)
    if made.preview.errors:
        raise SreAgentError(
            f"The preview of stack {made.preview.stack!r} failed: the report begins with why."
        )
    judging.exit_if_failing(made.findings, fail_on, _mandatory(made, config) if config else [])


def _import_rules() -> None:
    """Import what takes long, Pulumi's SDK too: while a preview runs, and before stdin is waited for."""
    from pulumi_sre_agent.review import report  # noqa: F401, PLC0415


def _acceptances(baseline: Path) -> "list[Acceptance]":
    from pulumi_sre_agent.review.baseline import load  # noqa: PLC0415 - --help stays quick

    return load(baseline)


def _costs(is_asked: bool, price_per_unit: float | None, incidents: float | None) -> "CostOptions":
    from pulumi_sre_agent.review.cost.section import CostOptions  # noqa: PLC0415 - --help stays quick

    return CostOptions(
        is_asked=is_asked or price_per_unit is not None or incidents is not None,
        price_per_unit=price_per_unit,
        **({} if incidents is None else {"incidents": incidents}),
    )


def _made(
    text: str, acceptances: "list[Acceptance]", config: "PolicyConfig | None", costs: "CostOptions"
) -> "Report":
    from pulumi_sre_agent.review import preview, report  # noqa: PLC0415 - --help stays quick

    return report.make(preview.read(text), acceptances, cost=costs, config=config)


def _mandatory(made: "Report", config: "PolicyConfig") -> "list[Finding]":
    from pulumi_sre_agent.review.report import mandatory  # noqa: PLC0415 - --help stays quick

    return mandatory(made, config)


def _rendered(made: "Report", form: Format) -> str:
    from pulumi_sre_agent.review.formats import html, json_format, markdown, plain_text  # noqa: PLC0415

    formats = {
        Format.TEXT: plain_text.render,
        Format.MARKDOWN: markdown.render,
        Format.HTML: html.render,
        Format.JSON: json_format.render,
    }
    return formats[form](made)
