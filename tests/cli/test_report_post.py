"""`sre-agent report --post`: what goes to the pull request and the job's summary, and what is refused."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.cli import FakePulumi, Folder, call
from support.code_hosts import AzureDevOpsHost, CodeHost, GitHubHost
from support.previews import preview, step

PLAN = {"name": "down", "agent_mode": "Review", "priorities": ["Sev0"]}
RISKY = preview(step("IncidentFilter", PLAN, {**PLAN, "agent_mode": "Autonomous"}))
HOSTS = {"github": GitHubHost, "azure-devops": AzureDevOpsHost}


@pytest.fixture(params=[*HOSTS])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def host(name: str) -> Iterator[CodeHost]:
    served = HOSTS[name]()
    with served.serving():
        yield served


def summary(name: str, folder: Path) -> str:
    return (folder / {"github": "summary.md", "azure-devops": "sre-agent-shop-prod.md"}[name]).read_text()


def test_a_report_is_printed_posted_and_summed_up(folder: Folder, name: str, host: CodeHost) -> None:
    (folder.root / "p.json").write_text(RISKY)
    shown = call(
        folder, "report", "p.json", "--post", name, "--fail-on", "high", **host.variables(folder.root)
    )

    assert shown.code == 3
    assert shown.out.startswith("shop/prod: 1 finding (1 high)\n")
    assert "Wrote a comment on pull request 7 of " in shown.err
    assert "1 finding (1 high)" in host.comments[0]
    assert "would act without asking" in " ".join(summary(name, folder.root).split())


def test_azure_pipelines_is_told_of_the_summary(folder: Folder) -> None:
    (folder.root / "p.json").write_text(RISKY)
    with AzureDevOpsHost().serving() as host:
        shown = call(folder, "report", "p.json", "--post", "azure-devops", **host.variables(folder.root))

    assert f"##vso[task.uploadsummary]{folder.root}/sre-agent-shop-prod.md\n" in shown.err
    assert "<details>" not in summary("azure-devops", folder.root)


def test_a_summary_stays_below_what_github_takes(folder: Folder) -> None:
    (folder.root / "p.json").write_text(
        preview(
            *(step("Skill", {"text": "x" * 4_000}, {"text": "y" * 4_000}, name=f"s{n}") for n in range(300))
        )
    )
    with GitHubHost().serving() as host:
        shown = call(folder, "report", "p.json", "--post", "github", **host.variables(folder.root))

    assert shown.code == 0, shown.err
    assert 200_000 < len(summary("github", folder.root).encode()) < 1_000_000


def test_a_preview_that_failed_is_posted_too(folder: Folder, name: str, host: CodeHost) -> None:
    (folder.root / "p.json").write_text(preview(errors=("The agent directory has 1 fault",)))
    shown = call(folder, "report", "p.json", "--post", name, **host.variables(folder.root))

    assert shown.code == 1
    assert "The agent directory has 1 fault" in host.comments[0]


@pytest.mark.parametrize(
    ("name", "variables", "sentence"),
    [
        ("github", {"GITHUB_TOKEN": ""}, "GITHUB_TOKEN is not set: run this in a job of GitHub Actions"),
        (
            "azure-devops",
            {"SYSTEM_ACCESSTOKEN": ""},
            "SYSTEM_ACCESSTOKEN is not set: run this in a job of Azure Pipelines",
        ),
        (
            "github",
            {"GITHUB_EVENT_NAME": "push", "GITHUB_EVENT_PATH": "push.json"},
            "This job is about no pull request (its event: push)",
        ),
        (
            "github",
            {"GITHUB_EVENT_PATH": "nowhere.json"},
            "The event in GITHUB_EVENT_PATH, nowhere.json, cannot",
        ),
        (
            "github",
            {"GITHUB_API_URL": "http://example.net"},
            "GITHUB_API_URL says 'http://example.net': plain http",
        ),
        ("azure-devops", {"SYSTEM_PULLREQUEST_PULLREQUESTID": ""}, "This job is about no pull request"),
        ("azure-devops", {"BUILD_REPOSITORY_PROVIDER": "GitHub"}, "The repository of this job is on GitHub"),
    ],
)
def test_what_lacks_is_told_before_the_preview_runs(
    folder: Folder,
    pulumi: FakePulumi,
    host: CodeHost,
    name: str,
    variables: dict[str, str],
    sentence: str,
) -> None:
    (folder.root / "push.json").write_text('{"ref": "refs/heads/main"}')
    (folder.stack_file.parent / "Pulumi.prod.yaml").write_text("config: {}\n")
    settings = {**host.variables(folder.root), **variables}
    shown = call(folder, "report", "-s", "prod", "--post", name, path=pulumi.path, **settings)

    assert (shown.code, shown.out) == (2, "")
    assert sentence in " ".join(shown.err.split())
    assert (pulumi.lines, host.requests) == ([], [])


def test_no_message_repeats_the_token(folder: Folder, name: str, host: CodeHost) -> None:
    (folder.root / "p.json").write_text(RISKY)
    variables = host.variables(folder.root)
    refused = {key: value.replace("job-token", "bad-token") for key, value in variables.items()}
    shown = call(folder, "report", "p.json", "--post", name, **refused)

    assert shown.code == 1
    assert "Bad credentials" in shown.err
    assert "bad-token" not in shown.err + shown.out
