"""Retries, long-running operations and refusals of ARM, as a server scripted in the test plays them."""

import base64
import json
import threading
from typing import Any

import httpx
import pytest
import tenacity

from sre_agent_local.azure_native import arm_client as module
from sre_agent_local.azure_native.arm_client import ArmClient, ArmError, OperationFailed
from sre_agent_local.azure_native.managed_identity import TokenError
from sre_agent_local.azure_native.settings import ProviderError, Settings

ORIGIN = "http://127.0.0.1:4281"
PATH = "/subscriptions/s/resourceGroups/rg"
SETTINGS = Settings(metadata_host=ORIGIN, subscription_id="s", tenant_id="t", client_id="", location="")
METADATA = {"resourceManager": f"{ORIGIN}/", "authentication": {"audiences": ["https://arm.test/"]}}
DONE = {"id": PATH, "properties": {"provisioningState": "Succeeded"}}
THERE = (200, DONE)
SOON = {"Retry-After": "0"}

Step = tuple[Any, ...] | Exception
"""An answer as status, body and headers; or what happens instead of one."""


class Script(httpx.MockTransport):
    """Answers the requests after the one for metadata in turn, and keeps them."""

    def __init__(self, *steps: Step, metadata: Step = (200, METADATA)) -> None:
        super().__init__(self._answer)
        self.steps = list(steps)
        self.metadata = metadata
        self.asked: list[httpx.Request] = []

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/metadata/endpoints":
            step = self.metadata
        else:
            self.asked.append(request)
            step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        status, body, headers = (*step, None, None)[:3]
        if isinstance(body, str):
            return httpx.Response(status, text=body, headers=headers)
        return (
            httpx.Response(status, json=body, headers=headers)
            if body
            else httpx.Response(status, headers=headers)
        )

    @property
    def methods(self) -> list[str]:
        return [request.method for request in self.asked]


class Tokens:
    """A login that hands out the audience it was asked for, after some refusals."""

    def __init__(self, refusals: int = 0) -> None:
        self._refusals = refusals

    def token(self, audience: str) -> str:
        if self._refusals:
            self._refusals -= 1
            raise TokenError("500 Internal Server Error")
        return audience

    def close(self) -> None:
        """Have nothing to close."""


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_backoff", tenacity.wait_none())
    monkeypatch.setattr(module, "POLL_SECONDS", 0.0)


def arm(*steps: Step, **more: Any) -> tuple[ArmClient, Script]:
    script = Script(*steps, **more)
    return ArmClient(SETTINGS, Tokens, script), script


def test_a_request_names_version_audience_and_what_it_takes() -> None:
    azure, script = arm(THERE)

    assert azure.get(PATH, "2024-03-01") == DONE

    request = script.asked[0]
    assert request.url == f"{ORIGIN}{PATH}?api-version=2024-03-01"
    assert request.headers["Authorization"] == "Bearer https://arm.test/"
    assert request.headers["Accept"] == "application/json"


def test_a_token_that_is_refused_for_a_while_is_asked_for_again() -> None:
    script = Script(THERE)
    azure = ArmClient(SETTINGS, lambda: Tokens(refusals=2), script)

    assert azure.get(PATH, "2024-03-01") == DONE


def test_no_token_at_all_is_a_sentence() -> None:
    azure = ArmClient(SETTINGS, lambda: Tokens(refusals=99), Script())

    with pytest.raises(ArmError, match="gives no token \\(500 Internal Server Error\\): is it running"):
        azure.get(PATH, "2024-03-01")


@pytest.mark.parametrize(
    "hiccup",
    [
        pytest.param((429, {"error": {"code": "TooMany", "message": "Slowly."}}, SOON), id="throttled"),
        pytest.param((503, "busy"), id="unavailable"),
        pytest.param((409, {"error": {"code": "AnotherOperationInProgress"}}), id="busy-with-another"),
        pytest.param((200, "<html>"), id="html"),
        pytest.param((200, "[1]"), id="no-object"),
        pytest.param(httpx.ConnectError("refused"), id="no-connection"),
        pytest.param(httpx.ReadTimeout("late"), id="late"),
    ],
)
def test_what_may_pass_is_tried_again(hiccup: Step) -> None:
    azure, script = arm(hiccup, hiccup, THERE)

    assert azure.get(PATH, "v") == DONE
    assert len(script.asked) == 3


