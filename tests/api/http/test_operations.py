"""Long-running operations in every form that ARM gives them."""

from collections.abc import Callable
from typing import Any

import pytest

from pulumi_sre_agent.api import Client, NotFound, OperationFailed, Unavailable, limits
from support.scripted import AGENT, ARM, VERSION, Answer, Script, refused, reply

RUNNING = {"status": "InProgress"}
DONE = {"status": "Succeeded"}


def agent(state: str | None = None, **properties: Any) -> Answer:
    return reply(
        200, {"id": AGENT, "properties": {**properties, **({"provisioningState": state} if state else {})}}
    )


def put(azure: Client) -> Any:
    return azure.control.put(AGENT, VERSION, {"location": "x"})


def patch(azure: Client) -> Any:
    return azure.control.patch(AGENT, VERSION, {"tags": {}})


def delete(azure: Client) -> Any:
    return azure.control.delete(AGENT, VERSION)


def post(azure: Client) -> Any:
    return azure.control.post(f"{AGENT}/stop", VERSION)


@pytest.mark.parametrize("call", [put, patch])
@pytest.mark.parametrize("status", [200, 201, 202])
def test_a_status_document_is_followed_and_then_the_resource_read(
    script: Script, call: Callable[[Client], Any], status: int
) -> None:
    started = reply(
        status, {"properties": {"provisioningState": "InProgress"}}, azure_asyncoperation=f"{ARM}/ops/1?t=9"
    )
    script.on("PUT", "/agents/pay$", started).on("PATCH", "/agents/pay$", started)
    script.on("GET", "/ops/1", reply(200, RUNNING), reply(202, RUNNING), reply(200, DONE))
    script.on("GET", "/agents/pay$", agent("Succeeded", agentEndpoint="e"))
    with script.azure() as azure:
        settled = call(azure)

    assert settled["properties"]["agentEndpoint"] == "e"
    assert script.calls[1:] == ["GET /ops/1"] * 3 + [f"GET {AGENT}"]
    assert script.requests[1].url.query == f"t=9&api-version={VERSION}".encode()


@pytest.mark.parametrize(("call", "method"), [(patch, "PATCH"), (put, "PUT")])
def test_a_location_is_followed_and_then_the_resource_read(
    script: Script, call: Callable[[Client], Any], method: str
) -> None:
    """Relative, and 202 until the result is there."""
    script.on(method, "/agents/pay$", reply(202, location="/results/1"))
    script.on("GET", "/results/1", reply(202), reply(200, {"stale": True}))
    script.on("GET", "/agents/pay$", agent("InProgress"), agent("Succeeded"))
    with script.azure() as azure:
        settled = call(azure)

    assert settled["properties"] == {"provisioningState": "Succeeded"}
    assert script.calls[1:] == ["GET /results/1"] * 2 + [f"GET {AGENT}"] * 2


def test_a_resource_that_names_no_operation_is_read_until_it_is_settled(script: Script) -> None:
    script.on("PUT", "/agents/pay$", reply(201, {"properties": {"provisioningState": "InProgress"}}))
    script.on("GET", "/agents/pay$", agent("Accepted"), agent("Succeeded"))
    with script.azure() as azure:
        assert put(azure)["properties"]["provisioningState"] == "Succeeded"

    assert script.calls[1:] == [f"GET {AGENT}"] * 2


@pytest.mark.parametrize(
    "body", [{"properties": {"provisioningState": "Succeeded"}}, {"name": "x"}, {"properties": None}]
)
def test_a_settled_answer_costs_no_further_request(script: Script, body: Any) -> None:
    script.on("PUT", "/agents/pay$", reply(200, body))
    with script.azure() as azure:
        assert put(azure) == body

    assert len(script.requests) == 1


def test_an_empty_answer_is_completed_by_reading_the_resource(script: Script) -> None:
    script.on("PUT", "/agents/pay$", reply(204)).on("GET", "/agents/pay$", agent())
    with script.azure() as azure:
        assert put(azure)["id"] == AGENT


@pytest.mark.parametrize(
    "first", [reply(200), reply(204), refused(404, "ResourceNotFound"), reply(202, location="/results/1")]
)
def test_a_delete_ends_when_the_resource_is_gone(script: Script, first: Answer) -> None:
    script.on("DELETE", "/agents/pay$", first).on("GET", "/results/1", reply(202), reply(204))
    with script.azure() as azure:
        delete(azure)

    assert script.calls[-1] in {f"DELETE {AGENT}", "GET /results/1"}


