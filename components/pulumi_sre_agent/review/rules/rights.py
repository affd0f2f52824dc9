"""What Azure lets the agent, and people with it, do.

See docs/reference/control-plane.md#roles-of-the-identity.
"""

from collections.abc import Iterator
from typing import Any, Literal

from pulumi_sre_agent.identity.roles import ALERTING, READING
from pulumi_sre_agent.review.changes import Change, is_known
from pulumi_sre_agent.review.findings import Match, Rule, Severity
from pulumi_sre_agent.review.preview import Preview
from pulumi_sre_agent.review.role_names import (
    ASSIGNMENTS,
    PRINCIPAL_MEMBERS,
    ROLE_MEMBERS,
    principal_of,
    principal_type_of,
    role_name,
    scope_name,
)
from pulumi_sre_agent.review.text import code

HARMLESS = {*READING, "SRE Agent Reader"}
DECISIVE = (*ROLE_MEMBERS, *PRINCIPAL_MEMBERS, "scope", "condition")
"""Properties of an assignment that say what is given to whom."""
LIMITED = {*ALERTING, "SRE Agent Standard User", "SRE Agent Author"}


def _granted(preview: Preview) -> Iterator[Match]:
    for change in preview.of(*ASSIGNMENTS):
        if change.op == "create" or _is_another(change):
            role = role_name(change.after or {})
            yield Match(
                change,
                f"{_who(preview, change, 'after')} would get {_article(role)} "
                f"on {scope_name(change.value('scope'))}.",
                _severity(role),
            )


def _removed(preview: Preview) -> Iterator[Match]:
    for change in preview.of(*ASSIGNMENTS):
        if change.op == "delete" or _is_another(change):
            role = role_name(change.before or {})
            scope = scope_name(change.value("scope", of="before"))
            yield Match(change, f"{_who(preview, change, 'before')} would lose {_article(role)} on {scope}.")


def _is_another(change: Change) -> bool:
    """Whether another assignment takes its place, and not the same one between what is made anew."""
    known = [each for each in change.properties if is_known(each.after)]
    return change.op == "replace" and any(each.path[0] in DECISIVE for each in known)


def _article(role: str) -> str:
    return role if role.startswith("a role") else f"the role {code(role)}"


def _who(preview: Preview, change: Change, side: Literal["before", "after"]) -> str:
    """Return who has the role: an identity of the stack by its name, others by their object id."""
    properties = (change.before if side == "before" else change.after) or {}
    principal = principal_of(properties)
    for key in [principal] if principal else change.principal_owners:
        if key in preview.principals:
            return f"The {preview.principals[key]}"
    type_ = principal_type_of(properties) or "principal"
    words = {"ServicePrincipal": "The identity", "User": "The user", "Group": "The group"}.get(
        str(type_), "The principal"
    )
    return f"{words} {code(principal)}" if principal else f"{words} of {code(change.logical_name)}"


def _severity(role: str) -> Severity:
    if role in HARMLESS:
        return Severity.LOW
    return Severity.MEDIUM if role in LIMITED else Severity.HIGH


def _access_level(preview: Preview) -> Iterator[Match]:
    for change in preview.of("Agent"):
        levels = change.changed("action_configuration", "access_level", default="Low")
        if levels and levels[1] == "High":
            yield Match(
                change,
                f"The agent {code(change.name)} would have access level `High`{_before(levels[0])}.",
                path=("action_configuration", "access_level"),
            )


def _before(value: Any) -> str:
    return "" if value is None else f", {code(value)} before"


def _watched(preview: Preview) -> Iterator[Match]:
    path = ("knowledge_graph_configuration", "managed_resources")
    for change in preview.of("Agent"):
        if change.op not in ("update", "replace"):
            continue
        before = {str(each).lower() for each in change.entries(*path, of="before")}
        after = change.entries(*path)
        new = [each for each in after if str(each).lower() not in before]
        if any(map(is_known, new)) or len(after) > len(before):
            names = ", ".join(scope_name(each) for each in new)
            yield Match(change, f"The agent {code(change.name)} would watch also {names}.")


RULES = (
    Rule(
        "access-level-raised",
        "The access level rises",
        Severity.HIGH,
        "With `High` the agent's identity gets Contributor on everything it watches.",
        "Keep `Low` and give the one role that is missing (`extra_roles`).",
        _access_level,
        is_standing=True,
    ),
    Rule(
        "role-granted",
        "A role is given",
        Severity.HIGH,
        "A role is what Azure enforces, whatever the agent's mode and policies say.",
        "Give the narrowest role on the narrowest scope.",
        _granted,
        is_standing=True,
    ),
    Rule(
        "role-removed",
        "A role is taken away",
        Severity.LOW,
        "What needs the role fails from then on: an agent asks a person for it, and stands still where "
        "nobody is there.",
        "See that nothing else of the agent needs it.",
        _removed,
    ),
    Rule(
        "scope-widened",
        "The agent watches more",
        Severity.MEDIUM,
        "It reads everything there, takes the alerts of the whole subscription, and gets its roles there.",
        "Add resource groups, not subscriptions, and only those that it needs.",
        _watched,
    ),
)
