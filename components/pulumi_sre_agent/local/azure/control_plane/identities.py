"""User-assigned managed identities, and which service principals the directory knows."""

import uuid

from pulumi_sre_agent.local.azure.azure import Azure
from pulumi_sre_agent.local.azure.store import Resource
from pulumi_sre_agent.local.azure.tokens import DEVELOPER, SUBSCRIPTION, TENANT
from pulumi_sre_agent.local.azure.wire import Json

from . import tracked
from .request import ArmRequest

TYPE = "Microsoft.ManagedIdentity/userAssignedIdentities"


def find(azure: Azure, **wanted: str) -> Resource | None:
    """Return the identity whose properties have these values, such as `clientId`."""
    everywhere = azure.store.of_type(TYPE, f"/subscriptions/{SUBSCRIPTION}")
    for identity in everywhere:
        if all(identity.properties[member].lower() == value.lower() for member, value in wanted.items()):
            return identity
    return None


def is_known_principal(azure: Azure, principal_id: str) -> bool:
    """Say whether the directory has a service principal: an identity's, an agent's, or the developer's."""
    if principal_id.lower() == DEVELOPER or find(azure, principalId=principal_id):
        return True
    agents = azure.store.of_type("Microsoft.App/agents", f"/subscriptions/{SUBSCRIPTION}")
    return any(agent.state.get("principalId") == principal_id.lower() for agent in agents)


def _describe(_request: ArmRequest, _body: Json, before: Json) -> Json:
    return before or {"tenantId": TENANT, "principalId": str(uuid.uuid4()), "clientId": str(uuid.uuid4())}


ROUTES = tracked.routes(TYPE, r"[A-Za-z0-9][-_A-Za-z0-9]{2,127}", _describe)
