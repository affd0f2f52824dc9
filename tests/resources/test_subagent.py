"""Subagents: whom they hand work to, and the hooks of their own."""

from typing import Any

import pytest

from pulumi_sre_agent.api.kinds import Plane
from pulumi_sre_agent.resources._core.registry import model_of
from pulumi_sre_agent.resources.subagent import SubagentProvider
from support.azure import LocalAzure
from support.checked import checked, faults_of, wire
from support.provider_process import ProviderError, ProviderProcess
from support.samples import LONG, Json

AGENTS = "/api/v2/extendedAgent/agents"
every_plane = pytest.mark.parametrize("plane", ["data", "control"])


def subagent(agent_id: str, name: str, *handoffs: str, **changes: Any) -> Json:
    return {"agent_id": agent_id, "name": name, "instructions": LONG, "handoffs": list(handoffs), **changes}


def test_handoffs_are_always_said_and_events_are_azures() -> None:
    """Null handoffs are refused by Azure (docs/reference/data-plane.md#members-by-kind)."""
    hooks = {"stop": [{"prompt": "Done?"}], "post_tool_use": [{"prompt": "Well?", "matcher": "*"}]}
    inputs, found = checked("Subagent", {"name": "a", "instructions": LONG, "plane": "data", "hooks": hooks})

    assert found == []
    assert model_of("Subagent").to_wire(inputs) == {
        "instructions": LONG,
        "handoffs": [],
        "hooks": {"Stop": [{"prompt": "Done?"}], "PostToolUse": [{"prompt": "Well?", "matcher": "*"}]},
    }


def test_azure_reads_every_word() -> None:
    spec = wire("Subagent")
    hooks = spec.pop("hooks")

    assert [hook["maxRejections"] for hook in hooks["Stop"]] == [5]
    assert [hook["script"] for hook in hooks["PostToolUse"]] == ["#!/bin/bash\nexit 0\n"]
    assert spec == {
        "instructions": LONG,
        "handoffDescription": "Investigates alerts.",
        "handoffs": [],
        "tools": ["RunAzCliReadCommands", "SearchMemory"],
        "mcpTools": ["dynatrace/*"],
        "agentType": "Autonomous",
        "agentMode": "Review",
        "model": "ReasoningFast",
        "temperature": 0.5,
        "allowParallelToolCalls": True,
        "enableSkills": True,
        "addSystemSkills": False,
        "allowedSkills": ["triage"],
        "commonTools": ["azure"],
        "commonPrompts": ["safety-rules", "house-style"],
        "maxReflectionCount": 2,
        "customReflectionNote": "Did you look at the queues?",
        "criticPromptPath": "critics/strict.md",
        "criticOnHandoff": True,
        "deepThought": {"turns": 2},
        "disableDocumentRetrieval": False,
        "enableVanillaMode": False,
    }


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"instructions": "Help."}, "instructions must be longer than 50 characters"),
        ({"handoffs": ["alert-investigator"]}, "handoffs must not name the subagent itself"),
        ({"temperature": -1}, "temperature must be at least 0"),
        ({"max_reflection_count": -1}, "max_reflection_count must be at least 0"),
        ({"agent_mode": "Dry"}, "agent_mode must be one of Review, Autonomous, ReadOnly"),
        ({"hooks": {"stopp": []}}, "hooks.stopp is not a property here (did you mean 'stop'?)"),
        (
            {"hooks": {"post_tool_use": [{"prompt": "x"}]}},
            "hooks.post_tool_use[0].matcher is missing, which event PostToolUse needs: * means every tool",
        ),
        (
            {"hooks": {"stop": [{"prompt": "x"}, {"type": "command"}]}},
            "hooks.stop[1].command or script must be given, and not both, for a hook of type command",
        ),
    ],
)
def test_bad_input_is_refused_in_one_sentence(change: Json, sentence: str) -> None:
    assert faults_of("Subagent", **change) == [sentence]


@every_plane
def test_two_that_hand_work_to_each_other_take_two_updates(
    providers: ProviderProcess, cloud: LocalAzure, agent_id: str, fresh: str, plane: Plane
) -> None:
    """The first is made without the second, which is not there yet; the next update shows it and adds it."""
    provider, (one, two) = SubagentProvider(), (f"{fresh}-1", f"{fresh}-2")
    first = providers.check(provider, subagent(agent_id, one, two, plane=plane)).inputs
    second = providers.check(provider, subagent(agent_id, two, one, plane=plane)).inputs

    made, other = providers.create(provider, first), providers.create(provider, second)

    assert (made.outputs["handoffs"], made.outputs["missing_handoffs"]) == ([], [two])
    assert other.outputs == second
    assert providers.diff(provider, made.id, made.outputs, first).changes is True
    assert providers.read(provider, made.id, made.outputs, first).inputs == {**first, "handoffs": []}

    outputs = providers.update(provider, made.id, made.outputs, first)

    assert outputs == first
    assert cloud.data("GET", agent_id, f"{AGENTS}/{one}").json()["properties"]["handoffs"] == [two]
    assert providers.diff(provider, made.id, outputs, first).changes is False


