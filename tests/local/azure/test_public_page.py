"""Every line and every row of the public REST page, sent as it stands there, and read as it says.

The page is learn.microsoft.com/azure/sre-agent/api-reference of May 2026: docs/reference/index.md#sources.
Where later facts beat it, a switch shows what it says: docs/reference/assumptions.md.
"""

import base64
import json
import os
import shutil
import subprocess
from typing import Any

import httpx
import pytest

from support.azure import DATA_AUDIENCE, PREVIEW, Json, LocalAzure, error
from support.conversations import executions, settled

AGENT = "sre-one"
THREAD = "0a1b2c3d-0000-4000-8000-000000000000"
PROMPT = "You look after the queues of the shop and say what you find there."
SPECS: dict[str, Json] = {
    "skills": {"description": "For triage.", "skillContent": PROMPT},
    "subagents": {"instructions": PROMPT, "handoffs": []},
    "tools": {"description": "Query Azure Resource Graph"},
    "scheduledTasks": {"cronExpression": "0 8 * * *", "agentPrompt": "Look."},
    "incidentFilters": {"incidentPlatform": "AzMonitor"},
    "hooks": {"eventType": "Stop", "hook": {"type": "prompt", "prompt": "Done?"}},
    "commonPrompts": {"prompt": "Be careful."},
    "plugins": {"any": "thing"},
    "connectors": {"dataConnectorType": "Kusto", "dataSource": "https://c.eastus2.kusto.windows.net"},
}
EXTENDED = {
    "agents": ("ExtendedAgent", "subagents"),
    "tools": ("ExtendedAgentTool", "tools"),
    "connectors": ("AgentConnector", "connectors"),
    "skills": ("Skill", "skills"),
    "commonprompts": ("CommonPrompt", "commonPrompts"),
    "scheduledtasks": ("ScheduledTask", "scheduledTasks"),
    "plugins": ("Plugin", "plugins"),
}
"""By the path's word of the table: the envelope's type, and a spec."""
AZ_MONITOR = {"type": "AzMonitor", "connectionName": "azmonitor"}


def az_rest(azure: LocalAzure, method: str, url: str, body: str | None = None) -> httpx.Response:
    """Send what `az rest -m METHOD --url URL --body BODY` sends: JSON, with a token for ARM and no more."""
    headers = {"Authorization": f"Bearer {azure.token()}", "Content-Type": "application/json"}
    url = url.replace("https://management.azure.com", azure.url)
    return azure.http.request(method, url, content=body, headers=headers)


def arm_url(agent: str, suffix: str = "") -> str:
    return f"https://management.azure.com{agent}{suffix}?api-version={PREVIEW}"


def curl(azure: LocalAzure, agent: str, line: str) -> subprocess.CompletedProcess[str]:
    """Run a line of the page with the variables that the page sets before it."""
    if shutil.which("curl") is None or shutil.which("bash") is None:
        pytest.skip("there is no curl or no bash on PATH")
    endpoint = az_rest(azure, "GET", arm_url(agent)).json()["properties"]["agentEndpoint"]
    variables = {"ENDPOINT": endpoint, "TOKEN": azure.token(DATA_AUDIENCE), "NO_PROXY": "*"}
    return subprocess.run(
        ["bash", "-c", line], env={**os.environ, **variables}, capture_output=True, text=True, check=True
    )


# authentication, and the examples at the end of the page


@pytest.mark.parametrize("options", ["", "-s"])
def test_the_line_of_curl_that_lists_threads(azure: LocalAzure, options: str) -> None:
    """Without `Accept`, as curl sends `*/*`."""
    agent = azure.agent()
    run = curl(azure, agent, f'curl {options} -H "Authorization: Bearer $TOKEN" "$ENDPOINT/api/v1/threads"')

    assert json.loads(run.stdout) == {"value": [], "nextLink": None}


def test_the_line_of_curl_that_adds_a_repository(azure: LocalAzure) -> None:
    """Whose body is `properties` and nothing else."""
    agent = azure.agent()
    body = {"properties": {"url": "https://github.com/myorg/myrepo", "type": "GitHub"}}
    login = '-H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json"'
    run = curl(
        azure, agent, f"curl -X PUT {login} \"$ENDPOINT/api/v2/repos/my-repo\" -d '{json.dumps(body)}'"
    )

    made = json.loads(run.stdout)
    assert (made["name"], made["properties"]["url"]) == ("my-repo", "https://github.com/myorg/myrepo")


