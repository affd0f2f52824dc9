"""Faults on demand."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from sre_agent_local.azure.state.faults import Faults
from sre_agent_local.azure.state.store import Store
from support.azure import GROUPS, SUBSCRIPTION, Json, LocalAzure, error

ROOT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups"


def put(azure: LocalAzure, name: str = "rg-sre") -> httpx.Response:
    return azure.arm("PUT", f"{ROOT}/{name}", {"location": "swedencentral"}, api_version=GROUPS)


def exists(azure: LocalAzure, name: str = "rg-sre") -> bool:
    return azure.arm("HEAD", f"{ROOT}/{name}", api_version=GROUPS).status_code == 204


def test_a_status_comes_with_code_message_and_retry_after(azure: LocalAzure) -> None:
    azure.fault(
        "status",
        method="put",
        path="/resourcegroups/",
        status=429,
        code="Slow",
        message="Wait.",
        retryAfter=7,
    )
    answer = put(azure)

    assert error(answer) == (429, "Slow")
    assert answer.json()["error"]["message"] == "Wait."
    assert answer.headers["retry-after"] == "7"
    assert answer.headers["x-ms-request-id"]
    assert not exists(azure)


@pytest.mark.parametrize(
    ("rule", "status"),
    [
        ({"kind": "status"}, 503),
        ({"kind": "unauthorized"}, 401),
        ({"kind": "html"}, 200),
        ({"kind": "html", "status": 502}, 502),
    ],
)
def test_faults_before_the_request_takes_effect(azure: LocalAzure, rule: Json, status: int) -> None:
    azure.fault(**rule, method="PUT")
    answer = put(azure)

    assert answer.status_code == status
    assert answer.headers["content-type"].startswith(
        "text/html" if rule["kind"] == "html" else "application/json"
    )
    assert not exists(azure)


@pytest.mark.parametrize("kind", ["reset", "truncate", "notJson", "status", "html"])
@pytest.mark.parametrize("processed", [True, False])
def test_an_answer_can_be_lost_before_or_after_the_effect(
    azure: LocalAzure, kind: str, processed: bool
) -> None:
    """What a client must not assume: that a request without a good answer did nothing."""
    azure.fault(kind, method="PUT", processed=processed, times=1)
    if kind in ("reset", "truncate"):
        wanted = httpx.ReadError if kind == "reset" else httpx.RemoteProtocolError
        with pytest.raises(wanted):
            put(azure)
    else:
        put(azure)

    assert exists(azure) is processed


def test_a_reset_waits_for_the_whole_request(azure: LocalAzure) -> None:
    """Or clients that are still sending would see something else."""
    azure.fault("reset", method="PUT", times=1)

    with pytest.raises(httpx.ReadError):
        azure.arm("PUT", f"{ROOT}/rg-sre", b" " * 2_000_000, api_version=GROUPS)


def test_some_faults_take_effect_by_default(azure: LocalAzure) -> None:
    azure.fault("truncate", path="rg-one", times=1)
    azure.fault("notJson", path="rg-two", times=1)
    azure.fault("reset", path="rg-three", times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        put(azure, "rg-one")
    spoiled = put(azure, "rg-two")
    with pytest.raises(httpx.ReadError):
        put(azure, "rg-three")

    assert (spoiled.status_code, spoiled.headers["content-type"]) == (201, "application/json")
    with pytest.raises(ValueError, match="Expecting value"):
        spoiled.json()
    assert [exists(azure, name) for name in ("rg-one", "rg-two", "rg-three")] == [True, True, False]


def test_an_empty_answer_can_be_truncated_too(azure: LocalAzure) -> None:
    azure.group()
    azure.fault("truncate", method="DELETE", times=1)

    with pytest.raises(httpx.RemoteProtocolError):
        azure.arm("DELETE", f"{ROOT}/rg-sre/providers/Microsoft.App/agents/none")


def test_a_delay_holds_up_nobody_else(azure: LocalAzure) -> None:
    """A delayed request is answered as usual, and others are answered while it waits."""
    azure.fault("delay", method="PUT", seconds=0.6)
    with httpx.Client(base_url=azure.url) as other:
        headers = {"Authorization": f"Bearer {azure.token()}"}
        started = time.monotonic()
        with other.stream("GET", "/_local/health"):
            answer = _while(
                lambda: put(azure), lambda: other.get(f"{ROOT}?api-version={GROUPS}", headers=headers)
            )
        took = time.monotonic() - started

    assert answer[0].status_code == 201
    assert took >= 0.6
    assert answer[1] < answer[2], "the other request waited for the delayed one"


def test_skip_and_times_count_what_fits(azure: LocalAzure) -> None:
    """The first that fits are let through, then some are struck, then the rule is spent."""
    azure.fault("status", method="PUT", skip=1, times=2)
    statuses = [put(azure, f"rg-{number}").status_code for number in range(4)]

    assert statuses == [201, 503, 503, 201]
    (rule,) = azure.faults()
    assert (rule["seen"], rule["hits"]) == (3, 2)


def test_the_first_rule_that_fits_applies(azure: LocalAzure) -> None:
    """A rule that is still skipping leaves the request to the next one."""
    azure.fault("status", status=500, skip=1, times=1)
    azure.fault("status", status=502, times=1)

    assert [put(azure).status_code for _ in range(3)] == [502, 500, 201]


def test_rules_are_removed_by_id_or_all(azure: LocalAzure) -> None:
    first, second = azure.fault("status"), azure.fault("reset")
    removed = azure.http.delete(f"/_local/faults/{first['id']}")
    again = azure.http.delete(f"/_local/faults/{first['id']}")

    assert removed.status_code == 204
    assert error(again) == (404, "NotFound")
    assert azure.faults() == [second]
    azure.clear_faults()
    assert azure.faults() == []


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({}, "'kind'"),
        ({"kind": "explode"}, "'kind'"),
        ({"kind": "status", "path": "("}, "not a regular expression"),
        ({"kind": "status", "path": "a(?!b)"}, "without look-around"),
        ({"kind": "status", "path": r"(a)\1"}, "back references"),
        ({"kind": "status", "path": "((a{100}){100}){100}"}, "not a regular expression"),
        ({"kind": "status", "path": "a" * 1001}, "longer than 1000 characters"),
        ({"kind": "delay", "seconds": 1e300}, "'seconds'"),
        ({"kind": "status", "status": 99}, "'status'"),
        ({"kind": "delay", "seconds": -1}, "'seconds'"),
        ({"kind": "delay", "second": 1}, "'second'"),
        ({"kind": "status", "times": True}, "'times'"),
    ],
)
def test_a_wrong_rule_is_refused(azure: LocalAzure, rule: Json, words: str) -> None:
    answer = azure.http.post("/_local/faults", json=rule)

    assert error(answer) == (400, "BadRequest")
    assert words in answer.json()["error"]["message"]
    assert azure.faults() == []


@pytest.mark.parametrize("path", ["faults", "switches"])
@pytest.mark.parametrize("content", [b"{", b"[1]"])
def test_administration_wants_json_objects(azure: LocalAzure, path: str, content: bytes) -> None:
    method = "POST" if path == "faults" else "PATCH"

    assert azure.http.request(method, f"/_local/{path}", content=content).status_code == 400


def test_faults_reach_logins_too_but_never_administration(azure: LocalAzure) -> None:
    azure.fault("status", status=500)

    assert azure.http.get("/msi/token").status_code == 500
    assert azure.http.get("/metadata/endpoints").status_code == 500
    assert azure.http.get("/_local/health").status_code == 200


def test_an_operation_fault_waits_for_an_operation(azure: LocalAzure) -> None:
    """A request that starts nothing does not use the rule up."""
    azure.fault("operationFailed", times=1)
    azure.group()
    (rule,) = azure.faults()

    assert rule["hits"] == 0


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", r"(\w+\s?)*!$", "(.*)*x(.*)*y"])
def test_no_pattern_holds_the_server_up(azure: LocalAzure, pattern: str) -> None:
    """Where backtracking would take longer than the sun has left."""
    azure.fault("status", path=pattern)
    started = time.monotonic()

    assert azure.arm("GET", f"{ROOT}/{'a' * 20_000}-", api_version=GROUPS).status_code == 404
    assert time.monotonic() - started < 2


@pytest.mark.parametrize("kind", ["status", "html"])
@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body_has_none(azure: LocalAzure, kind: str, status: int) -> None:
    azure.fault(kind, status=status)

    answer = azure.arm("GET", ROOT, api_version=GROUPS)
    assert (answer.status_code, answer.content) == (status, b"")


def test_a_pattern_of_before_that_cannot_be_searched_for_is_dropped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The data folder of an older version still opens."""
    store = Store(tmp_path / "data.sqlite3")
    kept = Faults(store).add({"kind": "status", "path": "/skills/"})
    store.put_setting("faults", [{**kept, "path": "a(?=b)", "id": "old"}, kept])

    assert Faults(store).rules() == [kept]
    assert capsys.readouterr().err.startswith("Fault old is dropped: ")
    store.close()


def test_rules_outlive_a_restart(tmp_path: Path) -> None:
    """With their counts, so that a fault meant once strikes once."""
    first = Store(tmp_path / "data.sqlite3")
    rule = Faults(first).add({"kind": "status", "times": 3, "path": "/skills/"})
    Faults(first).take("PUT", "/a/skills/b")
    first.close()
    second = Store(tmp_path / "data.sqlite3")

    assert Faults(second).rules() == [{**rule, "seen": 1, "hits": 1}]
    second.close()


def _while(slow: Any, quick: Any) -> tuple[httpx.Response, float, float]:
    """Run `quick` while `slow` runs; return the slow answer, when quick ended, and when slow ended."""
    with ThreadPoolExecutor() as pool:
        future = pool.submit(lambda: (slow(), time.monotonic()))
        quick()
        ended = time.monotonic()
        answer, slow_ended = future.result()
    return answer, ended, slow_ended
