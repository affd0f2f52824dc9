"""YAML: what is read, what is refused, and on which line."""

from itertools import pairwise
from string import ascii_lowercase

import pytest

from support.directories import LONG, Faults, Read


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        pytest.param(
            "name: s\nskillContent: [a\nb: c\n",
            3,
            "the YAML is malformed: while parsing a flow",
            id="unclosed",
        ),
        pytest.param(
            "name: s\n\tb: c\n",
            2,
            "the YAML is malformed: while scanning a plain scalar found a tab",
            id="tab",
        ),
        pytest.param(
            "name: 'x\n", 2, "the YAML is malformed: while scanning a quoted scalar", id="unclosed-quote"
        ),
        pytest.param(
            "name: a\n---\nname: b\n",
            2,
            "the YAML is malformed: it holds several documents, split them into files or make them one list",
            id="several-documents",
        ),
        pytest.param("name: a\nb: 1\nname: b\n", 3, "'name' is given twice, before in line 1", id="repeated"),
        pytest.param(
            "spec:\n  a: 1\n  a: 1\n", 3, "'a' is given twice, before in line 2", id="repeated-below"
        ),
        pytest.param("name: a\nb: &x [*x]\n", 2, "the YAML contains itself through an alias", id="itself"),
        pytest.param(
            "name: !!binary aGk=\n", 1, "the YAML tag tag:yaml.org,2002:binary means nothing here", id="tag"
        ),
        pytest.param("name: !secret x\n", 1, "the YAML tag !secret means nothing here", id="own-tag"),
        pytest.param(
            "name: !!int x\n", 1, "the YAML is malformed: 'x' is not what its tag says", id="false-tag"
        ),
        pytest.param(
            "? [a]\n: b\n", 1, "the YAML is malformed: a member's name must be plain text", id="list-as-key"
        ),
        pytest.param(
            "name: a\nb: \x01\n", 2, "the YAML is malformed: it holds a control character", id="control"
        ),
        pytest.param(
            "name: *nowhere\n", 1, "the YAML is malformed: found undefined alias", id="undefined-alias"
        ),
        pytest.param("a:\n  " + "[" * 200_000, 2, "the document is nested too deeply", id="brackets"),
        pytest.param("a: 1\nb: " + "{a: " * 200_000, 2, "the document is nested too deeply", id="braces"),
        pytest.param("- " * 200_000, 1, "the document is nested too deeply", id="dashes"),
        pytest.param(
            "- &a0 [x]\n" + "".join(f"- &a{n} [*a{n - 1}]\n" for n in range(1, 200)),
            1,
            "the document is nested too deeply",
            id="deep-by-aliases",
        ),
        pytest.param(
            "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
            + "".join(
                f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]\n" for a, b in zip("abcde", "bcdef", strict=True)
            ),
            1,
            "the YAML unfolds to more than 20,000 values",
            id="multiplying-aliases",
        ),
        pytest.param(
            "- &a {k0: x}\n"
            + "".join(
                f"- &{b} {{<<: [{', '.join([f'*{a}'] * 10)}], {b}: 1}}\n"
                for a, b in pairwise(ascii_lowercase)
            )
            + "- {<<: ["
            + ", ".join(["*z"] * 2_000)
            + "]}\n",
            27,
            "the YAML unfolds to more than 20,000 values",
            id="multiplying-merges",
        ),
        pytest.param(
            f"a: &a {'x' * 1_000_000}\nb: [{', '.join(['*a'] * 40)}]\n",
            1,
            "the YAML unfolds to more than 32 MB of text",
            id="multiplying-text",
        ),
        pytest.param("name: a\nb: &x {<<: *x}\n", 2, "the YAML contains itself", id="merges-itself"),
        pytest.param(
            "name: a\nb: {<<: 1}\n", 2, "the YAML is malformed: << takes a mapping", id="merges-text"
        ),
        pytest.param(f"name: a\nb: {'9' * 5_000}\n", 2, "the YAML is malformed: '99", id="long-number"),
        pytest.param("name: a\nb: 1e999\n", 2, "the YAML is malformed: the number", id="endless-number"),
        pytest.param(
            f"name: a\nb: 0x{'f' * 5_000}\n", 2, "the YAML is malformed: the number", id="long-hexadecimal"
        ),
        pytest.param(
            "name: s\ntools: !!python/tuple [a]\n",
            2,
            "the YAML tag tag:yaml.org,2002:python/tuple means nothing here: write plain values",
            id="tag-of-a-list",
        ),
    ],
)
def test_malformed_yaml_is_refused_with_its_line(
    faults: Faults, content: str, line: int, reason: str
) -> None:
    """A person who is new to YAML finds the place."""
    [fault] = faults({"config/skills/s.yaml": content})

    assert fault.startswith(f"config/skills/s.yaml:{line}: {reason}")


def test_aliases_and_merges_are_read(reads: Read) -> None:
    """They are part of YAML; to override what is merged is not to repeat a member."""
    content = (
        f"- &base\n  name: one\n  skillContent: &text {LONG}\n"
        "- &two\n  <<: *base\n  name: two\n  description: *text\n"
        "- <<: *two\n  name: three\n"
        "- name: four\n  spec: &spec\n    <<: {description: merged}\n"
        f"    description: own\n    skillContent: {LONG}\n- name: five\n  spec: *spec\n"
    )

    found = reads({"config/skills/s.yaml": content}).items

    assert [item.name for item in found] == ["one", "two", "three", "four", "five"]
    assert found[2].args["description"] == LONG.strip()


def test_the_first_of_several_merged_mappings_wins_and_own_members_win_over_all(reads: Read) -> None:
    content = (
        "- &a {name: a, type: x, one: a, two: a, three: a}\n"
        "- &b {name: b, type: x, one: b, two: b, four: b}\n"
        "- {<<: [*b, *a], name: c, one: c}\n"
    )

    args = reads({"config/tools/t.yaml": content}).items[2].args

    assert args["additional_properties"] == {"one": "c", "two": "b", "three": "a", "four": "b"}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("on", "on"), ("no", "no"), ("12:30", "12:30"), ("2026-11-22", "2026-11-22"), ("1_000", "1_000"),
        ("=", "="), (".inf", ".inf"), ("0x1F", 31), ("0o17", 15), ("-3", -3), ("+1.5", 1.5), ("1e3", 1e3),
        ("010", 10),
        ("True", True), ("FALSE", False), ("null", None), ("~", None), ("", None), ("'1'", "1"),
        ("!!str 1", "1"),
    ],
)  # fmt: skip
def test_scalars_mean_what_yaml_1_2_says(reads: Read, written: str, value: object) -> None:
    """Seen through a member that nobody has described, which keeps its type."""
    content = f"name: t\nspec:\n  type: x\n  custom:\n  - a\n  - {written}\n"

    [item] = reads({"config/tools/t.yaml": content}).items

    assert item.args["additional_properties"]["custom"][1] == value


def test_a_byte_order_mark_is_no_part_of_the_file(reads: Read) -> None:
    """Some editors write one."""
    [item] = reads({"config/tools/t.yaml": "\ufeffname: t\ndescription: x\n"}).items

    assert item.name == "t"
