"""What an agent writes to its Application Insights, as far as its members are published.

See docs/reference/run-time.md#activity-in-telemetry.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from sre_agent_local.azure import clock
from sre_agent_local.azure.control_plane import telemetry
from sre_agent_local.azure.control_plane.monitoring import COMPONENT
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

from . import payloads, thread_log

MODEL = "claude-opus-4-6"
"""Where the agent names none."""
CHARACTERS_A_TOKEN = 4
_KEY = re.compile(r"InstrumentationKey=([^;]+)", re.IGNORECASE)


def write(
    azure: AzureState, agent: Resource, thread: Resource, name: str, dimensions: Mapping[str, str]
) -> None:
    """Write an event with what all have; nothing where the agent names no component that is here."""
    key = _instrumentation_key(azure, agent)
    if key is None:
        return
    shared = {"ThreadId": thread.name, "gen_ai.agent.id": agent.id, "gen_ai.agent.name": agent.name}
    now = datetime.fromtimestamp(clock.now(), UTC)
    telemetry.add_event(azure, key, name, now, {**dimensions, **shared})


def write_generation(azure: AzureState, agent: Resource, thread: Resource, said: list[Json]) -> None:
    """Write what a model took for `said`, messages of a turn, had one read the thread and said that."""
    spoken = [message for message in said if message["author"]["role"] == payloads.AGENT["role"]]
    own = {message["id"] for message in spoken}
    read = [message for message in thread_log.messages(thread) if message["id"] not in own]
    dimensions = {
        "EventType": "ModelGenerationEnd",
        "AgentName": str(thread.state.get("origin", {}).get("subagent") or "meta_agent"),
        "ModelId": str((agent.properties.get("defaultModel") or {}).get("name") or MODEL),
        "InputTokens": str(_tokens(read)),
        "OutputTokens": str(_tokens(spoken)),
    }
    write(azure, agent, thread, "ModelGeneration", dimensions)


def _tokens(messages: list[Json]) -> int:
    return -(-sum(len(message["text"] or "") for message in messages) // CHARACTERS_A_TOKEN)


def _instrumentation_key(azure: AzureState, agent: Resource) -> str | None:
    """Return the key of the component that the agent writes to, by whatever it names it."""
    log: Json = agent.properties.get("logConfiguration") or {}
    insights = log.get("applicationInsightsConfiguration") or {}
    if match := _KEY.search(str(insights.get("connectionString") or "")):
        return match[1]
    component_id, app_id = insights.get("applicationInsightsResourceId"), insights.get("appId")
    for component in azure.store.of_type(COMPONENT):
        if component.id.lower() == str(component_id).lower() or (
            app_id and component.properties.get("AppId") == app_id
        ):
            return str(component.properties["InstrumentationKey"])
    return None
