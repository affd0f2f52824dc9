"""Properties of check and diff that hold for whatever the engine hands over."""

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pulumi.output import UNKNOWN

from pulumi_sre_agent.resources._core.merge_patch import merge_patch
from pulumi_sre_agent.resources._core.model import Model, StackDefaults
from pulumi_sre_agent.resources._core.provider import KindProvider
from pulumi_sre_agent.resources._core.registry import model_of, provider_of
from pulumi_sre_agent.resources.agent import AgentProvider
from pulumi_sre_agent.schema.annotations import Canonical, Default, IgnoreCase, Immutable, NoDiff, Unordered
from pulumi_sre_agent.schema.fields import Field, fields_of
from pulumi_sre_agent.schema.normalization import item_field, member_field
from support.samples import AGENT_ID, SAMPLES, Json

UAMI = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/Id"
AGENT: Json = {
    "name": "payments-oncall",
    "resource_group_name": "rg-sre",
    "location": "swedencentral",
    "tags": {"team": "payments"},
    "identity": {"type": "SystemAssigned, UserAssigned", "user_assigned_identities": [UAMI, UAMI + "2"]},
    "knowledge_graph_configuration": {"identity": UAMI, "managed_resources": [UAMI + "3", UAMI]},
    "action_configuration": {"identity": UAMI, "mode": "Autonomous", "access_level": "High"},
    "sandbox_configuration": {"egress": {"mode": "Limited", "allowed_hosts": ["b.example", "a.example"]}},
    "monthly_agent_unit_limit": 10000,
}
ARGS: dict[str, Json] = {"Agent": AGENT} | {
    kind: {"agent_id": AGENT_ID, **sample.args} for kind, sample in SAMPLES.items()
}
every_kind = pytest.mark.parametrize("kind", list(ARGS))
quick = settings(max_examples=15, deadline=None)


def rewritten(node: Field, value: Any, chance: random.Random) -> Any:
    """Say the same in another way, as engines, people and Azure do."""
    if isinstance(value, dict):
        told = {key: rewritten(member_field(node, key), inner, chance) for key, inner in value.items()}
        for key, default in defaults(node):
            if told.get(key, default) == default:
                told = {**told, key: default} if chance.random() < 0.5 else without(told, key)
        return dict(chance.sample(list(told.items()), len(told)))
    if isinstance(value, list):
        found = [rewritten(item_field(node), inner, chance) for inner in value]
        return chance.sample(found, len(found)) + found[:1] if node.has(Unordered) else found
    if isinstance(value, int) and not isinstance(value, bool):
        return chance.choice([value, float(value)])
    if isinstance(value, str):
        ways = [value]
        if node.has(IgnoreCase) or node.choices:
            ways += [value.upper(), value.lower()]
        if node.has(Canonical) and "\n" in value:
            ways.append(value.replace("\n", "\r\n"))
        return chance.choice(ways)
    return value


def defaults(node: Field) -> Iterator[tuple[str, Any]]:
    """Yield what the service takes where an object does not say a member."""
    for key, member in (node.members or {}).items():
        if default := member.annotation(Default):
            yield key, default.value


def without(values: Json, name: str) -> Json:
    return {key: value for key, value in values.items() if key != name}


def holed(value: Any, chance: random.Random) -> Any:
    """Make parts unknown, some of everything."""
    if chance.random() < 0.2:
        return UNKNOWN
    if isinstance(value, dict):
        return {key: holed(inner, chance) for key, inner in value.items()}
    return [holed(inner, chance) for inner in value] if isinstance(value, list) else value


def model(kind: str) -> Model:
    return model_of(kind)


def quiet_fields(kind: str) -> set[str]:
    """Name what changes nothing by itself, as where a file lies."""
    return {name for name, member in model(kind).fields.items() if member.has(NoDiff)}


@every_kind
@quick
@given(chance=st.randoms(use_true_random=False))
def test_what_means_the_same_is_the_same(kind: str, chance: random.Random) -> None:
    """However it is written: no fault, no change, and the check gives what it was given."""
    straight, none = model(kind).check({}, ARGS[kind], StackDefaults())
    args = rewritten(model(kind).root, copy.deepcopy(ARGS[kind]), chance)

    inputs, found = model(kind).check({}, args, StackDefaults())
    again, _ = model(kind).check({}, inputs, StackDefaults())

    assert none == found == []
    assert again == inputs
    assert model(kind).changed_fields(straight, inputs) == []
    kept = model(kind).check(straight, args, StackDefaults())[0]
    assert {key: kept[key] for key in kept if key in straight} == {
        key: straight[key] for key in straight if key in kept
    }


