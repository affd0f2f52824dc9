"""Sub-resources in their base64 envelope."""

import base64
import json
from typing import Any

import pytest

from support.azure import Json, LocalAzure, error

KINDS = ("skills", "subagents", "tools", "scheduledTasks", "hooks", "commonPrompts", "pluginConfigs")


def packed(spec: Any, *, url_safe: bool = False) -> Json:
    encode = base64.urlsafe_b64encode if url_safe else base64.b64encode
    content = spec if isinstance(spec, bytes) else json.dumps(spec).encode()
    return {"properties": {"value": encode(content).decode()}}


def unpacked(resource: Json) -> Json:
    found: Json = json.loads(base64.b64decode(resource["properties"]["value"]))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_an_item_lives(azure: LocalAzure, kind: str) -> None:
    agent = azure.agent()
    path = f"{agent}/{kind}/one"
    made = azure.arm("PUT", path, packed({"name": "one", "description": "first"}))
    again = azure.arm("PUT", path, packed({"name": "one", "description": "second"}))
    found = azure.arm("GET", f"{agent}/{kind.upper()}/ONE").json()

    assert (made.status_code, again.status_code) == (201, 200)
    assert found == again.json() == azure.arm("GET", f"{agent}/{kind}").json()["value"][0]
    assert found["type"] == f"Microsoft.App/agents/{kind}"
    assert found["id"] == path
    assert unpacked(found) == {"name": "one", "description": "second"}
    assert azure.arm("DELETE", path).status_code == 200
    assert azure.arm("DELETE", path).status_code == 204
    assert error(azure.arm("GET", path)) == (404, "ResourceNotFound")


@pytest.mark.parametrize(
    "body",
    [
        packed({"name": "one", "text": "ü?>~~"}, url_safe=True),
        packed(b"\xef\xbb\xbf" + json.dumps({"name": "ONE", "text": "ü?>~~"}).encode()),
        {"properties": {"value": packed({"text": "ü?>~~"})["properties"]["value"].rstrip("=")}},
    ],
    ids=["url-safe", "bom", "no-padding"],
)
def test_encodings_are_forgiven(azure: LocalAzure, body: Json) -> None:
    agent = azure.agent()

    assert unpacked(azure.arm("PUT", f"{agent}/skills/one", body).json()) == {"name": "one", "text": "ü?>~~"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param({}, "InvalidRequestContent", id="nothing"),
        pytest.param({"properties": []}, "InvalidRequestContent", id="properties"),
        pytest.param({"properties": {"value": {"name": "one"}}}, "InvalidRequestContent", id="not-encoded"),
        pytest.param({"properties": {"value": "~~~"}}, "InvalidRequestContent", id="not-base64"),
        pytest.param(packed(b"{"), "InvalidRequestContent", id="not-json"),
        pytest.param(packed([1]), "InvalidRequestContent", id="not-an-object"),
        pytest.param(packed({"name": "two"}), "InvalidRequestContent", id="other-name"),
        pytest.param(packed({"name": "one", "tools": "all"}), "InvalidRequestContent", id="no-array"),
    ],
)
def test_refusals(azure: LocalAzure, body: Json, code: str) -> None:
    assert error(azure.arm("PUT", f"{azure.agent()}/skills/one", body)) == (400, code)


def test_both_planes_write_to_the_same_store(azure: LocalAzure) -> None:
    """ARM's flat spec is the data plane's properties and the name."""
    agent = azure.agent()
    azure.arm("PUT", f"{agent}/commonPrompts/rules", packed({"name": "rules", "prompt": "Be careful."}))
    azure.data(
        "PUT", agent, "/api/v2/extendedAgent/commonprompts/style", {"properties": {"prompt": "Be brief."}}
    )

    listed = azure.data("GET", agent, "/api/v2/extendedAgent/commonprompts").json()["value"]
    assert [(one["name"], one["properties"]) for one in listed] == [
        ("rules", {"prompt": "Be careful."}),
        ("style", {"prompt": "Be brief."}),
    ]
    assert unpacked(azure.arm("GET", f"{agent}/commonPrompts/style").json()) == {
        "name": "style",
        "prompt": "Be brief.",
    }


def test_a_restricted_tenant_has_connectors_only(azure: LocalAzure) -> None:
    """Writes are refused with the service's own sentence, and lists are empty; the data plane goes on."""
    agent = azure.agent()
    azure.data("PUT", agent, "/api/v2/extendedAgent/skills/triage", {"properties": {"description": "x"}})
    azure.switch(restrictedTenant=True)
    refused = azure.arm("PUT", f"{agent}/skills/two", packed({"name": "two"}))

    assert error(refused) == (400, "BadRequest")
    assert refused.json()["error"]["message"].startswith(
        "Agent Extensions are not available for this tenant."
    )
    assert error(azure.arm("DELETE", f"{agent}/skills/triage")) == (400, "BadRequest")
    assert error(azure.arm("GET", f"{agent}/skills/triage")) == (404, "ResourceNotFound")
    assert azure.arm("GET", f"{agent}/skills").json()["value"] == []
    assert len(azure.data("GET", agent, "/api/v2/extendedAgent/skills").json()["value"]) == 1
    connector = {"properties": {"dataConnectorType": "Kusto", "dataSource": "https://c.kusto.windows.net"}}
    assert azure.arm("PUT", f"{agent}/connectors/kusto", connector).status_code == 201


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_usages_answer_to_both_verbs_and_any_case(azure: LocalAzure, method: str) -> None:
    agent = azure.agent(monthlyAgentUnitLimit=1000)
    usages = azure.arm(method, f"{agent}/usages").json()["value"]

    assert {usage["unit"]: usage["limit"] for usage in usages} == {"AgentUnits": 1000, "Requests": None}
    assert azure.arm(method, f"{agent}/dailyUsages").json()["value"] == []
    assert azure.arm(method, f"{agent}/dailyusages").json()["value"] == []
