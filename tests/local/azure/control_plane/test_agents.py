"""Agents in ARM: their operations, and what PUT and PATCH do to what they hold."""

import pytest

from support.arm_agent import AGENT, GROUP, patch, properties
from support.azure import GENERAL, SUBSCRIPTION, Json, LocalAzure, error

INSIGHTS = {"appId": "00000000-0000-0000-0000-000000000009", "connectionString": "InstrumentationKey=sssh"}
PAGER: Json = {
    "type": "PagerDuty",
    "connectionName": "pagerduty",
    "connectionKey": "sssh",
    "oboUser": "a@b.c",
}


def test_an_agent_is_where_agents_can_be(azure: LocalAzure) -> None:
    answer = azure.arm("PUT", AGENT, {**azure.agent_body(), "location": "West Europe"})

    assert error(answer) == (400, "LocationNotAvailableForResourceType")
    assert "'australiaeast,canadacentral,centralus," in answer.json()["error"]["message"]
    azure.switch(agentRegions=["westeurope"])
    assert azure.arm("PUT", AGENT, {**azure.agent_body(), "location": "West Europe"}).status_code == 201


def test_creation_runs_in_the_background(azure: LocalAzure) -> None:
    """201 and InProgress without an endpoint; Succeeded with one; both URLs to follow say so."""
    azure.switch(operationSeconds=0.3)
    started = azure.arm("PUT", AGENT, azure.agent_body())
    result = started.headers["location"]
    status = azure.arm("GET", started.headers["azure-asyncoperation"]).json()

    assert started.status_code == 201
    assert started.headers["retry-after"] == "0"
    assert started.json()["properties"]["provisioningState"] == "InProgress"
    assert "agentEndpoint" not in started.json()["properties"]
    assert status["status"] == "InProgress"
    assert status["id"] in started.headers["azure-asyncoperation"]
    assert "endTime" not in status
    assert azure.arm("GET", result).status_code == 202

    ended = azure.settle(started)

    assert ended["status"] == "Succeeded"
    assert ended["endTime"] > ended["startTime"]
    made = azure.arm("GET", result).json()
    assert made == azure.arm("GET", AGENT).json()
    assert made["properties"]["provisioningState"] == "Succeeded"
    assert made["properties"]["runningState"] == made["properties"]["powerState"] == "Running"
    assert made["properties"]["agentEndpoint"].startswith(f"{azure.url}/agents/sre-one--")
    assert made["properties"]["agentEndpoint"].endswith(".swedencentral")
    assert made["systemData"]["createdAt"]


def test_whole_seconds_to_wait_are_announced(azure: LocalAzure) -> None:
    azure.switch(operationSeconds=30)

    assert azure.arm("PUT", AGENT, azure.agent_body()).headers["retry-after"] == "15"


def test_a_put_of_the_same_is_done_at_once(azure: LocalAzure) -> None:
    """An update that changes something is an operation again, and keeps the endpoint meanwhile."""
    azure.agent()
    azure.switch(operationSeconds=0.3)
    endpoint = properties(azure)["agentEndpoint"]
    body = azure.agent_body()
    same = azure.arm("PUT", AGENT, body)
    changed = azure.arm("PUT", AGENT, {**body, "tags": {"team": "sre"}})

    assert (same.status_code, changed.status_code) == (200, 201)
    assert same.json()["properties"]["provisioningState"] == "Succeeded"
    assert changed.json()["properties"]["provisioningState"] == "InProgress"
    assert changed.json()["properties"]["agentEndpoint"] == endpoint


def test_stop_and_start(azure: LocalAzure) -> None:
    """Stopping what is stopped is done at once."""
    azure.agent()
    azure.switch(operationSeconds=0.3)
    stopped = azure.arm("POST", f"{AGENT}/stop")
    during = azure.arm("POST", f"{AGENT}/start")
    azure.settle(stopped)
    again = azure.arm("POST", f"{AGENT}/stop")
    state = properties(azure)
    azure.settle(azure.arm("POST", f"{AGENT}/start"))

    assert (stopped.status_code, again.status_code) == (202, 200)
    assert error(during) == (409, "OperationConflict")
    assert state["powerState"] == state["runningState"] == "Stopped"
    assert properties(azure)["powerState"] == "Running"
    assert error(azure.arm("POST", f"{AGENT}-two/start")) == (404, "ResourceNotFound")