def test_a_key_of_a_map_says_something_even_without_a_value() -> None:
    """A tag may be empty; to be there, and to be gone again, is a change."""
    tagged = {**AGENT, "tags": {"team": "payments", "env": ""}}
    without_it, _ = model("Agent").check({}, AGENT, StackDefaults())
    with_it, _ = model("Agent").check({}, tagged, StackDefaults())

    assert model("Agent").changed_fields(without_it, with_it) == ["tags"]
    assert model("Agent").changed_fields(with_it, without_it) == ["tags"]
    assert model("Agent").changed_fields(with_it, with_it) == []


@every_kind
@quick
@given(chance=st.randoms(use_true_random=False))
def test_unknown_values_never_raise_and_always_count_as_a_change(kind: str, chance: random.Random) -> None:
    """A preview cannot tell yet; it must not say that nothing changes."""
    straight, _ = model(kind).check({}, ARGS[kind], StackDefaults())
    args = {key: holed(value, chance) for key, value in copy.deepcopy(ARGS[kind]).items()}

    inputs, found = model(kind).check({}, args, StackDefaults())
    changed = model(kind).changed_fields(straight, inputs)

    assert found == []
    loud = [key for key in inputs if key not in quiet_fields(kind)]
    assert [key for key in loud if "Unknown" in repr(inputs[key])] == [key for key in loud if key in changed]


@every_kind
@quick
@given(
    chance=st.randoms(use_true_random=False),
    value=st.recursive(
        st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=5,
    ),
)
def test_no_value_at_all_raises(kind: str, chance: random.Random, value: Any) -> None:
    """Whatever a program puts where: it is accepted or a fault, and never an error of ours."""
    args = copy.deepcopy(ARGS[kind])
    where: Any = args
    while True:
        key = chance.choice(list(where))
        if not isinstance(where[key], dict) or chance.random() < 0.4:
            break
        where = where[key]
    where[key] = value

    inputs, found = model(kind).check({}, args, StackDefaults())

    assert all(fault.reason for fault in found)
    if not found:
        assert model(kind).check({}, inputs, StackDefaults()) == (inputs, [])


@every_kind
@quick
@given(data=st.data())
def test_only_immutable_fields_replace(kind: str, data: st.DataObject) -> None:
    """And whatever else changes, changes in place."""
    straight, _ = model(kind).check({}, ARGS[kind], StackDefaults())
    texts = [name for name in straight if isinstance(straight[name], str)]
    name = data.draw(st.sampled_from([name for name in texts if name not in quiet_fields(kind)]))

    other = straight | {name: "something else"}
    changed = model(kind).changed_fields(straight, other)

    assert changed == [name]
    assert model(kind).replaces(changed, straight, other) == (
        [name] if fields_of(model(kind).args)[name].has(Immutable) else []
    )


@quick
@given(chance=st.randoms(use_true_random=False))
def test_a_patch_turns_one_set_of_values_into_the_other(chance: random.Random) -> None:
    """By the rules of JSON merge patch (RFC 7396), and it is empty where nothing differs."""
    node = AgentProvider.model.root
    old, new = ({key: AGENT[key] for key in AGENT if chance.random() < 0.7} for _ in range(2))
    new = {key: chance.choice([value, _other(value)]) for key, value in new.items()}

    patch = merge_patch(node, old, new)

    assert _merged(_wired(old), patch) == _wired(new)
    assert merge_patch(node, new, new) == {}


def _other(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _other(inner) for key, inner in list(value.items())[1:]} | {"mode": "Review"}
    return ["/subscriptions/else"] if isinstance(value, list) else 700 if isinstance(value, int) else "else"


def _wired(values: Json) -> Json:
    local = ("name", "resource_group_name")
    return AgentProvider.model.to_wire({key: value for key, value in values.items() if key not in local})


def _merged(target: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    kept = {} if not isinstance(target, dict) else dict(target)
    for key, value in patch.items():
        kept[key] = _merged(kept.get(key), value)
    return {key: value for key, value in kept.items() if value is not None}


@every_kind
def test_diff_names_nothing_that_the_engine_can_see_itself(kind: str) -> None:
    """`changes` stays open where something differs, so that the engine shows each property."""
    provider: KindProvider = provider_of(kind)
    straight, _ = provider.model.check({}, ARGS[kind], StackDefaults())
    id_ = "/subscriptions/s/resourceGroups/rg-sre/providers/Microsoft.App/agents/payments-oncall"

    same = provider.diff(id_, straight, straight)
    key = getattr(provider.model, "key", "name") or "agent_id"
    other = provider.diff(id_, straight, straight | {key: "another"})

    assert (same.changes, same.replaces) == (False, None)
    assert (other.changes, other.replaces, other.delete_before_replace) == (None, [key], True)
