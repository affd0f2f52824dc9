"""Logins with GitHub and Azure DevOps: what is sent where, and what is made of the answers."""

import json
from typing import Any

import pytest

from pulumi_sre_agent.api import ApiError, NotFound, Unavailable
from pulumi_sre_agent.api.kinds import AZURE_DEVOPS_AUTHENTICATION, GITHUB_DOMAIN
from support.scripted import AGENT, Script, page, refused, reply

IDENTITY = {"authType": "ManagedIdentity"}
LEFT = "stays in Azure, which has no published way to delete it: remove it in the portal."
DOMAIN = "/api/v2/github/domains/ghe_example_com$"


def test_a_domains_dots_are_written_as_underscores(script: Script) -> None:
    """Members come back in either spelling."""
    script.agent().on("PUT", DOMAIN, reply(200, {"AuthType": "Pat"}))
    script.on("GET", DOMAIN, reply(200, {"name": "ghe.example.com", "AuthType": "Pat"}))
    script.on("GET", "/domains$", reply(200, {"values": [{"name": "GHE_example_com", "authType": "Pat"}]}))
    with script.azure() as azure:
        items = azure.items(GITHUB_DOMAIN, AGENT, "data")

        assert items.put("ghe.example.com", {"authType": "Pat", "pat": "s3cret"})["authType"] == "Pat"
        assert items.get("ghe.example.com") == {"authType": "Pat"}
        assert items.list() == {"ghe.example.com": {"authType": "Pat"}}


@pytest.mark.parametrize("member", ["oAuthUrl", "OAuthUrl"])
def test_oauth_sends_nothing_and_says_where_to_consent(
    script: Script, member: str, caplog: pytest.LogCaptureFixture
) -> None:
    """As a warning too, for whoever watches the run."""
    script.agent().on("GET", "/api/v2/github/oauth/config$", reply(200, {member: "https://github.com/login"}))
    with script.azure() as azure:
        stored = azure.items(GITHUB_DOMAIN, AGENT, "data").put("github.com", {"authType": "OAuth"})

    assert stored == {"authType": "OAuth", "oauthUrl": "https://github.com/login"}
    assert caplog.messages == ["GitHub domain github.com of agent pay: consent at https://github.com/login"]
    assert not [call for call in script.calls if call.startswith("PUT")]


@pytest.mark.parametrize(
    ("spec", "path", "body"),
    [
        ({"authType": "Pat", "accessToken": "s3cret"}, "auth/pat", {"accessToken": "s3cret"}),
        ({"authType": "Entra", "accessToken": "s3cret"}, "aadauth/complete", {"aadAccessToken": "s3cret"}),
        (IDENTITY, "auth/mi", None),
    ],
)
def test_each_login_with_azure_devops_has_its_route(
    script: Script, spec: dict[str, Any], path: str, body: Any
) -> None:
    script.agent().on("POST", f"/api/v1/AzureDevOps/{path}$", reply(200))
    with script.azure() as azure:
        items = azure.items(AZURE_DEVOPS_AUTHENTICATION, AGENT, "data")
        items.put("contoso", spec)
        with pytest.raises(NotFound, match="Azure DevOps login contoso of agent pay is not there"):
            items.get("contoso")

    sent = script.requests[-1]
    assert sent.url.query == b"organization=contoso"
    assert (json.loads(sent.content) if sent.content else None) == body


@pytest.mark.parametrize("lost", [page(), refused(500), refused(408)], ids=["a page", "500", "408"])
def test_a_login_whose_answer_is_lost_is_sent_again(script: Script, lost: Any) -> None:
    """Setting it twice is setting it once."""
    script.agent().on("POST", "/auth/mi$", lost, reply(200))
    with script.azure() as azure:
        azure.items(AZURE_DEVOPS_AUTHENTICATION, AGENT, "data").put(
            "contoso", {"authType": "ManagedIdentity"}
        )

    assert script.calls[-2:] == ["POST /api/v1/AzureDevOps/auth/mi"] * 2


@pytest.mark.parametrize(("answer", "error"), [(refused(400, "BadRequest"), ApiError), (page(), Unavailable)])
def test_a_login_that_stays_refused_is_told(script: Script, answer: Any, error: type[Exception]) -> None:
    """A web page stays one where the service has no such route."""
    script.agent().on("POST", "/auth/mi$", answer)
    with script.azure() as azure, pytest.raises(error):
        azure.items(AZURE_DEVOPS_AUTHENTICATION, AGENT, "data").put(
            "contoso", {"authType": "ManagedIdentity"}
        )


def test_what_cannot_be_deleted_is_told_and_left(script: Script, caplog: pytest.LogCaptureFixture) -> None:
    """No route is known, so none is tried."""
    with script.agent().azure() as azure:
        azure.items(AZURE_DEVOPS_AUTHENTICATION, AGENT, "data").delete("contoso")

    assert caplog.messages == [f"Azure DevOps login contoso of agent pay {LEFT}"]
    assert not [call for call in script.calls if call.startswith("DELETE")]


@pytest.mark.parametrize(("answer", "warned"), [(reply(204), 0), (refused(404), 0), (reply(405), 1)])
def test_a_delete_is_tried_where_nobody_published_one(
    script: Script, caplog: pytest.LogCaptureFixture, answer: Any, warned: int
) -> None:
    """Should the service know it after all, nothing stays behind."""
    script.agent().on("DELETE", DOMAIN, answer)
    with script.azure() as azure:
        azure.items(GITHUB_DOMAIN, AGENT, "data").delete("ghe.example.com")

    assert sum("stays in Azure" in message for message in caplog.messages) == warned


def test_a_delete_that_is_refused_for_another_reason_is_told(script: Script) -> None:
    script.agent().on("DELETE", DOMAIN, refused(400, "InUse", "A repository needs it."))
    with script.azure() as azure, pytest.raises(ApiError, match="InUse"):
        azure.items(GITHUB_DOMAIN, AGENT, "data").delete("ghe.example.com")
