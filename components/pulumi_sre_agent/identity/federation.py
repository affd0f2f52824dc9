"""Whom an identity trusts to log in as it without a secret: usually the pipeline that deploys."""

from typing import NotRequired

from pulumi import Input
from typing_extensions import TypedDict

from pulumi_sre_agent.schema.outputs import lift
from pulumi_sre_agent.schema.secrecy import refusal

AUDIENCE = "api://AzureADTokenExchange"
"""Who a token must be for, in the public cloud."""
GITHUB = "https://token.actions.githubusercontent.com"
AZURE_PIPELINES = "https://vstoken.dev.azure.com"


class FederatedCredentialArgs(TypedDict):
    """Tokens that are as good as a login; `github_actions` and `azure_pipelines` make the usual ones."""

    issuer: Input[str]
    """Who signs them: an https address."""
    subject: Input[str]
    """Whom they are about; letter case counts."""
    audience: NotRequired[Input[str]]
    """Whom they are for; `api://AzureADTokenExchange` by default."""


def github_actions(
    repository: Input[str],
    *,
    environment: Input[str] | None = None,
    branch: Input[str] | None = None,
    tag: Input[str] | None = None,
    pull_request: bool = False,
) -> FederatedCredentialArgs:
    """Trust the GitHub workflows of `owner/name` in an environment, on a branch or tag, or for pull requests.

    Exactly one of these: GitHub writes only one into a token, and that of a job with an environment names it.
    Raises `pulumi.RunError` otherwise.
    """
    subjects = {
        "environment:{}": environment,
        "ref:refs/heads/{}": branch,
        "ref:refs/tags/{}": tag,
        "pull_request": pull_request,
    }
    chosen = [(subject, value) for subject, value in subjects.items() if value]
    if len(chosen) != 1:
        name = repository if isinstance(repository, str) else "a repository"
        raise refusal(
            f"Say which workflow of {name} may log in: exactly one of environment, branch, tag and "
            "pull_request."
        )
    return {"issuer": GITHUB, "subject": lift(_github_subject, repository, *chosen[0])}


def _github_subject(repository: str, subject: str, value: str) -> str:
    if len(repository.split("/")) != 2:
        raise refusal(f"{repository!r} is no repository on GitHub: write owner/name.")
    return f"repo:{repository}:{subject.format(value)}"


def azure_pipelines(
    organization: Input[str],
    project: Input[str],
    service_connection: Input[str],
    *,
    organization_id: Input[str],
) -> FederatedCredentialArgs:
    """Trust the pipelines of an Azure DevOps project through a service connection.

    `organization_id` is the GUID that the connection's issuer ends with.
    """
    return {
        "issuer": lift(f"{AZURE_PIPELINES}/{{}}".format, organization_id),
        "subject": lift("sc://{}/{}/{}".format, organization, project, service_connection),
    }
