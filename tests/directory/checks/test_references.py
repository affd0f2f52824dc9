"""Names of other items: one that is not in the directory is told, unless the service has it of its own."""

import json
import re

import pytest

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.kinds import KINDS
from pulumi_sre_agent.schema.annotations import References
from pulumi_sre_agent.schema.fields import fields_of
from support.directories import EVERY_KIND, LONG, SKILL, Read, described

NO_OTHER = "handoffs: there is no subagent 'other' here: the agent has to have it already"
SUBAGENTS = {
    "config/subagents/lead.yaml": described("lead", instructions=LONG, handoffs=["scribe", "other"]),
    "config/subagents/scribe.yaml": described("scribe", instructions=LONG, handoffs=["lead"]),
}


@pytest.mark.parametrize(
    ("file", "item", "note"),
    [
        (
            "automations/incident-filters/severe",
            described("severe", handlingAgent="leads"),
            "handlingAgent: there is no subagent 'leads' here (did you mean 'lead'?)",
        ),
        (
            "automations/incident-filters/severe",
            described("severe", handlingAgents=["scribe", "scribs", "scribs"]),
            "handlingAgents: there is no subagent 'scribs' here (did you mean 'scribe'?)",
        ),
        (
            "automations/incident-filters/severe",
            described("severe", tools=["traec"]),
            "tools: there is no tool 'traec' here (did you mean 'trace'?)",
        ),
        (
            "automations/http-triggers/deployed",
            described("deployed", agentPrompt="x", agent="leads"),
            "agent: there is no subagent 'leads' here (did you mean 'lead'?)",
        ),
        (
            "automations/scheduled-tasks/morning",
            described("morning", cron="0 7 * * *", prompt="x", agent="scribes"),
            "agent: there is no subagent 'scribes' here (did you mean 'scribe'?)",
        ),
        (
            "config/subagents/lead",
            described("lead", instructions=LONG, allowedSkills=["triaje"], handoffs=[]),
            "allowedSkills: there is no skill 'triaje' here (did you mean 'triage'?)",
        ),
        (
            "config/subagents/lead",
            described("lead", instructions=LONG, commonPrompts=["savety"], handoffs=[]),
            "commonPrompts: there is no common prompt 'savety' here (did you mean 'safety'?)",
        ),
        (
            "config/skills/triage",
            SKILL + "tools: [trace, jira_search, jira_find, trase, 'dynatrace_*']\n",
            "tools: there is no tool 'trase' here (did you mean 'trace'?)",
        ),
        (
            "config/repos/shop",
            described("shop", url="contoso/shop", authConnectorName="event"),
            "authConnectorName: there is no connector 'event' here (did you mean 'events'?)",
        ),
        (
            "config/tools/slow",
            described("slow", type="KustoTool", connector="Events", database="d", query="T"),
            "connector: there is no connector 'Events' here (did you mean 'events'?)",
        ),
        (
            "data/repo-instructions",
            [{"repo": "shopp", "files": [{"path": "AGENTS.md", "content": "x"}]}],
            "repo: there is no repository 'shopp' here (did you mean 'shop'?)",
        ),
    ],
)
def test_a_name_that_is_almost_one_of_the_directory_is_told_once(
    reads: Read, file: str, item: object, note: str
) -> None:
    """What is not in the directory may be in Azure, so it is refused nowhere."""
    written = {each: content for each, content in EVERY_KIND.items() if each.partition(".")[0] != file}
    extension = "json" if file.startswith("data") else "yaml"

    found = reads({**written, f"{file}.{extension}": item})

    [told] = [each.text for each in found.notes if each.file.startswith(file)]
    assert told == note


def test_a_directory_that_names_what_it_holds_is_told_nothing(reads: Read) -> None:
    assert [note.text for note in reads(EVERY_KIND).notes] == ["Jira: Consent in the portal."]


@pytest.mark.parametrize("name", ["default", "meta_agent"])
def test_names_of_the_agent_itself_are_no_slip(reads: Read, name: str) -> None:
    filters = {"config/incident-filters/f.yaml": described("f", handlingAgent=name)}

    found = reads({"config/subagents/x.yaml": described(f"{name}s", instructions=LONG), **filters})

    assert found.notes == ()