def test_what_does_not_pass_is_given_up_with_a_sentence() -> None:
    azure, _ = arm(*[(503, {"error": {"code": "Down", "message": "Gone fishing."}})] * module.ATTEMPTS)

    with pytest.raises(ArmError) as failed:
        azure.get(PATH, "v")

    assert str(failed.value) == 'Status=503 Code="Down" Message="Gone fishing."'


def test_a_server_that_is_not_there_is_named() -> None:
    azure, _ = arm(*[httpx.ConnectError("refused")] * module.ATTEMPTS)

    with pytest.raises(ArmError) as failed:
        azure.get(PATH, "v")

    assert str(failed.value) == f"GET {PATH} got no answer from the local Azure (refused): is it running?"


def test_retry_after_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    azure, _ = arm((429, None, {"Retry-After": "7"}), (429, None, {"Retry-After": "soon"}), THERE)
    waits: list[float] = []
    monkeypatch.setattr(azure._stop, "wait", waits.append)

    azure.get(PATH, "v")

    assert waits == [7.0, 0.0]


@pytest.mark.parametrize("status", [400, 401, 403, 409])
def test_a_refusal_is_not_tried_again(status: int) -> None:
    azure, script = arm((status, {"error": {"code": "No", "message": "Because."}}))

    with pytest.raises(ArmError) as refused:
        azure.put(PATH, "v", {}, seconds=1)

    assert str(refused.value) == f'Status={status} Code="No" Message="Because."'
    assert not isinstance(refused.value, OperationFailed)
    assert script.methods == ["PUT"]


@pytest.mark.parametrize("gone", [(404, {"error": {"code": "ResourceNotFound"}}), (204,)])
def test_nothing_there_is_none(gone: Step) -> None:
    azure, _ = arm(gone)

    assert azure.get(PATH, "v") is None


OPERATION = {"Azure-AsyncOperation": f"{ORIGIN}/operations/1?api-version=v", **SOON}
RESULT = {"Location": f"{ORIGIN}/results/1?api-version=v", **SOON}


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([(200, DONE), THERE], id="at-once"),
        pytest.param(
            [(201, DONE, OPERATION), (200, {"status": "Running"}), (200, {"status": "Succeeded"}), THERE],
            id="operation",
        ),
        pytest.param([(202, None, RESULT), (202, None, SOON), (200,), THERE], id="location"),
        pytest.param(
            [(201, DONE), (200, {"properties": {"provisioningState": "Creating"}}), THERE], id="state"
        ),
        pytest.param(
            [(201, DONE, {**OPERATION, **RESULT}), (200, {"status": "Succeeded"}), THERE],
            id="operation-before-location",
        ),
    ],
)
def test_a_write_ends_with_the_settled_resource(steps: list[Step]) -> None:
    azure, script = arm(*steps)

    assert azure.put(PATH, "v", {"tags": {}}, seconds=5) == DONE
    assert script.steps == []


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        pytest.param(
            [
                (201, DONE, OPERATION),
                (200, {"status": "Failed", "error": {"code": "Quota", "message": "None left."}}),
            ],
            "Quota: None left.",
            id="operation-failed",
        ),
        pytest.param(
            [(201, DONE, OPERATION), (200, {"status": "Canceled"})],
            "canceled: Azure gives no reason.",
            id="operation-cancelled",
        ),
        pytest.param(
            [(200, DONE), (200, {"properties": {"provisioningState": "Failed"}})],
            f"{PATH} is Failed.",
            id="state",
        ),
        pytest.param([(200, DONE), (404, {"error": {}})], f"{PATH} is gone.", id="vanished"),
        pytest.param(
            [(201, DONE, OPERATION), (403, {"error": {"code": "No", "message": "Not you."}})],
            'Status=403 Code="No" Message="Not you."',
            id="poll-refused",
        ),
        pytest.param(
            [(202, None, {"Location": "http://elsewhere.test/results/1", **SOON})],
            "GET stopped: Azure pointed to elsewhere.test, which is not where it is asked.",
            id="sent-elsewhere",
        ),
    ],
)
def test_a_write_that_was_accepted_says_so_when_it_fails(steps: list[Step], reason: str) -> None:
    azure, script = arm(*steps)

    with pytest.raises(OperationFailed) as failed:
        azure.put(PATH, "v", {}, seconds=5)

    assert str(failed.value) == f"PUT {PATH} was accepted, but failed then: {reason}"
    assert script.steps == []


