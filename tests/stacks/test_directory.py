"""A directory that holds something of every kind, deployed as a whole."""

from pathlib import Path

from pulumi_sre_agent.api.kinds import KNOWLEDGE_ITEM, SYNTHESIZED_KNOWLEDGE
from pulumi_sre_agent.directory.formats.kinds import CONNECTOR, FILE_FORMATS, FOLDER_FORMATS
from pulumi_sre_agent.resources.knowledge_item import name_of_file
from support.azure import SUBSCRIPTION, LocalAzure
from support.directories import EVERY_KIND, LONG, TOKEN, described, write
from support.programs import Program

PROGRAM = """
import pulumi
import pulumi_sre_agent as sre

config = pulumi.Config()
sre.Agent("oncall", {"directory": config.require("directory")})
"""
AGENT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-oncall/providers/Microsoft.App/agents/oncall"


def test_every_kind_of_a_directory_is_deployed(tmp_path: Path, azure: LocalAzure) -> None:
    """Each becomes a resource, in one run; the next run changes nothing; what is for people is told."""
    folder = write(tmp_path / "directory", EVERY_KIND)
    program = Program(tmp_path, azure, PROGRAM, directory=str(folder))

    result = program.succeed("up")

    rows = [CONNECTOR, *FILE_FORMATS.values(), *FOLDER_FORMATS]
    kinds = {row.kind.name for row in rows} | {KNOWLEDGE_ITEM.name, SYNTHESIZED_KNOWLEDGE.name}
    made = {resource["type"].rpartition(":")[2] for resource in program.deployment()["resources"]}
    assert kinds <= made
    assert "roles.yaml:3: Jira: Consent in the portal." in result.stdout
    assert TOKEN not in result.stdout + program.state_file.read_text()

    program.succeed("preview", "--expect-no-changes")

    [plan] = [
        each
        for each in azure.data("GET", AGENT, "/api/v2/extendedAgent/incidentFilters").json()["value"]
        if each["name"] == "severe"
    ]
    assert (plan["properties"]["handlingAgent"], plan["properties"]["incidentPlatform"]) == (
        "lead",
        "AzMonitor",
    )


FORMER = f"""
from pulumi_sre_agent.directory.formats import knowledge

knowledge.name_of_file = knowledge.ascii_name
{PROGRAM}
"""


def test_a_document_keeps_the_name_that_an_earlier_version_gave_it(tmp_path: Path, azure: LocalAzure) -> None:
    """In the first preview and run, then beside one whose name sorts before it, and after a refresh."""
    folder = write(tmp_path / "directory", {"data/knowledge/運用手順.md": "# x"})
    program = Program(tmp_path, azure, FORMER, directory=str(folder))
    program.succeed("up")
    (tmp_path / "program/__main__.py").write_text(PROGRAM)

    program.succeed("preview", "--expect-no-changes")
    program.succeed("up")
    write(folder, {"data/knowledge/あ.md": "# y"})
    program.succeed("up")
    program.succeed("refresh")
    program.succeed("preview", "--expect-no-changes")

    kinds = [each for each in program.deployment()["resources"] if each["type"].endswith(":KnowledgeItem")]
    names = {each["inputs"]["file_name"]: each["inputs"]["name"] for each in kinds}
    assert names == {"運用手順.md": "md", "あ.md": name_of_file("あ.md")}


PLAN = described("severe", priorities=["Sev0"], handlingAgent="lead")
NAMES_LEAD = {
    "automations/incident-platforms/monitor.yaml": described("monitor", platformType="AzMonitor"),
    "automations/incident-filters/severe.yaml": PLAN,
    "automations/http-triggers/deployed.yaml": described("deployed", prompt="Look.", handlingAgent="lead"),
}
LEAD = {"config/subagents/lead.yaml": described("lead", instructions=LONG, handoffs=[])}


def test_what_the_program_still_names_is_not_deleted(tmp_path: Path, azure: LocalAzure) -> None:
    """Once nothing names it, it goes; a destroy takes all, whatever names what."""
    folder = write(tmp_path / "directory", {**NAMES_LEAD, **LEAD})
    program = Program(tmp_path, azure, PROGRAM, directory=str(folder))
    program.succeed("up")

    (folder / "config/subagents/lead.yaml").unlink()
    result = program.fail("up")

    assert "subagent lead is not deleted, since" in result.text
    assert "lead" in subagents(azure)
    assert "there is no subagent 'lead' here: the agent has to have it already" in result.text

    for file in NAMES_LEAD:
        (folder / file).unlink()
    program.succeed("up")
    assert "lead" not in subagents(azure)

    write(folder, {**NAMES_LEAD, **LEAD})
    program.succeed("up")
    program.succeed("destroy")


def subagents(azure: LocalAzure) -> list[str]:
    return [each["name"] for each in azure.data("GET", AGENT, "/api/v2/extendedAgent/agents").json()["value"]]
