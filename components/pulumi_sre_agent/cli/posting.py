"""Reports on their way to a code host: the option, and what goes where."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from pulumi_sre_agent.cli import terminal

if TYPE_CHECKING:
    from pulumi_sre_agent.review.drift import Drift
    from pulumi_sre_agent.review.post.place import Place
    from pulumi_sre_agent.review.preview import Preview
    from pulumi_sre_agent.review.report import Report


class HostName(StrEnum):
    """Where the repository is."""

    GITHUB = "github"
    AZURE_DEVOPS = "azure-devops"


class Host(Protocol):
    """A code host, as its variables in a job describe it."""

    @property
    def run_url(self) -> str | None: ...

    def comments(self) -> "Place": ...

    def issues(self) -> "Place": ...


PostOption = Annotated[
    HostName | None,
    typer.Option(
        "--post",
        help="Also keep it in one comment on the job's pull request, and in the job's summary.",
        show_default=False,
    ),
]


@contextmanager
def open_host(name: HostName) -> Iterator[Host]:
    """Open a code host by the variables that it gives a job; ConfigError where they are not there."""
    from pulumi_sre_agent.api.http.clock import Clock  # noqa: PLC0415 - --help stays quick
    from pulumi_sre_agent.review.post.azure_devops import AzureDevOps  # noqa: PLC0415 - as above
    from pulumi_sre_agent.review.post.github import GitHub  # noqa: PLC0415 - as above

    host = (GitHub if name is HostName.GITHUB else AzureDevOps)(os.environ, Clock())
    try:
        yield host
    finally:
        host.close()


def post_comment(report: "Report", host: Host, comments: "Place") -> None:
    """Keep a report in the summary of the job, and in one comment on its pull request."""
    from pulumi_sre_agent.review.formats import markdown, plain_text  # noqa: PLC0415 - --help stays quick
    from pulumi_sre_agent.review.post import texts  # noqa: PLC0415 - as above
    from pulumi_sre_agent.review.post.place import keep_one  # noqa: PLC0415 - as above

    _summarize(report.preview, lambda longest: markdown.render(report, longest), plain_text.render(report))
    terminal.note(keep_one(comments, texts.of_report(report, host.run_url)))


def post_issue(drift: "Drift", host: Host, issues: "Place") -> None:
    """Keep drift in the summary of the job, and in one issue, which is closed where there is none.

    What could not be read opens and closes nothing.
    """
    from pulumi_sre_agent.review.formats import drift as drifts  # noqa: PLC0415 - --help stays quick
    from pulumi_sre_agent.review.post import texts  # noqa: PLC0415 - as above
    from pulumi_sre_agent.review.post.place import keep_one  # noqa: PLC0415 - as above

    _summarize(drift.preview, lambda longest: drifts.as_markdown(drift, longest), drifts.as_text(drift))
    if drift.outcome != "unreadable":
        terminal.note(keep_one(issues, texts.of_drift(drift, host.run_url)))


def _summarize(preview: "Preview", as_markdown: Callable[[int | None], str], as_text: str) -> None:
    from pulumi_sre_agent.review.post import job_summary  # noqa: PLC0415 - --help stays quick

    stack = f"{preview.project}/{preview.stack}"
    if command := job_summary.write(stack, as_markdown, as_text, os.environ):
        terminal.note(command)
