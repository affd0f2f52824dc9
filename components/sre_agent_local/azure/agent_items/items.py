"""The things below an agent, whichever plane writes them: one store, and each kind's rules.

See docs/reference/data-plane.md#extended-agent-kinds, docs/reference/data-plane.md#members-by-kind.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from sre_agent_local.azure import clock, kinds
from sre_agent_local.azure.errors import BadRequest, InvalidRequestContent
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.kinds import ItemKind
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.faults import FaultRule
from sre_agent_local.azure.state.store import Operation, Resource

from . import incident_platform, knowledge

_NAME = re.compile(r"[^\s/\\?#%][^/\\?#%]{0,127}")
_HOOK_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")

_ARRAYS = {
    "subagents": ("handoffs", "tools", "mcpTools", "allowedSkills", "commonTools", "commonPrompts"),
    "skills": ("tools", "additionalFiles"),
    "tools": ("parameters", "dependencies", "authScopes"),
    "incidentFilters": (
        "priorities", "titleContainsAll", "titleContainsAny", "titleNotContains", "handlingAgents",
    ),
}  # fmt: skip
"""Members that must be arrays, by kind.

See docs/reference/data-plane.md#incident-filters.
"""

_HOOK_DROPPED = ("permissionDecision", "enabled")
_HOOK_BODY_DROPPED = ("failMode", "maxRejections")


class MalformedBody(InvalidRequestContent):
    """A value that cannot be bound: ARM says so, the data plane answers 405 and nothing else.

    See docs/reference/data-plane.md#general-behaviour.
    """


def item_id(agent: Resource, kind: ItemKind, name: str) -> str:
    return f"{agent.id}/{kind.control}/{name}"


def find(azure: AzureState, agent: Resource, kind: ItemKind, name: str) -> Resource | None:
    return azure.store.get(item_id(agent, kind, name))


def list_of(azure: AzureState, agent: Resource, kind: ItemKind) -> list[Resource]:
    return azure.store.of_type(kind.type, agent.id)


def put(
    azure: AzureState, agent: Resource, kind: ItemKind, name: str, properties: Json, **state: Any
) -> Resource:
    """Create or replace an item. Raises BadRequest, MalformedBody, as the service does for this kind."""
    _check_name(kind, name)
    existing = find(azure, agent, kind, name)
    stored = {member: value for member, value in properties.items() if member != "name"}
    for member in _ARRAYS.get(kind.control, ()):
        if not isinstance(stored.get(member, []), list | None):
            raise MalformedBody(f"the member '{member}' is not an array")
    if kind.control in _RULES:
        stored = _RULES[kind.control](_Write(azure, agent, existing), stored)
    previous_state = existing.state if existing else {"createdAt": clock.now()}
    item = Resource(
        existing.id if existing else item_id(agent, kind, name),
        kind.type,
        {"properties": stored},
        previous_state | state,
    )
    return azure.store.put(item)


def delete(azure: AzureState, agent: Resource, kind: ItemKind, name: str) -> bool:
    """Delete an item; say whether there was one. Raises BadRequest for a system hook."""
    _check_name(kind, name)
    item = find(azure, agent, kind, name)
    if item:
        azure.store.delete(item.id)
    return item is not None


def drop_connectors(azure: AzureState, agent: Resource) -> None:
    """Drop the connectors that ARM knows, as a PUT of their agent does, whose body cannot name them.

    See docs/reference/control-plane.md#put-and-patch.
    """
    for connector in list_of(azure, agent, kinds.CONNECTORS):
        if connector.state.get("plane") == "control":
            azure.store.delete(connector.id)


def provision(
    azure: AzureState, agent: Resource, connector: Resource, fault: FaultRule | None
) -> tuple[Resource, Operation]:
    """Set a connector up, which takes a while: the connector meanwhile, and the operation.

    See docs/reference/control-plane.md#connectors.
    """
    interim = connector.with_properties(provisioningState="InProgress")
    azure.store.put(interim)
    failed = connector.with_properties(
        provisioningState="Failed", deploymentError=fault.message if fault else None
    )
    operation = azure.operations.start(
        connector.id,
        azure.settings,
        location=agent.document["location"],
        success=connector.with_properties(provisioningState="Succeeded"),
        failure=failed,
        fault=fault,
    )
    return interim, operation


def _check_name(kind: ItemKind, name: str) -> None:
    if not _NAME.fullmatch(name):
        raise BadRequest(f"'{name}' is not a valid name.", code="InvalidName")
    if kind is kinds.HOOKS and (not _HOOK_NAME.fullmatch(name) or name.lower().startswith("system__")):
        raise BadRequest(
            f"'{name}' is not a hook name: letters, digits, '-' and '_', without the prefix 'system__'.",
            code="InvalidName",
        )


@dataclass(frozen=True)
class _Write:
    """What a kind's rule may look at besides the properties."""

    azure: AzureState
    agent: Resource
    existing: Resource | None


def _subagent(write: _Write, properties: Json) -> Json:
    handoffs = properties.get("handoffs", [])
    if handoffs is None:
        raise BadRequest("Handoffs cannot be null")
    loop = (write.agent.properties.get("experimentalSettings") or {}).get("EnableV2AgentLoop")
    if handoffs and loop and write.existing is None and not write.azure.settings.new_handoffs:
        raise BadRequest("A new agent cannot have handoffs while EnableV2AgentLoop is on.")
    known = {item.name.lower() for item in list_of(write.azure, write.agent, kinds.SUBAGENTS)}
    for name in handoffs:
        if str(name).lower() not in known:
            raise BadRequest(f"Handoff agent '{name}' does not exist.")
    return properties


