"""The table of what a tool call meets, row by row (docs/reference/product.md#tool-calls)."""

from typing import Any

import pytest

from pulumi_sre_agent.review.permissions.decision import Action, Mode, Result, decide

MODES: tuple[Mode, ...] = ("Review", "Autonomous")
ANY = ("allow", "ask", "deny", None)
ROWS: list[tuple[int, tuple[Any, ...], tuple[Any, ...], tuple[bool, ...], tuple[Mode, ...], Result]] = [
    (1, ("allow",), ANY, (True, False), MODES, Result.RUNS),
    (2, ("deny",), ANY, (True, False), MODES, Result.BLOCKED),
    (3, ("ask",), ANY, (True, False), MODES, Result.ASKS),
    (4, (None,), ("deny",), (True, False), (*MODES, "ReadOnly"), Result.BLOCKED),
    (5, (None,), ("allow",), (True, False), MODES, Result.RUNS),
    (6, (None,), ("ask",), (True, False), ("Review",), Result.ASKS),
    (7, (None,), ("ask",), (True, False), ("Autonomous",), Result.RUNS),
    (8, (None,), (None,), (True,), ("Review",), Result.ASKS),
    (9, (None,), (None,), (True,), ("Autonomous",), Result.RUNS),
    (10, (None,), (None,), (False,), MODES, Result.RUNS),
    (11, ("system allow",), ("deny",), (True, False), MODES, Result.BLOCKED),
    (12, (None,), ("allow", "ask", None), (True, False), ("ReadOnly",), Result.BLOCKED),
]


@pytest.mark.parametrize(("row", "hooks", "policies", "asks", "modes", "result"), ROWS)
def test_each_row_of_the_table(
    row: int,
    hooks: tuple[Any, ...],
    policies: tuple[Any, ...],
    asks: tuple[bool, ...],
    modes: tuple[Mode, ...],
    result: Result,
) -> None:
    decisions = {
        decide(hook, policy, wants_approval, mode)
        for hook in hooks
        for policy in policies
        for wants_approval in asks
        for mode in modes
    }

    assert {(each.result, each.rows) for each in decisions} == {(result, (row,))}


@pytest.mark.parametrize(
    ("mode", "policy", "result", "rows"),
    [
        ("Review", None, Result.UNPUBLISHED, (8, 10)),
        ("Autonomous", None, Result.RUNS, (9, 10)),
        ("Review", "ask", Result.ASKS, (6,)),
    ],
)
def test_where_it_is_not_published_whether_a_tool_asks(
    mode: Mode, policy: Any, result: Result, rows: tuple[int, ...]
) -> None:
    """Only where that would make a difference does it make one."""
    assert decide(None, policy, None, mode) == decide(None, policy, None, mode, Action.READ)
    assert (decide(None, policy, None, mode).result, decide(None, policy, None, mode).rows) == (result, rows)


@pytest.mark.parametrize(
    ("action", "result"),
    [
        (Action.READ, Result.RUNS),
        (Action.SEND, Result.BLOCKED),
        (Action.WRITE, Result.BLOCKED),
        (Action.CODE, Result.UNPUBLISHED),
        (Action.OTHER, Result.UNPUBLISHED),
    ],
)
def test_read_only_goes_by_what_a_tool_does(action: Action, result: Result) -> None:
    assert decide(None, None, False, "ReadOnly", action).result is result
