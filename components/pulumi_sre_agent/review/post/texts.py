"""What is written of a report in one place of a code host."""

from pulumi_sre_agent.review.drift import Drift
from pulumi_sre_agent.review.formats import drift as drifts
from pulumi_sre_agent.review.formats import markdown
from pulumi_sre_agent.review.post.place import Text
from pulumi_sre_agent.review.report import Report, headline

CUT = "**{count:,} more lines are not shown here**: the whole report is in the job's summary."


def of_report(report: Report, run_url: str | None) -> Text:
    """Write a report for a comment: its findings whole, and of its changes as many as fit."""
    is_news = bool(report.changes or report.findings or report.preview.errors)
    footer = f"\n[The job that wrote this]({run_url})\n" if run_url and is_news else ""
    longest = markdown.LONGEST - len(footer)
    stack = f"{report.preview.project}/{report.preview.stack}"
    return Text(
        mark=markdown.mark(report),
        stack=stack,
        title=f"{stack}: {headline(report)}",
        body=_fitting(markdown.render(report, longest), longest) + footer,
        is_news=is_news,
        is_open=bool(report.findings or report.preview.errors),
    )


def of_drift(drift: Drift, run_url: str | None) -> Text:
    """Write drift for an issue, which is open as long as there is any."""
    footer = f"\n[The job that wrote this]({run_url})\n" if run_url else ""
    stack = f"{drift.preview.project}/{drift.preview.stack}"
    return Text(
        mark=drifts.mark(drift),
        stack=stack,
        title=f"Drift of {stack}",
        body=drifts.as_markdown(drift, markdown.LONGEST - len(footer)) + footer,
        is_news=bool(drift.changes),
        is_open=bool(drift.changes),
    )


def _fitting(text: str, longest: int) -> str:
    """Cut what is longer though all changes are left out: hundreds of findings, or a very long error."""
    if len(text) <= longest:
        return text
    room = longest - len(CUT.format(count=len(text))) - 2
    kept = text[: text.rfind("\n", 0, room) + 1] or text[:room]
    return f"{kept}\n{CUT.format(count=text[len(kept) :].count(chr(10)))}\n"
