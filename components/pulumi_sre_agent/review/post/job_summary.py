"""The whole report in the summary of a job (docs/reference/code-hosts.md#job-summaries)."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import gettempdir

from pulumi_sre_agent.review.text import fence_ticks

LONGEST = 1_000_000
"""Bytes: GitHub drops a step's summary that comes near 1 MiB without a word."""


def write(
    name: str, as_markdown: Callable[[int | None], str], as_text: str, environ: Mapping[str, str]
) -> str | None:
    """Write a report where the job's service shows it; return what to print to stderr for it.

    `name` is its stack's, as `shop/prod`; `as_markdown` takes the most characters that there may be. Does
    nothing outside of a job.
    """
    if path := environ.get("GITHUB_STEP_SUMMARY"):
        with Path(path).open("a", encoding="utf-8") as summary:
            summary.write(f"{_fitting(as_markdown)}\n")
    elif environ.get("SYSTEM_TEAMPROJECT"):
        folder = Path(environ.get("AGENT_TEMPDIRECTORY") or gettempdir())
        file = folder / re.sub(r"[^\w.-]", "-", f"sre-agent-{name}.md")
        file.write_text(_fenced(as_text), encoding="utf-8")
        return f"##vso[task.uploadsummary]{file}"
    return None


def _fitting(as_markdown: Callable[[int | None], str]) -> str:
    whole = as_markdown(None)
    return whole if len(whole.encode()) <= LONGEST else as_markdown(LONGEST // 4)


def _fenced(text: str) -> str:
    """Keep a text as it is: Azure Pipelines shows the HTML of a summary as letters."""
    ticks = fence_ticks(text)
    return f"{ticks}text\n{text}{ticks}\n"
