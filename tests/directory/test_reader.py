"""Whole directories: what is read, in which order, and how everything wrong is told at once."""

from pathlib import Path

import pytest

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.api.kinds import COMMON_PROMPT, CONNECTOR, REPO, SKILL, TOOL
from pulumi_sre_agent.directory import DirectoryError, SecretStr, read
from support.directories import AGENT, LONG, Faults, Read, agent, write
from support.directories import SKILL as TRIAGE

RECIPE = {
    "agent.json": {
        "_scenario": "small",
        "_description": "A recipe as Microsoft ships them.",
        "_prerequisites": ["A subscription"],
        "_prompts": {
            "agentName": {"ask": "Agent name", "default": "my-sre-agent"},
            "resourceGroup": {"ask": "Resource group", "default": "sre-agent-rg"},
            "location": {"ask": "Region", "options": ["eastus2", "swedencentral"], "required": True},
            "targetRGs": {"ask": "Resource groups to monitor", "required": True},
            "existingUamiId": {"ask": "Existing identity", "default": ""},
            "modelProvider": {
                "ask": "Model",
                "options": ["Anthropic", "Azure OpenAI"],
                "default": "Anthropic",
            },
        },
        "identity": {
            "agentName": "{{agentName}}",
            "resourceGroup": "{{resourceGroup}}",
            "subscription": "",
            "location": "{{location}}",
            "targetResourceGroups": "{{targetRGs}}",
        },
        "access": {"accessLevel": "Low", "actionMode": "Review"},
        "upgradeChannel": "Preview",
        "defaultModelProvider": "{{modelProvider}}",
        "monthlyAgentUnitLimit": 10000,
        "tags": {},
        "toggles": {"enableWebhookBridge": False, "webhookBridgeTriggerUrl": ""},
        "existingUamiId": "{{existingUamiId}}",
    },
    "connectors.json": {
        "toggles": {
            "enableAppInsightsConnector": False,
            "appInsightsResourceId": "",
            "enableLogAnalyticsConnector": False,
            "azureMonitorLookbackDays": 7,
            "grafanaUrl": "",
            "grafanaApiKey": "",
        },
        "connectors": [],
    },
    "expected-config.json": {"agent": True, "common-prompts": 1, "repos": []},
    "roles.yaml": "roles:\n  # - name: Log Analytics Reader\n",
    "README.md": "# small",
    ".gitignore": "*.secrets.env\n",
    "data/knowledge/.gitkeep": "",
    "config/common-prompts/safety-rules.yaml": (
        "metadata:\n  name: safety-rules\nspec:\n  prompt: '## Safety\n\n\n    - Look before you leap'\n"
    ),
    "config/common-prompts/safety-rules.md": "An unused copy.",
}


def test_a_recipe_reads_unchanged_once_its_prompts_are_answered(reads: Read) -> None:
    """Like the recipe `minimal`, with metadata, blank values, dead toggles and files that carry nothing."""
    found = reads(RECIPE, answers={"location": "swedencentral", "targetRGs": "rg-a, rg-b"})

    assert found.agent.name == "my-sre-agent"
    assert found.agent.arguments["location"] == "swedencentral"
    assert found.agent.target_resource_groups == ["rg-a", "rg-b"]
    assert found.agent.arguments["default_model"]["provider"] == "Anthropic"
    assert found.agent.existing_identity_id is None
    assert [(item.kind, item.name) for item in found.items] == [(COMMON_PROMPT, "safety-rules")]
    assert found.items[0].args["prompt"] == "## Safety\n\n- Look before you leap"


