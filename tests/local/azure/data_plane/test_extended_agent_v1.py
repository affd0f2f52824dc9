"""Version 1 of the kinds, as templates and public scripts call it.

See docs/reference/data-plane.md#version-1.
"""

from support.azure import Json, LocalAzure, error

V1, V2 = "/api/v1/extendedAgent", "/api/v2/extendedAgent"
PROMPT = "You look after the queues of the shop and say what you find there."
SUBAGENT = f"""
api_version: azuresre.ai/v1
kind: AgentConfiguration
metadata:
  name: queues
spec:
  name: queues
  system_prompt: {PROMPT}
  handoff_description: For queues.
  agent_type: Autonomous
  tools: [SearchMemory]
  mcp_tools: [wiki/*]
  enable_skills: true
  hooks:
    Stop:
      - type: prompt
        prompt: Done?
        failMode: allow
"""
TOOLS = """
api_version: azuresre.ai/v1
kind: ToolList
spec:
  tools:
    - name: my-tool
      type: PythonFunctionTool
      description: Says hello.
      function_code: "def main() -> dict: return {}"
      timeout_seconds: 120
      parameters: []
"""
ONE_TOOL = """
api_version: azuresre.ai/v2
kind: ExtendedAgentTool
metadata:
  name: query-logs
spec:
  type: KustoTool
  connector: adx
  toolMode: Auto
  query: AppLogs | take 1
"""
YAML = {"Content-Type": "application/x-yaml"}


def apply(azure: LocalAzure, agent: str, document: str, media_type: str = "text/yaml") -> tuple[int, str]:
    headers = {"Content-Type": media_type}
    answer = azure.data("PUT", agent, f"{V1}/apply", document.encode(), headers=headers)
    return error(answer)


def test_yaml_is_applied(azure: LocalAzure) -> None:
    agent = azure.agent()
    assert apply(azure, agent, SUBAGENT, "text/yaml") == (202, "")
    assert apply(azure, agent, SUBAGENT, "application/yaml; charset=utf-8") == (202, "")
    assert apply(azure, agent, f"{TOOLS}---{ONE_TOOL}", "application/x-yaml") == (202, "")

    subagent = azure.data("GET", agent, f"{V2}/agents/queues").json()["properties"]
    assert subagent.items() >= {("instructions", PROMPT), ("handoffDescription", "For queues.")}
    assert (subagent["tools"], subagent["mcpTools"]) == (["SearchMemory"], ["wiki/*"])
    assert subagent["hooks"]["Stop"][0]["failMode"] == "allow"
    tool = azure.data("GET", agent, f"{V2}/tools/my-tool").json()["properties"]
    assert (tool["type"], tool["timeoutSeconds"]) == ("PythonFunctionTool", 120)
    assert tool["functionCode"].startswith("def main()")
    assert azure.data("GET", agent, f"{V2}/tools/query-logs").json()["properties"]["toolMode"] == "Auto"


def test_json_is_yaml_if_it_says_so(azure: LocalAzure) -> None:
    agent = azure.agent()
    tools = '{"kind": "ToolList", "spec": {"tools": [{"name": "a", "type": "PythonFunctionTool"}]}}'

    assert apply(azure, agent, tools, "application/json") == (415, "UnsupportedMediaType")
    assert azure.data("GET", agent, f"{V2}/tools").json()["value"] == []
    assert apply(azure, agent, tools) == (202, "")


REFUSED = {
    "a kind of version 2": "kind: ExtendedAgent\nspec: {name: a}",
    "a connector": "kind: DataConnector\nspec: {name: a}",
    "no YAML": "kind: [",
    "nothing": "",
    "a list": "- a",
    "no list of tools": "kind: ToolList\nspec: {tools: {}}",
    "no name": "kind: ToolList\nspec: {tools: [{}]}",
    "no spec": "kind: AgentConfiguration\nspec: []",
    "an alias": "a: &a [1]\nb: *a",
    "deep": "[" * 1000,
    "a list for a key": "? [1]\n: 2",
    "not a number": "a: .nan",
    "large": "a" * 600_000,
}


def test_what_cannot_be_applied_is_refused(azure: LocalAzure) -> None:
    agent = azure.agent()
    outcomes = {case: apply(azure, agent, document) for case, document in REFUSED.items()}

    assert outcomes == dict.fromkeys(REFUSED, (400, "BadRequest"))


def test_instructions_that_are_too_short_are_the_services_failure(azure: LocalAzure) -> None:
    short = "kind: AgentConfiguration\nspec: {name: a, system_prompt: short}"

    assert apply(azure, azure.agent(), short) == (500, "InternalServerError")


def test_an_unsupported_kind_is_named(azure: LocalAzure) -> None:
    agent = azure.agent()
    refused = azure.data("PUT", agent, f"{V1}/apply", b"kind: DataConnector", headers=YAML)

    assert refused.json()["error"]["message"] == "Unsupported kind: DataConnector"


def test_documents_are_applied_together_or_not_at_all(azure: LocalAzure) -> None:
    agent = azure.agent()
    missing = SUBAGENT.replace("  tools: [SearchMemory]", "  handoffs: [nobody]")

    assert apply(azure, agent, f"{TOOLS}---{missing}") == (400, "BadRequest")
    assert azure.data("GET", agent, f"{V2}/tools").json()["value"] == []


def test_subagents_come_in_pages(azure: LocalAzure) -> None:
    agent = azure.agent()
    for name in ("a", "b", "c"):
        spec = {"instructions": PROMPT, "tools": ["SearchMemory"]}
        azure.data("PUT", agent, f"{V2}/agents/{name}", {"properties": spec})

    def page(query: str) -> Json:
        found: Json = azure.data("GET", agent, f"{V1}/agents?{query}").json()
        return found

    assert [one["name"] for one in page("page=1&limit=200")["data"]] == ["a", "b", "c"]
    assert [one["name"] for one in page("page=2&limit=2")["data"]] == ["c"]
    assert page("page=1&limit=1")["data"][0]["tools"] == ["SearchMemory"]
    assert error(azure.data("GET", agent, f"{V1}/agents?limit=many")) == (400, "BadRequest")


def test_other_kinds_are_bare_arrays_and_are_deleted(azure: LocalAzure) -> None:
    agent = azure.agent()
    azure.data("PUT", agent, f"{V2}/skills/triage", {"properties": {"description": "x"}})
    azure.data("PUT", agent, f"{V2}/tools/mine", {"properties": {"type": "LinkTool"}})
    adx = {"dataConnectorType": "Kusto", "dataSource": "https://a"}
    azure.data("PUT", agent, f"{V2}/connectors/adx", {"properties": adx})
    skills = azure.data("GET", agent, f"{V1}/skills").json()
    connectors = azure.data("GET", agent, f"{V1}/connectors").json()

    assert skills == [{"name": "triage", "description": "x"}]
    assert [(one["name"], one["dataConnectorType"]) for one in connectors] == [("adx", "Kusto")]
    assert azure.data("GET", agent, f"{V1}/dataconnectors").json() == [
        {"name": "adx", "connectorType": "Kusto"}
    ]
    assert azure.data("DELETE", agent, f"{V1}/tools/mine").status_code == 202
    assert azure.data("GET", agent, f"{V1}/tools").json()["data"] == []


def test_system_tools(azure: LocalAzure) -> None:
    agent = azure.agent()
    for query in ("", "?stableOnly=false", "?stableOnly=true"):
        tools = azure.data("GET", agent, f"{V1}/systemtools{query}").json()

        assert {"RunAzCliReadCommands", "ExecutePythonCode"} <= {tool["name"] for tool in tools}
