"""Bad input is refused before anything is sent, each in one sentence."""

import pytest

from pulumi_sre_agent import resources
from pulumi_sre_agent.resources._core.model import StackDefaults
from pulumi_sre_agent.resources._core.registry import model_of
from support.samples import Json
from support.sound_args import AGENT, CONNECTOR, SUBNET, UAMI, args_of, egress

GROUP_NAME = "must have 1 to 90 letters, digits and - _ . ( ), and not end with a full stop"
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
    ("Agent", {"resource_group_name": "rg sre"}, f"resource_group_name {GROUP_NAME}"),
    ("Agent", {"resource_group_name": "rg-sre."}, f"resource_group_name {GROUP_NAME}"),
    ("Agent", {"resource_group_name": "x" * 91}, f"resource_group_name {GROUP_NAME}"),
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

    [fault] = model_of("Agent").check({}, agent, StackDefaults())[1]

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