def test_the_lines_of_az_rest(azure: LocalAzure) -> None:
    """An agent, its connectors, a connector's plain properties, and a tool's encoded spec."""
    agent = azure.agent()
    connector = {
        "name": "my-kusto",
        "dataConnectorType": "Kusto",
        "dataSource": "https://mycluster.eastus2.kusto.windows.net",
        "identity": "system",
    }
    spec = {"name": "my-tool", "description": "Query Azure Resource Graph"}
    encoded = base64.b64encode(json.dumps(spec).encode()).decode()

    shown = az_rest(azure, "GET", arm_url(agent))
    made = az_rest(
        azure, "PUT", arm_url(agent, "/DataConnectors/my-kusto"), json.dumps({"properties": connector})
    )
    tool = az_rest(
        azure, "PUT", arm_url(agent, "/tools/my-tool"), json.dumps({"properties": {"value": encoded}})
    )
    azure.settle(made)
    listed = az_rest(azure, "GET", arm_url(agent, "/DataConnectors"))

    assert shown.json()["properties"]["agentEndpoint"] == azure.endpoint(agent)
    assert made.status_code in (200, 201)
    assert tool.status_code in (200, 201)
    (one,) = listed.json()["value"]
    assert connector.items() <= one["properties"].items()
    assert one["properties"]["provisioningState"] == "Succeeded"


def test_the_line_that_assigns_a_role(azure: LocalAzure) -> None:
    """What `az role assignment create` sends in the end: a role by name, a principal, the agent as scope."""
    agent = azure.agent()
    roles = f"{agent}/providers/Microsoft.Authorization"
    name = "$filter=roleName eq 'SRE Agent Administrator'"
    (role,) = azure.arm("GET", f"{roles}/roleDefinitions?api-version=2022-04-01&{name}").json()["value"]
    body = {
        "properties": {
            "roleDefinitionId": role["id"],
            "principalId": azure.identity()["properties"]["principalId"],
        }
    }
    made = azure.arm("PUT", f"{roles}/roleAssignments/{THREAD}", body, api_version="2022-04-01")

    assert made.status_code == 201
    assert made.json()["properties"]["scope"] == agent


# control plane


def test_operations_of_the_agent(azure: LocalAzure) -> None:
    agent = azure.agent()

    def send(method: str, suffix: str = "") -> httpx.Response:
        return az_rest(azure, method, arm_url(agent, suffix))

    def power(suffix: str) -> str:
        azure.settle(send("POST", suffix))
        return str(send("GET").json()["properties"]["powerState"])

    assert az_rest(azure, "PUT", arm_url(agent), json.dumps(azure.agent_body())).status_code in (200, 201)
    azure.poll(lambda: send("GET").json()["properties"]["provisioningState"] == "Succeeded")
    assert (power("/stop"), power("/start")) == ("Stopped", "Running")
    assert send("GET", "/usages").json()["value"][0]["unit"] == "AgentUnits"
    assert send("GET", "/dailyusages").json()["value"] == []
    azure.settle(send("DELETE"))
    assert error(send("GET")) == (404, "ResourceNotFound")


def test_properties_of_the_agent(azure: LocalAzure) -> None:
    """Each row of the table, set where it can be and read."""
    settable: Json = {
        "defaultModel": {"provider": "Anthropic", "name": "Automatic"},
        "upgradeChannel": "Stable",
        "monthlyAgentUnitLimit": 1000,
        "incidentManagementConfiguration": AZ_MONITOR,
        "mcpServers": ["https://mcp.contoso.com"],
        "experimentalSettings": {"EnableWorkspaceTools": True},
        "logConfiguration": {"applicationInsightsConfiguration": {"appId": THREAD}},
        "vnetConfiguration": {"subnetResourceId": azure.subnet()},
    }
    agent = azure.agent(**settable, sandboxConfiguration={"egress": {"mode": "AzureVNet"}})
    shown = az_rest(azure, "GET", arm_url(agent)).json()["properties"]

    assert {name: shown[name] for name in settable} == settable
    assert shown["provisioningState"] == "Succeeded"
    assert shown["agentEndpoint"].startswith("http")
    assert (shown["powerState"], len(shown["outboundIpAddresses"])) == ("Running", 1)
    assert shown["actionConfiguration"].items() >= {"mode": "Review", "accessLevel": "Low"}.items()
    assert shown["knowledgeGraphConfiguration"]["managedResources"] == []


def test_modes(azure: LocalAzure) -> None:
    agent = azure.agent()
    for mode in ("Review", "Automatic", "ReadOnly"):
        change = json.dumps({"properties": {"actionConfiguration": {"mode": mode, "accessLevel": "High"}}})
        azure.settle(az_rest(azure, "PATCH", arm_url(agent), change))

        shown = az_rest(azure, "GET", arm_url(agent)).json()["properties"]["actionConfiguration"]
        assert (shown["mode"], shown["accessLevel"]) == (mode, "High")


