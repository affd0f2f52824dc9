"""Names of other items: a slip of the pen is told, what may be in Azure is not."""

import pytest

from support.directories import EVERY_KIND, LONG, SKILL, Read, described

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
            SKILL + "tools: [trace, jira_search, tickets_find, tracing, trase]\n",
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

    assert ([item.name for item in found.items], found.notes) == (["lead", "scribe"], ())
