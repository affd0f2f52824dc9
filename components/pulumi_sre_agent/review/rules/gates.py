"""What stands between a tool and its use: hooks, tool policies, approvals.

See docs/reference/product.md#tool-policies.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pulumi_sre_agent.review.changes import Change
from pulumi_sre_agent.review.findings import Match, Rule, Severity
from pulumi_sre_agent.review.preview import Preview
from pulumi_sre_agent.review.rules.autonomy import RUNS_BY_ITSELF
from pulumi_sre_agent.review.text import code

Side = Literal["before", "after"]

STRENGTH = {"allow": 0, None: 1, "ask": 2, "deny": 3}
"""How much each list of a policy holds a tool back; what no list names goes by the mode."""


def _hooks(preview: Preview) -> Iterator[Match]:
    for change in preview.of("Hook"):
        if change.op == "delete":
            yield Match(change, f"The hook {code(change.name)} would be gone.")
        elif change.before is not None and (how := [*_weakened(change.before, change.after or {})]):
            yield Match(change, f"The hook {code(change.name)} would hold back less: {', '.join(how)}.")
    for change in preview.of("Subagent"):
        before, after = (_hook_names(change.value("hooks", of=side)) for side in ("before", "after"))
        if change.op != "delete" and (gone := sorted(before - after)):
            names = ", ".join(f"{code(name)}" for name in gone)
            yield Match(change, f"The subagent {code(change.name)} would lose hooks: {names}.")


def _weakened(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    if before.get("enabled", True) and not after.get("enabled", True):
        yield "it is switched off"
    if before.get("event_type") != after.get("event_type"):
        yield f"it runs at {code(after.get('event_type'))} instead of {code(before.get('event_type'))}"
    if before.get("activation_mode", "always") == "always" and after.get("activation_mode") == "onDemand":
        yield "it runs only where somebody activates it"
    decisions = before.get("permission_decision"), after.get("permission_decision")
    if STRENGTH[decisions[1]] < STRENGTH[decisions[0]]:
        yield f"it decides {_quoted(decisions[1])} instead of {_quoted(decisions[0])}"
    old, new = before.get("hook") or {}, after.get("hook") or {}
    if old.get("fail_mode") == "block" and new.get("fail_mode") != "block":
        yield "its own failure no longer blocks the tool"
    if old.get("matcher") != new.get("matcher"):
        yield f"it looks at tools {_quoted(new.get('matcher'))} instead of {_quoted(old.get('matcher'))}"
    changed = [name for name in ("prompt", "command", "script") if old.get(name) != new.get(name)]
    if changed:
        yield f"its {' and '.join(changed)} changed"


def _hook_names(hooks: Any) -> set[str]:
    if isinstance(hooks, Mapping):
        return {
            f"{event}[{number}]" for event, entries in hooks.items() for number, _ in enumerate(entries or ())
        }
    return {str(hook.get("name", hook)) if isinstance(hook, Mapping) else str(hook) for hook in hooks or ()}


def _policies(preview: Preview) -> Iterator[Match]:
    for change in preview.of("GlobalToolPermissions"):
        before, after = (_lists(change, side) for side in ("before", "after"))
        for pattern in sorted(before.keys() | after.keys()):
            old, new = before.get(pattern), after.get(pattern)
            if STRENGTH[new] < STRENGTH[old]:
                yield Match(
                    change,
                    f"Tools {_quoted(pattern)}: {_list_name(old)} before, {_list_name(new)} after.",
                    path=(new,) if new else (),
                )
    for change in preview.of("SubagentPermissions"):
        known = change.entries("allow", of="before")
        for pattern in change.entries("allow"):
            if pattern not in known:
                subagent = change.value("subagent")
                yield Match(
                    change,
                    f"The subagent {code(subagent)} may use tools {_quoted(pattern)} without being asked.",
                    path=("allow",),
                )


def _lists(change: Change, side: Any) -> dict[str, str]:
    """Return each pattern's list, the strictest where several have it."""
    names = ("allow", "ask", "deny")
    return {pattern: name for name in names for pattern in change.entries(name, of=side)}


def _list_name(name: str | None) -> str:
    return f"{code(name)}" if name else "no rule"


