"""Incidents that fire: the thread that they get, and what telemetry says of them.

See docs/reference/product.md#life-of-an-incident.
"""

import json
from typing import Any

import pytest

from support.azure import SUBSCRIPTION, Json, LocalAzure, error
from support.conversations import THREADS, settled
from support.incidents import RESOURCE, fire, on_call, plan
from support.telemetry import component

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-shop"


def thread_of(azure: LocalAzure, agent: str, result: Json) -> Json:
    """Return the thread of an incident once its turn is over."""
    settled(azure, agent, result["thread"])
    found: Json = azure.data("GET", agent, f"{THREADS}/{result['thread']}").json()
    return found


def resolve(azure: LocalAzure, result: Json, by: str = "user") -> None:
    answer = azure.http.post(f"/_local/incidents/{result['id']}/resolve", json={"by": by})
    assert answer.status_code == 200, answer.text


def test_a_plan_opens_a_thread_with_its_subagent_mode_and_instructions(azure: LocalAzure) -> None:
    agent = on_call(azure)
    plan(azure, agent, "checkout", handlingAgent="database", agentMode="Review")
    handler = {"incidentFilterId": "checkout", "customInstructions": "Look at the queues first."}
    azure.data("PUT", agent, "/api/v1/incidentPlayground/handlers/checkout", handler)
    (result,) = fire(azure, agent="sre-one", priority="Sev2", resource="", service="shop")
    thread = thread_of(azure, agent, result)
    messages = settled(azure, agent, result["thread"])

    assert (result["plan"], result["subagent"], result["mode"]) == ("checkout", "database", "Review")
    assert (thread["title"], thread["agentMode"]) == ("[Sev2] Checkout: latency", "Review")
    assert (thread["source"], thread["incidentSource"]["incidentType"]) == ("Incident", "AzMonitor")
    assert thread["incidentDetails"]["investigationStatus"] == "Complete"
    assert (thread["incidentDetails"]["impactedService"], thread["incidentDetails"]["filterId"]) == (
        "shop",
        "",
    )
    assert thread["status"]["incidentStatus"] == {"incidentId": result["id"], "status": "acknowledged"}
    alert = json.loads(messages[0]["text"].removeprefix("```incident-alert").removesuffix("```"))
    assert (alert["alertId"], alert["alertRule"], alert["severity"]) == (
        result["id"],
        "Checkout: latency",
        "Sev2",
    )
    assert messages[1]["author"]["userId"] == "sre-agent"
    assert "by database, in Review mode" in messages[1]["text"]
    assert messages[1]["text"].endswith("Look at the queues first.")
    assert messages[-1]["text"].startswith("Checkout: latency: resource group rg-sre holds ")


@pytest.mark.parametrize(
    ("mode", "caps", "expected"),
    [
        pytest.param("Review", False, "Autonomous", id="although-the-agent-is-in-review"),
        pytest.param("Review", True, "Review", id="which-may-be-a-ceiling"),
        pytest.param("ReadOnly", True, "ReadOnly", id="as-may-be-read-only"),
        pytest.param("autonomous", True, "Autonomous", id="that-holds-nothing-back"),
    ],
)
def test_a_plan_says_autonomous_where_it_says_nothing(
    azure: LocalAzure, mode: str, caps: bool, expected: str
) -> None:
    action = {"identity": azure.identity()["id"], "mode": mode, "accessLevel": "High"}
    agent = on_call(azure, actionConfiguration=action)
    plan(azure, agent, "checkout", handlingAgent="meta_agent")
    azure.switch(agentModeCaps=caps)
    (result,) = fire(azure, agent="sre-one")

    assert (result["mode"], result["subagent"]) == (expected, None)


def test_the_quickstart_plan_takes_what_it_takes(azure: LocalAzure) -> None:
    azure.agent(incidentManagementConfiguration={"type": "PagerDuty", "connectionName": "pagerduty"})
    taken = fire(azure, agent="sre-one", priority="P1")[0]
    left = fire(azure, agent="sre-one", priority="P2")[0]

    assert (taken["plan"], left["outcome"]) == ("quickstart_response_plan", "ignored")
    assert left["reason"] == "no response plan takes it"


def test_one_of_several_plans_takes_it_as_the_seed_draws(azure: LocalAzure) -> None:
    agent = on_call(azure)
    for name in ("a", "b"):
        plan(azure, agent, name, mergeEnabled=False)
    drawn = []
    for seed in range(6):
        azure.switch(planChoiceSeed=seed)
        drawn.append(fire(azure, agent="sre-one")[0])
    azure.switch(planChoiceSeed=0)

    assert {result["plan"] for result in drawn} == {"a", "b"}
    assert all(result["matching"] == ["a", "b"] for result in drawn)
    assert fire(azure, agent="sre-one")[0]["plan"] == drawn[0]["plan"]
    azure.switch(severalPlans="each")
    assert [result["plan"] for result in fire(azure, agent="sre-one")] == ["a", "b"]


