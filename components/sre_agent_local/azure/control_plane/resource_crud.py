"""What resources that come and go at once have in common: read, list, patch, delete, and the frame of PUT.

Most lie in a resource group and are tracked: they have a location and tags. Some are children of those, some
lie on any scope, and these need not be tracked. What a type checks and fills in itself is in its
`ResourceCrud`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from sre_agent_local.azure.arm_path import resource_id
from sre_agent_local.azure.errors import InvalidResourceName, ResourceNotFound
from sre_agent_local.azure.http.json_values import Json, merge
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

from . import resource_groups
from .request import ArmRequest, ArmRoute, page, resource_body

PropertiesOf = Callable[[ArmRequest, Json, Json], Json]
"""From the request, the body and the properties so far to the new properties."""
PASSED_THROUGH = ("kind", "sku", "zones")
"""What a body may have beside `location`, `tags` and `properties`."""


def _allow_deletion(_azure: AzureState, _resource: Resource) -> None:
    """Let go of anything."""


def _resource_body(_azure: AzureState, resource: Resource) -> Json:
    return resource_body(resource)


@dataclass(frozen=True, kw_only=True)
class ResourceCrud:
    """A resource type, and what is its own about it."""

    type: str
    name: str
    """Pattern of its names."""
    properties_of: PropertiesOf
    is_tracked: bool = True
    """Whether it has a location and tags."""
    lies_on_any_scope: bool = False
    """Whether it extends other resources, instead of lying in a resource group."""
    created_status: int = 201
    """What a PUT answers that creates."""
    check_deletable: Callable[[AzureState, Resource], None] = _allow_deletion
    """Raises where a resource cannot be deleted, because others use it."""
    body_of: Callable[[AzureState, Resource], Json] = _resource_body

    def base(self, request: ArmRequest) -> str:
        return request.existing_scope() if self.lies_on_any_scope else request.group_id

    def id(self, request: ArmRequest) -> str:
        return resource_id(self.base(request), self.type, request.names)

    def find(self, request: ArmRequest) -> Resource:
        """Return the resource that the path names. Raises ResourceNotFound and its likes."""
        resource = request.azure.store.get(self.id(request))
        if resource is None:
            raise ResourceNotFound(self.type, "/".join(request.names), request.path.group or "")
        return resource

    def check_name(self, request: ArmRequest) -> None:
        """Refuse a new name or place that does not fit. Raises AzureError."""
        if not re.fullmatch(self.name, request.name):
            raise InvalidResourceName(request.name, self.name)
        if not self.lies_on_any_scope:
            resource_groups.check_not_deleting(request)
        if self.type.count("/") > 1:
            request.parent(self.type.rpartition("/")[0], self.type)

    def document(self, request: ArmRequest, body: Json, existing: Resource | None) -> Json:
        before = existing.properties if existing else {}
        if not self.is_tracked:
            return {"properties": self.properties_of(request, body, before)}
        location = request.location(body, existing)
        return {
            "location": location,
            "tags": body.get("tags") or {},
            **{member: body[member] for member in PASSED_THROUGH if body.get(member)},
            "properties": self.properties_of(request, {**body, "location": location}, before),
        }


def crud_routes(crud: ResourceCrud) -> list[ArmRoute]:
    namespace, first, *below = crud.type.split("/")
    collection = "/{}/".join((f"{namespace}/{first}", *below))
    item = f"{collection}/{{}}"
    routes = [
        ArmRoute("GET", collection, lambda request: _list(crud, request)),
        ArmRoute("PUT", item, lambda request: _put(crud, request)),
        ArmRoute("GET", item, lambda request: Response(200, crud.body_of(request.azure, crud.find(request)))),
        ArmRoute("DELETE", item, lambda request: _delete(crud, request)),
    ]
    return (
        [*routes, ArmRoute("PATCH", item, lambda request: _patch(crud, request))]
        if crud.is_tracked
        else routes
    )


def _list(crud: ResourceCrud, request: ArmRequest) -> Response:
    """List what lies in the scope; of what lies on any scope, only what lies on this one."""
    parent = crud.type.rpartition("/")[0]
    under = request.parent(parent, crud.type).id if request.names else request.path.scope_id
    resources = request.azure.store.of_type(crud.type, under)
    if crud.lies_on_any_scope:
        directly = resource_id(under, crud.type, ("",)).lower()
        resources = [item for item in resources if item.id.lower() == directly + item.name.lower()]
    return page([crud.body_of(request.azure, item) for item in resources])


def _put(crud: ResourceCrud, request: ArmRequest) -> Response:
    body = request.envelope()
    crud.check_name(request)
    asked_id = crud.id(request)
    existing = request.azure.store.get(asked_id)
    document = crud.document(request, body, existing)
    resource = request.azure.store.put(Resource(existing.id if existing else asked_id, crud.type, document))
    return Response(200 if existing else crud.created_status, crud.body_of(request.azure, resource))


def _patch(crud: ResourceCrud, request: ArmRequest) -> Response:
    existing, body = crud.find(request), request.envelope()
    full = {**existing.document, **body, "properties": existing.properties | (body.get("properties") or {})}
    properties = crud.properties_of(request, full, existing.properties)
    tags = merge({}, body.get("tags", existing.document["tags"]))
    changed = replace(existing, document=existing.document | {"properties": properties, "tags": tags})
    return Response(200, crud.body_of(request.azure, request.azure.store.put(changed)))


def _delete(crud: ResourceCrud, request: ArmRequest) -> Response:
    existing = request.azure.store.get(crud.id(request))
    if existing is None:
        return Response(204)
    crud.check_deletable(request.azure, existing)
    request.azure.store.delete(existing.id)
    return Response(200)
