"""The agent directory that comes with the project."""

import re
from collections import Counter
from pathlib import Path

from pulumi_sre_agent.api.kinds import (
    CONNECTOR,
    HTTP_TRIGGER,
    INCIDENT_FILTER,
    KNOWLEDGE_ITEM,
    SKILL,
    SUBAGENT,
    TOOL,
)
from pulumi_sre_agent.directory import AgentDirectory, SecretStr, read
from pulumi_sre_agent.review.rehearsal import case

HOME = Path(__file__).parents[2] / "stacks/agents/payments-oncall"
GROUP = "/subscriptions/s/resourceGroups/rg-payments/providers"
VARIABLES = {
    "PAYMENTS_APP_INSIGHTS_ID": f"{GROUP}/Microsoft.Insights/components/appi-payments",
    "PAYMENTS_LOG_ANALYTICS_ID": f"{GROUP}/Microsoft.OperationalInsights/workspaces/law-payments",
    "PAYMENTS_KUSTO_URL": "https://payments.swedencentral.kusto.windows.net/payments",
    "PAYMENTS_OPS_TOKEN": "t0ken",
}
COUNTS = {
    "Connector": 4,
    "Tool": 4,
    "Skill": 5,
    "CommonPrompt": 2,
    "Subagent": 1,
    "Hook": 1,
    "Repo": 2,
    "IncidentPlatform": 1,
    "IncidentFilter": 2,
    "ScheduledTask": 1,
    "HttpTrigger": 1,
    "KnowledgeItem": 2,
}


def payments() -> AgentDirectory:
    return read(HOME, variables=VARIABLES)


def test_it_reads() -> None:
    """With the variables that its README names."""
    found = payments()

    assert (found.agent.name, found.agent.target_resource_groups) == ("payments-oncall", ["rg-payments"])
    assert Counter(item.kind.name for item in found.items) == COUNTS
    assert (found.notes, found.warnings) == ((), ())


def test_its_readme_and_example_name_every_variable() -> None:
    """And no other."""
    in_readme = re.findall(r"^\| `(\w+)`", (HOME / "README.md").read_text("utf-8"), re.MULTILINE)
    in_example = re.findall(
        r"^(\w+)=", (HOME / "connectors.secrets.env.example").read_text("utf-8"), re.MULTILINE
    )

    assert set(in_readme) == set(in_example) == VARIABLES.keys()


def test_its_token_is_secret() -> None:
    """The only real secret, and where it goes."""
    [ops] = [item for item in payments().of(CONNECTOR) if item.name == "payments-ops"]

    assert isinstance(ops.args["extended_properties"]["bearerToken"], SecretStr)


def test_its_own_tools_are_the_ones_that_its_skills_name() -> None:
    """A skill that names a tool with a typo would only fail at three in the morning."""
    found = payments()
    own = {tool.name for tool in found.of(TOOL)}
    named = {tool for skill in found.of(SKILL) for tool in skill.args["tools"]}

    assert own <= named
    assert {name for name in named if "-" in name and not name.startswith("payments-ops_")} <= own


def test_its_skills_name_skills_and_files_that_are_there() -> None:
    """Skills send the agent on to others, and to their additional files."""
    skills = {skill.name: skill.args for skill in payments().of(SKILL)}

    for args in skills.values():
        files = {file["file_path"] for file in args.get("additional_files", [])}
        assert set(re.findall(r"skill `([\w-]+)`", args["skill_content"])) <= skills.keys()
        assert set(re.findall(r"`([\w/-]+\.(?:kql|md))`", args["skill_content"])) == files


def test_its_subagent_names_skills_and_documents_that_are_there() -> None:
    """Its instructions say which skills it loads and which documents it reads."""
    found = payments()
    [responder] = found.of(SUBAGENT)
    files = {item.args["file_name"] for item in found.of(KNOWLEDGE_ITEM)}
    instructions = responder.args["instructions"]

    assert set(responder.args["allowed_skills"]) <= {skill.name for skill in found.of(SKILL)}
    assert set(re.findall(r"skill `([\w-]+)`", instructions)) <= set(responder.args["allowed_skills"])
    assert set(re.findall(r"`([\w-]+\.md)`", instructions)) == files


def test_its_rehearsals_name_what_is_there() -> None:
    """A case that expects a plan or a subagent of another name would fail for ever."""
    found = payments()
    cases = case.load(sorted((HOME / "evals").glob("*.yaml")))
    names = {
        kind: {item.name for item in found.of(kind)} for kind in (INCIDENT_FILTER, HTTP_TRIGGER, SUBAGENT)
    }

    assert len(cases) == 5
    assert {each.expect.plan for each in cases} - {None} <= names[INCIDENT_FILTER]
    assert {each.expect.subagent for each in cases} - {None} <= names[SUBAGENT]
    assert {each.trigger for each in cases} - {None} <= names[HTTP_TRIGGER]
