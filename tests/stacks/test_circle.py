"""Two subagents that hand work to each other, deployed: Azure takes neither before the other."""

from pathlib import Path

from support.azure import LocalAzure
from support.programs import Program

AGENTS = "/api/v2/extendedAgent/agents"
PROGRAM = """
import pulumi

import pulumi_sre_agent as sre

config = pulumi.Config()
agent_id, text = config.require("agent"), "Look into what you are handed, and hand on what is not yours."
before = None
for name, other in (("triage", "repair"), ("repair", "triage")):
    before = sre.resources.Subagent(
        name,
        pulumi.ResourceOptions(depends_on=[before] if before else []),
        agent_id=agent_id,
        name=name,
        instructions=text,
        handoffs=[other],
    )
"""


def test_a_circle_of_subagents_is_there_after_two_updates(tmp_path: Path, azure: LocalAzure) -> None:
    """The first update says what it leaves out, the next preview shows it, the next update adds it."""
    agent = azure.agent("circle")
    program = Program(tmp_path, azure, PROGRAM, agent=agent)

    first = program.succeed("up")

    assert "triage is made without its handoff to repair, which is not there yet" in first.text
    steps = program.preview()["steps"]
    changing = [step["urn"].rpartition("::")[2] for step in steps if step["op"] == "update"]
    assert changing == ["triage"]

    second = program.succeed("up")

    assert "is made without" not in second.text
    assert handoffs(azure, agent) == {"triage": ["repair"], "repair": ["triage"]}
    program.succeed("preview", "--expect-no-changes")
    program.succeed("refresh", "--expect-no-changes")
    program.succeed("destroy")
    assert handoffs(azure, agent) == {}


def test_a_refresh_in_between_shows_the_handoff_that_is_missing(tmp_path: Path, azure: LocalAzure) -> None:
    """As that property, since state then knows what Azure really has."""
    program = Program(tmp_path, azure, PROGRAM, agent=azure.agent("refreshed"))
    program.succeed("up")
    program.succeed("refresh")

    [step] = [step for step in program.preview()["steps"] if step["op"] == "update"]

    assert {path.partition("[")[0] for path in step["detailedDiff"]} == {"handoffs"}


def handoffs(azure: LocalAzure, agent: str) -> dict[str, list[str]]:
    found = azure.data("GET", agent, AGENTS).json()["value"]
    return {item["name"]: item["properties"]["handoffs"] for item in found}
