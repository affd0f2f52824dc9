"""What resources that come and go at once have in common: read, list, patch, delete, and the frame of PUT.

Most lie in a resource group and are tracked: they have a location and tags. Some are children of those, some
lie on any scope, and these need not be tracked. What a type checks and fills in itself is in its `Kind`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from sre_agent_local.azure.errors import InvalidResourceName, ResourceNotFound
from sre_agent_local.azure.http.json_values import Json, merge
from sre_agent_local.azure.http.messages import Answer
from sre_agent_local.azure.state.azure_state import Azure
from sre_agent_local.azure.state.store import Resource

from . import resource_groups
from .request import ArmRequest, ArmRoute, page, resource_id, shown

Describe = Callable[[ArmRequest, Json, Json], Json]
"""From the request, the body and the properties so far to the new properties."""
KEPT = ("kind", "sku", "zones")
"""What a body may have beside `location`, `tags` and `properties`."""


def _leave(_azure: Azure, _resource: Resource) -> None:
    """Let go of anything."""


def _as_it_is(_azure: Azure, resource: Resource) -> Json:
    return shown(resource)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A resource type, and what is its own about it."""

    type: str
    name: str
    """Pattern of its names."""
    describe: Describe
    is_tracked: bool = True
    """Whether it has a location and tags."""
    lies_on_any_scope: bool = False
    """Whether it extends other resources, instead of lying in a resource group."""
    refuse_leaving: Callable[[Azure, Resource], None] = _leave
    """Raises where a resource cannot be deleted, because others use it."""
    show: Callable[[Azure, Resource], Json] = _as_it_is

    def base(self, request: ArmRequest) -> str:
        return request.existing_scope() if self.lies_on_any_scope else request.group_id

    def id(self, request: ArmRequest) -> str:
        return resource_id(self.base(request), self.type, request.names)

    def find(self, request: ArmRequest) -> Resource:
        """Return the resource that the path names. Raises ResourceNotFound and its likes."""
        found = request.azure.store.get(self.id(request))
        if found is None:
            raise ResourceNotFound(self.type, "/".join(request.names), request.path.group or "")
        return found

    def check_place(self, request: ArmRequest) -> None:
        """Refuse a new name or place that does not fit. Raises AzureError."""
        if not re.fullmatch(self.name, request.name):
            raise InvalidResourceName(request.name, self.name)
        if not self.lies_on_any_scope:
            resource_groups.refuse_if_leaving(request)
        if self.type.count("/") > 1:
            request.parent(self.type.rpartition("/")[0], self.type)

    def document(self, request: ArmRequest, body: Json, existing: Resource | None) -> Json:
        before = existing.properties if existing else {}
        if not self.is_tracked:
            return {"properties": self.describe(request, body, before)}
        location = request.settled_location(body, existing)
        return {
            "location": location,
            "tags": body.get("tags") or {},
            **{member: body[member] for member in KEPT if body.get(member)},
            "properties": self.describe(request, {**body, "location": location}, before),
        }


def routes(resource_type: str, name: str, describe: Describe) -> list[ArmRoute]:
    """Return the routes of a tracked type; `name`: the pattern of its names."""
    return routes_of(Kind(type=resource_type, name=name, describe=describe))


def routes_of(kind: Kind) -> list[ArmRoute]:
    namespace, first, *below = kind.type.split("/")
    collection = "/{}/".join((f"{namespace}/{first}", *below))
    item = f"{collection}/{{}}"
    found = [
        ArmRoute("GET", collection, lambda request: _list(kind, request)),
        ArmRoute("PUT", item, lambda request: _put(kind, request)),
        ArmRoute("GET", item, lambda request: Answer(200, kind.show(request.azure, kind.find(request)))),
        ArmRoute("DELETE", item, lambda request: _delete(kind, request)),
    ]
    return (
        [*found, ArmRoute("PATCH", item, lambda request: _patch(kind, request))] if kind.is_tracked else found
    )


def _list(kind: Kind, request: ArmRequest) -> Answer:
    """List what lies in the scope; of what lies on any scope, only what lies on this one."""
    parent = kind.type.rpartition("/")[0]
    under = request.parent(parent, kind.type).id if request.names else request.path.scope_id
    found = request.azure.store.of_type(kind.type, under)
    if kind.lies_on_any_scope:
        directly = resource_id(under, kind.type, ("",)).lower()
        found = [item for item in found if item.id.lower() == directly + item.name.lower()]
    return page([kind.show(request.azure, item) for item in found])


def _put(kind: Kind, request: ArmRequest) -> Answer:
    body = request.envelope()
    kind.check_place(request)
    asked_id = kind.id(request)
    existing = request.azure.store.get(asked_id)
    document = kind.document(request, body, existing)
    made = Resource(existing.id if existing else asked_id, kind.type, document)
    return Answer(200 if existing else 201, kind.show(request.azure, request.azure.store.put(made)))


def _patch(kind: Kind, request: ArmRequest) -> Answer:
    found, body = kind.find(request), request.envelope()
    full = {**found.document, **body, "properties": found.properties | (body.get("properties") or {})}
    properties = kind.describe(request, full, found.properties)
    tags = merge({}, body.get("tags", found.document["tags"]))
    changed = replace(found, document=found.document | {"properties": properties, "tags": tags})
    return Answer(200, kind.show(request.azure, request.azure.store.put(changed)))


def _delete(kind: Kind, request: ArmRequest) -> Answer:
    found = request.azure.store.get(kind.id(request))
    if found is None:
        return Answer(204)
    kind.refuse_leaving(request.azure, found)
    request.azure.store.delete(found.id)
    return Answer(200)