def test_items_come_in_the_order_in_which_an_agent_takes_them(reads: Read) -> None:
    """Connectors, platform, tools, skills, prompts, repositories; in a kind by base, extension and file."""
    found = reads(
        {
            "automations/incident-platforms/monitor.yaml": "name: monitor\nspec: {platformType: AzMonitor}\n",
            "config/repos/app.json": {"name": "app", "spec": {"url": "org/app"}},
            "automations/skills/a.yaml": TRIAGE.replace("triage", "from-automations"),
            "config/skills/b.yml": TRIAGE.replace("triage", "second"),
            "config/skills/c.yaml": TRIAGE.replace("triage", "first"),
            "config/skills/a.json": [
                {"name": "third", "skillContent": LONG},
                {"name": "fourth", "skillContent": LONG},
            ],
            "config/tools/t.yaml": "name: tool\ndescription: x\n",
            "connectors.json": [{"name": "kusto", "properties": {"dataConnectorType": "MonitorClient"}}],
        }
    )

    assert [item.name for item in found.items] == [
        *("kusto", "", "tool", "first", "second", "third", "fourth", "from-automations", "app")
    ]
    assert [len(found.of(kind)) for kind in (CONNECTOR, TOOL, SKILL, COMMON_PROMPT, REPO)] == [1, 1, 5, 0, 1]


def test_an_item_knows_its_file_and_line(reads: Read) -> None:
    """Items of a list have lines of their own."""
    skills = f"- name: one\n  skillContent: {LONG}\n- name: two\n  skillContent: {LONG}\n"

    sources = [str(item.source) for item in reads({"config/skills/all.yaml": skills}).items]

    assert sources == ["config/skills/all.yaml:1", "config/skills/all.yaml:3"]


def test_every_fault_of_every_file_is_told_at_once_in_file_order(faults: Faults) -> None:
    """A person mends a directory in one go."""
    found = faults(
        {
            "agent.json": agent(access={"actionMode": "Yolo"}),
            "connectors.json": [{"name": "a", "properties": {"dataConnectorType": "Kustoo"}}],
            "config/skills/nameless.yaml": f"metadata:\n  description: x\nskillContent: {LONG}\n",
            "config/skills/broken.yaml": "metadata:\n  name: [x\n",
            "config/tools/t.yaml": "name: t\nspec:\n  connector: ${NOWHERE}\n",
            "config/zebra/h.yaml": "name: h\n",
        }
    )

    assert [fault.partition(" ")[0] for fault in found] == [
        "agent.json:9:",
        "config/skills/broken.yaml:3:",
        "config/skills/nameless.yaml:1:",
        "config/tools/t.yaml:3:",
        "config/zebra:1:",
        "connectors.json:5:",
    ]


def test_the_error_is_one_readable_text(tmp_path: Path) -> None:
    """It names the directory, counts, and is an expected error: no traceback for it."""
    write(tmp_path, {"config/repos/r.yaml": "name: r\n"})

    with pytest.raises(ConfigError) as caught:
        read(tmp_path)

    assert str(caught.value) == (
        f"The agent directory {tmp_path} has 1 fault:\n  config/repos/r.yaml:1: url is missing"
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("config/skills/a.yaml", "config/skills/b.json", id="two-files"),
        pytest.param("config/skills/a.yaml", "automations/skills/a.yaml", id="both-bases"),
    ],
)
def test_two_items_of_one_name_are_refused_naming_both_places(
    faults: Faults, first: str, second: str
) -> None:
    """Azure does not tell letter case apart in names, so neither does this."""
    upper = {"name": "TRIAGE", "skillContent": LONG}

    found = faults({first: TRIAGE, second: upper})

    assert found == [f"{second}:1: the skill 'TRIAGE' is described twice: here and in {first}:1"]


def test_one_name_in_two_kinds_is_fine(reads: Read) -> None:
    """Names are unique within a kind only."""
    found = reads({"config/skills/a.yaml": TRIAGE, "config/tools/a.yaml": "name: triage\ndescription: x\n"})

    assert [item.name for item in found.items] == ["triage", "triage"]


def test_a_toggled_connector_and_one_written_out_may_not_share_a_name(faults: Faults) -> None:
    """Both would be written, and the last one would win."""
    properties = {"dataConnectorType": "LogAnalytics", "dataSource": "/subscriptions/s/workspaces/w"}

    [fault] = faults(
        {
            "connectors.json": {
                "toggles": {
                    "enableLogAnalyticsConnector": True,
                    "lawResourceId": "/subscriptions/s/workspaces/w",
                },
                "connectors": [{"name": "log-analytics", "properties": properties}],
            }
        }
    )

    assert "'log-analytics' is described twice: here and in connectors.json:7" in fault


