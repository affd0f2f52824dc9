"""Two subagents that hand work to each other, deployed: Azure takes neither before the other."""

from pathlib import Path

from support.azure import Json, LocalAzure
from support.directories import LONG, described, write
from support.programs import Program

DIRECTORY = """
import pulumi
import pulumi_sre_agent as sre

config = pulumi.Config()
args = {"agent_id": config.require("agent"), "directory": sre.directory.read(config.require("directory"))}
sre.Extensions("cycle", args)
"""
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


def test_a_cycle_of_subagents_declared_one_by_one_is_there_after_two_updates(
    tmp_path: Path, azure: LocalAzure
) -> None:
    """The first update says what it leaves out, the next preview shows it, the next update adds it.

    A refresh in between shows it as that property, since state then knows what Azure really has.
    """
    agent = azure.agent("cycle")
    program = Program(tmp_path, azure, PROGRAM, agent=agent)

    first = program.succeed("up")

    assert "triage is made without its handoff to repair, which is not there yet" in first.text
    assert [step["urn"].rpartition("::")[2] for step in updates(program)] == ["triage"]

    program.succeed("refresh")
    [step] = updates(program)
    assert {path.partition("[")[0] for path in step["detailedDiff"]} == {"handoffs"}

    second = program.succeed("up")

    assert "is made without" not in second.text
    assert handoffs(azure, agent) == {"triage": ["repair"], "repair": ["triage"]}
    program.succeed("preview", "--expect-no-changes")
    program.succeed("refresh", "--expect-no-changes")
    program.succeed("destroy")
    assert handoffs(azure, agent) == {}


def test_a_cycle_of_subagents_in_a_directory_is_there_after_one_update(
    tmp_path: Path, azure: LocalAzure
) -> None:
    """A lead and whom it asks, who all report to the lead; a later one of them joins in one update, too."""
    agent, folder = azure.agent("crew"), tmp_path / "directory"
    wanted = {"asker": ["lead"], "lead": ["asker", "writer"], "writer": ["lead"]}
    _write_subagents(folder, wanted)
    program = Program(tmp_path, azure, DIRECTORY, agent=agent, directory=str(folder))

    assert "is made without" not in program.succeed("up").text

    assert handoffs(azure, agent) == wanted
    program.succeed("preview", "--expect-no-changes")
    program.succeed("refresh", "--expect-no-changes")

    wanted = {"asker": ["beginner", "lead"], "beginner": ["asker"], "lead": ["asker"], "writer": ["lead"]}
    _write_subagents(folder, wanted)
    program.succeed("up")

    assert handoffs(azure, agent) == wanted
    program.succeed("preview", "--expect-no-changes")
    program.succeed("destroy")
    assert handoffs(azure, agent) == {}


def _write_subagents(folder: Path, wanted: dict[str, list[str]]) -> None:
    files = {
        f"config/subagents/{name}.yaml": described(name, instructions=LONG, handoffs=names)
        for name, names in wanted.items()
    }
    write(folder, files)


def updates(program: Program) -> list[Json]:
    return [step for step in program.preview()["steps"] if step["op"] == "update"]


def handoffs(azure: LocalAzure, agent: str) -> dict[str, list[str]]:
    found = azure.data("GET", agent, AGENTS).json()["value"]
    return {item["name"]: item["properties"]["handoffs"] for item in found}
