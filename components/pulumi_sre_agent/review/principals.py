"""Identities of a stack by name: whose principal a role is given to."""

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_sre_agent.review.changes import DYNAMIC_TYPE, is_known, logical_name_of, name_in_azure
from pulumi_sre_agent.review.role_names import principal_of
from pulumi_sre_agent.review.text import code

_OWNERS: Mapping[str, tuple[str, str]] = {
    "azure-native:managedidentity:UserAssignedIdentity": ("principalId", "identity"),
    f"{DYNAMIC_TYPE}Agent": ("system_assigned_principal_id", "system identity of the agent"),
}
"""Types of resources that have a principal: the output with its object id, and what to call it."""


def named_principals(state: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what the principals of a resource in a state are called, each by its object id and by its URN.

    The URN tells of one that the deployment makes: what a role is given to then depends on it.
    """
    type_, inputs = str(state.get("type")), state.get("inputs") or {}
    if type_ not in _OWNERS:
        return
    output, words = _OWNERS[type_]
    name = f"{words} {code(name_in_azure(type_, [inputs]) or logical_name_of(state['urn']))}"
    yield state["urn"], name
    object_id = (state.get("outputs") or {}).get(output)
    if is_known(object_id):
        yield str(object_id), name


def principal_owners(state: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the URNs that an assignment's principal comes from."""
    return tuple(principal_of(state.get("propertyDependencies") or {}) or ())