@pytest.mark.parametrize(
    ("members", "outcomes"),
    [
        pytest.param({}, ["started", "merged", "reopened"], id="within-the-cooldown"),
        pytest.param({"mergeEnabled": False}, ["started", "started", "started"], id="cooldown-off"),
    ],
)
def test_alerts_of_one_rule(azure: LocalAzure, members: Json, outcomes: list[str]) -> None:
    """One joins a thread that is open, and opens a resolved one again, with a new turn."""
    agent = on_call(azure)
    plan(azure, agent, "checkout", **members)
    first, second = fire(azure, agent="sre-one")[0], fire(azure, agent="sre-one")[0]
    before = settled(azure, agent, first["thread"])
    resolve(azure, first)
    third = fire(azure, agent="sre-one")[0]
    after = settled(azure, agent, first["thread"])

    assert [result["outcome"] for result in (first, second, third)] == outcomes
    assert third["alerts"] == (3 if outcomes[1] == "merged" else 1)
    assert (len(after) > len(before)) is (outcomes[2] == "reopened")
    details = thread_of(azure, agent, first)["incidentDetails"]
    assert details["isReactivated"] is (outcomes[2] == "reopened")
    assert fire(azure, agent="sre-one", title="Another rule")[0]["outcome"] == "started"


@pytest.mark.parametrize("named_by", ["applicationInsightsResourceId", "appId", "connectionString"])
def test_telemetry_tells_how_an_incident_stands(azure: LocalAzure, named_by: str) -> None:
    """The newest snapshot says who mitigated it; the dashboard and the client read these."""
    appi = component(azure)
    names = {
        "applicationInsightsResourceId": appi["id"],
        "appId": appi["properties"]["AppId"],
        "connectionString": appi["properties"]["ConnectionString"],
    }
    log = {"applicationInsightsConfiguration": {named_by: names[named_by]}}
    agent = on_call(azure, logConfiguration=log)
    plan(azure, agent, "checkout", agentMode="Review")
    (result,) = fire(azure, agent="sre-one", priority="Sev1", service="shop")
    resolve(azure, result, by="agent")
    query = {"query": "customEvents | where name == 'IncidentActivitySnapshot' | project customDimensions"}
    answer = azure.arm("POST", f"{appi['id']}/query", query, api_version="2018-04-20").json()
    first, last = (json.loads(row[0]) for row in answer["tables"][0]["rows"])

    assert first["IncidentId"] == last["IncidentId"] == result["id"]
    assert (first["IncidentTitle"], first["IncidentSeverity"]) == ("Checkout: latency", "Sev1")
    assert (first["ResponsePlanId"], first["ResponsePlanCustom"]) == ("checkout", "True")
    assert (first["AgentAutonomyLevel"], first["IncidentImpactedService"]) == ("review", "shop")
    assert (first["IncidentMitigatedByAgent"], first["IncidentMitigatedOn"]) == ("False", "")
    assert (last["IncidentMitigatedByAgent"], last["IncidentAssistedByAgent"]) == ("True", "False")
    assert last["IncidentMitigatedOn"] > last["IncidentCreatedOn"]


def alert_rule(azure: LocalAzure, **properties: Any) -> None:
    """Make a log alert rule named `latency` on what `RESOURCE` lies beside."""
    scope = azure.identity("app", "rg-shop")["id"]
    condition = {"query": "requests", "operator": "GreaterThan", "threshold": 1, "timeAggregation": "Count"}
    body = {
        "location": "swedencentral",
        "properties": {
            "severity": 1,
            "scopes": [scope],
            "evaluationFrequency": "PT5M",
            "windowSize": "PT5M",
            "criteria": {"allOf": [condition]},
            **properties,
        },
    }
    path = f"{azure.group()}/providers/microsoft.insights/scheduledQueryRules/latency"
    answer = azure.arm("PUT", path, body, api_version="2021-08-01")
    assert answer.is_success, answer.text


