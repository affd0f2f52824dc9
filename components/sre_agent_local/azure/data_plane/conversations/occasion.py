"""What a turn is an answer to: a message, and why its thread is there."""

from collections.abc import Mapping
from dataclasses import dataclass

from sre_agent_local.azure.http import patterns
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

from . import loaded_script
from .script import ScriptedTurn, When


@dataclass(frozen=True)
class Origin:
    """What a thread began with, beside a person."""

    trigger: str | None = None
    """Name of an HTTP trigger."""
    task: str | None = None
    """Name of a scheduled task."""
    subagent: str | None = None
    """Name of the subagent that handles it."""


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """A message in its thread."""

    agent: Resource
    text: str
    origin: Origin
    incident: str | None
    """Title of the incident whose thread it is."""
    number: int
    """Of the turn in its thread, from 1."""


def occasion_of(agent: Resource, thread: Resource, text: str) -> Occasion:
    record = thread.state.get("incident") or {}
    origin = Origin(**thread.state.get("origin", {}))
    return Occasion(
        agent=agent,
        text=text,
        origin=origin,
        incident=record["incident"]["title"] if record else None,
        number=thread.state.get("turns", 0) + 1,
    )


def take_turn(azure: AzureState, occasion: Occasion) -> tuple[ScriptedTurn, Mapping[str, str]]:
    """Return the turn that answers, which counts as used, and what its pattern has named in the message."""
    for key, turn in loaded_script.turns(azure):
        named = _match(turn.when, occasion)
        if named is not None and (turn.times is None or azure.script_uses[key] < turn.times):
            azure.script_uses[key] += 1
            return turn, named
    raise AssertionError("the default script answers everything")


def _match(when: When, occasion: Occasion) -> Mapping[str, str] | None:
    """Return the named groups of the prompt's pattern where all conditions hold."""
    origin = occasion.origin
    held: list[tuple[str | None, str | None]] = [
        (when.incident, occasion.incident),
        (when.trigger, origin.trigger),
        (when.task, origin.task),
        (when.subagent, origin.subagent),
        (when.agent, occasion.agent.name),
    ]
    numbers = [when.turn] if isinstance(when.turn, int) else when.turn
    if numbers is not None and occasion.number not in numbers:
        return None
    for pattern, value in held:
        if pattern is not None and (value is None or not patterns.search(pattern, value)):
            return None
    match = patterns.search(when.prompt, occasion.text)
    return None if match is None else {k: v or "" for k, v in match.groupdict().items()}
