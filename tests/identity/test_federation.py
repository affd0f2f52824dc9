"""Whom identities trust: what pipelines say of themselves."""

from typing import Any

import pulumi
import pytest

import pulumi_sre_agent as sre


@pytest.mark.parametrize(
    ("which", "subject"),
    [
        ({"environment": "prod"}, "repo:contoso/payments:environment:prod"),
        ({"branch": "main"}, "repo:contoso/payments:ref:refs/heads/main"),
        ({"tag": "v1"}, "repo:contoso/payments:ref:refs/tags/v1"),
        ({"pull_request": True}, "repo:contoso/payments:pull_request"),
    ],
)
def test_a_github_workflow_is_known_by_where_it_runs(which: dict[str, Any], subject: str) -> None:
    assert sre.github_actions("contoso/payments", **which) == {
        "issuer": "https://token.actions.githubusercontent.com",
        "subject": subject,
    }


@pytest.mark.parametrize(
    ("repository", "which", "said"),
    [
        pytest.param("contoso/payments", {}, "exactly one of environment, branch, tag", id="none"),
        pytest.param("contoso/payments", {"branch": "a", "tag": "b"}, "exactly one of", id="two"),
        pytest.param("payments", {"branch": "a"}, "write owner/name", id="no-owner"),
    ],
)
def test_what_github_would_never_say_is_refused(repository: str, which: dict[str, Any], said: str) -> None:
    with pytest.raises(pulumi.RunError, match=said):
        sre.github_actions(repository, **which)


def test_a_pipeline_of_azure_devops_is_known_by_its_service_connection() -> None:
    organization = "00000000-0000-0000-0000-0000000000d0"

    assert sre.azure_pipelines("contoso", "payments", "prod", organization_id=organization) == {
        "issuer": f"https://vstoken.dev.azure.com/{organization}",
        "subject": "sc://contoso/payments/prod",
    }
