"""Role assignments in words: the role's name, and what it is for."""

from collections.abc import Mapping
from typing import Any

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.identity.roles import NAMES
from pulumi_sre_agent.review.changes import is_known
from pulumi_sre_agent.review.text import code

ASSIGNMENTS = ("RoleAssignment", "azure-native:authorization:RoleAssignment")
"""Kinds of resources that give a role."""
ROLE_MEMBERS = ("role", "roleDefinitionId")
"""Their inputs that say which."""


def role_name(properties: Mapping[str, Any]) -> str:
    """Return the name of the role that an assignment gives, its GUID where the name is not known here."""
    role = next(filter(None, map(properties.get, ROLE_MEMBERS)), None)
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
