"""Resource Graph, by which public clients find agents.

See docs/reference/control-plane.md#operations.
"""

from typing import Any

from support.azure import OTHER_SUBSCRIPTION, SUBSCRIPTION, LocalAzure, error

GRAPH = "/providers/Microsoft.ResourceGraph/resources"
VERSION = "2022-10-01"


def ask(azure: LocalAzure, query: str, **body: Any) -> Any:
    answer = azure.arm("POST", GRAPH, {"query": query, **body}, api_version=VERSION)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_agents_are_found_as_public_clients_find_them(azure: LocalAzure) -> None:
    """By the queries of Microsoft's own client and of a canvas that uses `az graph query`."""
    one, two = azure.agent(), azure.agent("sre-two", group="rg-two")
    columns = "name, id, location, resourceGroup, properties"
    query = f"Resources | where type =~ 'microsoft.app/agents' | project {columns}"
    found = ask(azure, query, subscriptions=[SUBSCRIPTION])
    first, second = found["data"]

    assert (found["totalRecords"], found["count"], found["resultTruncated"]) == (2, 2, "false")
    assert [first["id"], second["id"]] == [one, two]
    assert set(first) == {"name", "id", "location", "resourceGroup", "properties"}
    assert first["properties"]["agentEndpoint"] == azure.endpoint(one)
    assert first["properties"]["powerState"] == "Running"
    assert ask(azure, query, subscriptions=[OTHER_SUBSCRIPTION])["data"] == []


QUERIES: list[tuple[str, list[str]]] = [
    ("resources | where type == 'microsoft.app/agents' and name == 'sre-two'", ["sre-two"]),
    ("Resources | where type == 'Microsoft.App/agents'", []),
    ("Resources | where tolower(type) == 'microsoft.app/agents' | order by name", ["sre-two", "sre-one"]),
    (
        "Resources | where type in~ ('Microsoft.App/agents', 'a/b') | sort by name asc | take 1",
        ["sre-one"],
    ),
    (
        "Resources | where properties.powerState =~ 'running' | where name != 'sre-one' | project name",
        ["sre-two"],
    ),
]


def test_queries(azure: LocalAzure) -> None:
    azure.agent()
    azure.agent("sre-two")
    for query, names in QUERIES:
        assert [row["name"] for row in ask(azure, query)["data"]] == names, query


def test_columns_are_renamed_rows_counted_and_pages_taken(azure: LocalAzure) -> None:
    azure.agent()
    azure.agent("sre-two")
    endpoint = "Resources | project endpoint = properties.agentEndpoint, properties.powerState | limit 1"
    agents = "Resources | where type =~ 'microsoft.app/agents'"
    page = ask(azure, agents, options={"$skip": 1, "$top": 5})
    first = ask(azure, agents, options={"$top": 1})
    second = ask(azure, agents, options={"$top": 1, "$skipToken": first["$skipToken"]})

    assert set(ask(azure, endpoint)["data"][0]) == {"endpoint", "properties_powerState"}
    assert ask(azure, f"{agents} | count")["data"] == [{"Count": 2}]
    assert ([row["name"] for row in page["data"]], page["totalRecords"]) == (["sre-two"], 2)
    assert [row["name"] for row in (*first["data"], *second["data"])] == ["sre-one", "sre-two"]
    assert "$skipToken" not in second


def test_what_is_not_known_is_refused(azure: LocalAzure) -> None:
    for query in (
        "SecurityResources",
        "Resources | extend a = 1",
        "Resources | where name has 'a'",
        "Resources | take many",
    ):
        refused = azure.arm("POST", GRAPH, {"query": query}, api_version=VERSION)

        assert error(refused) == (400, "BadRequest"), query
        assert refused.json()["error"]["details"][0]["code"] == "InvalidQuery"


def test_a_query_is_needed(azure: LocalAzure) -> None:
    assert error(azure.arm("POST", GRAPH, {}, api_version=VERSION)) == (400, "InvalidRequestContent")
