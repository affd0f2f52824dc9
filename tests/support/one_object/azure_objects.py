"""What of a program there is in Azure, seen without the toolkit; ids in lower case, as Azure compares."""

import json
from collections.abc import Iterator
from typing import Any

from support.azure import SUBSCRIPTION, LocalAzure

Json = dict[str, Any]

TEXT = "Do all of the steps in order, then report what you did and found."
ROLES = "providers/Microsoft.Authorization/roleAssignments"
AUTHORIZATION = "2022-04-01"


def content(part: int) -> str:
    return f"{TEXT} Part {part}."


KINDS: dict[str, tuple[str, str]] = {
    "Skill": ("skills", "/api/v2/extendedAgent/skills"),
    "Subagent": ("subagents", "/api/v2/extendedAgent/agents"),
    "ScheduledTask": ("scheduledTasks", "/api/v2/extendedAgent/scheduledtasks"),
    "Hook": ("hooks", "/api/v2/extendedAgent/hooks"),
}
"""What each kind of item is called in an id, and where the data plane lists it."""


def arguments(kind: str, name: str, part: int) -> Json:
    """Make the arguments of an item, whose content is a part."""
    text = content(part)
    by_kind: dict[str, Json] = {
        "Skill": {"name": name, "description": "mine", "skill_content": text, "tools": []},
        "Subagent": {"name": name, "instructions": text},
        "ScheduledTask": {"name": name, "cron_expression": "0 8 * * *", "agent_prompt": text},
        "Hook": {"name": name, "event_type": "Stop", "hook": {"type": "prompt", "prompt": text}},
    }
    return by_kind[kind]


def items(azure: LocalAzure, agent_id: str) -> Iterator[tuple[str, str]]:
    """Yield the id of each item of an agent, and all that it says."""
    for segment, path in KINDS.values():
        for item in azure.data("GET", agent_id, path).json()["value"]:
            yield f"{agent_id}/{segment}/{item['name']}".lower(), json.dumps(item)


def roles(azure: LocalAzure) -> list[str]:
    """List the ids of all roles that anybody has but on an agent, where whoever makes one gets one."""
    listed = azure.arm("GET", f"/subscriptions/{SUBSCRIPTION}/{ROLES}", api_version=AUTHORIZATION)
    ids = [role["id"].lower() for role in listed.json()["value"]]
    return sorted(id_ for id_ in ids if "/agents/" not in id_)


def agents(azure: LocalAzure, group: str) -> list[str]:
    """List the ids of the agents in a group."""
    listed = azure.arm("GET", f"{group}/providers/Microsoft.App/agents")
    return sorted(agent["id"].lower() for agent in listed.json()["value"])


def component(azure: LocalAzure, group: str, name: str) -> str:
    """Make an Application Insights component; return its id."""
    workspace = f"{group}/providers/Microsoft.OperationalInsights/workspaces/log-{name}"
    component = f"{group}/providers/Microsoft.Insights/components/appi-{name}"
    body: Json = {"location": "swedencentral", "properties": {"sku": {"name": "PerGB2018"}}}
    azure.settle(azure.arm("PUT", workspace, body, api_version="2023-09-01"))
    properties = {"Application_Type": "web", "WorkspaceResourceId": workspace}
    body = {"location": "swedencentral", "kind": "web", "properties": properties}
    azure.settle(azure.arm("PUT", component, body, api_version="2020-02-02"))
    return component
