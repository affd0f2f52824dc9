"""JSON: what is refused, and on which line."""

import json

import pytest

from support.directories import LONG, Faults, Read


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        pytest.param(
            '{\n"name": \n}', 3, "the JSON is malformed: Expecting value in column 1", id="no-value"
        ),
        pytest.param(" \n", 1, "the file is empty", id="empty"),
        pytest.param('{"a": 1} x', 1, "the JSON is malformed: Extra data in column 10", id="text-behind"),
        pytest.param(
            '{"a": 1,\n "b": {"c": [1, "x", {}],\n  "c": []}}',
            3,
            "'c' is given twice, before in line 2",
            id="repeated",
        ),
        pytest.param('{"a": NaN}', 1, "the JSON is malformed: NaN is not a JSON number", id="nan"),
        pytest.param("\n" + "[" * 200_000, 2, "the document is nested too deeply", id="brackets"),
        pytest.param('{"a":\n' * 200_000, 101, "the document is nested too deeply", id="braces"),
        pytest.param('{\n"a": "\\ud800"}', 2, "a text holds half a character", id="lone-surrogate"),
        pytest.param('{\n"\\udfff": 1}', 2, "a text holds half a character", id="lone-surrogate-as-name"),
        pytest.param('{"a": 1e999}', 1, "the JSON is malformed: the number 1e999 is too large", id="endless"),
        pytest.param(
            f'{{"a": {"9" * 5_000}}}', 1, "the JSON is malformed: the number 999", id="number-of-many-digits"
        ),
    ],
)
def test_malformed_json_is_refused_with_its_line(
    faults: Faults, content: str, line: int, reason: str
) -> None:
    """A member given twice is refused too, as nobody knows which one was meant."""
    [fault] = faults({"config/tools/t.json": content})

    assert fault.startswith(f"config/tools/t.json:{line}: {reason}")


def test_lines_count_by_line_ends_only(faults: Faults) -> None:
    """Other separators may stand inside a text."""
    content = '{"name": "s",\r\n "description": "a\u2028b\u0085c",\n "skillContent":\n 5}'

    assert faults({"config/skills/s.json": content}) == ["config/skills/s.json:3: skillContent must be text"]


def test_brackets_inside_texts_are_no_levels_and_pairs_of_surrogates_are_characters(reads: Read) -> None:
    item = {"name": "s", "description": '[{"' * 500 + "\U0001f600", "skillContent": LONG}

    [skill] = reads({"config/skills/s.json": json.dumps(item)}).items

    assert skill.args["description"] == item["description"]