def _approvals(preview: Preview) -> Iterator[Match]:
    for change in preview.of("ConnectorV2McpServer"):
        if change.op == "delete":
            continue
        before, after = (_asking(change, side) for side in ("before", "after"))
        for tool in sorted(before - after):
            yield Match(
                change, f"The managed connector {code(change.name)} would run {code(tool)} without asking."
            )


def _asking(change: Change, side: Any) -> set[str]:
    """Return the tools and operations of a managed connector that wait for somebody's approval."""
    asking = {str(tool) for tool in change.entries("require_approval_tools", of=side)}
    for connector in change.entries("connectors", of=side):
        for operation in connector.get("operations") or () if isinstance(connector, Mapping) else ():
            if isinstance(operation, Mapping) and operation.get("requires_approval"):
                asking.add(f"{connector.get('name')}.{operation.get('name')}")
    return asking


def _void_asks(preview: Preview) -> Iterator[Match]:
    """Find asks that an automation would pass, where the ask is new or the automation is."""
    automations = [change for change in preview.of(*RUNS_BY_ITSELF) if _passes_asks(change, "after")]
    if not automations:
        return
    is_new = any(not _passes_asks(change, "before") for change in automations)
    names = ", ".join(f"{code(change.name)}" for change in automations[:3])
    for change in preview.of("GlobalToolPermissions"):
        known = () if is_new else change.entries("ask", of="before")
        asks = sorted({*change.entries("ask")} - {*known})
        if asks:
            patterns = ", ".join(_quoted(pattern) for pattern in asks)
            yield Match(
                change,
                f"Tools {patterns} would ask only in chats: {names} run in mode `Autonomous`, where an "
                "`ask` passes.",
                path=("ask",),
            )


def _passes_asks(change: Change, side: Side) -> bool:
    exists = (change.before if side == "before" else change.after) is not None
    return exists and change.value("agent_mode", of=side, default="Autonomous") == "Autonomous"


def _allowing_hooks(preview: Preview) -> Iterator[Match]:
    for change in preview.of("Hook"):
        is_on = change.after is not None and change.value("enabled", default=True)
        if change.before is None and is_on and change.value("permission_decision") == "allow":
            yield Match(
                change,
                f"The hook {code(change.name)} would allow what it matches, whatever the policies say.",
                path=("permission_decision",),
            )


def _quoted(value: Any) -> str:
    return "nothing" if value is None else f"{code(value)}"


RULES = (
    Rule(
        "hook-weakened",
        "A hook holds back less",
        Severity.HIGH,
        "A hook can be all that stands between the agent and a tool, and nobody notices one that is not "
        "there.",
        "Say in the pull request what takes its place: a deny of the tool policies, or a role that is "
        "not given.",
        _hooks,
    ),
    Rule(
        "hook-allows",
        "A hook allows",
        Severity.HIGH,
        "By the page of tool policies a hook that says allow beats even a `deny`; a hook of the templates "
        "that is to ask says so. `permission_decision` itself is on no page.",
        "Leave `permission_decision` out or say `deny`, and write in the policies what may run.",
        _allowing_hooks,
        is_standing=True,
    ),
    Rule(
        "tool-policy-loosened",
        "A tool policy holds back less",
        Severity.HIGH,
        "An `allow` beats an `ask` and runs at once, in mode `Review` too; only a `deny` holds in mode "
        "`Autonomous`.",
        "Allow the narrowest pattern that does the job, with its arguments, and deny what must never run.",
        _policies,
        is_standing=True,
    ),
    Rule(
        "approval-removed",
        "A managed connector's operation no longer asks",
        Severity.HIGH,
        "A managed connector acts with the rights of whoever connected it, for every user of the agent.",
        "Keep the approval, or take the operation out.",
        _approvals,
    ),
    Rule(
        "ask-void",
        "An ask that automations do not ask",
        Severity.MEDIUM,
        "An `ask` of the tool policies passes where the mode is `Autonomous`: nobody is asked.",
        "Use `deny` for what no automation may do, or run the automation in mode `Review`.",
        _void_asks,
        is_standing=True,
    ),
)
