"""What the check says of a kind's arguments, for tables of good and bad ones."""

from typing import Any

from pulumi_sre_agent.resources._core.model import StackDefaults
from pulumi_sre_agent.resources._core.registry import model_of
from support.samples import AGENT_ID, SAMPLES, Json


def checked(kind: str, args: Json) -> tuple[Json, list[str]]:
    """Return canonical inputs, and everything wrong with them, of arguments for a real agent."""
    inputs, found = model_of(kind).check({}, {"agent_id": AGENT_ID, **args}, StackDefaults())
    return inputs, [fault.reason for fault in found]


def faults_of(kind: str, **change: Any) -> list[str]:
    """Return what is wrong with the kind's sample once `change` is made; None takes a property away."""
    args = SAMPLES[kind].args | change
    return checked(kind, {name: value for name, value in args.items() if value is not None})[1]


def wire(kind: str, **change: Any) -> Json:
    """Return the spec that says what the kind's sample says once `change` is made."""
    args = SAMPLES[kind].args | change
    inputs, found = checked(kind, {name: value for name, value in args.items() if value is not None})
    assert found == []
    return model_of(kind).to_wire(inputs)
