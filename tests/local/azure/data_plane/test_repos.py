"""Repositories, which are cloned in the background."""

import pytest

from support.azure import Json, LocalAzure, error

PATH = "/api/v2/repos/code"
CODE = {"url": "https://github.com/contoso/payments", "type": "GitHub", "branch": "main"}


def status(azure: LocalAzure, agent: str) -> str:
    return str(azure.data("GET", agent, PATH).json()["properties"]["cloneStatus"])


def test_a_repository_lives(azure: LocalAzure) -> None:
    """NotStarted, Cloning, Ready; writing it again as it is does not clone it again."""
    agent = azure.agent()
    azure.switch(operationSeconds=100)
    made = azure.data("PUT", agent, PATH, {"properties": {**CODE, "cloneStatus": "Ready"}})
    seen = [status(azure, agent)]
    for seconds in (60, 50):
        azure.http.post("/_local/clock/advance", json={"seconds": seconds})
        seen.append(status(azure, agent))
    found = azure.data("GET", agent, PATH).json()
    again = azure.data("PUT", agent, PATH, {"name": "code", "type": "CodeRepo", "properties": CODE})
    moved = azure.data("PUT", agent, PATH, {"properties": {**CODE, "branch": "next"}})

    assert made.status_code == 201
    assert made.json()["properties"] == {
        **CODE,
        "cloneStatus": "NotStarted",
        "latestCommit": None,
        "errorMessage": None,
    }
    assert seen == ["NotStarted", "Cloning", "Ready"]
    assert (found["name"], found["type"], len(found["properties"]["latestCommit"])) == (
        "code",
        "CodeRepo",
        40,
    )
    assert (again.status_code, again.json()) == (200, found)
    assert moved.json()["properties"]["cloneStatus"] == "NotStarted"
    assert azure.data("GET", agent, "/api/v2/repos").json()["value"] == [moved.json()]
    assert azure.data("POST", agent, f"{PATH}/test").json() == {"isSuccessful": True, "errorMessage": None}
    assert azure.data("DELETE", agent, PATH).status_code == 204
    assert error(azure.data("DELETE", agent, PATH)) == (404, "NotFound")
    assert error(azure.data("GET", agent, PATH)) == (404, "NotFound")
    assert error(azure.data("POST", agent, f"{PATH}/test")) == (404, "NotFound")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param({"properties": {**CODE, "url": "contoso/payments"}}, "BadRequest", id="relative-url"),
        pytest.param({"properties": {"type": "GitHub"}}, "BadRequest", id="no-url"),
        pytest.param({"properties": {**CODE, "type": "Gitea"}}, "BadRequest", id="type"),
        pytest.param({"type": "Repo", "properties": CODE}, "InvalidObjectType", id="envelope"),
        pytest.param({"name": "other", "properties": CODE}, "ObjectNameMismatch", id="name"),
    ],
)
def test_refusals(azure: LocalAzure, body: Json, code: str) -> None:
    assert error(azure.data("PUT", azure.agent(), PATH, body)) == (400, code)


def test_a_clone_that_fails_says_why_and_is_tried_again(azure: LocalAzure) -> None:
    agent = azure.agent()
    azure.fault("operationFailed", path="/repos/code$", message="Authentication failed.", times=1)
    azure.data("PUT", agent, PATH, {"properties": CODE})
    azure.poll(lambda: status(azure, agent) == "Failed")
    failed = azure.data("GET", agent, PATH).json()["properties"]
    tested = azure.data("POST", agent, f"{PATH}/test", {}).json()
    azure.data("PUT", agent, PATH, {"properties": CODE})
    azure.poll(lambda: status(azure, agent) == "Ready")

    assert failed["errorMessage"] == "Authentication failed."
    assert failed["latestCommit"] is None
    assert tested == {"isSuccessful": False, "errorMessage": "Authentication failed."}
