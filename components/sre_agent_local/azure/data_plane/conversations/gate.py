"""What a tool call meets: hooks, policies, its own wish to be approved, and the mode.

The rows are those of docs/reference/product.md#tool-calls, in their order.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from . import tools

Result = Literal["runs", "asks", "blocked"]
Mode = Literal["ReadOnly", "Review", "Autonomous"]
MODES: tuple[Mode, ...] = get_args(Mode)
"""From the strictest on."""

SYSTEM_HOOK = "system__"
"""How the names of hooks begin that nobody can change."""


@dataclass(frozen=True)
class Policies:
    """Patterns by what they do; those that allow are of all scopes."""

    allow: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call, as far as it matters to whether it runs."""

    tool: str
    argument: str | None = None
    """What argument patterns are held against, where the tool has it."""
    wants_approval: bool = False
    """A connector's Ask, or the tool's own RequiresApproval."""
    writes: bool = False
    is_refused_everywhere: bool = False
    hooks: tuple[tuple[str, str], ...] = ()
    """Names of the hooks that were asked, and what each has said."""


@dataclass(frozen=True)
class Verdict:
    result: Result
    row: str
    """Of the table; `guardrail` for what comes before it."""
    reason: str
    is_card: bool = False
    """Whether a card asks, rather than the tool's own execution."""


def decide(call: Call, policies: Policies, mode: Mode) -> Verdict:
    """Return what becomes of a call: the first row that fits."""
    if call.is_refused_everywhere:
        return Verdict("blocked", "guardrail", "deletions and Key Vault are refused in every mode")
    decision = _of_hooks(call)
    if decision:
        return decision
    denied = find_match(policies.deny, call)
    if denied:
        system_allows = any(
            said == "allow" for name, said in call.hooks if name.lower().startswith(SYSTEM_HOOK)
        )
        return Verdict("blocked", "11" if system_allows else "4", f"the policy '{denied}' denies it")
    if mode == "ReadOnly" and call.writes:
        return Verdict("blocked", "12", "the mode is ReadOnly")
    return _of_policies(call, policies, mode)


def mode_of(text: str) -> Mode:
    """Return the mode that a text means, in any spelling (docs/reference/assumptions.md#mode-spelling)."""
    known: dict[str, Mode] = {
        "readonly": "ReadOnly",
        "autonomous": "Autonomous",
        "automatic": "Autonomous",
    }
    return known.get(text.lower(), "Review")


def find_match(patterns: Iterable[str], call: Call) -> str | None:
    """Return the first pattern that means a call (docs/reference/product.md#tool-policies)."""
    return next((pattern for pattern in patterns if _matches(pattern, call)), None)


def _of_hooks(call: Call) -> Verdict | None:
    """Rows 1 to 3."""
    own = [(name, said) for name, said in call.hooks if not name.lower().startswith(SYSTEM_HOOK)]
    for row, wanted, result, said_by in (
        ("1", "allow", "runs", own),
        ("2", "deny", "blocked", call.hooks),
        ("3", "ask", "asks", call.hooks),
    ):
        name = next((name for name, said in said_by if said == wanted), None)
        if name:
            verb = {"allow": "allows", "deny": "denies", "ask": "asks for"}[wanted]
            return Verdict(result, row, f"the hook '{name}' {verb} it", is_card=wanted == "ask")  # type: ignore[arg-type]
    return None


def _of_policies(call: Call, policies: Policies, mode: Mode) -> Verdict:
    """Rows 5 to 10."""
    if allowed := find_match(policies.allow, call):
        return Verdict("runs", "5", f"the policy '{allowed}' allows it")
    if asked := find_match(policies.ask, call):
        if mode == "Autonomous":
            return Verdict("runs", "7", f"the policy '{asked}' asks, which Autonomous passes")
        return Verdict("asks", "6", f"the policy '{asked}' asks", is_card=True)
    if not call.wants_approval:
        return Verdict("runs", "10", "nothing holds it back")
    if mode == "Autonomous":
        return Verdict("runs", "9", "it wants approval, which Autonomous passes")
    return Verdict("asks", "8", "it wants approval")


def _matches(pattern: str, call: Call) -> bool:
    tool, has_argument, rest = pattern.partition("(")
    names = (call.tool, *(tools.COMMAND_ALIASES if call.tool in tools.COMMAND_TOOLS else ()))
    if not any(_fits(tool, name) for name in names):
        return False
    if not has_argument:
        return True
    return call.argument is not None and _fits(rest.removesuffix(")"), call.argument)


def _fits(glob: str, text: str) -> bool:
    """Compare with `*` for anything, the only wildcard, case and all."""
    return re.fullmatch(".*".join(map(re.escape, glob.split("*"))), text, re.DOTALL) is not None
