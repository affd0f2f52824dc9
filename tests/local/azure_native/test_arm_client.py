"""Retries, long-running operations and refusals of ARM, as a server scripted in the test plays them."""

import base64
import json
import threading
from typing import Any

import httpx
import pytest
import tenacity

from sre_agent_local.azure_native import arm_client as module
from sre_agent_local.azure_native.arm_client import ArmClient
from sre_agent_local.azure_native.arm_responses import ArmError, OperationAbandoned, OperationFailed
from sre_agent_local.azure_native.settings import ProviderError, Settings
from support.arm_script import DONE, METADATA, ORIGIN, PATH, SOON, THERE, Script, Step, Tokens

SETTINGS = Settings(metadata_host=ORIGIN, subscription_id="s", tenant_id="t", client_id="", location="")


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


def test_what_is_waited_for_is_told() -> None:
    azure, _ = arm((429, {"error": {"code": "TooMany", "message": "Slowly."}}, SOON), THERE)
    told: list[str] = []
    azure.tell = told.append

    azure.get(PATH, "2024-03-01")

    assert told == ["waiting: throttled (429), 0 s left"]


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
        pytest.param(
            (
                409,
                {"error": {"code": "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity"}},
            ),
            id="another-credential-of-the-identity",
        ),
        pytest.param((409, None, {"x-ms-error-code": "TransientError"}), id="code-in-the-header"),
        pytest.param(httpx.ConnectError("refused"), id="no-connection"),
        pytest.param(httpx.ReadTimeout("late"), id="late"),
    ],
)
def test_what_may_pass_is_tried_again(hiccup: Step) -> None:
    azure, script = arm(hiccup, hiccup, THERE)

    assert azure.get(PATH, "v") == DONE
    assert len(script.asked) == 3


def test_what_does_not_pass_is_given_up_with_a_sentence() -> None:
    azure, script = arm(*[(503, {"error": {"code": "Down", "message": "Gone fishing."}})] * 4)

    with pytest.raises(ArmError) as failed:
        azure.get(PATH, "v")

    assert str(failed.value) == 'Status=503 Code="Down" Message="Gone fishing."'
    assert script.steps == []


def test_a_server_that_is_not_there_is_named() -> None:
    azure, _ = arm(*[httpx.ConnectError("refused")] * module.ATTEMPTS)

    with pytest.raises(ArmError) as failed:
        azure.get(PATH, "v")

    assert str(failed.value) == f"GET {PATH} got no answer from the local Azure (refused): is it running?"


