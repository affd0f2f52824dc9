"""Role assignments in words: the role's name, and what it is for."""

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.identity.roles import NAMES
from pulumi_sre_agent.review.changes import is_known
from pulumi_sre_agent.review.text import code

ASSIGNMENTS = ("RoleAssignment", "azure-native:authorization:RoleAssignment")
"""Kinds of resources that give a role."""
ROLE_MEMBERS = ("role", "roleDefinitionId")
"""Their inputs that say which."""
PRINCIPAL_MEMBERS = ("principal_id", "principalId")
"""Their inputs that say to whom."""


def role_name(properties: Mapping[str, Any]) -> str:
    """Return the name of the role that an assignment gives, its GUID where the name is not known here."""
    role = _first_known(properties, ROLE_MEMBERS)
    if role is None:
        return "a role that the deployment will know"
    last = str(role).rstrip("/").rsplit("/", 1)[-1]
    return NAMES.get(last.lower(), last)


def principal_of(properties: Mapping[str, Any]) -> Any:
    """Return what an assignment has for its principal; None where that is not known."""
    return _first_known(properties, PRINCIPAL_MEMBERS)


def principal_type_of(properties: Mapping[str, Any]) -> Any:
    """Return what an assignment's principal is, such as `User`; None where it does not say."""
    return _first_known(properties, ("principal_type", "principalType"))


def _first_known(properties: Mapping[str, Any], members: Iterable[str]) -> Any:
    return next((value for name in members if (value := properties.get(name)) and is_known(value)), None)


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
