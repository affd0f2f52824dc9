"""User-assigned managed identities, and who may log in as them."""

import uuid
from typing import Annotated

from pydantic import Field, StringConstraints

from sre_agent_local.azure.errors import BadRequest, Conflict
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.validation import StrictModel, settable_properties
from sre_agent_local.azure.tokens import TENANT

from .request import ArmRequest
from .resource_crud import ResourceCrud, crud_routes

TYPE = "Microsoft.ManagedIdentity/userAssignedIdentities"
CREDENTIAL = f"{TYPE}/federatedIdentityCredentials"
CREDENTIALS_PER_IDENTITY = 20
WORKFLOW = "Microsoft.Logic/workflows"

_Text = Annotated[str, StringConstraints(min_length=1, max_length=600)]


class _Credential(StrictModel):
    issuer: Annotated[str, StringConstraints(pattern=r"^https://[^/]+", max_length=600)]
    subject: _Text
    audiences: Annotated[list[_Text], Field(min_length=1, max_length=1)]


def _identity_properties(_request: ArmRequest, _body: Json, before: Json) -> Json:
    return before or {"tenantId": TENANT, "principalId": str(uuid.uuid4()), "clientId": str(uuid.uuid4())}


def _credential_properties(request: ArmRequest, body: Json, _before: Json) -> Json:
    properties = settable_properties(_Credential, body)
    existing = request.azure.store.of_type(CREDENTIAL, request.resource(TYPE).id)
    others = [one for one in existing if one.name.lower() != request.name.lower()]
    if any(all(one.properties[part] == properties[part] for part in ("issuer", "subject")) for one in others):
        raise Conflict("Issuer and subject combination already exists for this Managed Identity.")
    if len(others) >= CREDENTIALS_PER_IDENTITY:
        raise BadRequest(
            f"Too many Federated Identity Credentials: an identity has at most {CREDENTIALS_PER_IDENTITY}."
        )
    return properties


CREDENTIALS = ResourceCrud(
    type=CREDENTIAL,
    name=r"[A-Za-z0-9][-_A-Za-z0-9]{2,119}",
    properties_of=_credential_properties,
    is_tracked=False,
)
ROUTES = [
    *crud_routes(
        ResourceCrud(type=TYPE, name=r"[A-Za-z0-9][-_A-Za-z0-9]{2,127}", properties_of=_identity_properties)
    ),
    *crud_routes(CREDENTIALS),
]