@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [
        pytest.param("a", {}, (400, "InvalidResourceName"), id="short-name"),
        pytest.param("sre-", {}, (400, "InvalidResourceName"), id="hyphen"),
        pytest.param("sre_one", {}, (400, "InvalidResourceName"), id="underscore"),
        pytest.param("x" * 33, {}, (400, "InvalidResourceName"), id="long-name"),
        pytest.param("sre-two", {"location": None}, (400, "LocationRequired"), id="no-location"),
        pytest.param("sre-one", {"location": "uksouth"}, (409, "InvalidResourceLocation"), id="moved"),
        pytest.param("sre-two", {"zone": 1}, (400, "InvalidRequestContent"), id="unknown-member"),
        pytest.param(
            "sre-two", {"properties": {"upgradeChanel": "Stable"}}, (400, "InvalidRequestContent"), id="typo"
        ),
        pytest.param("sre-two", {"properties": None}, (400, "InvalidIdentity"), id="nothing"),
    ],
)
def test_refusals(azure: LocalAzure, name: str, change: Json, expected: tuple[int, str]) -> None:
    azure.agent()
    path = f"{GROUP}/providers/Microsoft.App/agents/{name}"

    assert error(azure.arm("PUT", path, {**azure.agent_body(), **change})) == expected


def test_secrets_are_written_and_never_read(azure: LocalAzure) -> None:
    """Not in the answer to the PUT, nor in GET, lists or the operation's result."""
    azure.group()
    body = azure.agent_body(
        logConfiguration={"applicationInsightsConfiguration": INSIGHTS},
        incidentManagementConfiguration=PAGER,
        gitHubConfiguration={"repositories": [{"owner": "a", "name": "b"}], "patTokenOverride": "sssh"},
    )
    started = azure.arm("PUT", AGENT, body)
    azure.settle(started)
    answers = [
        started,
        azure.arm("GET", AGENT),
        azure.arm("GET", AGENT.rsplit("/", 1)[0]),
        azure.arm("GET", started.headers["location"]),
        azure.arm("PUT", AGENT, body),
    ]

    assert all("sssh" not in answer.text for answer in answers)
    shown = properties(azure)
    assert shown["logConfiguration"] == {"applicationInsightsConfiguration": {"appId": INSIGHTS["appId"]}}
    assert shown["incidentManagementConfiguration"] == {
        "type": "PagerDuty",
        "connectionName": "pagerduty",
        "oboUser": "a@b.c",
    }
    assert shown["gitHubConfiguration"] == {"repositories": [{"owner": "a", "name": "b"}]}


def test_put_replaces_properties(azure: LocalAzure) -> None:
    """What is left out is gone; the incident platform turns null and takes its filters along."""
    azure.agent(incidentManagementConfiguration=PAGER, monthlyAgentUnitLimit=1000)
    spec = {"properties": {"incidentPlatform": "PagerDuty"}}
    azure.data("PUT", AGENT, "/api/v2/extendedAgent/incidentFilters/all", spec)
    model = {"provider": "Anthropic", "name": "Automatic"}
    azure.settle(azure.arm("PUT", AGENT, azure.agent_body(defaultModel=model)))

    shown = properties(azure)
    assert "monthlyAgentUnitLimit" not in shown
    assert shown["defaultModel"] == {"provider": "Anthropic", "name": "Automatic"}
    assert shown["upgradeChannel"] == "Stable"
    assert shown["incidentManagementConfiguration"] is None
    assert azure.data("GET", AGENT, "/api/v2/extendedAgent/incidentFilters").json()["value"] == []