def test_tools_of_the_service_are_no_slip(reads: Read) -> None:
    """They are written in one word of capitals, whatever tools of its own a directory has."""
    tool = described("run-az-cli-read-commands", type="LinkTool", template="https://x")
    skill = SKILL + "tools: [RunAzCliReadCommands, SearchMemory]\n"

    assert reads({"config/tools/t.yaml": tool, "config/skills/s.yaml": skill}).notes == ()


def test_subagents_may_hand_work_to_each_other_and_to_one_that_is_not_here(reads: Read) -> None:
    found = reads(SUBAGENTS)

    assert [item.name for item in found.items] == ["lead", "scribe"]
    assert [str(note) for note in found.notes] == ["config/subagents/lead.yaml:9: " + NO_OTHER]


@pytest.mark.parametrize(
    ("file", "item", "note"),
    [
        (
            "automations/incident-filters/f",
            described("f", handlingAgent="nobody"),
            "handlingAgent: there is no subagent 'nobody'",
        ),
        (
            "automations/http-triggers/f",
            described("f", agentPrompt="look", agent="nobody"),
            "agent: there is no subagent 'nobody'",
        ),
        (
            "automations/scheduled-tasks/f",
            described("f", cron="0 7 * * *", prompt="look", agent="nobody"),
            "agent: there is no subagent 'nobody'",
        ),
        (
            "config/subagents/f",
            described("f", instructions=LONG, handoffs=[], allowedSkills=["nobody"]),
            "allowedSkills: there is no skill 'nobody'",
        ),
        (
            "config/subagents/f",
            described("f", instructions=LONG, handoffs=[], commonPrompts=["nobody"]),
            "commonPrompts: there is no common prompt 'nobody'",
        ),
        (
            "config/skills/f",
            {"name": "f", "skillContent": LONG, "tools": ["nobody"]},
            "tools: there is no tool 'nobody'",
        ),
        (
            "config/repos/f",
            described("f", url="contoso/shop", authConnectorName="nobody"),
            "authConnectorName: there is no connector 'nobody'",
        ),
        (
            "config/tools/f",
            described("f", type="KustoTool", connector="nobody", database="d", query="T"),
            "connector: there is no connector 'nobody'",
        ),
        (
            "data/repo-instructions",
            {"repo": "nobody", "files": [{"path": "AGENTS.md", "content": "x"}]},
            "repo: there is no repository 'nobody'",
        ),
    ],
)
def test_a_name_of_nothing_in_the_directory_is_told_with_its_line(
    reads: Read, file: str, item: object, note: str
) -> None:
    found = reads({f"{file}.json": item})

    written = json.dumps(item, indent=2).splitlines()
    line = 1 + next(number for number, text in enumerate(written) if '"nobody"' in text)
    assert [str(each) for each in found.notes] == [
        f"{file}.json:{line}: {note} here: the agent has to have it already"
    ]


def test_every_field_that_names_an_item_is_looked_at() -> None:
    """One that sounds as if it did and bears no `References` is here, with what it is instead."""
    naming = re.compile("agent|handl|handoff|skill|prompts$|tool|connect|repo|plugin|marketplace")
    others = {
        *("agent_id", "agent_mode", "agent_type", "connection_key", "connection_url"),  # where and how
        *("skill_content", "agent_prompt", "handoff_description"),  # texts
        *("enable_skills", "add_system_skills", "allow_parallel_tool_calls", "critic_on_handoff"),  # switches
        *("handoffs_to_come", "path_in_repo"),  # what `handoffs` names, and a path
        *("connector_name", "require_approval_tools", "common_tools"),  # the service's own
        *("api_connection_name", "data_connector_type", "test_connection", "tool_mode"),  # of Azure and ours
    }
    found = {
        f"{kind.name}.{name}"
        for kind in KINDS
        for name, field in fields_of(getattr(resources, f"{kind.name}Args")).items()
        if naming.search(name) and name not in others
        if not (field.members or (field.item or field).members)
        if not any(isinstance(each, References) for each in field.annotations)
    }

    assert found == set()
