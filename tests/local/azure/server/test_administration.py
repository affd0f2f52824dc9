"""`/_local`: health, the request log, switches."""

import os
import time

import httpx
import pytest

from support.azure import DATA_AUDIENCE, GROUPS, SUBSCRIPTION, Json, LocalAzure, error

ROOT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups"


def test_health_and_description(azure: LocalAzure) -> None:
    assert azure.http.get("/_local/health").json() == {
        "status": "ok",
        "pid": azure.process.pid,
        "url": azure.url,
    }
    about = azure.http.get("/_local").json()
    assert "POST /_local/faults" in about
    assert about["GET /_local/switches"] == azure.switch()


def test_the_log_tells_what_was_asked(azure: LocalAzure) -> None:
    """Plane, method, path, query, status, fault and times; nothing of administration."""
    agent = azure.agent()
    azure.forget_requests()
    azure.fault("status", method="PUT", status=503, times=1)
    azure.arm("GET", agent)
    azure.data("PUT", agent, "/api/v2/extendedAgent/skills/a", {"properties": {}})
    azure.http.get("/metadata/endpoints")
    log = azure.requests()

    assert [(one["plane"], one["method"], one["status"], one["fault"]) for one in log] == [
        ("control", "GET", 200, None),
        ("data", "PUT", 503, "status"),
        ("identity", "GET", 200, None),
    ]
    assert (log[0]["path"], log[0]["query"]) == (agent, "api-version=2025-05-01-preview")
    assert [one["callerName"] for one in log] == ["developer", "developer", None]
    assert log[0]["startedAt"] < log[1]["startedAt"]
    assert all(one["durationMs"] > 0 for one in log)
    assert azure.requests(since=log[1]["seq"]) == log[2:]
    assert azure.requests(plane="identity") == log[2:]
    assert error(azure.http.get("/_local/requests?since=then")) == (400, "BadRequest")


def test_a_lost_answer_has_no_status(azure: LocalAzure) -> None:
    azure.fault("reset", times=1)
    with pytest.raises(httpx.ReadError):
        azure.arm("GET", ROOT, api_version=GROUPS)

    assert [(one["status"], one["fault"]) for one in azure.requests()] == [(None, "reset")]


def test_no_secret_reaches_the_log(azure: LocalAzure) -> None:
    """Neither tokens, nor the login header, nor bodies, nor secrets in a query."""
    insights = {"connectionString": "s3cret"}
    agent = azure.agent(logConfiguration={"applicationInsightsConfiguration": insights})
    extended = {"dataConnectorType": "Mcp", "extendedProperties": {"bearerToken": "s3cret"}}
    query = "api-version=2025-05-01-preview&pat=s3cret&Access_Token=s3cret"
    azure.arm("PUT", f"{agent}/connectors/mcp?{query}", {"properties": extended})
    azure.data("GET", agent, "/api/v2/repos?$filter=name eq 'a'&organization=contoso")
    log = azure.http.get("/_local/requests").text

    for secret in ("s3cret", azure.environ["IDENTITY_HEADER"], azure.token(), azure.token(DATA_AUDIENCE)):
        assert secret not in log
    assert "pat=***&Access_Token=***" in log
    assert "organization=contoso" in log


def test_switches_are_set_and_checked(azure: LocalAzure) -> None:
    changed = azure.switch(latencySeconds=0.2)
    started = time.monotonic()
    azure.arm("GET", ROOT, api_version=GROUPS)
    took = time.monotonic() - started

    assert changed == azure.http.get("/_local/switches").json()
    assert changed["latencySeconds"] == 0.2
    assert took >= 0.2
    assert set(changed) == {
        "operationSeconds",
        "readySeconds",
        "platformSeconds",
        "latencySeconds",
        "restrictedTenant",
        "memoryEnabled",
        "strictToolType",
        "strictAccept",
        "webhookNeedsToken",
        "messagesStartThreads",
        "lowerCaseEvents",
        "reviewBlocks",
        "onBehalfOf",
        "quickstartPlan",
        "severalPlans",
        "agentModeCaps",
        "approvalTools",
        "planChoiceSeed",
        "alertScope",
        "writableFiltersV1",
        "deepInvestigation",
        "deniedActions",
        "dataPlaneRoles",
        "strictDirectory",
        "unregisteredProviders",
        "agentRegions",
        "newHandoffs",
        "connectorCatalogue",
        "pluginCommits",
        "seededHosts",
        "pagerDutyGeneralKeys",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"latency": 1},
        {"latencySeconds": -1},
        {"latencySeconds": True},
        {"restrictedTenant": 1},
        {"readySeconds": 1e9},
        {"deniedActions": "Microsoft.Network/*"},
    ],
)
def test_wrong_switches_are_refused(azure: LocalAzure, changes: Json) -> None:
    before = azure.switch()
    answer = azure.http.patch("/_local/switches", json={"operationSeconds": 9, **changes})

    assert error(answer) == (400, "BadRequest")
    assert "there are: operationSeconds, readySeconds" in answer.json()["error"]["message"]
    assert azure.switch() == before


def test_switches_are_reset_one_by_one_or_all(azure: LocalAzure) -> None:
    before = azure.switch()
    azure.switch(restrictedTenant=True, operationSeconds=9)

    assert azure.http.delete("/_local/switches/restrictedTenant").status_code == 204
    assert azure.switch() == {**before, "operationSeconds": 9}
    assert azure.http.delete("/_local/switches").status_code == 204
    assert azure.switch() == before
    assert error(azure.http.delete("/_local/switches/none")) == (404, "NotFound")


def test_every_switch_says_what_it_stands_for(azure: LocalAzure) -> None:
    """And where that is written down, but for what is this server's own."""
    about = azure.http.get("/_local/switches/about").json()

    assert {each["name"]: each["default"] for each in about} == azure.switch()
    assert all(each["meaning"].endswith(".") for each in about)
    assert [each["name"] for each in about if not each["source"].startswith("docs/reference/")] == [
        "latencySeconds"
    ]


def test_reset_forgets_everything_but_the_login(azure: LocalAzure) -> None:
    azure.agent()
    token = azure.token()
    azure.reset()

    headers = {"Authorization": f"Bearer {token}"}
    groups = azure.http.get(f"{ROOT}?api-version={GROUPS}", headers=headers).json()
    assert groups["value"] == []
    assert len(azure.requests()) == 1


def test_an_unknown_administration_route_is_not_found(azure: LocalAzure) -> None:
    answer = azure.http.get("/_local/nothing")

    assert error(answer) == (404, "NotFound")
    assert os.getpid() != azure.process.pid


def test_forgotten_requests_stay_forgotten(azure: LocalAzure) -> None:
    """Also where the next request is refused, and undoes what it had begun."""
    agent = azure.agent()
    azure.forget_requests()

    assert azure.data("GET", agent, "/api/v2/repos/none").status_code == 404
    assert [entry["status"] for entry in azure.requests()] == [404]
