"""What the check refuses, accepts and fills in; nothing of it asks anybody."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from pulumi.output import UNKNOWN

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.kinds import KINDS
from pulumi_sre_agent.resources._core.failures import check_failure
from pulumi_sre_agent.resources._core.model import Model, StackDefaults
from pulumi_sre_agent.resources._core.registry import model_of
from support.samples import AGENT_ID, LONG, SAMPLES, Json

UAMI = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id"
SUBNET = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/agents"
AGENT: Json = {
    "name": "payments-oncall",
    "resource_group_name": "rg-sre",
    "location": "swedencentral",
    "knowledge_graph_configuration": {"identity": UAMI},
}
SKILL: Json = {"name": "triage", "skill_content": LONG}
CONNECTOR: Json = {
    "name": "my-kusto",
    "data_connector_type": "Kusto",
    "data_source": "https://c.kusto.windows.net",
}
SECRET = "s3cret-value"


def model(kind: str) -> Model:
    return model_of(kind)


def egress(**members: Any) -> Json:
    return {"sandbox_configuration": {"egress": {"mode": "Limited", **members}}}


AGENT_NAME = "must have 2 to 32 letters, digits and hyphens, begin with a letter and not end with a hyphen"
HOST = "must be a host name such as api.example.com or *.example.com"
PROXY = "must be http://host:port without login, path or query, the port being none of 0, 80 and 443"
ITEM_NAME = r"must have 1 to 128 characters, none of / \ ? # %, and no blank at either end"
RESOURCE_ID = "log_configuration.application_insights_configuration.application_insights_resource_id"
EGRESS = "sandbox_configuration.egress"
PACKAGE = "sandbox_configuration.packages[0]"
SUBNET_SET = "must be AzureVNet where vnet_configuration.subnet_resource_id is set"
INCIDENTS = "incident_management_configuration"

REFUSED = [
    (
        "Agent",
        {"name": "1st"},
        f"name {AGENT_NAME}",
    ),
    (
        "Agent",
        {"name": "a"},
        f"name {AGENT_NAME}",
    ),
    (
        "Agent",
        {"name": "ends-"},
        f"name {AGENT_NAME}",
    ),
    (
        "Agent",
        {"action_configuration": {"mode": "Autonomus"}},
        (
            "action_configuration.mode must be one of Review, Autonomous, Automatic, "
            "ReadOnly (did you mean 'Autonomous'?)"
        ),
    ),
    (
        "Agent",
        {"action_configuration": {"acess_level": "Low"}},
        "action_configuration.acess_level is not a property here (did you mean 'access_level'?)",
    ),
    ("Agent", {"monthly_agent_unit_limit": 100}, "monthly_agent_unit_limit must be between 500 and 1000000"),
    ("Agent", {"monthly_agent_unit_limit": 600.5}, "monthly_agent_unit_limit must be a whole number"),
    ("Agent", {"monthly_agent_unit_limit": "many"}, "monthly_agent_unit_limit must be a whole number"),
    (
        "Agent",
        {"knowledge_graph_configuration": {"identity": "me"}},
        (
            "knowledge_graph_configuration.identity must be an ARM id, which begins with "
            "/subscriptions/<subscription>"
        ),
    ),
    ("Agent", {"knowledge_graph_configuration": {}}, "knowledge_graph_configuration.identity is missing"),
    (
        "Agent",
        {"knowledge_graph_configuration": "all"},
        "knowledge_graph_configuration must be an object with names and values",
    ),
    ("Agent", {"tags": {"a": 1}}, "tags.a must be text"),
    ("Agent", {"tags": "a"}, "tags must be an object with names and values"),
    ("Agent", {"mcp_servers": "https://example.net"}, "mcp_servers must be a list"),
    (
        "Agent",
        {"experimental_settings": {"EnableWorkspaceTools": "yes"}},
        "experimental_settings.EnableWorkspaceTools must be true or false",
    ),
    (
        "Agent",
        {"vnet_configuration": {"subnet_resource_id": SUBNET}},
        f"{EGRESS}.mode {SUBNET_SET}",
    ),
    (
        "Agent",
        {"vnet_configuration": {"subnet_resource_id": SUBNET}, **egress()},
        f"{EGRESS}.mode {SUBNET_SET}",
    ),
    (
        "Agent",
        egress(mode="AzureVNet"),
        (
            "vnet_configuration.subnet_resource_id is missing, which "
            "sandbox_configuration.egress.mode AzureVNet needs"
        ),
    ),
    (
        "Agent",
        egress(allowed_hosts=["*"]),
        f"{EGRESS}.allowed_hosts[0] {HOST}",
    ),
    (
        "Agent",
        egress(allowed_hosts=["*.com"]),
        f"{EGRESS}.allowed_hosts[0] {HOST}",
    ),
    (
        "Agent",
        egress(allowed_hosts=[f"h{n}.example.com" for n in range(101)]),
        f"{EGRESS}.allowed_hosts must have at most 100 entries",
    ),
    (
        "Agent",
        egress(allowed_registries=["npm"]),
        (
            f"{EGRESS}.allowed_registries[0] must be one of pypi, npmjs, nuget-org, ubuntu "
            "(did you mean 'npmjs'?)"
        ),
    ),
    (
        "Agent",
        egress(http_proxy={"http_url": "http://proxy:80"}),
        f"{EGRESS}.http_proxy.http_url {PROXY}",
    ),
    (
        "Agent",
        egress(http_proxy={"http_url": "http://me:pw@proxy:8080"}),
        f"{EGRESS}.http_proxy.http_url {PROXY}",
    ),
    (
        "Agent",
        egress(http_proxy={"http_url": "http://proxy:x"}),
        f"{EGRESS}.http_proxy.http_url {PROXY}",
    ),
    (
        "Agent",
        egress(http_proxy={"no_proxy": ["10.0.0.0/8"]}),
        f"{EGRESS}.http_proxy needs http_url or https_url",
    ),
    (
        "Agent",
        egress(http_proxy={"http_url": "http://p:8080", "no_proxy": ["*"]}),
        f"{EGRESS}.http_proxy.no_proxy[0] must be a host, .suffix, *.suffix, address or CIDR range",
    ),
    (
        "Agent",
        {"sandbox_configuration": {"packages": [{"name": "a b", "package_manager": "pip"}]}},
        f"{PACKAGE}.name must be the name of a package, of at most 214 characters",
    ),
    (
        "Agent",
        {"sandbox_configuration": {"packages": [{"name": "a", "version": "1 2", "package_manager": "pip"}]}},
        f"{PACKAGE}.version must be a version or range without blanks, of at most 64 characters",
    ),
    (
        "Agent",
        {"identity": {"type": "UserAssigned"}},
        "identity.user_assigned_identities is missing, which identity.type UserAssigned needs",
    ),
    (
        "Agent",
        {"identity": {"type": "SystemAssigned", "user_assigned_identities": [UAMI]}},
        "identity.user_assigned_identities needs identity.type UserAssigned, not SystemAssigned",
    ),
    (
        "Agent",
        {"identity": {"type": "UserAssigned", "user_assigned_identities": [f"{UAMI}-2"]}},
        "knowledge_graph_configuration.identity must be one of identity.user_assigned_identities",
    ),
    (
        "Agent",
        {
            "identity": {"type": "UserAssigned", "user_assigned_identities": [UAMI]},
            "action_configuration": {"identity": f"{UAMI}-2"},
        },
        "action_configuration.identity must be one of identity.user_assigned_identities",
    ),
    (
        "Agent",
        {INCIDENTS: {"type": "PagerDutty"}},
        f"{INCIDENTS}.type must be one of AzMonitor, PagerDuty, ServiceNow, None (did you mean 'PagerDuty'?)",
    ),
    (
        "Agent",
        {
            "incident_management_configuration": {
                "type": "ServiceNow",
                "connection_key": "k",
                "api_connection_name": "n",
            }
        },
        f"{INCIDENTS}.api_connection_name and connection_key exclude each other",
    ),
    (
        "Agent",
        {"api_version": "2026-01-01", "monthly_agent_unit_limit": 1000},
        "monthly_agent_unit_limit needs api_version 2025-05-01-preview: 2026-01-01 does not know it",
    ),
    (
        "Agent",
        {"agent_space_id": "/subscriptions/s"},
        "agent_space_id needs api_version 2026-01-01: 2025-05-01-preview does not know it",
    ),
    (
        "Agent",
        {
            "api_version": "2026-01-01",
            "log_configuration": {
                "application_insights_configuration": {"application_insights_resource_id": "/subscriptions/s"}
            },
        },
        f"{RESOURCE_ID} needs api_version 2025-05-01-preview: 2026-01-01 does not know it",
    ),
    ("Skill", {"skill_content": "short"}, "skill_content must be longer than 50 characters"),
    ("Skill", {"skill_content": 7}, "skill_content must be text"),
    ("Skill", {"plane": "side"}, "plane must be one of data, control"),
    (
        "Skill",
        {"name": "a/b"},
        f"name {ITEM_NAME}",
    ),
    (
        "Skill",
        {"name": ".."},
        f"name {ITEM_NAME}",
    ),
    (
        "Skill",
        {"agent_id": "https://one.azuresre.ai"},
        (
            "agent_id must be the ARM id of an agent: "
            "/subscriptions/<subscription>/resourceGroups/<group>/providers/Microsoft.App/agents/<name>"
        ),
    ),
    ("Skill", {"tools": ["a", 2]}, "tools[1] must be text"),
    ("Skill", {"additional_files": [{"file_path": "a"}]}, "additional_files[0].content is missing"),
    (
        "Skill",
        {"skill_contents": "x"},
        "skill_contents is not a property here (did you mean 'skill_content'?)",
    ),
    ("Skill", {"zzz": "x"}, "zzz is not a property here"),
    ("CommonPrompt", {"prompt": " "}, "prompt must not be empty"),
    ("Repo", {"plane": "control"}, "plane must be data: ARM has no repository"),
    ("Repo", {"url": "payments"}, "url must be an address such as https://github.com/org/repo, or org/repo"),
    (
        "Repo",
        {"url": "https://token@github.com/contoso/x"},
        "url must not hold a user name or token: name a connector in auth_connector_name",
    ),
    ("Repo", {"type": "GitLab"}, "type must be one of GitHub, AzureDevOps (did you mean 'GitHub'?)"),
    ("Tool", {"timeout_seconds": 901}, "timeout_seconds must be between 5 and 900"),
    ("Tool", {"database": None}, "database is missing, which a KustoTool needs"),
    ("Tool", {"query": None}, "query is missing, which a KustoTool needs, unless it names a stored function"),
    ("Tool", {"type": "LinkTool"}, "template is missing, which a LinkTool needs"),
    ("Tool", {"type": "PythonTool"}, "function_code is missing, which a PythonTool needs"),
    (
        "Tool",
        {"additional_properties": {"toolMode": "Auto"}},
        "additional_properties.toolMode has an argument here: tool_mode",
    ),
    (
        "Connector",
        {"data_connector_type": "McpServer"},
        "data_connector_type is McpServer, which Azure accepts but then loses the endpoint of: say Mcp",
    ),
    (
        "Connector",
        {"data_connector_type": "KnowledgeFile"},
        "data_connector_type is KnowledgeFile, which is a knowledge item: declare a KnowledgeItem",
    ),
    (
        "Connector",
        {"data_connector_type": "Kusto", "data_source": "cluster"},
        "data_source must be the https address of the cluster, which a Kusto connector needs",
    ),
    (
        "Connector",
        {"data_connector_type": "AppInsights"},
        "data_source must be the ARM id of the resource, which a connector of type AppInsights needs",
    ),
    (
        "Connector",
        {"extended_properties": {"type": "sse"}},
        "extended_properties.type must be http or stdio, which a connector of type Mcp needs",
    ),
    (
        "Connector",
        {"extended_properties": None},
        "extended_properties.type must be http or stdio, which a connector of type Mcp needs",
    ),
    (
        "Connector",
        {"extended_properties": {"type": "http"}},
        "extended_properties.endpoint is missing, which an MCP server over http needs",
    ),
    (
        "Connector",
        {"extended_properties": {"type": "stdio"}},
        "extended_properties.command is missing, which an MCP server over stdio needs",
    ),
]


def args_of(kind: str) -> Json:
    return copy.deepcopy(AGENT if kind == "Agent" else {"agent_id": AGENT_ID, **SAMPLES[kind].args})


@pytest.mark.parametrize(
    ("kind", "change", "sentence"), REFUSED, ids=[f"{kind}-{sentence[:60]}" for kind, _, sentence in REFUSED]
)
def test_bad_input_is_refused_in_one_sentence(kind: str, change: Json, sentence: str) -> None:
    """It names the property and says what is allowed, or what was probably meant."""
    assert [fault.reason for fault in resources.validate(kind, args_of(kind) | change)] == [sentence]


def test_an_unknown_type_of_connector_is_refused_with_the_known_ones() -> None:
    """Unless the program says that it knows better."""
    unknown = CONNECTOR | {"data_connector_type": "Kustoo"}

    [fault] = resources.validate("Connector", unknown)

    assert fault.path == ("data_connector_type",)
    assert fault.reason.startswith("data_connector_type must be one of AppInsights, ")
    assert fault.reason.endswith(" (did you mean 'Kusto'?); allow_unknown_type=True lets any other through")
    assert resources.validate("Connector", unknown | {"allow_unknown_type": True}) == []


def test_an_agent_needs_a_region_from_somewhere() -> None:
    """The directory reader need not know it; a deployment must."""
    agent = {key: AGENT[key] for key in AGENT if key != "location"}

    [fault] = model("Agent").check({}, agent, StackDefaults())[1]

    assert (
        fault.reason == "location is missing, here and as azure-native:location in the stack's configuration"
    )
    assert resources.validate("Agent", agent) == []


def test_all_faults_come_at_once() -> None:
    """Whoever writes a program mends it in one go."""
    found = resources.validate("Skill", {"plane": "side", "tools": "x", "descriptoin": "y"})

    assert [fault.path for fault in found] == [
        ("name",),
        ("plane",),
        ("skill_content",),
        ("tools",),
        ("descriptoin",),
    ]


@pytest.mark.parametrize(
    ("kind", "args"),
    [
        pytest.param("Tool", {"name": "my-tool", "description": "…"}, id="the tool of the API reference"),
        pytest.param(
            "Connector", CONNECTOR | {"identity": "system"}, id="the connector of the API reference"
        ),
        pytest.param(
            "Repo",
            {"name": "my-repo", "url": "https://github.com/o/r", "type": "GitHub"},
            id="the repository of the API reference",
        ),
        pytest.param(
            "Repo",
            {"name": "r", "url": "https://contoso@dev.azure.com/contoso/p/_git/r"},
            id="an address as Azure DevOps hands it out",
        ),
        pytest.param(
            "Tool",
            {
                "name": "t",
                "type": "HttpClientTool",
                "additional_properties": {"url": "https://x", "headers": {"A": "b"}},
            },
            id="members that nobody published",
        ),
        pytest.param(
            "Tool",
            {
                "name": "t",
                "type": "KustoTool",
                "connector": "c",
                "database": "d",
                "function": "f",
                "mode": "Function",
            },
            id="a stored function",
        ),
        pytest.param(
            "Connector",
            {
                "name": "c",
                "data_connector_type": "Mcp",
                "extended_properties": {"type": "stdio", "command": "uvx", "args": ["x"], "envs": {"A": "b"}},
            },
            id="an MCP server over stdio",
        ),
        pytest.param(
            "Agent",
            {key: AGENT[key] for key in AGENT if key != "location"},
            id="an agent whose region the stack knows",
        ),
        pytest.param(
            "Agent",
            AGENT
            | {
                "vnet_configuration": {"subnet_resource_id": SUBNET},
                **egress(
                    mode="azurevnet",
                    http_proxy={
                        "http_url": "http://proxy:8080",
                        "https_url": "",
                        "no_proxy": ["10.0.0.0/8", ".corp.example", "*.x.example", "h:8080", "::1"],
                    },
                ),
            },
            id="an agent in a network",
        ),
    ],
)
def test_good_input_passes_without_an_agent_at_hand(kind: str, args: Json) -> None:
    """The directory reader checks before it knows which agent the items are for."""
    assert resources.validate(kind, args) == []


@pytest.mark.parametrize("kind", ["Agent", *(kind.name for kind in KINDS)])
def test_what_is_unknown_is_never_refused(kind: str) -> None:
    """At any depth: in a preview, values come from resources that are not there yet."""
    for partly_known in _each_part_unknown(args_of(kind)):
        assert resources.validate(kind, partly_known) == []


def _each_part_unknown(value: Any) -> Iterator[Any]:
    """Yield the value with each of its parts unknown in turn."""
    if isinstance(value, dict):
        for key in value:
            yield from ({**value, key: part} for part in (UNKNOWN, *_each_part_unknown(value[key])))
    if isinstance(value, list):
        for n, each in enumerate(value):
            yield from ([*value[:n], part, *value[n + 1 :]] for part in (UNKNOWN, *_each_part_unknown(each)))


def test_the_engines_floats_become_whole_numbers() -> None:
    """Also deep in objects that the kind knows nothing of."""
    args = CONNECTOR | {
        "agent_id": AGENT_ID,
        "extended_properties": {"lookbackDays": 7.0, "share": 0.5, "many": [1.0]},
    }

    inputs, found = model("Connector").check({}, args, StackDefaults())

    assert found == []
    assert repr(inputs["extended_properties"]) == "{'lookbackDays': 7, 'share': 0.5, 'many': [1]}"


def test_defaults_come_from_the_stack_and_from_the_kind() -> None:
    """The stack's plane counts where the kind has it."""
    skill = SKILL | {"agent_id": AGENT_ID}
    stack = StackDefaults(plane="control", subscription_id="s", location="East US 2")

    assert model("Skill").check({}, skill, StackDefaults())[0]["plane"] == "data"
    assert model("Skill").check({}, skill, stack)[0]["plane"] == "control"
    assert model("Skill").check({}, skill | {"plane": "data"}, stack)[0]["plane"] == "data"
    assert model("Connector").check({}, CONNECTOR, StackDefaults())[0]["plane"] == "control"
    assert model("Repo").check({}, {"name": "r", "url": "o/r"}, stack)[0] == {
        "name": "r",
        "url": "https://github.com/o/r",
        "plane": "data",
        "type": "GitHub",
    }
    assert (
        model("Repo").check({}, {"url": "https://dev.azure.com/o/p/_git/r"}, stack)[0]["type"]
        == "AzureDevOps"
    )
    agent = {key: AGENT[key] for key in AGENT if key != "location"}
    assert model("Agent").check({}, agent, stack)[0] == agent | {
        "api_version": "2025-05-01-preview",
        "subscription_id": "s",
        "location": "eastus2",
    }


