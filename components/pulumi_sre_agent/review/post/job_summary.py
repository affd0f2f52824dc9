"""The whole report in the summary of a job (docs/reference/code-hosts.md#job-summaries)."""

import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import gettempdir

from pulumi_sre_agent.review.formats import markdown, plain_text
from pulumi_sre_agent.review.report import Report
from pulumi_sre_agent.review.text import fence_ticks

LONGEST = 1_000_000
"""Bytes: GitHub drops a step's summary that comes near 1 MiB without a word."""


def write(report: Report, environ: Mapping[str, str]) -> str | None:
    """Write the report where the job's service shows it; return what to print to stderr for it.

    Does nothing outside of a job.
    """
    if path := environ.get("GITHUB_STEP_SUMMARY"):
        with Path(path).open("a", encoding="utf-8") as summary:
            summary.write(f"{_fitting(report)}\n")
    elif environ.get("SYSTEM_TEAMPROJECT"):
        folder = Path(environ.get("AGENT_TEMPDIRECTORY") or gettempdir())
        name = re.sub(r"[^\w.-]", "-", f"sre-agent-{report.preview.project}-{report.preview.stack}.md")
        file = folder / name
        file.write_text(_fenced(plain_text.render(report)), encoding="utf-8")
        return f"##vso[task.uploadsummary]{file}"
    return None


def _fitting(report: Report) -> str:
    whole = markdown.render(report, longest=None)
    return whole if len(whole.encode()) <= LONGEST else markdown.render(report, longest=LONGEST // 4)


def _fenced(text: str) -> str:
    """Keep a text as it is: Azure Pipelines shows the HTML of a summary as letters."""
    ticks = fence_ticks(text)
    return f"{ticks}text\n{text}{ticks}\n"
