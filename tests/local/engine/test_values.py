"""Property values on the wire, in state, and before people's eyes."""

from typing import Any

import pytest
from google.protobuf import json_format, struct_pb2
from hypothesis import given
from hypothesis import strategies as st

from sre_agent_local.engine.values import (
    MARK,
    RESOURCE,
    SECRET,
    UNKNOWN,
    UNKNOWN_TEXT,
    UNKNOWN_TEXTS,
    ResourceRef,
    Secret,
    Unknown,
    UnsupportedValueError,
    contains,
    from_state,
    from_struct,
    mark_secret_outputs,
    propagate_secrets,
    to_display,
    to_state,
    to_struct,
    unwrap_secrets,
)

REF = ResourceRef("urn:a", "a", "1.2.3")
COMPONENT = ResourceRef("urn:c")
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
VALUES = st.recursive(
    PLAIN | st.just(UNKNOWN) | st.just(REF) | st.just(COMPONENT) | PLAIN.map(Secret),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def wire(value: Any, *, secrets: bool = True, resources: bool = True) -> Any:
    struct = to_struct({"v": value}, secrets=secrets, resources=resources)
    return json_format.MessageToDict(struct).get("v")


def seal(plain: str) -> str:
    return plain[::-1]


@given(VALUES)
def test_wire_and_back(value: Any) -> None:
    """Whatever goes over the wire comes back the same."""
    assert from_struct(to_struct({"v": value}, secrets=True, resources=True)) == {"v": value}


@given(VALUES)
def test_state_and_back(value: Any) -> None:
    """Whatever goes into state comes back the same; what was unknown stays so."""
    stored = to_state(value, seal)

    assert to_state(from_state(stored, seal), seal) == stored


@pytest.mark.parametrize(
    ("value", "full", "plain"),
    [
        (Secret("s"), {MARK: SECRET, "value": "s"}, "s"),
        (Secret([Secret("s")]), {MARK: SECRET, "value": [{MARK: SECRET, "value": "s"}]}, ["s"]),
        (REF, {MARK: RESOURCE, "urn": "urn:a", "id": "a", "packageVersion": "1.2.3"}, "a"),
        (COMPONENT, {MARK: RESOURCE, "urn": "urn:c", "packageVersion": ""}, "urn:c"),
        (UNKNOWN, UNKNOWN_TEXT, UNKNOWN_TEXT),
        ([], [], []),
        ({}, {}, {}),
        (5, 5.0, 5.0),
        (0.5, 0.5, 0.5),
        (True, True, True),
    ],
)
def test_receivers_get_what_they_take(value: Any, full: Any, plain: Any) -> None:
    """Secrets and resources go as such only to those that take them."""
    assert wire(value) == full
    assert wire(value, secrets=False, resources=False) == plain


@pytest.mark.parametrize("text", sorted(UNKNOWN_TEXTS))
def test_every_kind_of_unknown_is_known(text: str) -> None:
    struct = struct_pb2.Struct()
    struct.update({"v": [text]})

    assert from_struct(struct) == {"v": [UNKNOWN]}


def test_numbers_are_whole_where_they_can_be() -> None:
    """Numbers travel as floats; what is whole is an int again, what is too large to be exact is not."""
    struct = struct_pb2.Struct()
    struct.update({"a": 5, "b": 5.5, "c": 2.0**60})
    read = from_struct(struct)

    assert [type(read[key]) for key in "abc"] == [int, float, float]
    assert list(read) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ({MARK: "c44067f5952c0a294b673a41bacd8c17", "text": "x"}, "assets"),
        ({MARK: "0def7320c3a5731c473e5ecbe6d01bc7"}, "archives"),
        ({MARK: "d0e6a833031e9bbcd3f4e8bde6ca49a4"}, "output values"),
        ({MARK: "never heard of"}, "values of kind never heard of"),
        (float("nan"), "numbers that are not finite"),
    ],
)
def test_what_is_not_known_is_refused_by_name(value: Any, what: str) -> None:
    struct = struct_pb2.Struct()
    struct.update({"v": value})

    with pytest.raises(UnsupportedValueError, match=what):
        from_struct(struct)
    with pytest.raises(UnsupportedValueError, match=what):
        from_state({"v": value}, seal)


def test_an_unknown_resource_id() -> None:
    """A resource that a preview would create has an id that is empty in state and unknown on the wire."""
    stored = to_state(ResourceRef("urn:a", UNKNOWN), seal)

    assert stored["id"] == ""
    assert from_state(stored, seal) == ResourceRef("urn:a", UNKNOWN)


def test_state_seals_the_plain_text_as_json() -> None:
    assert to_state({"b": 1, "a": Secret({"k": Secret("v")})}, seal) == {
        "a": {MARK: SECRET, "ciphertext": '}"v":"k"{'},
        "b": 1,
    }
    assert from_state({MARK: SECRET, "plaintext": '"x"'}, seal) == Secret("x")


def test_nothing_shows_a_secret() -> None:
    value = {"a": [Secret("hush")], "b": UNKNOWN, "c": REF}

    assert to_display(value)["a"] == ["[secret]"]
    assert to_display(value)["b"] == UNKNOWN_TEXT
    assert to_display(value)["c"]["urn"] == "urn:a"
    assert "hush" not in repr(value)


def test_strip_and_contains() -> None:
    value = {"a": [Secret({"b": UNKNOWN})]}

    assert unwrap_secrets(value) == {"a": [{"b": UNKNOWN}]}
    assert contains(value, Secret)
    assert contains(value, Unknown)
    assert not contains(unwrap_secrets(value), Secret)
    assert not contains("plain", Unknown)


@pytest.mark.parametrize(
    ("answer", "sent", "marked"),
    [
        ({"a": "s", "b": 1}, {"a": Secret("s"), "b": 1}, {"a": Secret("s"), "b": 1}),
        ({"o": {"a": "s", "b": 1}}, {"o": {"a": Secret("s")}}, {"o": {"a": Secret("s"), "b": 1}}),
        ({"l": ["s", 1]}, {"l": [Secret("s"), 1]}, {"l": Secret(["s", 1])}),
        ({"o": {"a": "s"}}, {"o": Secret({"a": "s"})}, {"o": Secret({"a": "s"})}),
        ({"new": "s"}, {"old": Secret("s")}, {"new": "s"}),
        ({"a": Secret("s")}, {"a": Secret("s")}, {"a": Secret("s")}),
    ],
)
def test_remark(answer: Any, sent: Any, marked: Any) -> None:
    """A plain answer gets back the secret marks of what was sent: objects by key, all else as a whole."""
    assert propagate_secrets(answer, sent) == marked


def test_mark() -> None:
    """Options and secret inputs of the same name make an output secret; once is enough."""
    assert mark_secret_outputs({"a": 1, "b": Secret(2), "c": 3}, {"b": Secret(2), "a": 1}, ["c", "gone"]) == {
        "a": 1,
        "b": Secret(2),
        "c": Secret(3),
    }
