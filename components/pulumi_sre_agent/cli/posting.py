"""Reports on their way to a code host: the option, and what goes where."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from pulumi_sre_agent.cli import terminal

if TYPE_CHECKING:
    from pulumi_sre_agent.review.post.place import Place
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
    from pulumi_sre_agent.review.post import texts  # noqa: PLC0415 - --help stays quick
    from pulumi_sre_agent.review.post.place import keep_one  # noqa: PLC0415 - as above

    write_summary(report)
    terminal.note(keep_one(comments, texts.of_report(report, host.run_url)))


def write_summary(report: "Report") -> None:
    """Keep a report in the summary of the job."""
    from pulumi_sre_agent.review.post import job_summary  # noqa: PLC0415 - --help stays quick

    if command := job_summary.write(report, os.environ):
        terminal.note(command)