def test_a_delete_that_names_no_operation_waits_until_the_resource_is_gone(script: Script) -> None:
    script.on("DELETE", "/agents/pay$", reply(202))
    script.on("GET", "/agents/pay$", agent("Deleting"), agent("Deleting"), refused(404, "ResourceNotFound"))
    with script.azure() as azure:
        delete(azure)

    assert script.calls[1:] == [f"GET {AGENT}"] * 3


@pytest.mark.parametrize(("call", "method"), [(put, "PUT"), (delete, "DELETE"), (post, "POST")])
def test_an_operation_that_azure_has_forgotten_is_told_by_the_resource(
    script: Script, call: Callable[[Client], Any], method: str
) -> None:
    there = agent("Succeeded") if method == "PUT" else refused(404, "ResourceNotFound")
    script.on(method, "/pay", reply(202, azure_asyncoperation="/ops/1")).on("GET", "/agents/pay$", there)
    with script.azure() as azure:
        assert bool(call(azure)) is (method == "PUT")


@pytest.mark.parametrize(
    ("headers", "answers", "result"),
    [
        ({}, {}, {"now": True}),
        (
            {"location": "/results/1"},
            {"/results/1": reply(200, {"status": "Stopped"})},
            {"status": "Stopped"},
        ),
        (
            {"azure_asyncoperation": "/ops/1", "location": "/results/1"},
            {"/ops/1": reply(200, DONE), "/results/1": reply(200, {"late": True})},
            {"late": True},
        ),
        ({"azure_asyncoperation": "/ops/1"}, {"/ops/1": reply(200, DONE)}, None),
    ],
)
def test_an_actions_result_is_where_azure_puts_it(
    script: Script, headers: dict[str, str], answers: dict[str, Answer], result: Any
) -> None:
    script.on("POST", "/stop$", reply(202, {"now": True} if not headers else None, **headers))
    for path, answer in answers.items():
        script.on("GET", path, answer)
    with script.azure() as azure:
        assert post(azure) == result


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        (
            {
                "/ops/1": reply(
                    200, {"status": "Failed", "error": {"code": "Quota", "message": "Too many agents."}}
                )
            },
            "PUT agents/pay in resource group rg ended as Failed: Quota: Too many agents.",
        ),
        (
            {"/ops/1": reply(200, {"status": "Canceled"})},
            "PUT agents/pay in resource group rg ended as Canceled.",
        ),
        (
            {"/ops/1": reply(200, {"status": "Failed", "error": {"code": "Quota"}})},
            "PUT agents/pay in resource group rg ended as Failed: Quota.",
        ),
        (
            {
                "/ops/1": reply(200, DONE),
                "/agents/pay$": agent("Failed", deploymentError="The region is full."),
            },
            "PUT agents/pay in resource group rg ended as Failed: The region is full.",
        ),
        (
            {"/ops/1": reply(200, DONE), "/agents/pay$": agent("Failed")},
            "PUT agents/pay in resource group rg ended as Failed.",
        ),
    ],
)
def test_a_failed_operation_says_why(script: Script, answers: dict[str, Answer], sentence: str) -> None:
    script.on("PUT", "/agents/pay$", reply(201, {}, azure_asyncoperation="/ops/1"))
    for path, answer in answers.items():
        script.on("GET", path, answer)
    with script.azure() as azure, pytest.raises(OperationFailed) as raised:
        put(azure)

    assert str(raised.value) == sentence


def test_a_result_that_is_an_error_is_the_operations_failure(script: Script) -> None:
    script.on("DELETE", "/agents/pay$", reply(202, location="/results/1"))
    script.on("GET", "/results/1", refused(409, "InUse", "Connectors hold it."))
    with (
        script.azure() as azure,
        pytest.raises(OperationFailed, match=r"^DELETE .* as Failed: InUse: Connectors hold it\.$"),
    ):
        delete(azure)


def test_a_status_may_be_said_as_a_provisioning_state(script: Script) -> None:
    script.on("PUT", "/agents/pay$", reply(201, {}, azure_asyncoperation="/ops/1"))
    script.on("GET", "/ops/1", agent("Running")).on("GET", "/agents/pay$", agent("Running"))
    with script.azure() as azure:
        assert put(azure)["id"] == AGENT