@pytest.mark.parametrize(
    ("scope", "managed", "outcomes"),
    [
        pytest.param("subscription", f"{GROUP}-other", ["started"], id="all-of-the-subscription"),
        pytest.param("group", f"{GROUP}-other", [], id="not-of-another-group"),
        pytest.param("group", GROUP, ["started"], id="of-the-group"),
    ],
)
def test_an_alert_rule_fires_at_the_agents_that_watch(
    azure: LocalAzure, scope: str, managed: str, outcomes: list[str]
) -> None:
    for group in ("rg-shop", "rg-shop-other"):
        azure.group(group)
    graph = {"identity": azure.identity()["id"], "managedResources": [managed]}
    agent = on_call(azure, knowledgeGraphConfiguration=graph)
    plan(azure, agent, "checkout", priorities=["Sev1"], titleContains="latency")
    alert_rule(azure)
    azure.switch(alertScope=scope)
    answer = azure.http.post("/_local/incidents", json={"alert": "latency"}).json()

    assert [result["outcome"] for result in answer["value"]] == outcomes
    assert (answer["incident"]["title"], answer["incident"]["priority"]) == ("latency", "Sev1")
    assert answer["incident"]["monitorService"] == "Log Alerts V2"


@pytest.mark.parametrize(
    ("kind", "version", "properties", "priority", "service"),
    [
        pytest.param(
            "metricAlerts",
            "2018-03-01",
            {
                "severity": 2,
                "evaluationFrequency": "PT5M",
                "windowSize": "PT5M",
                "criteria": {
                    "odata.type": "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
                    "allOf": [
                        {
                            "criterionType": "StaticThresholdCriterion",
                            "name": "one",
                            "metricName": "Percentage CPU",
                            "operator": "GreaterThan",
                            "threshold": 1,
                            "timeAggregation": "Average",
                        }
                    ],
                },
                "enabled": True,
            },
            "Sev2",
            "Platform",
            id="metric",
        ),
        pytest.param(
            "activityLogAlerts",
            "2020-10-01",
            {
                "condition": {"allOf": [{"field": "category", "equals": "ResourceHealth"}]},
                "actions": {"actionGroups": []},
            },
            "Sev4",
            "Activity Log - ResourceHealth",
            id="activity-log",
        ),
    ],
)
def test_what_alerts_of_other_rules_say(
    azure: LocalAzure, kind: str, version: str, properties: Json, priority: str, service: str
) -> None:
    """One on the activity log is Sev4, whatever its rule says; a rule can be given by its id."""
    scope = azure.identity("app", "rg-shop")["id"]
    path = f"{azure.group()}/providers/microsoft.insights/{kind}/rule"
    body = {"location": "global", "properties": {"scopes": [scope], **properties}}
    made = azure.arm("PUT", path, body, api_version=version)
    assert made.is_success, made.text
    incident = azure.http.post("/_local/incidents", json={"alert": path}).json()["incident"]

    assert (incident["priority"], incident["monitorService"]) == (priority, service)
    assert (incident["resource"], incident["rule"]) == (scope, path)
    assert incident["resourceType"] == "Microsoft.ManagedIdentity/userAssignedIdentities"


def test_an_agent_that_watches_nothing_there_says_why(azure: LocalAzure) -> None:
    agent = on_call(azure)
    plan(azure, agent, "checkout")
    (result,) = fire(azure, agent="sre-one", resource=RESOURCE)

    assert result["reason"] == f"it manages nothing in the subscription of {RESOURCE}"
    assert fire(azure, agent="sre-one", platform="PagerDuty")[0]["reason"] == (
        "its incident platform is AzMonitor"
    )
    azure.settle(azure.arm("POST", f"{agent}/stop"))
    assert fire(azure, agent="sre-one")[0]["reason"] == "it is stopped"


def test_refusals(azure: LocalAzure) -> None:
    azure.agent()
    alert_rule(azure, enabled=False)

    def post(**body: Any) -> tuple[int, str]:
        answer = azure.http.post("/_local/incidents", json=body)
        return answer.status_code, answer.json()["error"]["message"]

    assert post(agent="nobody", title="t") == (404, "There is no agent 'nobody'.")
    assert post(agent="sre-one", title="t")[1] == (
        "The agent 'sre-one' has no incident platform: it takes no incidents."
    )
    assert post(title="t")[1] == "An incident without an agent needs a platform: no agent has one."
    assert post(platform="AzMonitor")[1].startswith("The incident cannot be read: the member 'title'")
    assert post(platform="IcM", title="t")[0] == 400
    assert post(platform="PagerDuty", title="t", priority="Sev1")[1] == (
        "The priority 'Sev1' is not one of PagerDuty's: P1, P2, P3, P4, P5."
    )
    assert post(alert="latency")[1] == "The alert rule 'latency' is off: it does not fire."
    assert post(alert="nosuch")[0] == 404
    assert error(azure.http.post("/_local/incidents/nosuch/resolve", json={})) == (404, "NotFound")
