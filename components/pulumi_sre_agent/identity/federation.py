"""Whom an identity trusts to log in as it without a secret: usually the pipeline that deploys."""

from typing import NotRequired

from pulumi import Input, RunError
from typing_extensions import TypedDict

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
    repository: str,
    *,
    environment: str | None = None,
    branch: str | None = None,
    tag: str | None = None,
    pull_request: bool = False,
) -> FederatedCredentialArgs:
    """Trust the GitHub workflows of `owner/name` in an environment, on a branch or tag, or for pull requests.

    Exactly one of these: GitHub writes only one into a token, and that of a job with an environment names it.
    Raises `pulumi.RunError` otherwise.
    """
    subjects = {
        f"environment:{environment}": environment,
        f"ref:refs/heads/{branch}": branch,
        f"ref:refs/tags/{tag}": tag,
        "pull_request": pull_request,
    }
    chosen = [subject for subject, value in subjects.items() if value]
    if len(chosen) != 1:
        raise RunError(
            f"Say which workflow of {repository} may log in: exactly one of environment, branch, tag and "
            "pull_request."
        )
    if len(repository.split("/")) != 2:
        raise RunError(f"{repository!r} is no repository on GitHub: write owner/name.")
    return {"issuer": GITHUB, "subject": f"repo:{repository}:{chosen[0]}"}


def azure_pipelines(
    organization: str, project: str, service_connection: str, *, organization_id: str
) -> FederatedCredentialArgs:
    """Trust the pipelines of an Azure DevOps project through a service connection.

    `organization_id` is the GUID that the connection's issuer ends with.
    """
    return {
        "issuer": f"{AZURE_PIPELINES}/{organization_id}",
        "subject": f"sc://{organization}/{project}/{service_connection}",
    }