def test_retry_after_sets_the_pace_and_else_looks_get_rarer(script: Script) -> None:
    """Never a fixed sleep: what the answer asks for, else from a tenth of a second up to ten."""
    script.on("PUT", "/agents/pay$", reply(201, {}, azure_asyncoperation="/ops/1", retry_after="15"))
    script.on(
        "GET", "/ops/1", reply(200, RUNNING, retry_after="3"), *[reply(200, RUNNING)] * 30, reply(200, DONE)
    )
    script.on("GET", "/agents/pay$", agent("Succeeded"))
    with script.azure() as azure:
        put(azure)

    assert script.time.slept[:2] == [15, 3]
    grown = script.time.slept[2:]
    assert grown == sorted(grown)
    assert grown[0] == pytest.approx(limits.POLL_FIRST * 1.5**2)
    assert grown[-1] == limits.POLL_LONGEST


def test_an_operation_that_never_ends_is_given_up(script: Script) -> None:
    script.on("PUT", "/agents/pay$", reply(201, {}, azure_asyncoperation="/ops/1"))
    script.on("GET", "/ops/1", reply(200, RUNNING, retry_after="600"))
    began = script.time.now
    with (
        script.azure() as azure,
        pytest.raises(
            Unavailable, match=r"^agents/pay in resource group rg is still in progress after 120 minutes\.$"
        ),
    ):
        put(azure)

    assert script.time.now - began <= limits.OPERATION_DEADLINE


def test_faults_while_polling_are_survived(script: Script) -> None:
    script.on("PUT", "/agents/pay$", reply(201, {}, azure_asyncoperation="/ops/1"))
    script.on("GET", "/ops/1", refused(503), refused(429, retry_after="1"), refused(401), reply(200, DONE))
    script.on("GET", "/agents/pay$", agent("Succeeded"))
    with script.azure() as azure:
        put(azure)

    assert script.calls.count("GET /ops/1") == 4


@pytest.mark.parametrize(
    "link", ["https://evil.example/ops/1", "//evil.example/ops/1", "http://management.azure.com/ops"]
)
@pytest.mark.parametrize("header", ["azure_asyncoperation", "location"])
def test_an_operation_elsewhere_is_not_followed(script: Script, link: str, header: str) -> None:
    script.on("PUT", "/agents/pay$", reply(202, **{header: link}))
    with script.azure() as azure, pytest.raises(Unavailable, match="which was not followed"):
        put(azure)

    assert len(script.requests) == 1


@pytest.mark.parametrize("link", ["https://[evil.azuresre.ai]/ops", "https://[::1/ops", "//[evil]/ops"])
def test_an_operation_at_what_is_no_address_is_told_in_a_sentence(script: Script, link: str) -> None:
    script.on("PUT", "/agents/pay$", reply(202, azure_asyncoperation=link))
    with script.azure() as azure, pytest.raises(Unavailable) as refused:
        put(azure)

    assert str(refused.value) == "https://management.azure.com answered with a link that is no address."
    assert len(script.requests) == 1


def test_a_resource_found_in_the_making_can_be_waited_for(script: Script) -> None:
    """How an interrupted create goes on."""
    script.on(
        "GET", "/agents/pay$", agent("InProgress"), agent("InProgress"), agent("Succeeded", agentEndpoint="e")
    )
    with script.azure() as azure:
        assert azure.control.wait_until_provisioned(AGENT, VERSION)["properties"]["agentEndpoint"] == "e"


@pytest.mark.parametrize(
    ("last", "error"), [(agent("Failed"), OperationFailed), (refused(404, "ResourceNotFound"), NotFound)]
)
def test_what_is_waited_for_may_end_badly(script: Script, last: Answer, error: type[Exception]) -> None:
    script.on("GET", "/agents/pay$", agent("Deleting"), last)
    with script.azure() as azure, pytest.raises(error):
        azure.control.wait_until_provisioned(AGENT, VERSION)


def test_a_result_that_azure_has_forgotten_is_told_by_the_resource(script: Script) -> None:
    """A 404 at the address of a delete's result alone does not prove that the resource is gone."""
    script.on("DELETE", "/agents/pay$", reply(202, location="/results/1"))
    script.on("GET", "/agents/pay$", agent("Deleting"), refused(404, "ResourceNotFound"))
    with script.azure() as azure:
        delete(azure)

    assert script.calls == [f"DELETE {AGENT}", "GET /results/1", f"GET {AGENT}", f"GET {AGENT}"]