def test_a_write_is_waited_for_no_longer_than_its_timeout() -> None:
    azure, _ = arm((201, DONE, {**OPERATION, "Retry-After": "30"}))

    with pytest.raises(OperationFailed, match="did not end in time"):
        azure.put(PATH, "v", {}, seconds=1)


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([(200,)], id="at-once"),
        pytest.param([(204,)], id="no-content"),
        pytest.param([(404, {"error": {"code": "ResourceNotFound"}})], id="gone-already"),
        pytest.param([(202, None, RESULT), (202, None, SOON), (204,)], id="location"),
        pytest.param([(202, None, RESULT), (404, {"error": {}})], id="result-gone-with-it"),
    ],
)
def test_a_delete_ends_with_nothing_there(steps: list[Step]) -> None:
    azure, script = arm(*steps)

    azure.delete(PATH, "v", seconds=5)

    assert script.steps == []


def test_a_delete_that_is_refused_fails() -> None:
    azure, _ = arm((409, {"error": {"code": "ScopeLocked", "message": "Locked."}}))

    with pytest.raises(ArmError, match=r'Code="ScopeLocked" Message="Locked\."'):
        azure.delete(PATH, "v", seconds=5)


def test_cancelling_ends_a_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cancelled run does not sit out the minute that Azure asks for."""
    azure, _ = arm((201, DONE, {**OPERATION, "Retry-After": "60"}))
    threading.Timer(0.05, azure.cancel).start()

    with pytest.raises(OperationFailed, match="the run was cancelled"):
        azure.put(PATH, "v", {}, seconds=600)


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        pytest.param((200, {"authentication": {}}), "names no resource manager", id="no-manager"),
        pytest.param(
            (200, {**METADATA, "authentication": {"audiences": []}}), "names no resource", id="no-audience"
        ),
        pytest.param((403, None), "Status=403", id="refused"),
    ],
)
def test_metadata_must_name_where_to_go(metadata: Step, said: str) -> None:
    azure, _ = arm(metadata=metadata)

    with pytest.raises(ArmError, match=said):
        azure.get(PATH, "v")


def test_metadata_must_not_lead_off_this_machine() -> None:
    azure, script = arm(metadata=(200, {**METADATA, "resourceManager": "https://management.azure.com/"}))

    with pytest.raises(ProviderError, match=r"management\.azure\.com"):
        azure.get(PATH, "v")
    assert script.asked == []


def encoded(claims: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("token", "claims"),
    [
        pytest.param(f"h.{encoded({'oid': 'me'})}.s", {"oid": "me"}, id="jwt"),
        pytest.param(f"h.{encoded(['me'])}.s", {}, id="no-object"),
        pytest.param("h.%%%.s", {}, id="no-base64"),
        pytest.param("opaque", {}, id="opaque"),
    ],
)
def test_who_asks_is_read_from_the_token_where_it_says(
    monkeypatch: pytest.MonkeyPatch, token: str, claims: dict[str, str]
) -> None:
    azure, _ = arm()
    monkeypatch.setattr(Tokens, "token", lambda *_: token)

    assert azure.claims() == claims