@pytest.mark.parametrize(
    ("kind", "name", "written", "canonical"),
    [
        ("Skill", "skill_content", LONG + "\r\n", LONG + "\n"),
        ("Skill", "tools", ["b", "a", "b"], ["a", "b"]),
        ("Skill", "plane", "Control", "control"),
        ("Skill", "agent_id", AGENT_ID + "/", AGENT_ID),
        ("Repo", "url", "contoso/payments", "https://github.com/contoso/payments"),
        ("Repo", "type", "azure-devops", "AzureDevOps"),
        ("Repo", "type", "github", "GitHub"),
        ("Agent", "location", "Sweden Central", "swedencentral"),
        ("Agent", "action_configuration", {"mode": "automatic"}, {"mode": "Autonomous"}),
        ("Agent", "action_configuration", {"mode": "REVIEW"}, {"mode": "Review"}),
        ("Agent", "incident_management_configuration", {"type": "AzureMonitor"}, {"type": "AzMonitor"}),
    ],
)
def test_one_thing_is_written_in_one_way(kind: str, name: str, written: Any, canonical: Any) -> None:
    """So that inputs and outputs are alike, on every machine."""
    assert model(kind).check({}, args_of(kind) | {name: written}, StackDefaults())[0][name] == canonical


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("Connector", {"extended_properties": {"type": "http", "bearerToken": SECRET}}),
        ("Connector", {"extended_properties": SECRET}),
        (
            "Agent",
            {"log_configuration": {"application_insights_configuration": {"connection_string": [SECRET]}}},
        ),
        ("Agent", {"incident_management_configuration": {"type": "None", "connection_key": {"a": SECRET}}}),
        ("Repo", {"url": f"https://{SECRET}@github.com/o/r"}),
    ],
)
def test_no_message_holds_a_secret(kind: str, change: Json) -> None:
    """Neither the sentence, nor the value that the engine prints for the property named to it."""
    inputs, found = model(kind).check({}, args_of(kind) | change, StackDefaults())
    told = [check_failure(model(kind).root, inputs, fault) for fault in found]

    assert told
    for each in told:
        assert SECRET not in each.reason
        assert each.property == ""


def test_the_engine_is_told_the_property_where_its_value_is_short() -> None:
    """It prints the value beside the sentence."""
    inputs, [fault] = model("Skill").check({}, args_of("Skill") | {"skill_content": "short"}, StackDefaults())
    told = check_failure(model("Skill").root, inputs, fault)

    assert (told.property, told.reason) == (
        "skill_content",
        "skill_content must be longer than 50 characters",
    )


def test_old_spellings_stay_where_nothing_else_changes() -> None:
    """The engine compares inputs as text once anything differs, and shows each that does."""
    old = {"agent_id": AGENT_ID, **SKILL, "plane": "data"}
    new = {"agent_id": AGENT_ID.lower(), **SKILL, "description": "new"}

    assert model("Skill").check(old, new, StackDefaults())[0] == old | {"description": "new"}
