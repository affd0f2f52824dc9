"""What Azure lets the agent, and people with it, do.

See docs/reference/control-plane.md#roles-of-the-identity.
"""

from collections.abc import Iterator
from typing import Any

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.identity.roles import ACTING, ALERTING, PEOPLES_ROLES, READING
from pulumi_sre_agent.review.changes import Change, is_known
from pulumi_sre_agent.review.findings import Match, Rule, Severity
from pulumi_sre_agent.review.preview import Preview
from pulumi_sre_agent.review.text import code

WELL_KNOWN = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
}
"""Further built-in roles, GUID to name."""
NAMES = WELL_KNOWN | {
    guid: name for table in (PEOPLES_ROLES, READING, ACTING, ALERTING) for name, guid in table.items()
}
HARMLESS = {*READING, "SRE Agent Reader"}
LIMITED = {*ALERTING, "SRE Agent Standard User", "SRE Agent Author"}
ASSIGNMENTS = ("RoleAssignment", "azure-native:authorization:RoleAssignment")


def role_name(change: Change, side: Any = "after") -> str:
    """Return the name of the role that an assignment gives, its GUID where the name is not known here."""
    role = change.value("role", of=side) or change.value("roleDefinitionId", of=side)
    if not is_known(role):
        return "a role that the deployment will know"
    last = str(role).rstrip("/").rsplit("/", 1)[-1]
    return NAMES.get(last.lower(), last)


def scope_name(scope: Any) -> str:
    """Return a scope in words."""
    if not is_known(scope):
        return "what the deployment will make"
    arm_id = ArmId(str(scope))
    if arm_id.text.lower() == f"/subscriptions/{arm_id.subscription_id}".lower():
        return f"the whole subscription {code(arm_id.subscription_id)}"
    if arm_id.name == arm_id.resource_group:
        return f"the resource group {code(arm_id.resource_group)}"
    return code(arm_id.short_name)


def _granted(preview: Preview) -> Iterator[Match]:
    for change in preview.of(*ASSIGNMENTS):
        if change.op in ("create", "replace"):
            role = role_name(change)
            yield Match(
                change,
                f"{_who(change, 'after')} would get {_article(role)} on {scope_name(change.value('scope'))}.",
                _severity(role),
            )


def _removed(preview: Preview) -> Iterator[Match]:
    for change in preview.of(*ASSIGNMENTS):
        if change.op in ("delete", "replace"):
            role = role_name(change, "before")
            scope = scope_name(change.value("scope", of="before"))
            yield Match(change, f"{_who(change, 'before')} would lose {_article(role)} on {scope}.")


def _article(role: str) -> str:
    return role if role.startswith("a role") else f"the role {code(role)}"


def _who(change: Change, side: Any) -> str:
    names = ("principal_id", "principalId")
    principal = next((value for name in names if is_known(value := change.value(name, of=side))), None)
    type_ = change.value("principal_type", of=side) or change.value("principalType", of=side) or "principal"
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
                change, f"The agent {code(change.name)} would have access level `High`{_before(levels[0])}."
            )


def _before(value: Any) -> str:
    return "" if value is None else f", {code(value)} before"


def _watched(preview: Preview) -> Iterator[Match]:
    path = ("knowledge_graph_configuration", "managed_resources")
    for change in preview.of("Agent"):
        if change.op not in ("update", "replace"):
            continue
        before = {str(each).lower() for each in change.entries(*path, of="before")}
        new = [each for each in change.entries(*path) if str(each).lower() not in before]
        if new:
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
    ),
    Rule(
        "role-granted",
        "A role is given",
        Severity.HIGH,
        "A role is what Azure enforces, whatever the agent's mode and policies say.",
        "Give the narrowest role on the narrowest scope.",
        _granted,
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
