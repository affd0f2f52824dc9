"""Reports in a comment of a pull request: one a stack, ours alone, whatever the service answers first."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pulumi_sre_agent.api.errors import ApiError
from pulumi_sre_agent.api.http.clock import Clock
from pulumi_sre_agent.review import preview as previews
from pulumi_sre_agent.review import report as reports
from pulumi_sre_agent.review.formats import markdown
from pulumi_sre_agent.review.post import texts
from pulumi_sre_agent.review.post.azure_devops import AzureDevOps
from pulumi_sre_agent.review.post.github import GitHub
from pulumi_sre_agent.review.post.place import Text, keep_one
from support.code_hosts import AzureDevOpsHost, CodeHost, GitHubHost
from support.previews import preview, step

PLAN = {"name": "down", "agent_mode": "Review", "priorities": ["Sev0"]}
RISKY = preview(step("IncidentFilter", PLAN, {**PLAN, "agent_mode": "Autonomous"}))
HARMLESS = preview(step("IncidentFilter", PLAN, {**PLAN, "description": "Down."}))
MARK = "<!-- sre-agent report: shop/prod -->"
CLIENTS: dict[type[CodeHost], type[GitHub | AzureDevOps]] = {
    GitHubHost: GitHub,
    AzureDevOpsHost: AzureDevOps,
}


def text(document: str = RISKY) -> Text:
    return texts.of_report(reports.make(previews.read(document)), "https://ci/run")


WAITS: list[float] = []


@pytest.fixture(scope="module", params=[GitHubHost, AzureDevOpsHost], ids=["github", "azure-devops"])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[CodeHost, GitHub | AzureDevOps]]:
    host: CodeHost = request.param()
    with host.serving():
        client = CLIENTS[type(host)](
            host.variables(tmp_path_factory.mktemp("job")), Clock(sleep=WAITS.append)
        )
        yield host, client
        client.close()


@pytest.fixture
def host(served: tuple[CodeHost, GitHub | AzureDevOps]) -> CodeHost:
    served[0].reset()
    return served[0]


@pytest.fixture
def client(served: tuple[CodeHost, GitHub | AzureDevOps]) -> GitHub | AzureDevOps:
    return served[1]


@pytest.fixture
def waits() -> list[float]:
    """Seconds that were waited."""
    WAITS.clear()
    return WAITS


def test_a_comment_is_written_once_and_then_patched(host: CodeHost, client: GitHub | AzureDevOps) -> None:
    comments = client.comments()

    assert keep_one(comments, text()).startswith("Wrote a comment on pull request 7 of ")
    assert keep_one(comments, text()).endswith("is up to date.")
    assert keep_one(comments, text(HARMLESS)).startswith("Brought the comment on pull request 7 ")
    (only,) = host.comments
    assert "no findings" in only
    assert only.endswith("[The job that wrote this](https://ci/run)\n")


def test_where_nothing_changes_there_is_no_comment(host: CodeHost, client: GitHub | AzureDevOps) -> None:
    said = keep_one(client.comments(), text(preview()))

    assert said.startswith("There is no comment on pull request 7 of ")
    assert host.writes == []


def test_a_comment_that_is_there_says_that_nothing_changes_any_more(
    host: CodeHost, client: GitHub | AzureDevOps
) -> None:
    keep_one(client.comments(), text())
    keep_one(client.comments(), text(preview()))

    assert [comment.splitlines()[-1] for comment in host.comments] == ["Nothing would change."]


def test_each_stack_has_its_own_comment(host: CodeHost, client: GitHub | AzureDevOps) -> None:
    for document in (RISKY, RISKY.replace("urn:pulumi:prod::", "urn:pulumi:dev::")):
        keep_one(client.comments(), text(document))

    assert [comment.splitlines()[0] for comment in host.comments] == [MARK, MARK.replace("prod", "dev")]


def test_a_mark_that_somebody_else_has_written_is_not_ours(
    host: CodeHost, client: GitHub | AzureDevOps
) -> None:
    """Who wrote it could change it afterwards, and nobody would look for another."""
    host.write(f"{MARK}\n## no findings")
    keep_one(client.comments(), text())

    assert len(host.comments) == 2
    assert host.comments[0].splitlines()[1:] == ["## no findings"]


def test_a_comment_is_found_behind_many_others(host: CodeHost, client: GitHub | AzureDevOps) -> None:
    for number in range(5):
        host.write(f"Comment {number}")
    keep_one(client.comments(), text())
    keep_one(client.comments(), text(HARMLESS))

    assert len(host.comments) == 6


@pytest.mark.parametrize("status", [429, 503])
def test_a_service_that_asks_to_wait_is_waited_for(
    host: CodeHost, client: GitHub | AzureDevOps, waits: list[float], status: int
) -> None:
    host.faults.append(("POST", status, {"Retry-After": "17"}))
    keep_one(client.comments(), text())

    assert len(host.comments) == 1
    assert 17 <= sum(waits) < 18


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_hiccup_is_waited_out(
    host: CodeHost, client: GitHub | AzureDevOps, waits: list[float], method: str
) -> None:
    host.faults.append((method, 500, {}))
    keep_one(client.comments(), text())

    assert len(host.comments) == 1
    assert waits


def test_a_comment_whose_answer_is_lost_is_not_written_twice(
    host: CodeHost, client: GitHub | AzureDevOps
) -> None:
    host.lost_creates = 1
    keep_one(client.comments(), text())

    assert len(host.comments) == 1
    assert [method for method, _ in host.writes] == ["POST"]


def test_a_token_that_may_not_write_is_told_what_it_needs(
    host: CodeHost, client: GitHub | AzureDevOps
) -> None:
    host.faults.append(("POST", 403, {}))
    with pytest.raises(ApiError, match=r"Not now; (give the job `permissions: pull-requests|allow the pro)"):
        keep_one(client.comments(), text())


def test_github_throttles_with_403_too(tmp_path: Path, waits: list[float]) -> None:
    with GitHubHost().serving() as host:
        host.faults.append(("POST", 403, {"Retry-After": "60"}))
        client = GitHub(host.variables(tmp_path), Clock(sleep=waits.append))
        keep_one(client.comments(), text())
        client.close()

    assert 60 <= sum(waits) < 61


def test_a_persons_token_finds_what_that_person_wrote(tmp_path: Path) -> None:
    class Person(GitHubHost):
        me = {"login": "ana", "type": "User"}  # noqa: RUF012 - as in the base

        def answer(self, method: str, path: str, *rest: object) -> tuple[int, object]:
            return (200, self.me) if path == "/user" else super().answer(method, path, *rest)  # type: ignore[arg-type]

    with Person().serving() as host:
        client = GitHub(host.variables(tmp_path), Clock())
        host.write(MARK)
        for document in (RISKY, HARMLESS):
            keep_one(client.comments(), text(document))
        client.close()

    assert len(host.comments) == 2


def test_a_thread_of_azure_devops_is_open_while_there_are_findings(tmp_path: Path) -> None:
    host = AzureDevOpsHost()
    with host.serving():
        client = AzureDevOps(host.variables(tmp_path), Clock())
        seen = []
        for document in (RISKY, HARMLESS, RISKY):
            keep_one(client.comments(), text(document))
            seen.append(host.threads[0]["status"])
        client.close()

    assert seen == ["active", "closed", "active"]


def test_more_findings_than_a_comment_takes_are_counted() -> None:
    long = {**PLAN, "name": "n" * 150, "agent_mode": "Autonomous"}
    many = [
        step("IncidentFilter", {**PLAN, "name": "n" * 150}, long, name=f"plan-{i:03}") for i in range(300)
    ]
    body = text(preview(*many)).body

    assert markdown.LONGEST - 1_000 < len(body) <= markdown.LONGEST
    assert "more lines are not shown here**" in body
