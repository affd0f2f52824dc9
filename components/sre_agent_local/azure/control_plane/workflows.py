"""Logic Apps of the Consumption plan: a definition that is checked, an identity, a URL that starts it."""

import hashlib
import json
import re
import uuid
from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import urlencode

from sre_agent_local.azure import clock
from sre_agent_local.azure.errors import BadRequest, InvalidRequestContent, NotFound
from sre_agent_local.azure.http.json_values import Json, timestamp
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.http.validation import StrictModel, settable_properties
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource
from sre_agent_local.azure.tokens import TENANT

from . import agent_identity, identities
from .request import ArmRequest, ArmRoute, normalize_location
from .resource_crud import ResourceCrud, crud_routes

TYPE = identities.WORKFLOW

_READ_ONLY = ("accessEndpoint", "changedTime", "createdTime", "provisioningState", "sku", "version")
_REQUIRED = ("$schema", "contentVersion", "triggers", "actions")
_PARAMETER = re.compile(r"parameters\('([^']+)'\)")


class InvalidTemplate(BadRequest):
    code = "InvalidTemplate"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The template validation failed: {reason}.")


class _Parameter(StrictModel):
    value: Any = None
    type: str | None = None
    description: str | None = None
    metadata: Any = None


class _Workflow(StrictModel):
    definition: dict[str, Any]
    parameters: dict[str, _Parameter] | None = None
    state: Literal["Enabled", "Disabled"] | None = None
    access_control: dict[str, Any] | None = None
    endpoints_configuration: dict[str, Any] | None = None
    integration_account: dict[str, Any] | None = None
    integration_service_environment: dict[str, Any] | None = None


class _Kind(ResourceCrud):
    """A tracked type that may have an identity of its own."""

    def document(self, request: ArmRequest, body: Json, existing: Resource | None) -> Json:
        document = super().document(request, body, existing)
        identity = _identity(request.azure, request.name, body.get("identity"), existing)
        if identity is None and "ManagedServiceIdentity" in json.dumps(document["properties"]["definition"]):
            raise InvalidTemplate("an action logs in with a managed identity, and the workflow has none")
        return document | ({"identity": identity} if identity else {})


def callback_url(request: ArmRequest) -> Response:
    """Answer with the URL that starts a workflow, the same for as long as it lives: who knows it may."""
    workflow, trigger = request.resource(TYPE), request.names[-1]
    definition = workflow.properties["definition"]["triggers"].get(trigger)
    if definition is None:
        raise NotFound(
            f"The workflow '{workflow.name}' trigger '{trigger}' could not be found.",
            code="WorkflowTriggerNotFound",
        )
    if definition.get("type") != "Request":
        raise BadRequest(f"The trigger '{trigger}' is not called over HTTP.", code="InvalidWorkflowTrigger")
    base = f"{workflow.properties['accessEndpoint']}/triggers/{trigger}/paths/invoke"
    secret = hashlib.sha256(workflow.properties["version"].encode()).hexdigest()
    queries = {"api-version": "2016-10-01", "sp": f"/triggers/{trigger}/run", "sv": "1.0", "sig": secret}
    return Response(
        200,
        {"value": f"{base}?{urlencode(queries)}", "method": "POST", "basePath": base, "queries": queries},
    )


def _workflow_properties(_request: ArmRequest, body: Json, before: Json) -> Json:
    properties = settable_properties(_Workflow, body, _READ_ONLY)
    for error in _definition_errors(properties["definition"], properties.get("parameters") or {}):
        raise InvalidTemplate(error)
    now, region = timestamp(clock.now()), normalize_location(body["location"])
    version = before.get("version") or str(uuid.uuid4())
    host = f"https://prod-01.{region}.logic.azure.com:443"
    return {
        "state": "Enabled",
        **properties,
        "version": version,
        "accessEndpoint": before.get("accessEndpoint") or f"{host}/workflows/{version.replace('-', '')}",
        "createdTime": before.get("createdTime") or now,
        "changedTime": now,
        "provisioningState": "Succeeded",
    }


def _definition_errors(definition: Json, values: Json) -> Iterator[str]:
    """Everything wrong with a definition, together with the parameters given to it."""
    for member in _REQUIRED:
        if member not in definition:
            yield f"the definition has no member '{member}'"
    declared, actions = definition.get("parameters", {}), definition.get("actions", {})
    if not (_is_object_of_objects(declared) and _is_object_of_objects(actions)):
        yield "its parameters or its actions are not objects"
        return
    for name in sorted(values.keys() - declared.keys()):
        yield f"the parameter '{name}' is given, but not declared"
    for name, parameter in declared.items():
        if name not in values and "defaultValue" not in parameter:
            yield f"the parameter '{name}' is not given"
    for name in _PARAMETER.findall(json.dumps(definition)):
        if name not in declared:
            yield f"the parameter '{name}' is used, but not declared"
    yield from _order_errors(actions)


def _order_errors(actions: Json) -> Iterator[str]:
    for name, action in actions.items():
        after = action.get("runAfter") or {}
        if not isinstance(after, dict):
            yield f"what the action '{name}' runs after is not an object"
            return
        for earlier in after:
            if earlier not in actions:
                yield f"the action '{name}' runs after '{earlier}', which there is not"


def _is_object_of_objects(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(member, dict) for member in value.values())


def _identity(azure: AzureState, name: str, requested: Json | None, existing: Resource | None) -> Json | None:
    """Return the identity that a write asks for: the workflow's own, or one that was made for it."""
    kind = str((requested or {}).get("type", "None"))
    if kind == "None":
        return None
    if kind not in ("SystemAssigned", "UserAssigned"):
        raise InvalidRequestContent(f"'{kind}' is not a type of identity that a workflow can have")
    identity = agent_identity.parse_identity(azure, name, requested)
    if kind == "UserAssigned":
        return identity
    before = existing.document.get("identity", {}) if existing else {}
    return identity | {"principalId": before.get("principalId") or str(uuid.uuid4()), "tenantId": TENANT}


ROUTES = [
    *crud_routes(_Kind(type=TYPE, name=r"[-\w.()]{1,80}", properties_of=_workflow_properties)),
    ArmRoute("POST", f"{TYPE}/{{}}/triggers/{{}}/listCallbackUrl", callback_url),
]
