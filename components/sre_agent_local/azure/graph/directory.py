"""The directory: who there is. Identities of resources are in it by themselves, anybody else is added.

See docs/reference/control-plane.md#principals.
"""

import uuid
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError

from sre_agent_local.azure.arm_path import GUID
from sre_agent_local.azure.control_plane import identities
from sre_agent_local.azure.errors import BadRequest, Conflict
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.validation import StrictModel, validation_message
from sre_agent_local.azure.kinds import AGENT
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource
from sre_agent_local.azure.tokens import DEVELOPER

TYPE = "Microsoft.Graph/principals"

PrincipalType = Literal["User", "Group", "ServicePrincipal"]
_Id = Annotated[str, StringConstraints(pattern=f"^{GUID}$", to_lower=True)]


@dataclass(frozen=True)
class Principal:
    """Somebody who can have a role."""

    id: str
    """Object id."""
    type: PrincipalType
    name: str
    """What people call it; of a user, the address that it logs in with."""
    app_id: str = ""
    """What a service principal logs in with, its client id."""
    resource_id: str = ""
    """What it is the managed identity of."""

    @property
    def can_log_in(self) -> bool:
        return self.type != "Group"


THE_DEVELOPER = Principal(DEVELOPER, "ServicePrincipal", "developer", DEVELOPER)
"""Whoever logs in without saying who."""


class NewPrincipal(StrictModel):
    """A user, a group or a service principal that is to be there."""

    type: PrincipalType
    name: str = Field(min_length=1, max_length=256)
    id: _Id = Field(default_factory=lambda: str(uuid.uuid4()))
    app_id: _Id = Field(default_factory=lambda: str(uuid.uuid4()))


def principals(azure: AzureState) -> list[Principal]:
    """Return everybody: the developer, managed identities, and who was added, in this order."""
    assigned = [
        Principal(ids["principalId"], "ServicePrincipal", each.name, ids["clientId"], each.id)
        for each in azure.store.of_type(identities.TYPE)
        for ids in (each.properties,)
    ]
    own = [
        Principal(object_id, "ServicePrincipal", each.name, object_id, each.id)
        for each, object_id in _with_own_identity(azure)
        if object_id
    ]
    return [THE_DEVELOPER, *assigned, *own, *map(_added, azure.store.of_type(TYPE))]


def find(azure: AzureState, object_id: str) -> Principal | None:
    """Return the principal with an object id, in any case; None where there is none."""
    wanted = object_id.lower()
    return next((each for each in principals(azure) if each.id == wanted), None)


def add(azure: AzureState, body: Json) -> Principal:
    """Add somebody. Raises BadRequest, Conflict."""
    try:
        new = NewPrincipal.model_validate(body)
    except ValidationError as error:
        raise BadRequest(f"The principal cannot be added: {validation_message(error, '')}.") from error
    if new.type == "User" and "@" not in new.name:
        raise BadRequest(
            f"The principal cannot be added: a user is named by an address, and '{new.name}' is none."
        )
    for other in principals(azure):
        if new.id == other.id or (new.type, new.name.lower()) == (other.type, other.name.lower()):
            raise Conflict(f"There is a {other.type} '{other.name}' with the id {other.id} already.")
    document = {"principalType": new.type, "displayName": new.name}
    document |= {"appId": new.app_id} if new.type == "ServicePrincipal" else {}
    return _added(azure.store.put(Resource(f"/principals/{new.id}", TYPE, document)))


def remove(azure: AzureState, object_id: str) -> bool:
    """Remove who was added, whose roles stay without anybody, as in Azure; False where there is none."""
    resource = azure.store.get(f"/principals/{object_id}")
    if resource is None:
        return False
    azure.store.delete(resource.id)
    return True


def _with_own_identity(azure: AzureState) -> list[tuple[Resource, str | None]]:
    agents = [(each, each.state.get("principalId")) for each in azure.store.of_type(AGENT)]
    workflows = azure.store.of_type(identities.WORKFLOW)
    return agents + [(each, (each.document.get("identity") or {}).get("principalId")) for each in workflows]


def _added(resource: Resource) -> Principal:
    document = resource.document
    return Principal(
        resource.name, document["principalType"], document["displayName"], document.get("appId", "")
    )