def test_sub_resources(azure: LocalAzure) -> None:
    """`PUT`, `GET` and `DELETE`, with the spec as base64 in `properties.value`."""
    agent = azure.agent(incidentManagementConfiguration=AZ_MONITOR)
    for kind in (
        *("skills", "subagents", "tools", "scheduledTasks", "incidentFilters", "hooks", "commonPrompts"),
    ):
        _lives_in_arm(azure, agent, kind)


def _lives_in_arm(azure: LocalAzure, agent: str, kind: str) -> None:
    url = arm_url(agent, f"/{kind}/one")
    value = base64.b64encode(json.dumps({"name": "one", **SPECS[kind]}).encode()).decode()

    made = az_rest(azure, "PUT", url, json.dumps({"properties": {"value": value}}))
    shown = az_rest(azure, "GET", url).json()
    deleted = az_rest(azure, "DELETE", url)

    assert made.status_code in (200, 201)
    assert shown["type"] == f"Microsoft.App/agents/{kind}"
    assert json.loads(base64.b64decode(shown["properties"]["value"])).items() >= SPECS[kind].items()
    assert deleted.status_code in (200, 202, 204)
    assert error(az_rest(azure, "GET", url)) == (404, "ResourceNotFound")


def test_types_of_connectors(azure: LocalAzure) -> None:
    """And `PUT`, `GET` and `DELETE` of them."""
    agent = azure.agent()
    for kind in ("Kusto", "Mcp", "Outlook", "Teams"):
        _connects(azure, agent, kind)


def _connects(azure: LocalAzure, agent: str, kind: str) -> None:
    url = arm_url(agent, "/DataConnectors/one")
    extended = {"type": "http", "endpoint": "https://mcp.contoso.com/mcp"}
    properties = {"name": "one", "dataConnectorType": kind, "dataSource": "n/a", "identity": "system"}
    sent = {"properties": {**properties, **({"extendedProperties": extended} if kind == "Mcp" else {})}}

    azure.settle(az_rest(azure, "PUT", url, json.dumps(sent)))
    shown = az_rest(azure, "GET", url).json()
    azure.settle(az_rest(azure, "DELETE", url))

    assert (shown["name"], shown["properties"]["dataConnectorType"]) == ("one", kind)
    assert az_rest(azure, "GET", url).status_code == 404


# data plane


def call(azure: LocalAzure, agent: str, method: str, path: str, body: Any = None) -> httpx.Response:
    """Send what a program sends that knows the page and nothing else: no `Accept`, `*/*` as it were."""
    return azure.data(method, agent, path, body, headers={"Accept": "*/*"})


def test_threads_and_chat(azure: LocalAzure) -> None:
    """Where a message starts a conversation, which later sources do not show."""
    azure.switch(messagesStartThreads=True)
    agent, path = azure.agent(), "/api/v1/threads"
    sent = call(azure, agent, "POST", f"{path}/{THREAD}/messages", {"text": "hello"})
    listed = call(azure, agent, "GET", path).json()["value"]
    one = call(azure, agent, "GET", f"{path}/{THREAD}").json()
    said = call(azure, agent, "GET", f"{path}/{THREAD}/messages").json()

    assert (sent.status_code, sent.json()["text"]) == (201, "hello")
    assert [each["id"] for each in listed] == [one["id"]] == [THREAD]
    assert said["value"][0]["text"] == "hello"


@pytest.mark.parametrize(("decision", "status"), [("Approved", "Completed"), ("Rejected", "Cancelled")])
def test_approvals(azure: LocalAzure, decision: str, status: str) -> None:
    azure.switch(messagesStartThreads=True, onBehalfOf="never")
    agent = azure.agent()
    call(azure, agent, "POST", f"/api/v1/threads/{THREAD}/messages", {"text": "restart web-1"})
    (waiting,) = executions(settled(azure, agent, THREAD))
    listed = call(azure, agent, "GET", f"/api/v1/approvals/{THREAD}")
    path = f"/api/v1/approvals/{THREAD}/{waiting['id']}/decision"
    decided = call(azure, agent, "POST", path, {"decision": decision})

    assert listed.status_code == 200
    assert decided.is_success
    assert executions(settled(azure, agent, THREAD))[0]["status"] == status


def test_code_repositories(azure: LocalAzure) -> None:
    agent, path = azure.agent(), "/api/v2/repos"
    sent = {"properties": {"url": "https://github.com/myorg/myrepo", "type": "GitHub"}}
    made = call(azure, agent, "PUT", f"{path}/my-repo", sent)
    tested = call(azure, agent, "POST", f"{path}/my-repo/test")
    listed = call(azure, agent, "GET", path).json()["value"]
    one = call(azure, agent, "GET", f"{path}/my-repo").json()
    deleted = call(azure, agent, "DELETE", f"{path}/my-repo")

    assert made.status_code in (200, 201, 202)
    assert tested.json()["isSuccessful"] is True
    assert [each["name"] for each in listed] == [one["name"]] == ["my-repo"]
    assert deleted.is_success
    assert call(azure, agent, "GET", f"{path}/my-repo").status_code == 404


