"""Who may speak to the local Azure: its data folder's owner, and no page in a browser."""

from collections.abc import Mapping

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from support.azure import DATA_AUDIENCE, GROUPS, SUBSCRIPTION, LocalAzure, error

ADMINISTRATION = [
    ("GET", ""), ("GET", "/requests"), ("DELETE", "/requests"), ("GET", "/faults"), ("POST", "/faults"),
    ("DELETE", "/faults"), ("DELETE", "/faults/none"), ("GET", "/switches"), ("PATCH", "/switches"),
    ("POST", "/reset"), ("POST", "/stop"), ("POST", "/health"), ("GET", "/nothing"), ("GET", "/"),
]  # fmt: skip
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg?api-version={GROUPS}"


@pytest.mark.parametrize(("method", "path"), ADMINISTRATION)
@pytest.mark.parametrize("headers", [{}, {"X-Local-Azure-Token": "guess"}, {"X-Local-Azure-Token": "gü"}])
def test_administration_needs_the_token_of_the_data_folder(
    azure: LocalAzure, method: str, path: str, headers: Mapping[str, str]
) -> None:
    raw = {name.encode(): value.encode() for name, value in headers.items()}
    answer = httpx.request(method, f"{azure.url}/_local{path}", headers=raw)

    assert error(answer) == (401, "AuthenticationFailed")
    assert "administrationToken in azure.json" in answer.json()["error"]["message"]


def test_only_health_is_told_to_everybody(azure: LocalAzure) -> None:
    """It is how a start finds out whose the port is."""
    assert httpx.get(f"{azure.url}/_local/health").json()["pid"] == azure.process.pid
    assert httpx.get(f"{azure.url}/_local/%68ealth").status_code == 200
    assert error(httpx.post(f"{azure.url}/%5Flocal/reset")) == (401, "AuthenticationFailed")


@pytest.mark.parametrize(
    "origin", ["https://contoso.com", "http://127.0.0.1:1", "http://localhost", "null", ""]
)
def test_a_page_of_another_origin_is_refused(azure: LocalAzure, origin: str) -> None:
    """Whatever it asks for, and whatever it knows."""
    headers = {**azure.administration, "Origin": origin}
    answers = [
        azure.http.post("/_local/reset", headers=headers),
        azure.http.get("/_local/health", headers=headers),
        azure.arm("PUT", GROUP, {"location": "swedencentral"}, headers=headers),
        azure.http.get("/metadata/endpoints", headers=headers),
    ]

    assert [error(answer) for answer in answers] == [(403, "ForeignOrigin")] * 4
    assert azure.arm("GET", GROUP).status_code == 404
    assert azure.requests(method="PUT") == []


def test_a_page_of_its_own_is_let_in(azure: LocalAzure) -> None:
    for url in (azure.url, azure.url.replace("127.0.0.1", "localhost")):
        answer = azure.http.get(f"{url}/metadata/endpoints?api-version=2022-09-01", headers={"Origin": url})
        assert answer.json()["resourceManager"] == url


def test_a_page_opens_no_socket(azure: LocalAzure) -> None:
    agent = azure.agent()
    token = azure.data("POST", agent, "/agentHub/negotiate?negotiateVersion=1").json()["connectionToken"]
    url = f"{azure.endpoint(agent).replace('http', 'ws', 1)}/agentHub?id={token}"
    headers = {"Authorization": f"Bearer {azure.token(DATA_AUDIENCE)}"}

    with (
        pytest.raises(InvalidStatus) as refused,
        connect(url, additional_headers=headers, origin=Origin("https://contoso.com")),
    ):
        pass
    assert refused.value.response.status_code == 403
    with connect(url, additional_headers=headers, origin=Origin(azure.url)):
        pass


@pytest.mark.parametrize(
    "host", ["azure.contoso.com", "127.0.0.1.contoso.com", "127.0.0.1:x", "127.0.0.1:80@contoso.com", ""]
)
def test_other_host_names_are_refused(azure: LocalAzure, host: str) -> None:
    """So that a web page cannot reach the server through a name that it points here."""
    assert error(azure.http.get("/_local/health", headers={"Host": host})) == (400, "BadRequest")
    assert azure.http.get("/_local/health", headers={"Host": "localhost"}).status_code == 200


def test_links_lead_to_where_the_request_came_to(azure: LocalAzure) -> None:
    """As through a tunnel: an agent's endpoint, its triggers, operations and the cloud's own addresses."""
    tunnel = {"Host": "localhost:9"}
    agent = azure.agent()
    here, there = (azure.arm("GET", agent, headers=headers).json() for headers in ({}, tunnel))
    trigger = {"name": "t", "agentPrompt": "Look."}
    created = azure.data("POST", agent, "/api/v1/httptriggers/create", trigger, headers=tunnel).json()
    operation = azure.arm("PATCH", agent, {"tags": {"a": "b"}}, headers=tunnel)
    azure.settle(azure.arm("GET", agent))
    group = azure.arm("DELETE", GROUP.replace("/rg?", "/rg-sre?"), headers=tunnel)

    assert here["properties"]["agentEndpoint"].startswith(f"{azure.url}/agents/")
    assert there["properties"]["agentEndpoint"].startswith("http://localhost:9/agents/")
    assert created["triggerUrl"].startswith("http://localhost:9/agents/")
    assert operation.headers["location"].startswith("http://localhost:9/subscriptions/")
    assert operation.headers["azure-asyncoperation"].startswith("http://localhost:9/subscriptions/")
    assert group.headers["location"].startswith("http://localhost:9/subscriptions/")
    assert azure.http.get("/", headers=tunnel).json()["login"]["environment"]["IDENTITY_ENDPOINT"] == (
        "http://localhost:9/msi/token"
    )
