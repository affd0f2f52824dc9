"""Logins with GitHub, by domain, and with Azure DevOps, by organisation."""

import pytest

from support.azure import Json, LocalAzure, error

DOMAINS = "/api/v2/github/domains"
APP = {
    "authType": "GitHubApp",
    "clientId": "Iv1.1",
    "privateKeySecretUri": "https://v.vault.azure.net/keys/k",
    "keyVaultManagedIdentityId": "/subscriptions/s/id",
}


@pytest.mark.parametrize("name", ["github_com", "github.com"])
def test_a_domain_is_kept_under_its_name(azure: LocalAzure, name: str) -> None:
    """Whose dots are written as `_`, though one script sends them as they are."""
    agent = azure.agent()
    absent = azure.data("GET", agent, f"{DOMAINS}/{name}")
    put = azure.data("PUT", agent, f"{DOMAINS}/{name}", APP)

    assert error(absent) == (404, "NotFound")
    assert put.json() == azure.data("GET", agent, f"{DOMAINS}/github_com").json()
    assert put.json() == {"name": "github.com", **APP}
    assert azure.data("GET", agent, DOMAINS).json() == {
        "values": [{"name": "github.com", "authType": "GitHubApp", "isHealthy": True}]
    }
    assert azure.data("DELETE", agent, f"{DOMAINS}/{name}").status_code == 204
    assert error(azure.data("DELETE", agent, f"{DOMAINS}/{name}")) == (404, "NotFound")
    assert azure.data("GET", agent, DOMAINS).json() == {"values": []}


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"pat=github_pat_s3cret", "application/x-www-form-urlencoded"),
        (b'{"accessToken": "github_pat_s3cret"}', "application/json"),
    ],
)
def test_the_older_login_to_github(azure: LocalAzure, content: bytes, media_type: str) -> None:
    """As public scripts send it; both versions know of one login.

    See docs/reference/data-plane.md#code-logins.
    """
    agent, github = azure.agent(), "/api/v1/github"
    repo = {"properties": {"url": "https://github.com/contoso/shop", "type": "GitHub"}}
    azure.data("PUT", agent, "/api/v2/repos/shop", repo)
    before = azure.data("GET", agent, f"{github}/repos")
    headers = {"Content-Type": media_type}
    logged_in = azure.data("POST", agent, f"{github}/auth/pat", content, headers=headers)
    listed = azure.data("GET", agent, f"{github}/repos").json()
    domain = azure.data("GET", agent, f"{DOMAINS}/github_com").json()
    logged_out = azure.data("DELETE", agent, f"{github}/auth")

    assert (error(before), logged_in.status_code) == ((404, "NotFound"), 200)
    assert listed == [{"fullName": "contoso/shop", "url": "https://github.com/contoso/shop"}]
    assert domain == {"name": "github.com", "authType": "Pat"}
    assert (logged_out.status_code, azure.data("GET", agent, DOMAINS).json()) == (204, {"values": []})
    assert error(azure.data("POST", agent, f"{github}/auth/pat", b"pat=", headers=headers))[0] in (400, 405)


def test_a_token_is_taken_in_either_spelling_and_never_shown(azure: LocalAzure) -> None:
    agent = azure.agent()
    for body in ({"AuthType": "Pat", "Pat": "s3cret"}, {"authType": "Pat", "pat": "s3cret"}):
        put = azure.data("PUT", agent, f"{DOMAINS}/github_com", body)

        assert put.json() == {"name": "github.com", "authType": "Pat"}


@pytest.mark.parametrize(
    "body", [{}, {"authType": "OAuth"}, {"authType": "Pat"}, {"authType": "GitHubApp", "clientId": "Iv1"}]
)
def test_a_login_that_lacks_something_is_refused(azure: LocalAzure, body: Json) -> None:
    """OAuth is somebody's consent, not a PUT."""
    assert azure.data("PUT", azure.agent(), f"{DOMAINS}/github_com", body).status_code == 400


@pytest.mark.parametrize("path", ["/api/v2/github/oauth/config", "/api/v1/github/config"])
def test_where_to_consent(azure: LocalAzure, path: str) -> None:
    assert azure.data("GET", azure.agent(), path).json()["oAuthUrl"].startswith(azure.url)


@pytest.mark.parametrize(
    ("route", "body", "status"),
    [
        ("auth/pat?organization=contoso", {"accessToken": "s3cret"}, 200),
        ("auth/mi?organization=contoso", None, 200),
        ("aadauth/complete?organization=contoso", {"aadAccessToken": "s3cret"}, 200),
        ("auth/pat", {"accessToken": "s3cret"}, 400),
        ("auth/mi", None, 400),
        ("auth/pat?organization=contoso", {}, 400),
        ("aadauth/complete?organization=contoso", {"accessToken": "s3cret"}, 400),
    ],
)
def test_azure_devops_takes_a_login_by_organisation(
    azure: LocalAzure, route: str, body: Json | None, status: int
) -> None:
    answer = azure.data("POST", azure.agent(), f"/api/v1/AzureDevOps/{route}", body)

    assert answer.status_code == status
    assert "s3cret" not in answer.text