@every_plane
def test_a_placeholder_stands_in_for_one_that_is_to_come(
    providers: ProviderProcess, cloud: LocalAzure, agent_id: str, fresh: str, plane: Plane
) -> None:
    """So two that hand work to each other take one update; the second takes the placeholder over."""
    provider, (one, two) = SubagentProvider(), (f"{fresh}-1", f"{fresh}-2")
    first = providers.check(
        provider, subagent(agent_id, one, two, plane=plane, handoffs_to_come=[two])
    ).inputs
    second = providers.check(provider, subagent(agent_id, two, one, plane=plane)).inputs

    made = providers.create(provider, first)
    held = cloud.data("GET", agent_id, f"{AGENTS}/{two}").json()["properties"]
    other = providers.create(provider, second)

    assert "no instructions yet" in held["instructions"]
    assert (made.outputs, other.outputs) == (first, second)
    assert cloud.data("GET", agent_id, f"{AGENTS}/{two}").json()["properties"]["instructions"] == LONG
    assert providers.diff(provider, made.id, made.outputs, first).changes is False
    assert providers.read(provider, made.id, made.outputs, first).inputs == first


def test_an_update_holds_the_place_of_one_that_is_to_come_and_leaves_alone_what_is_there(
    providers: ProviderProcess, cloud: LocalAzure, agent_id: str, fresh: str
) -> None:
    provider, (one, two, there) = SubagentProvider(), (f"{fresh}-1", f"{fresh}-2", f"{fresh}-3")
    made = [
        providers.create(provider, providers.check(provider, subagent(agent_id, name)).inputs)
        for name in (one, there)
    ]
    changed = {"handoffs": [two, there], "handoffs_to_come": [two, there]}

    providers.update(provider, made[0].id, made[0].outputs, {**made[0].outputs, **changed})

    stored = cloud.data("GET", agent_id, AGENTS).json()["value"]
    texts = {item["name"]: item["properties"]["instructions"] for item in stored}
    assert [texts[name] == LONG for name in (one, two, there)] == [True, False, True]


@every_plane
def test_a_create_that_was_interrupted_before_its_handoffs_came_is_taken_up_again(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str, plane: Plane
) -> None:
    """What lacks nothing but handoffs is ours; what differs otherwise is not."""
    provider, one = SubagentProvider(), f"{AGENTS}/one"
    for name in ("one", "two"):
        spec = {"properties": {"instructions": LONG, "handoffs": []}}
        assert cloud.data("PUT", new_agent_id, f"{AGENTS}/{name}", spec).is_success
    mine = providers.check(provider, subagent(new_agent_id, "one", "two", plane=plane)).inputs

    with pytest.raises(ProviderError, match="already exists and differs in instructions, handoffs"):
        providers.create(provider, {**mine, "instructions": LONG[::-1]})
    made = providers.create(provider, mine)

    assert made.outputs == mine
    assert cloud.data("GET", new_agent_id, one).json()["properties"]["handoffs"] == ["two"]


def test_an_update_to_nobody_says_what_to_do(providers: ProviderProcess, agent_id: str, fresh: str) -> None:
    provider = SubagentProvider()
    made = providers.create(provider, providers.check(provider, subagent(agent_id, fresh)).inputs)

    with pytest.raises(ProviderError) as refused:
        providers.update(provider, made.id, made.outputs, {**made.outputs, "handoffs": ["nobody"]})

    assert str(refused.value).strip().startswith(f"PUT agents/{fresh} of agent resources failed with 400")
    assert (
        "Handoff agent 'nobody' does not exist; make that subagent first: name it in this one's depends_on,"
        " or take it out of the handoffs" in str(refused.value)
    )


def test_a_refusal_for_another_reason_is_told(
    providers: ProviderProcess, cloud: LocalAzure, agent_id: str, fresh: str
) -> None:
    """Only handoffs to nobody are put off."""
    inputs = providers.check(SubagentProvider(), subagent(agent_id, fresh, "other")).inputs
    message = "Handoff agent 'unasked' does not exist."
    cloud.fault("status", method="PUT", path=f"/{fresh}$", status=400, message=message, times=1)

    with pytest.raises(ProviderError, match="unasked"):
        providers.create(SubagentProvider(), inputs)


@every_plane
def test_handoffs_come_at_once_also_where_new_subagents_have_none(
    providers: ProviderProcess, cloud: LocalAzure, fresh: str, plane: Plane
) -> None:
    """With EnableV2AgentLoop on: made without, then given them in the same create.

    See docs/reference/assumptions.md#handoffs-of-new-subagents.
    """
    agent_id = cloud.agent(fresh, experimentalSettings={"EnableV2AgentLoop": True})
    provider = SubagentProvider()
    other = providers.check(provider, subagent(agent_id, "second", plane=plane)).inputs
    providers.create(provider, other)
    inputs = providers.check(provider, subagent(agent_id, "first", "second", plane=plane)).inputs

    made = providers.create(provider, inputs)

    assert cloud.data("GET", agent_id, f"{AGENTS}/first").json()["properties"]["handoffs"] == ["second"]
    assert providers.read(provider, made.id, made.outputs, inputs).inputs == inputs
