"""Repositories: waiting until they are cloned, and asking whether they can be reached."""

from typing import Any

import httpx
import pytest

from pulumi_sre_agent.api import Client, OperationFailed, Unavailable
from pulumi_sre_agent.api.collections.repositories import RepositoryCollection
from pulumi_sre_agent.api.kinds import REPO
from support.scripted import AGENT, Script, reply


def repositories(azure: Client) -> RepositoryCollection:
    items = azure.items(REPO, AGENT, "data")
    assert isinstance(items, RepositoryCollection)
    return items


def repo(status: str | None, **properties: Any) -> httpx.Response:
    return reply(200, {"name": "r", "properties": {"url": "u", "cloneStatus": status, **properties}})


def test_a_clone_is_waited_for(script: Script) -> None:
    """The answer to the write counts as the first look."""
    script.agent().on("GET", "/repos/r$", repo(None), repo("Cloning"), repo("Ready", latestCommit="1"))
    with script.azure() as azure:
        settled = repositories(azure).wait_until_ready("r", {"cloneStatus": "NotStarted"})
        assert repositories(azure).wait_until_ready("r", {"cloneStatus": "Ready"}) == {"cloneStatus": "Ready"}

        assert repositories(azure).wait_until_ready("r", {"status": "Ready"}) == {"status": "Ready"}

    assert settled == {"url": "u", "cloneStatus": "Ready", "latestCommit": "1"}
    assert script.calls.count("GET /api/v2/repos/r") == 3


def test_a_clone_that_fails_or_lasts_is_told(script: Script) -> None:
    script.agent().on("GET", "/repos/r$", repo("Failed", errorMessage="Authentication failed."))
    with script.azure() as azure:
        with pytest.raises(
            OperationFailed, match=r"^repository r of agent pay could not be cloned: Authentication failed\.$"
        ):
            repositories(azure).wait_until_ready("r", {"cloneStatus": "Cloning"})
        script.on("GET", "/repos/r$", repo("Cloning"))
        with pytest.raises(
            Unavailable, match=r"^repository r of agent pay is still Cloning after 20 minutes\.$"
        ):
            repositories(azure).wait_until_ready("r", {"cloneStatus": "Cloning"})


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"isSuccessful": True}, None),
        ({"isSuccessful": False, "errorMessage": "Not found."}, "cannot be reached: Not found."),
        ({"isSuccessful": False, "errorMessage": None}, "cannot be reached."),
        ({"status": "Ready"}, None),
        ({"cloneStatus": "Failed", "errorMessage": "No."}, "cannot be reached: No."),
    ],
)
def test_a_repository_can_be_tested(script: Script, said: dict[str, Any], sentence: str | None) -> None:
    """Whichever member says how it went."""
    script.agent().on("POST", "/repos/r/test$", reply(200, said))
    with script.azure() as azure:
        if sentence is None:
            repositories(azure).test("r")
        else:
            with pytest.raises(OperationFailed) as told:
                repositories(azure).test("r")
            assert str(told.value) == f"repository r of agent pay {sentence}"
