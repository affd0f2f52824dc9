"""What differs between values, and what property paths mean."""

from typing import Any

import pytest

from sre_agent_local.engine.diff import (
    Path,
    apply_ignore_changes,
    changed_keys,
    covers,
    detailed_diff,
    equal,
    format_path,
    parse_path,
)
from sre_agent_local.engine.values import UNKNOWN, ResourceRef, Secret


@pytest.mark.parametrize(
    ("old", "new", "is_equal"),
    [
        (5, 5.0, True),
        (True, 1, False),
        (False, 0, False),
        ({"a": None}, {}, True),
        ({"a": 1}, {"a": 1, "b": None}, True),
        ([1, None], [1], False),
        (Secret(5), Secret(5.0), True),
        (Secret("a"), "a", False),
        (UNKNOWN, UNKNOWN, True),
        (UNKNOWN, "a", False),
        (ResourceRef("u", "1"), ResourceRef("u", "1", "2.0"), True),
        (ResourceRef("u", "1"), ResourceRef("u"), False),
        ({"a": [1]}, {"a": [2]}, False),
        ([1], {"0": 1}, False),
    ],
)
def test_same(old: Any, new: Any, is_equal: bool) -> None:
    """Equality is Pulumi's: numbers are floats, an absent key is a null one, a secret is not its text."""
    assert equal(old, new) is is_equal
    assert equal(new, old) is is_equal


@pytest.mark.parametrize(
    ("old", "new", "rows"),
    [
        ({"a": 1}, {"a": 1}, {}),
        ({"a": 1}, {"a": 2}, {"a": "update"}),
        ({}, {"a": 1}, {"a": "add"}),
        ({"a": 1}, {}, {"a": "delete"}),
        ({"a": {"b": 1, "c.d": 2}}, {"a": {"b": 2}}, {"a.b": "update", 'a["c.d"]': "delete"}),
        ({"l": [1, 2]}, {"l": [1, 3, 4]}, {"l[1]": "update", "l[2]": "add"}),
        ({"l": [1, 2]}, {"l": [1]}, {"l[1]": "delete"}),
        ({"a": {"b": 1}}, {"a": [1]}, {"a": "update"}),
        ({"a": None}, {"a": {"b": 1}}, {"a": "add"}),
    ],
)
def test_detailed(old: Any, new: Any, rows: dict[str, str]) -> None:
    found = detailed_diff(old, new)

    assert {path: row.kind for path, row in found.items()} == rows
    assert all(row.input for row in found.values())
    assert set(changed_keys(old, new)) == {str(parse_path(path)[0]) for path in rows}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a", ("a",)),
        ("a.b", ("a", "b")),
        ("a[0].b", ("a", 0, "b")),
        ("a[*]", ("a", "*")),
        ("*", ("*",)),
        ('a["b.c"]', ("a", "b.c")),
        ('["a b"].c', ("a b", "c")),
        (r'a["say \"b\""]', ("a", 'say "b"')),
    ],
)
def test_parse_and_spell(text: str, path: Path) -> None:
    assert parse_path(text) == path
    if "*" not in text:
        assert format_path(path) == text


@pytest.mark.parametrize("text", [".a", "a[", "a[x]", "a..b"])
def test_what_is_no_path(text: str) -> None:
    with pytest.raises(ValueError, match="is not a property path"):
        parse_path(text)


@pytest.mark.parametrize(
    ("pattern", "path", "covered"),
    [
        ("a", "a.b", True),
        ("a.b", "a", False),
        ("a[*].c", "a[1].c", True),
        ("*", "x", True),
        ("b", "a", False),
    ],
)
def test_covers(pattern: str, path: str, covered: bool) -> None:
    assert covers(parse_path(pattern), parse_path(path)) is covered


@pytest.mark.parametrize(
    ("old", "new", "paths", "result"),
    [
        pytest.param({"a": 1}, {"a": 2}, ["a"], {"a": 1}, id="changed"),
        pytest.param({}, {"a": 2}, ["a"], {}, id="added"),
        pytest.param({"a": 1}, {}, ["a"], {"a": 1}, id="removed"),
        pytest.param({"o": {"a": 1}}, {"o": {"a": 2, "b": 3}}, ["o.a"], {"o": {"a": 1, "b": 3}}, id="nested"),
        pytest.param({"o": {"a": 1}}, {"o": {"b": 2}}, ["o.*"], {"o": {"a": 1}}, id="every key"),
        pytest.param({"a": 1, "b": 1}, {"a": 2, "b": 2}, ["*"], {"a": 1, "b": 1}, id="everything"),
        pytest.param({"l": [1, 2]}, {"l": [3, 4]}, ["l[0]"], {"l": [1, 4]}, id="index"),
        pytest.param({"l": [1, 2]}, {"l": [3, 4]}, ["l[*]"], {"l": [1, 2]}, id="every index"),
        pytest.param(
            {"l": [{"a": 1}]}, {"l": [{"a": 2}]}, ["l[*].a"], {"l": [{"a": 1}]}, id="in every index"
        ),
        pytest.param(
            {"o": {"k": {"a": 1}}}, {"o": {"k": {"a": 2}}}, ["o.*.a"], {"o": {"k": {"a": 1}}}, id="in all"
        ),
        pytest.param({"l": [1]}, {"l": [2]}, ["l[7]"], {"l": [2]}, id="an index of neither"),
        pytest.param({"a": 1}, {"a": 2}, ["a.b"], {"a": 2}, id="below a plain value"),
        pytest.param({}, {"b": 1}, ["a.b"], {"b": 1}, id="below nothing"),
        pytest.param(
            {"o": Secret({"a": 1})},
            {"o": {"a": 2}},
            ["o.a"],
            {"o": Secret({"a": 1})},
            id="an old secret stays one",
        ),
        pytest.param(
            {"o": {"a": 1}}, {"o": Secret({"a": 2})}, ["o.a"], {"o": Secret({"a": 1})}, id="so does a new"
        ),
    ],
)
def test_ignoring(old: Any, new: Any, paths: list[str], result: Any) -> None:
    """Old values come back at the paths, and nowhere else."""
    assert apply_ignore_changes(new, old, paths) == (result, [])


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ({"o": {"a": 1}}, {}, "o.a"),
        ({}, {"o": {"a": 1}}, "o.a"),
        ({"o": {"a": 1}}, {"o": 1}, "o.a"),
        ({"l": [1]}, {"l": [1, 2]}, "l[1]"),
        ({"l": [1]}, {"l": [1, 2]}, "l[*]"),
        ({"l": [1]}, {"l": [1]}, "l.a"),
    ],
)
def test_what_cannot_be_ignored_is_named(old: Any, new: Any, path: str) -> None:
    """A path through something that was added or removed changes nothing and is told."""
    assert apply_ignore_changes(new, old, [path]) == (new, [path])
