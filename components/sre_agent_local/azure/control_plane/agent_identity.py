"""The managed identities of an agent: what a body may ask for, and what an answer adds.

See docs/reference/control-plane.md#identity.
"""

import uuid

from sre_agent_local.azure.errors import BadRequest, InvalidRequestContent
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource
from sre_agent_local.azure.tokens import TENANT

from .identities import TYPE as USER_ASSIGNED_IDENTITY

_TYPES = ("None", "SystemAssigned", "UserAssigned", "SystemAssigned,UserAssigned")


class InvalidIdentity(BadRequest):
    code = "InvalidIdentity"


class MismatchingPrincipalId(BadRequest):
    code = "MismatchingResourceIdentityPrincipalId"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The identity of resource '{name}' cannot be written with members of an earlier answer: "
            "leave out the read-only principalId, clientId and tenantId."
        )


def parse_identity(azure: AzureState, name: str, identity: Json | None) -> Json:
    """Return the identity block that a write asks for. Raises BadRequest, InvalidRequestContent."""
    identity = identity or {"type": "None"}
    kind = "".join(str(identity.get("type", "None")).split())
    if kind not in _TYPES:
        raise InvalidRequestContent(f"'{identity.get('type')}' is not a type of identity")
    assigned = identity.get("userAssignedIdentities") or {}
    if not isinstance(assigned, dict) or not all(isinstance(one or {}, dict) for one in assigned.values()):
        raise InvalidRequestContent(
            "the member 'identity.userAssignedIdentities' is not an object of objects"
        )
    if "principalId" in identity or any("principalId" in (one or {}) for one in assigned.values()):
        raise MismatchingPrincipalId(name)
    if ("UserAssigned" in kind.split(",")) != bool(assigned):
        raise InvalidIdentity(f"Type '{kind}' and userAssignedIdentities of '{name}' do not fit each other.")
    for identity_id in assigned:
        if not _is_identity(azure, identity_id):
            raise BadRequest(
                f"Identity operation for resource '{name}' failed: '{identity_id}' was not found.",
                code="FailedIdentityOperation",
            )
    stored: Json = {"type": kind.replace(",", ", ")}
    if assigned:
        stored["userAssignedIdentities"] = {identity_id: {} for identity_id in assigned}
    return stored


def check_uses(name: str, identity: Json, properties: Json) -> None:
    """Refuse properties that name an identity which the agent does not have. Raises InvalidIdentity."""
    assigned = {identity_id.lower() for identity_id in identity.get("userAssignedIdentities", {})}
    for member in ("knowledgeGraphConfiguration", "actionConfiguration"):
        used = (properties.get(member) or {}).get("identity")
        if used is None and member == "knowledgeGraphConfiguration":
            raise InvalidIdentity(f"The agent '{name}' needs a knowledgeGraphConfiguration.identity.")
        if used is not None and used.lower() not in assigned:
            raise InvalidIdentity(f"The identity '{used}' in {member} is not assigned to the agent '{name}'.")


def system_principal(agent: Resource | None, identity: Json) -> str | None:
    """Return the object id of the agent's own identity, the same for as long as it has one."""
    if not identity["type"].startswith("SystemAssigned"):
        return None
    return (agent.state.get("principalId") if agent else None) or str(uuid.uuid4())


def identity_body(azure: AzureState, agent: Resource) -> Json:
    """Return the identity block with the ids that Azure adds."""
    identity: Json = dict(agent.document["identity"])
    if agent.state.get("principalId"):
        identity |= {"principalId": agent.state["principalId"], "tenantId": TENANT}
    assigned = identity.get("userAssignedIdentities") or {}
    ids = {one: _ids(azure.store.get(one)) for one in assigned}
    return identity | ({"userAssignedIdentities": ids} if assigned else {})


def _ids(identity: Resource | None) -> Json:
    properties = identity.properties if identity else {}
    return {member: properties.get(member) for member in ("principalId", "clientId")}


def _is_identity(azure: AzureState, identity_id: str) -> bool:
    resource = azure.store.get(identity_id)
    return resource is not None and resource.type == USER_ASSIGNED_IDENTITY