def test_a_server_that_is_down_costs_the_waits_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty resources of a `destroy` do not each wait for it; once it answers, hiccups are waited out."""
    monkeypatch.setattr(module, "WAITS_SECONDS", (0.0,))
    down = httpx.ConnectError("refused")
    azure, script = arm(*[down] * 40, THERE, (503, "busy"), THERE)

    for _ in range(40):
        with pytest.raises(ArmError):
            azure.get(PATH, "v")
    assert azure.get(PATH, "v") == azure.get(PATH, "v") == DONE
    assert script.steps == []


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
        put(azure, seconds=1)

    assert str(refused.value) == f'Status={status} Code="No" Message="Because."'
    assert not isinstance(refused.value, OperationFailed)
    assert script.methods == ["PUT"]


@pytest.mark.parametrize("body", ["<html>", "[1]"])
def test_an_answer_that_is_no_object_is_an_error_at_once(body: str) -> None:
    azure, script = arm((200, body))

    with pytest.raises(ArmError) as failed:
        azure.get(PATH, "v")

    assert str(failed.value) == f"unexpected response from Azure: '{body}', HTTP status: 200"
    assert len(script.asked) == 1


@pytest.mark.parametrize(
    ("answer", "text", "is_gone"),
    [
        pytest.param(
            (404, {"error": {"code": "ResourceNotFound", "message": "Gone."}}),
            'Status=404 Code="ResourceNotFound" Message="Gone."',
            True,
            id="gone",
        ),
        pytest.param(
            (404, {"error": {"code": "Foo", "message": "Bar."}}),
            'Status=404 Code="Foo" Message="Bar."',
            False,
            id="another-code",
        ),
        pytest.param((404, "<html>"), 'Status=404 Message="<html>"', False, id="a-proxy"),
        pytest.param((404,), 'Status=404 Message=""', False, id="nothing-said"),
        pytest.param(
            (404, {"code": "NotFound"}),
            'Status=404 Code="NotFound" Message="{"code":"NotFound"}"',
            True,
            id="code-on-top",
        ),
        pytest.param((204,), "unexpected response from Azure: '', HTTP status: 204", False, id="no-content"),
    ],
)
def test_only_a_known_code_says_that_something_is_gone(answer: Step, text: str, is_gone: bool) -> None:
    azure, _ = arm(answer)

    with pytest.raises(ArmError) as failed:
        azure.get(PATH, "v")

    assert str(failed.value) == text
    assert failed.value.is_gone == is_gone


@pytest.mark.parametrize(
    "nothing", [(404, "<html>"), (404, {"error": {"code": "Foo"}}), (204,), (200, "<html>")]
)
def test_before_a_create_whatever_shows_no_resource_will_do(nothing: Step) -> None:
    azure, _ = arm(nothing)

    assert not azure.exists(PATH, "v")


def test_before_a_create_a_refusal_is_an_error() -> None:
    azure, _ = arm((403, "No entry."))

    with pytest.raises(ArmError) as refused:
        azure.exists(PATH, "v")

    assert str(refused.value) == f"cannot check existence of resource '{PATH}': status code 403, No entry."


OPERATION = {"Azure-AsyncOperation": f"{ORIGIN}/operations/1?api-version=v", **SOON}
RESULT = {"Location": f"{ORIGIN}/results/1?api-version=v", **SOON}


IN_THE_MAKING = {"id": PATH, "properties": {"provisioningState": "Creating"}}


def put(azure: ArmClient, *, long_running: bool = True, seconds: float = 5) -> Any:
    return azure.put(PATH, "v", {"tags": {}}, long_running=long_running, seconds=seconds)


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([(200, DONE)], id="at-once"),
        pytest.param(
            [(201, DONE, OPERATION), (200, {"status": "Running"}), (200, {"status": "Succeeded"}), THERE],
            id="operation",
        ),
        pytest.param([(202, None, RESULT), (202, None, SOON), (200, DONE)], id="location"),
        pytest.param([(201, IN_THE_MAKING, SOON), (200, IN_THE_MAKING, SOON), THERE], id="state"),
        pytest.param([(201, {"id": PATH}, SOON), THERE], id="made-and-nothing-said"),
        pytest.param(
            [(201, DONE, {**OPERATION, **RESULT}), (200, {"status": "Succeeded"}), THERE],
            id="operation-before-location",
        ),
    ],
)
def test_a_long_running_write_ends_with_the_settled_resource(steps: list[Step]) -> None:
    azure, script = arm(*steps)

    assert put(azure) == DONE
    assert script.steps == []


def test_a_write_that_is_not_marked_is_done_with_its_answer() -> None:
    azure, script = arm((200, IN_THE_MAKING, OPERATION))

    assert put(azure, long_running=False) == IN_THE_MAKING
    assert script.methods == ["PUT"]


def test_what_is_only_accepted_is_waited_for_all_the_same() -> None:
    azure, script = arm((202, None, RESULT), (200, DONE))

    assert put(azure, long_running=False) == DONE
    assert script.steps == []


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        pytest.param(
            [
                (201, DONE, OPERATION),
                (200, {"status": "Failed", "error": {"code": "Quota", "message": "None left."}}),
            ],
            'Status=200 Code="Quota" Message="None left."',
            id="operation-failed",
        ),
        pytest.param(
            [(201, DONE, OPERATION), (200, {"status": "Canceled"})],
            'Status=200 Message="{"status":"Canceled"}"',
            id="operation-cancelled",
        ),
        pytest.param(
            [(201, IN_THE_MAKING, SOON), (200, {"properties": {"provisioningState": "Failed"}})],
            'Status=200 Message="{"properties":{"provisioningState":"Failed"}}"',
            id="state",
        ),
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
def test_a_write_that_was_accepted_fails_with_the_reason_of_the_last_answer(
    steps: list[Step], reason: str
) -> None:
    azure, script = arm(*steps)

    with pytest.raises(OperationFailed) as failed:
        put(azure)

    assert str(failed.value) == reason
    assert script.steps == []


def test_a_write_is_waited_for_no_longer_than_its_timeout() -> None:
    azure, _ = arm((201, DONE, {**OPERATION, "Retry-After": "30"}))

    with pytest.raises(OperationAbandoned, match="operation timed out"):
        put(azure, seconds=1)


@pytest.mark.parametrize(
    ("long_running", "steps"),
    [
        pytest.param(True, [(200,)], id="at-once"),
        pytest.param(True, [(204,)], id="no-content"),
        pytest.param(True, [(404, {"error": {"code": "ResourceNotFound"}})], id="gone-already"),
        pytest.param(True, [(404, "<html>")], id="any-404"),
        pytest.param(True, [(202, None, RESULT), (202, None, SOON), (204,)], id="location"),
        pytest.param(True, [(202, None, RESULT), (404, {"error": {}})], id="result-gone-with-it"),
        pytest.param(False, [(202, None, RESULT)], id="not-marked-and-not-waited-for"),
    ],
)
def test_a_delete_ends_with_nothing_there(long_running: bool, steps: list[Step]) -> None:
    azure, script = arm(*steps)

    azure.delete(PATH, "v", long_running=long_running, seconds=5)

    assert script.steps == []


def test_a_delete_that_is_refused_fails() -> None:
    azure, _ = arm((409, {"error": {"code": "ScopeLocked", "message": "Locked."}}))

    with pytest.raises(ArmError, match=r'Code="ScopeLocked" Message="Locked\."'):
        azure.delete(PATH, "v", long_running=True, seconds=5)


def test_cancelling_ends_a_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cancelled run does not sit out the minute that Azure asks for."""
    azure, _ = arm((201, DONE, {**OPERATION, "Retry-After": "60"}))
    threading.Timer(0.05, azure.cancel).start()

    with pytest.raises(OperationAbandoned, match="the run was cancelled"):
        put(azure, seconds=600)


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