def test_without_agent_json_other_files_are_still_parsed(tmp_path: Path) -> None:
    """What depends on answers is left for the next run; syntax is not."""
    write(
        tmp_path, {"config/skills/a.yaml": "a: [", "connectors.json": "{", "config/tools/t.yaml": "name: t\n"}
    )
    (tmp_path / "agent.json").unlink()

    with pytest.raises(DirectoryError) as caught:
        read(tmp_path)

    assert [str(fault).partition(":")[0] for fault in caught.value.diagnostics] == [
        *("agent.json", "config/skills/a.yaml", "connectors.json")
    ]
    assert caught.value.diagnostics[0].reason == "there is no agent.json"


def test_a_directory_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    """A path with a typo is a sentence too."""
    with pytest.raises(DirectoryError, match="there is no such directory"):
        read(tmp_path / "payments-oncal")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param("", "the file is empty: describe a skill or delete it", id="empty"),
        pytest.param("# nothing\n", "the file is empty: describe a skill or delete it", id="comment"),
        pytest.param("just text", "a skill must be an object with a name", id="text"),
    ],
)
def test_a_file_without_an_item_is_refused(faults: Faults, content: str, reason: str) -> None:
    """The templates would send null."""
    assert faults({"config/skills/a.yaml": content}) == [f"config/skills/a.yaml:1: {reason}"]


def test_a_folder_in_the_place_of_an_item_is_refused(faults: Faults) -> None:
    """It cannot be opened as a file."""
    found = faults({"config/skills/s.yaml/inside.md": "x"})

    assert found == ["config/skills/s.yaml:1: config/skills/s.yaml cannot be opened: Is a directory"]


def test_a_failed_substitution_is_told_once(faults: Faults) -> None:
    """What the check says of a value that was never filled in would only confuse."""
    found = faults(
        {
            "agent.json": {
                **AGENT,
                "_prompts": {"kusto": {"ask": "Cluster", "required": True}},
                "identity": {**AGENT["identity"], "agentName": "{{kusto}}"},
            },
            "connectors.json": [
                {"name": "k", "properties": {"dataConnectorType": "Kusto", "dataSource": "${KUSTO}"}},
                {"name": "l", "properties": {"dataConnectorType": "Kusto", "dataSource": "{{kusto}}"}},
            ],
        }
    )

    assert len(found) == 2
    assert found[0].endswith("the prompt 'kusto' needs an answer: Cluster")
    assert "${KUSTO} has no value" in found[1]


def test_a_fault_never_shows_a_secret(faults: Faults) -> None:
    """The check quotes what was given; a value from a variable is masked."""
    [fault] = faults(
        {"connectors.json": [{"name": "x", "properties": {"dataConnectorType": "${TYPE}"}}]},
        variables={"TYPE": "McpServer"},
    )

    assert "McpServer" not in fault
    assert "***" in fault


def test_secrets_stay_secrets(reads: Read) -> None:
    """The component tells by the type what must be a Pulumi secret."""
    found = reads(
        {
            "connectors.json": [
                {
                    "name": "ops",
                    "properties": {
                        "dataConnectorType": "Mcp",
                        "extendedProperties": {
                            "type": "http",
                            "endpoint": "https://ops.example.com/mcp",
                            "headers": {"Authorization": "Bearer ${TOKEN}"},
                        },
                    },
                }
            ]
        },
        variables={"TOKEN": "t0p"},
    )

    properties = found.items[0].args["extended_properties"]
    header = properties["headers"]["Authorization"]
    assert (header, type(header)) == ("Bearer t0p", SecretStr)
    assert not isinstance(properties["endpoint"], SecretStr)
    assert "t0p" not in repr(found)