def test_a_put_wipes_the_connectors_that_arm_has(azure: LocalAzure) -> None:
    """Also one that changes nothing; a PATCH leaves them, and so does a PUT that is refused.

    See docs/reference/control-plane.md#put-and-patch.
    """
    body = azure.agent_body()
    azure.agent()
    kusto = {"properties": {"dataConnectorType": "Kusto", "dataSource": "https://a", "identity": "system"}}

    def put(name: str) -> None:
        azure.settle(azure.arm("PUT", f"{AGENT}/connectors/{name}", kusto))

    def names() -> list[str]:
        return [each["name"] for each in azure.arm("GET", f"{AGENT}/DataConnectors").json()["value"]]

    put("kusto")
    azure.data("PUT", AGENT, "/api/v2/extendedAgent/connectors/of-the-data-plane", kusto)
    azure.settle(azure.arm("PATCH", AGENT, {"tags": {"team": "sre"}}))
    refused = azure.arm("PUT", AGENT, {**body, "location": "eastus2"})
    kept = names()
    azure.settle(azure.arm("PUT", AGENT, body))
    wiped = names()
    put("again")
    unchanged = azure.arm("PUT", AGENT, body)

    assert (refused.status_code, kept, wiped) == (409, ["kusto"], [])
    assert (unchanged.status_code, names()) == (200, [])
    left = azure.data("GET", AGENT, "/api/v2/extendedAgent/connectors").json()["value"]
    assert [each["name"] for each in left] == ["of-the-data-plane"]


def test_patch_merges(azure: LocalAzure) -> None:
    """202 without a body; what is left out stays, null removes, what the service sets is ignored."""
    azure.agent(monthlyAgentUnitLimit=1000, mcpServers=["https://a"])
    answer = azure.arm(
        "PATCH",
        AGENT,
        {
            "tags": {"team": "sre"},
            "properties": {
                "monthlyAgentUnitLimit": None,
                "actionConfiguration": {"mode": "Automatic"},
                "powerState": "Stopped",
            },
        },
    )
    azure.settle(answer)

    assert (answer.status_code, answer.content) == (202, b"")
    shown = properties(azure)
    assert "monthlyAgentUnitLimit" not in shown
    assert shown["mcpServers"] == ["https://a"]
    assert (shown["actionConfiguration"]["mode"], shown["actionConfiguration"]["accessLevel"]) == (
        "Automatic",
        "Low",
    )
    assert shown["powerState"] == "Running"
    assert azure.arm("GET", AGENT).json()["tags"] == {"team": "sre"}
    assert azure.arm("PATCH", AGENT, {}).status_code == 200
    azure.settle(azure.arm("PATCH", AGENT, {"tags": {"team": None, "tier": "1"}}))
    assert azure.arm("GET", AGENT).json()["tags"] == {"tier": "1"}
    assert error(azure.arm("PATCH", f"{AGENT}-two", {})) == (404, "ResourceNotFound")


def test_patching_the_platform_away_drops_its_filters(azure: LocalAzure) -> None:
    azure.agent(incidentManagementConfiguration=PAGER)
    azure.data(
        "PUT",
        AGENT,
        "/api/v2/extendedAgent/incidentFilters/all",
        {"properties": {"incidentPlatform": "PagerDuty"}},
    )
    patch(azure, incidentManagementConfiguration=None)

    assert azure.arm("GET", f"{AGENT}/incidentFilters").json()["value"] == []


def test_each_version_shows_and_takes_its_own_members(azure: LocalAzure) -> None:
    """A PUT through the GA version keeps what only the preview can say, and the other way round."""
    azure.agent(monthlyAgentUnitLimit=1000)
    body = azure.agent_body()
    refused = azure.arm("PUT", AGENT, azure.agent_body(monthlyAgentUnitLimit=1), api_version=GENERAL)
    patch_refused = azure.arm(
        "PATCH", AGENT, {"properties": {"monthlyAgentUnitLimit": 1}}, api_version=GENERAL
    )
    azure.settle(azure.arm("PUT", AGENT, {**body, "tags": {"a": "b"}}, api_version=GENERAL))

    assert error(refused) == error(patch_refused) == (400, "InvalidRequestContent")
    assert "2025-05-01-preview has it" in refused.json()["error"]["message"]
    assert properties(azure)["monthlyAgentUnitLimit"] == 1000
    assert properties(azure)["permissions"] is None
    assert not {"monthlyAgentUnitLimit", "permissions"} & set(properties(azure, GENERAL))


def test_agents_are_listed_by_group_and_by_subscription(azure: LocalAzure) -> None:
    azure.agent()
    azure.agent("sre-two", "rg-two")
    of_group = azure.arm("GET", AGENT.rsplit("/", 1)[0]).json()
    of_all = azure.arm("GET", f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.App/agents").json()

    assert [agent["name"] for agent in of_group["value"]] == ["sre-one"]
    assert [agent["name"] for agent in of_all["value"]] == ["sre-one", "sre-two"]
    assert of_group["nextLink"] is None
