"""The README's table of what of the API can be declared, made from the registry of kinds.

    .venv/bin/python tests/support/coverage_table.py

writes it anew between its two marks.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from pulumi_sre_agent.api.kinds import KINDS, Kind

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- coverage: made by tests/support/coverage_table.py -->", "<!-- end of coverage -->"

BESIDE: Mapping[str, tuple[str, str, str]] = {
    "Agent": ("`Microsoft.App/agents`", "", "both api-versions"),
    "AgentSpace": ("`Microsoft.App/agentSpaces`", "", ""),
    "AgentSpaceConnector": ("`connectors` of a space", "", ""),
    "RoleAssignment": ("`Microsoft.Authorization/roleAssignments`", "", "an assignment that exists is used"),
}
"""Classes that are no kind of thing under an agent: ARM, data plane, remark."""

REMARKS: Mapping[str, str] = {
    "Connector": "Outlook and Teams need consent in the portal",
    "KnowledgeDocument": "Azure shows its size, not its content: an edit of the same size goes unseen",
    "KnowledgeFolder": "as its documents, which are all that Azure knows",
    "KnowledgeItem": "the name of a text's member is not published: `content`, as a public caller has it",
    "SynthesizedKnowledge": "files that the agent adds itself are left alone",
    "RepoInstructions": "files that the agent adds itself are left alone",
    "CustomInstructions": "one text; deleting it leaves an empty one",
    "ConnectorV2Connection": "consent in the portal only; no published way to read it",
    "ConnectorV2McpServer": "no published way to read it",
    "GitHubDomain": "OAuth needs consent in the portal, at `oauth_url`",
    "AzureDevOpsAuthentication": "no way to read or delete it",
    "IncidentFilter": "with its handler, which goes through the data plane",
    "IncidentPlatform": "an API connection for ServiceNow needs consent in the portal",
    "QuickstartPlan": "can be kept away; only the service makes one",
    "IncidentIndexing": "only ServiceNow's members are published; no way to delete it",
    "AgentPower": "deleting it leaves the agent as it is",
    "HttpTrigger": "by name, which the service does not keep unique",
    "Marketplace": "members of `spec` and deleting are unpublished",
    "PluginInstallation": "members of `spec` and deleting are unpublished",
    "Tool": "members of an `HttpClientTool` and of Kusto scripts are unpublished: `additional_properties`",
    "Subagent": "of two that hand work to each other, the first names the other in `handoffs_to_come`",
    "ScheduledTask": "the portal's end date and message grouping have no published name",
    "Hook": "Azure hides `permission_decision`, `enabled`, `fail_mode` and `max_rejections`",
    "GlobalToolPermissions": "deleting them leaves empty lists",
    "SubagentPermissions": "no way to read them; deleting them leaves an empty list",
    "ToolEnablement": "deleting it switches on again what it had switched off",
}
"""What to know of a kind, by its name."""

UNDECLARED: Mapping[str, str] = {
    "GitLab logins": "no body is published",
    "Threads, approvals, runs of triggers and tasks": "they happen; `api/` has a call for each",
    "Administrators (`adminUsers`)": "read-only in the API; give people roles instead",
    "Feature details, incident dashboard": "no published route or shape",
}
"""What the API has and no resource holds, with the reason."""


def table() -> str:
    """Return the table as the README has it."""
    return "\n".join([*_rows(), "", *(f"- {what}: {why}." for what, why in UNDECLARED.items())])


def _rows() -> Iterator[str]:
    yield "| `sre.resources.` | ARM | Data plane | Remark |"
    yield "| --- | --- | --- | --- |"
    for name, (control, data, remark) in BESIDE.items():
        yield f"| `{name}` | {control} | {data} | {remark} |"
    for kind in KINDS:
        yield f"| `{kind.name}` | {_control(kind)} | {_code(kind.data)} | {REMARKS.get(kind.name, '')} |"


def _control(kind: Kind) -> str:
    return "the agent itself" if kind.control == "" else _code(kind.control)


def _code(place: str | None) -> str:
    return f"`{place}`" if place else ""


def written(text: str) -> str:
    """Return a README with the table as it should be."""
    made = f"{BEGIN}\n{table()}\n{END}"
    return re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: made, text, flags=re.DOTALL)


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
