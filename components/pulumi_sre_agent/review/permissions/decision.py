"""What one tool call meets, as a table: the first row that fits, from the top.

See docs/reference/product.md#tool-calls.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Literal

Hook = Literal["allow", "deny", "ask", "system allow"]
PolicyList = Literal["allow", "ask", "deny"]
Mode = Literal["Review", "Autonomous", "ReadOnly"]


class Result(StrEnum):
    """How a call ends."""

    RUNS = "runs"
    ASKS = "asks"
    UNPUBLISHED = "unpublished"
    """Nobody has published whether it asks, or the product's pages contradict each other."""
    BLOCKED = "blocked"


class Action(StrEnum):
    """What a tool does, as a mode sees it (docs/reference/product.md#what-a-mode-gates)."""

    READ = "read"
    SEND = "send"
    """Mail, a post."""
    WRITE = "write"
    CODE = "code"
    """Terminal, shell, Python: whatever it is told."""
    OTHER = "other"
    """Tools of connectors, which the service does not look into."""


@dataclass(frozen=True)
class Decision:
    """How a call ends, and by which rows of the table: two where it is not published which of them holds."""

    result: Result
    rows: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class _Row:
    number: int
    result: Result
    hook: Hook | Literal["any"] | None = None
    policy: PolicyList | Literal["any"] | None = "any"
    wants_approval: bool | None = None
    """None: whether or not."""
    mode: Mode | None = None
    """None: any."""


_TABLE = (
    _Row(number=1, hook="allow", result=Result.RUNS),
    _Row(number=2, hook="deny", result=Result.BLOCKED),
    _Row(number=3, hook="ask", result=Result.ASKS),
    _Row(number=11, hook="system allow", policy="deny", result=Result.BLOCKED),
    _Row(number=4, hook="any", policy="deny", result=Result.BLOCKED),
    _Row(number=5, hook="any", policy="allow", result=Result.RUNS),
    _Row(number=6, hook="any", policy="ask", mode="Review", result=Result.ASKS),
    _Row(number=7, hook="any", policy="ask", mode="Autonomous", result=Result.RUNS),
    _Row(number=8, hook="any", policy=None, wants_approval=True, mode="Review", result=Result.ASKS),
    _Row(number=9, hook="any", policy=None, wants_approval=True, mode="Autonomous", result=Result.RUNS),
    _Row(number=10, hook="any", policy=None, wants_approval=False, result=Result.RUNS),
)
READ_ONLY = {
    Action.READ: Result.RUNS,
    Action.SEND: Result.BLOCKED,
    Action.WRITE: Result.BLOCKED,
    Action.CODE: Result.UNPUBLISHED,
    Action.OTHER: Result.UNPUBLISHED,
}
"""Row 12, which the service's own table does not have."""


@cache
def decide(
    hook: Hook | None,
    policy: PolicyList | None,
    wants_approval: bool | None,
    mode: Mode,
    action: Action = Action.WRITE,
) -> Decision:
    """Return what a call meets.

    Args:
        hook: What a hook decides before the tool, if one does.
        policy: The list of the tool policies that holds: of several, see `strictest`.
        wants_approval: Whether a connector or the tool itself asks; None where that is not published.
        mode: Of the run.
        action: What the tool does, which only counts in mode `ReadOnly`.

    """
    if mode == "ReadOnly" and hook in (None, "system allow") and policy != "deny":
        return Decision(READ_ONLY[action], (12,))
    ways = (True, False) if wants_approval is None else (wants_approval,)
    decisions = dict.fromkeys(_match(hook, policy, way, mode) for way in ways)
    results = {each.result for each in decisions}
    rows = tuple(row for each in decisions for row in each.rows)
    return Decision(results.pop() if len(results) == 1 else Result.UNPUBLISHED, rows)


def _match(hook: Hook | None, policy: PolicyList | None, wants_approval: bool, mode: Mode) -> Decision:
    return next(
        Decision(row.result, (row.number,))
        for row in _TABLE
        if row.hook in ("any", hook)
        and row.policy in ("any", policy)
        and row.wants_approval in (None, wants_approval)
        and row.mode in (None, mode)
    )