def test_knowledge(azure: LocalAzure) -> None:
    agent, path = azure.agent(), "/api/v1/agentmemory"
    url = azure.endpoint(agent) + f"{path}/upload"
    login = {"Authorization": f"Bearer {azure.token(DATA_AUDIENCE)}"}
    parts = [("files", (name, b"Restart it.", "text/plain")) for name in ("a.md", "b.md", "c.md")]
    uploaded = azure.http.post(url, files=parts, headers=login)
    status = call(azure, agent, "GET", f"{path}/status").json()
    indexer = call(azure, agent, "GET", f"{path}/indexer-status").json()
    one = call(azure, agent, "DELETE", f"{path}/document/a.md")
    two = call(azure, agent, "DELETE", f"{path}/documents", ["b.md"])
    left = call(azure, agent, "GET", f"{path}/files").json()["files"]

    assert (uploaded.status_code, uploaded.json()["uploaded"]) == (200, ["a.md", "b.md", "c.md"])
    assert status["enabled"] is True
    assert indexer["status"] == "Running"
    assert (one.status_code, two.status_code) == (200, 200)
    assert [each["name"] for each in left] == ["c.md"]


def test_http_triggers(azure: LocalAzure) -> None:
    """Whose webhook anybody may call, by this page."""
    azure.switch(webhookNeedsToken=False)
    agent, path = azure.agent(), "/api/v1/httptriggers"
    made = call(azure, agent, "POST", f"{path}/create", {"name": "deploys", "agentPrompt": "Look."}).json()
    listed = call(azure, agent, "GET", path).json()
    executed = call(azure, agent, "POST", f"{path}/{made['triggerId']}/execute")
    webhook = httpx.post(f"{azure.endpoint(agent)}{path}/trigger/{made['triggerId']}", json={})

    assert [each["id"] for each in listed] == [made["triggerId"]]
    assert made["triggerUrl"].endswith(f"{path}/trigger/{made['triggerId']}")
    assert (executed.status_code, executed.json()["execution"]["success"]) == (202, True)
    assert (webhook.status_code, webhook.json()["success"]) == (202, True)


def test_hooks(azure: LocalAzure) -> None:
    agent, path = azure.agent(), "/api/v2/extendedAgent/hooks"
    body = {"name": "my-hook", "type": "GlobalHook", "properties": SPECS["hooks"]}
    made = call(azure, agent, "PUT", f"{path}/my-hook", body)
    listed = call(azure, agent, "GET", path).json()["value"]
    deleted = call(azure, agent, "DELETE", f"{path}/my-hook")

    assert made.status_code in (200, 201, 202)
    assert [each["name"] for each in listed] == ["my-hook"]
    assert deleted.is_success
    assert call(azure, agent, "GET", path).json()["value"] == []


def test_extended_agent_configuration(azure: LocalAzure) -> None:
    """`PUT`, `GET`, `PATCH` and `DELETE`."""
    agent = azure.agent()
    for kind in EXTENDED:
        _lives_on_the_data_plane(azure, agent, kind)


def _lives_on_the_data_plane(azure: LocalAzure, agent: str, kind: str) -> None:
    path = f"/api/v2/extendedAgent/{kind}/one"
    envelope, spec = EXTENDED[kind]
    sent = {"name": "one", "type": envelope, "properties": SPECS[spec]}
    made = call(azure, agent, "PUT", path, sent)
    azure.poll(lambda: "InProgress" not in call(azure, agent, "GET", path).text)
    patched = call(azure, agent, "PATCH", path, {"properties": {"description": "changed"}})
    azure.poll(lambda: "InProgress" not in call(azure, agent, "GET", path).text)
    shown = call(azure, agent, "GET", path).json()
    deleted = call(azure, agent, "DELETE", path)

    assert made.status_code in (200, 201, 202)
    assert patched.is_success
    assert (shown["name"], shown["type"]) == ("one", envelope)
    assert shown["properties"].items() >= {**SPECS[spec], "description": "changed"}.items()
    assert deleted.is_success
    assert call(azure, agent, "GET", path).status_code == 404


def test_the_hub(azure: LocalAzure) -> None:
    """Is at `/agentHub` and takes the same token; what it says is in `data_plane/test_hub.py`."""
    negotiated = call(azure, azure.agent(), "POST", "/agentHub/negotiate?negotiateVersion=1")

    assert negotiated.json()["availableTransports"][0]["transport"] == "WebSockets"
