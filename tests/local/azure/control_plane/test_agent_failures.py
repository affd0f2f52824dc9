"""Operations on agents that fail, end others, or come while one runs."""

from support.arm_agent import AGENT, GROUP, patch, properties
from support.azure import GROUPS, LocalAzure, error


def test_one_operation_at_a_time(azure: LocalAzure) -> None:
    """While an agent is being made nothing else may be written to it, nor below it."""
    azure.switch(operationSeconds=30)
    body = azure.agent_body()
    azure.arm("PUT", AGENT, body)

    for method, path in (
        ("PUT", AGENT),
        ("PATCH", AGENT),
        ("DELETE", AGENT),
        ("POST", f"{AGENT}/stop"),
        ("PUT", f"{AGENT}/connectors/kusto"),
        ("PUT", f"{AGENT}/skills/triage"),
    ):
        sent = {**body, "tags": {"a": "b"}} if path == AGENT else {"properties": {"value": "e30="}}
        assert error(azure.arm(method, path, sent)) == (409, "OperationConflict"), (method, path)


def test_deletion_ends_everything_below(azure: LocalAzure) -> None:
    azure.agent()
    azure.data(
        "PUT",
        AGENT,
        "/api/v2/repos/code",
        {"properties": {"url": "https://github.com/a/b", "type": "GitHub"}},
    )
    endpoint = properties(azure)["agentEndpoint"]
    azure.switch(operationSeconds=0.3)
    started = azure.arm("DELETE", AGENT)
    again = azure.arm("DELETE", AGENT)

    assert (started.status_code, started.content) == (202, b"")
    assert again.headers["location"] == started.headers["location"]
    assert properties(azure)["provisioningState"] == "Deleting"
    assert error(azure.arm("PATCH", AGENT, {"tags": {"a": "b"}})) == (409, "OperationConflict")

    azure.settle(started)

    assert error(azure.arm("GET", AGENT)) == (404, "ResourceNotFound")
    assert azure.arm("GET", started.headers["location"]).status_code == 204
    assert azure.arm("DELETE", AGENT).status_code == 204
    azure.agent()
    assert properties(azure)["agentEndpoint"] != endpoint
    assert azure.data("GET", AGENT, "/api/v2/repos").json()["value"] == []


def test_a_failed_creation_leaves_a_failed_agent_that_can_be_made_again(azure: LocalAzure) -> None:
    azure.fault(
        "operationFailed", method="PUT", path="/agents/sre-one$", code="Capacity", message="Full.", times=1
    )
    started = azure.arm("PUT", AGENT, azure.agent_body())
    ended = azure.settle(started)

    assert ended["status"] == "Failed"
    assert ended["error"] == {"code": "Capacity", "message": "Full."}
    assert error(azure.arm("GET", started.headers["location"])) == (400, "Capacity")
    assert properties(azure)["provisioningState"] == "Failed"
    assert "agentEndpoint" not in properties(azure)
    azure.agent()
    assert properties(azure)["provisioningState"] == "Succeeded"


def test_a_failed_update_is_undone(azure: LocalAzure) -> None:
    azure.agent(monthlyAgentUnitLimit=1000)
    azure.fault("operationFailed", method="PATCH", path="/agents/sre-one$", times=1)
    failed = patch(azure, monthlyAgentUnitLimit=2000)
    state = properties(azure)
    patch(azure, monthlyAgentUnitLimit=2000)

    assert failed["status"] == "Failed"
    assert (state["monthlyAgentUnitLimit"], state["provisioningState"]) == (1000, "Failed")
    assert properties(azure)["monthlyAgentUnitLimit"] == 2000


def test_a_failed_deletion_leaves_the_agent(azure: LocalAzure) -> None:
    azure.agent()
    azure.fault("operationFailed", method="DELETE", times=1)
    azure.settle(azure.arm("DELETE", AGENT))

    assert properties(azure)["provisioningState"] == "Succeeded"


def test_the_agent_goes_with_its_group_even_while_it_is_being_made(azure: LocalAzure) -> None:
    """An operation of something that is gone must not bring it back."""
    azure.switch(operationSeconds=0.2)
    body = azure.agent_body()
    started = azure.arm("DELETE", GROUP, api_version=GROUPS)
    assert error(azure.arm("PUT", AGENT, body)) == (409, "ResourceGroupBeingDeleted")
    azure.settle(started)
    body = azure.agent_body()
    azure.switch(operationSeconds=0.4)
    slow = azure.arm("PUT", AGENT, body)
    azure.switch(operationSeconds=0)
    azure.settle(azure.arm("DELETE", GROUP, api_version=GROUPS))
    azure.settle(slow)
    azure.group()

    assert azure.arm("GET", slow.headers["location"]).status_code == 204
    assert error(azure.arm("GET", AGENT)) == (404, "ResourceNotFound")
