"""What ARM decides before any provider is asked."""

import httpx
import pytest

from support.azure import GROUPS, PREVIEW, SUBSCRIPTION, LocalAzure, error

ROOT = f"/subscriptions/{SUBSCRIPTION}"
GROUP = f"{ROOT}/resourceGroups/rg-sre"
AGENT = f"{GROUP}/providers/Microsoft.App/agents/sre-one"


@pytest.mark.parametrize(
    ("method", "path", "version", "expected"),
    [
        pytest.param("GET", GROUP, "", (400, "MissingApiVersionParameter"), id="no-version"),
        pytest.param("GET", GROUP, "1999-01-01", (400, "InvalidApiVersionParameter"), id="group-version"),
        pytest.param("GET", AGENT, "2025-01-01", (400, "NoRegisteredProviderFound"), id="agent-version"),
        pytest.param("GET", AGENT, "latest", (400, "InvalidApiVersionParameter"), id="no-date"),
        pytest.param(
            "GET", f"{AGENT}/skills/a", "2026-01-01", (400, "NoRegisteredProviderFound"), id="child-version"
        ),
        pytest.param(
            "GET",
            f"{GROUP}/providers/Microsoft.Web/sites/a",
            PREVIEW,
            (404, "InvalidResourceNamespace"),
            id="namespace",
        ),
        pytest.param(
            "GET", f"{GROUP}/providers/Microsoft.App/jobs/a", PREVIEW, (404, "InvalidResourceType"), id="type"
        ),
        pytest.param("PUT", f"{AGENT}/widgets/a", PREVIEW, (404, "InvalidResourceType"), id="child-type"),
        pytest.param("POST", f"{AGENT}/explode", PREVIEW, (404, "NotFound"), id="action"),
        pytest.param("GET", f"{AGENT}/start", PREVIEW, (404, "InvalidResourceType"), id="action-by-get"),
        pytest.param("PATCH", f"{AGENT}/skills/a", PREVIEW, (405, "HttpMethodNotAllowed"), id="method"),
        pytest.param(
            "GET",
            f"{ROOT}/resourceGroups/none/providers/Microsoft.App/agents",
            PREVIEW,
            (404, "ResourceGroupNotFound"),
            id="group",
        ),
        pytest.param(
            "GET",
            f"{ROOT}/providers/Microsoft.App/agents/sre-one",
            PREVIEW,
            (404, "ResourceGroupNotFound"),
            id="no-group",
        ),
        pytest.param(
            "GET",
            "/subscriptions/0b/resourceGroups",
            GROUPS,
            (404, "SubscriptionNotFound"),
            id="subscription",
        ),
        pytest.param("GET", "/nothing/here", GROUPS, (404, "InvalidResourceType"), id="nowhere"),
        pytest.param("GET", AGENT, PREVIEW, (404, "ResourceNotFound"), id="agent"),
        pytest.param("GET", f"{AGENT}/skills/a", PREVIEW, (404, "ParentResourceNotFound"), id="parent"),
        pytest.param(
            "PUT",
            f"{AGENT}/connectors/kusto",
            PREVIEW,
            (404, "ParentResourceNotFound"),
            id="parent-of-connector",
        ),
    ],
)
def test_refusals(azure: LocalAzure, method: str, path: str, version: str, expected: tuple[int, str]) -> None:
    """Every path that leads nowhere is refused with ARM's status and code."""
    azure.group()

    assert error(azure.arm(method, path, {}, api_version=version)) == expected


def test_a_refused_version_names_the_supported_ones(azure: LocalAzure) -> None:
    message = azure.arm("GET", AGENT, api_version="2025-01-01").json()["error"]["message"]

    assert "for type 'agents'. The supported api-versions are '2025-05-01-preview, 2026-01-01'." in message


def test_path_segments_have_any_case_and_names_keep_theirs(azure: LocalAzure) -> None:
    """ARM compares without regard to case, and shows a resource as its creator spelt it."""
    azure.arm("PUT", f"{ROOT}/resourceGroups/RG-Sre", {"location": "swedencentral"}, api_version=GROUPS)

    answer = azure.arm("GET", f"{ROOT}/RESOURCEGROUPS/rg-sre", api_version=GROUPS)

    assert answer.json()["id"] == f"{ROOT}/resourceGroups/RG-Sre"
    assert answer.json()["name"] == "RG-Sre"
    assert answer.json()["type"] == "Microsoft.Resources/resourceGroups"


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b""], ids=["cut", "array", "not-utf8", "empty"])
def test_a_body_that_is_no_json_object_is_refused(azure: LocalAzure, body: bytes) -> None:
    assert error(azure.arm("PUT", GROUP, body, api_version=GROUPS)) == (400, "InvalidRequestContent")


@pytest.mark.parametrize(
    "body",
    [
        {"location": "swedencentral", "sku_name": "x"},
        {"location": ["swedencentral"]},
        {"location": "swedencentral", "tags": {"team": 7}},
        {"location": "swedencentral", "properties": []},
    ],
    ids=["unknown-member", "location", "tag", "properties"],
)
def test_a_body_with_wrong_members_is_refused(azure: LocalAzure, body: object) -> None:
    assert error(azure.arm("PUT", GROUP, body, api_version=GROUPS)) == (400, "InvalidRequestContent")


def test_every_answer_has_request_ids(azure: LocalAzure) -> None:
    """Also a refusal; a correlation id that the caller sends comes back."""
    sent = {"x-ms-correlation-request-id": "corr-1", "x-ms-client-request-id": "mine"}
    answer = azure.arm("GET", AGENT, headers=sent)

    assert answer.headers["x-ms-request-id"]
    assert answer.headers["x-ms-correlation-request-id"] == "corr-1"
    assert answer.headers["x-ms-client-request-id"] == "mine"
    assert azure.http.get("/").headers["x-ms-request-id"]


def test_without_a_token_nothing_is_said(azure: LocalAzure) -> None:
    """Even a path that leads nowhere answers 401."""
    answer = httpx.get(f"{azure.url}/subscriptions/nowhere?api-version={GROUPS}")

    assert error(answer) == (401, "AuthenticationFailed")
    assert answer.headers["www-authenticate"].startswith("Bearer ")
