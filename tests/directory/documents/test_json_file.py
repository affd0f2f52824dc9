"""JSON: what is refused, and on which line."""

import pytest

from support.directories import Faults


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
        pytest.param("[" * 20_000, 1, "the document is nested too deeply", id="deep"),
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