def _hook(write: _Write, properties: Json) -> Json:
    """Keep the type that a hook was made with, and forget four of its members.

    See docs/reference/data-plane.md#hooks.
    """
    _check_hook_body(properties.get("hook", {}))
    stored = {member: value for member, value in properties.items() if member not in _HOOK_DROPPED}
    if isinstance(stored.get("hook"), dict):
        hook = {member: value for member, value in stored["hook"].items() if member not in _HOOK_BODY_DROPPED}
        before = write.existing.properties.get("hook", {}) if write.existing else {}
        stored["hook"] = hook | ({"type": before["type"]} if "type" in before else {})
    return stored


def _check_hook_body(hook: Any) -> None:
    """Refuse what docs/reference/data-plane.md#hooks rules out. Raises BadRequest, MalformedBody."""
    if not isinstance(hook, dict):
        raise MalformedBody("the member 'hook' is not an object")
    if hook.get("command") and hook.get("script"):
        raise BadRequest("A hook has a command or a script, not both.")
    if len(str(hook.get("script") or "").encode()) > 64 * 1024:
        raise BadRequest("The script of a hook must not exceed 64 KB.")
    for member, low, high in (("timeout", 1, 300), ("maxRejections", 1, 25)):
        value = hook.get(member)
        if value is not None and not (isinstance(value, int | float) and low <= value <= high):
            raise BadRequest(f"The {member} of a hook must be between {low} and {high}.")


# fmt: off
_FILTER_MEMBERS = frozenset({
    "id", "name", "incidentplatform", "priorities", "titlecontains", "titlecontainsall",
    "titlecontainsany", "titlenotcontains", "documenttype", "partitionkey", "incidenttype",
    "impactedservice", "alertid", "owningteamid", "owningteamids", "icmfiltersettings",
    "azmonitorfiltersettings", "handlingagent", "handlingagents", "agentmode",
    "maxautomatedinvestigationattempts", "maxattempts", "deepinvestigationenabled", "mergeenabled",
    "mergewindowhours", "isenabled", "isdeleted", "custominstructions",
})
# fmt: on


def _incident_filter(write: _Write, properties: Json) -> Json:
    """Take a filter of the platform that the runtime sees; what only a handler keeps is lost."""
    unknown = sorted(member for member in properties if member.lower() not in _FILTER_MEMBERS)
    if unknown:  # as a whole (docs/reference/data-plane.md#incident-filters)
        raise BadRequest(f"The member '{unknown[0]}' of an incident filter is unknown.")
    platform, connected = properties.get("incidentPlatform"), incident_platform.visible_platform(write.agent)
    if not platform:
        raise BadRequest("The incidentPlatform of an incident filter is required.")
    if platform != connected or connected == incident_platform.NONE:
        raise BadRequest(
            f"Incident platform '{platform}' does not match configured incident management type '{connected}'"
        )
    if properties.get("deepInvestigationEnabled") and not write.azure.settings.deep_investigation:
        raise BadRequest("Deep investigation is not available.")
    hours = properties.get("mergeWindowHours")
    if hours is not None and hours not in range(1, 25):
        raise BadRequest("The member 'mergeWindowHours' must be between 1 and 24.")
    return {member: value for member, value in properties.items() if member != "customInstructions"}


@cache
def _time_zones() -> set[str]:
    """Go through the system's files once: it takes longer than all else of a request."""
    return available_timezones()


def _scheduled_task(_: _Write, properties: Json) -> Json:
    """Take a task whose time zone, if it has one, is known (docs/reference/data-plane.md#members-by-kind)."""
    time_zone = properties.get("timeZone")
    if time_zone is not None and time_zone not in _time_zones():
        raise BadRequest(f"The time zone '{time_zone}' of a scheduled task is not known.")
    return properties


def _connector(_: _Write, properties: Json) -> Json:
    if not properties.get("dataConnectorType") or not isinstance(properties["dataConnectorType"], str):
        raise BadRequest("The member 'dataConnectorType' of a connector is required.")
    extended = properties.get("extendedProperties")
    if extended is not None and not isinstance(extended, dict):
        raise BadRequest("The member 'extendedProperties' of a connector is not an object.")
    federated = [bool((extended or {}).get(f"Federated{what}Id")) for what in ("Client", "Tenant")]
    if federated[0] != federated[1]:
        raise BadRequest("FederatedClientId and FederatedTenantId are given together or not at all.")
    knowledge.check_content(properties)
    read_only = ("provisioningState", "deploymentError", "source")
    stored = {member: value for member, value in properties.items() if member not in read_only}
    # accepted, but the endpoint is lost (docs/reference/control-plane.md#connectors)
    if stored["dataConnectorType"] == "McpServer" and extended:
        stored["extendedProperties"] = {key: value for key, value in extended.items() if key != "endpoint"}
    return stored


_RULES: dict[str, Callable[[_Write, Json], Json]] = {
    kinds.SUBAGENTS.control: _subagent,
    kinds.HOOKS.control: _hook,
    kinds.INCIDENT_FILTERS.control: _incident_filter,
    kinds.SCHEDULED_TASKS.control: _scheduled_task,
    kinds.CONNECTORS.control: _connector,
}
