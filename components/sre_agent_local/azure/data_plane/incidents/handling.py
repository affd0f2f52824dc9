"""What becomes of an incident: whether an agent takes it, and the thread that it opens, reopens or joins.

See docs/reference/product.md#life-of-an-incident.
"""

from collections.abc import Sequence

from pydantic import ValidationError

from sre_agent_local.azure import clock
from sre_agent_local.azure.agent_items import incident_platform
from sre_agent_local.azure.arm_path import ArmPath
from sre_agent_local.azure.data_plane.conversations import incident_record, thread_log
from sre_agent_local.azure.errors import BadRequest, NotFound
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.validation import validation_message
from sre_agent_local.azure.kinds import AGENT
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

from . import alerts, incident_threads, plans
from .incident import AZURE_MONITOR, Incident
from .plans import Plan

RESOLVERS = ("agent", "user")


def fire(azure: AzureState, body: Json) -> Json:
    """Hand an incident to the agents that it concerns: what fired, and what became of it at each.

    `agent`: a name or an ARM id; without one, all that have the platform, and for an alert watch what it is
    about. `alert`: a rule whose alert fires. Else the members of `Incident`. Raises BadRequest, NotFound.
    """
    members = {name: value for name, value in body.items() if name not in ("agent", "alert")}
    alert, name = body.get("alert"), body.get("agent")
    agents = find_agents(azure, str(name)) if name else azure.store.of_type(AGENT)
    if alert:
        members = alerts.incident_of(azure, str(alert)) | members
    elif "platform" not in members:
        members["platform"] = _platform(agents, str(name or ""))
    try:
        incident = Incident.of(members)
    except ValidationError as error:
        raise BadRequest(f"The incident cannot be read: {validation_message(error, '')}.") from error
    concerned = agents if name else [one for one in agents if _ignores(azure, one, incident) is None]
    results = [
        result for agent in concerned if agent.state["readyAt"] for result in _offer(azure, agent, incident)
    ]
    return {"incident": incident.model_dump(by_alias=True), "value": results}


def resolve(azure: AzureState, incident_id: str, by: str) -> Json:
    """Say that an incident is over, and who has mitigated it; the beginning of an id will do.

    Raises BadRequest, NotFound.
    """
    if by not in RESOLVERS:
        raise BadRequest(f"An incident is resolved by one of {', '.join(RESOLVERS)}, not by '{by}'.")
    wanted = incident_id.lower()
    found = [
        (agent, thread)
        for agent, thread in _threads(azure)
        if thread.name.startswith(wanted)
        or str(thread.state["incident"]["incident"]["id"]).lower().startswith(wanted)
    ]
    if not found:
        raise NotFound(f"There is no incident '{incident_id}'.")
    if len(found) > 1:
        raise BadRequest(f"There are {len(found)} incidents '{incident_id}': give more of the id.")
    ((agent, thread),) = found
    return incident_threads.body(agent, incident_record.resolve(azure, agent, thread, by))


def list_all(azure: AzureState) -> list[Json]:
    """Return every incident that some agent took, oldest first."""
    threads = sorted(_threads(azure), key=lambda one: str(one[1].document["thread"]["createdTimestamp"]))
    return [incident_threads.body(agent, thread) for agent, thread in threads]


def find_agents(azure: AzureState, name: str) -> list[Resource]:
    """Return the agent of an ARM id, or the one of a name. Raises BadRequest, NotFound."""
    found = [azure.store.get(name)] if name.startswith("/") else azure.store.by_name(AGENT, name)
    agents = [agent for agent in found if agent and agent.type.lower() == AGENT.lower()]
    if not agents:
        raise NotFound(f"There is no agent '{name}'.")
    if len(agents) > 1:
        raise BadRequest(f"There are {len(agents)} agents named '{name}': give an ARM id.")
    return agents


def _platform(agents: Sequence[Resource], name: str) -> str:
    """Return the platform of an incident that names none: the agent's, or the only one that there is."""
    platforms = {incident_platform.visible_platform(agent) for agent in agents} - {incident_platform.NONE}
    if len(platforms) == 1:
        return platforms.pop()
    if name:
        raise BadRequest(f"The agent '{name}' has no incident platform: it takes no incidents.")
    has = f"there are {' and '.join(sorted(platforms))}" if platforms else "no agent has one"
    raise BadRequest(f"An incident without an agent needs a platform: {has}.")


def _ignores(azure: AzureState, agent: Resource, incident: Incident) -> str | None:
    """Say why an agent does not even look at an incident."""
    platform = incident_platform.visible_platform(agent)
    if platform != incident.platform:
        return f"its incident platform is {platform}"
    if agent.state["power"] != "Running":
        return "it is stopped"
    if not incident.resource or incident.platform != AZURE_MONITOR:
        return None
    graph = agent.properties.get("knowledgeGraphConfiguration") or {}
    managed = [str(one).lower() for one in graph.get("managedResources") or []]
    place = incident.resource.lower()
    if azure.settings.alert_scope == "subscription":
        subscription = ArmPath.parse(place).subscription
        watches = any(ArmPath.parse(one).subscription == subscription for one in managed)
    else:
        watches = any(f"{place}/".startswith(f"{one.rstrip('/')}/") for one in managed)
    return (
        None if watches else f"it manages nothing in the {azure.settings.alert_scope} of {incident.resource}"
    )


def _offer(azure: AzureState, agent: Resource, incident: Incident) -> list[Json]:
    """Let an agent's plans look at an incident; return what became of it, once for each plan that took it."""
    base: Json = {"agent": agent.id, "outcome": "ignored", "plan": None, "thread": None}
    if reason := _ignores(azure, agent, incident):
        return [{**base, "reason": reason, "matching": [], "missed": {}}]
    matching, missed = plans.matching(azure, agent, incident)
    names = {"matching": [plan.name for plan in matching], "missed": missed}
    if not matching:
        return [{**base, **names, "reason": "no response plan takes it"}]
    one = plans.choose(matching, incident, azure.settings.plan_choice_seed)
    taking = matching if azure.settings.several_plans == "each" else [one]
    return [_take(azure, agent, incident, plan) | names | {"reason": None} for plan in taking]


def _take(azure: AzureState, agent: Resource, incident: Incident, plan: Plan) -> Json:
    thread = _recent(azure, agent, incident, plan)
    if thread is None:
        outcome, thread = "started", incident_threads.start(azure, agent, incident, plan)
    elif thread.state["incident"]["resolvedBy"] and not thread_log.is_busy(thread):
        outcome, thread = "reopened", incident_threads.reopen(azure, agent, thread, incident)
    else:
        outcome, thread = "merged", incident_threads.join(azure, thread)
    return {**incident_threads.body(agent, thread), "outcome": outcome}


def _recent(azure: AzureState, agent: Resource, incident: Incident, plan: Plan) -> Resource | None:
    """Return the thread that an alert of this rule still belongs to."""
    since = clock.now() - plan.merge_window_seconds
    for thread in reversed(thread_log.list_threads(azure, agent)):
        record = thread.state.get("incident")
        if record and record["mergeKey"] == incident.merge_key and record["plan"] == plan.name:
            return thread if record["investigatedAt"] > since else None
    return None


def _threads(azure: AzureState) -> list[tuple[Resource, Resource]]:
    return [
        (agent, thread)
        for agent in azure.store.of_type(AGENT)
        for thread in thread_log.list_threads(azure, agent)
        if thread.state.get("incident")
    ]
