"""A request to the control plane, read once, and what handlers ask of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sre_agent_local.azure.arm_path import ArmPath, resource_id
from sre_agent_local.azure.errors import (
    InvalidRequestContent,
    InvalidResourceLocation,
    LocationRequired,
    NotFound,
    ParentResourceNotFound,
    ResourceGroupNotFound,
    ResourceNotFound,
)
from sre_agent_local.azure.http.json_values import Json, NotJson, read_json
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.http.routes import Route
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.faults import FaultRule
from sre_agent_local.azure.state.store import Resource


@dataclass(frozen=True)
class ArmRequest:
    """What a handler sees of a request."""

    azure: AzureState
    method: str
    url_path: str
    path: ArmPath
    names: tuple[str, ...]
    """The names in the path, outermost first, without those of the scope."""
    query: Mapping[str, str]
    content: bytes
    caller: str
    """Object id of who sent it."""
    api_version: str
    base_url: str
    """Scheme, host and port that the request came to, which links in the answer repeat."""

    @property
    def name(self) -> str:
        return self.names[-1]

    @property
    def group_id(self) -> str:
        """Id of the resource group, in the casing it was created in."""
        return self.resource_group().id

    def resource_group(self) -> Resource:
        """Return the resource group that the path lies in. Raises ResourceGroupNotFound."""
        group = self.azure.store.get(self.path.group_id)
        if group is None:
            raise ResourceGroupNotFound(self.path.group or "")
        return group

    def existing_scope(self) -> str:
        """Return the id of what an extension resource lies on, as it was created. Raises NotFound."""
        scope = self.path.scope_id
        if len(self.path.scope) <= 2:
            return scope
        resource = self.azure.store.get(scope)
        if resource is None:
            raise NotFound(
                f"The Resource '{scope}' was not found, so nothing can be put on it.", code="ResourceNotFound"
            )
        return resource.id

    def resource(self, resource_type: str) -> Resource:
        """Return the resource of this type that the path names. Raises ResourceNotFound and its likes."""
        names = self.names[: resource_type.count("/")]
        resource = self.azure.store.get(resource_id(self.group_id, resource_type, names))
        if resource is None:
            raise ResourceNotFound(resource_type, "/".join(names), self.path.group or "")
        return resource

    def parent(self, resource_type: str, child_type: str) -> Resource:
        """Return the resource that a child's path names as its parent. Raises ParentResourceNotFound."""
        try:
            return self.resource(resource_type)
        except ResourceNotFound as error:
            raise ParentResourceNotFound(child_type, self.names[0]) from error

    def json(self) -> Json:
        """Return the body as a JSON object. Raises InvalidRequestContent."""
        try:
            body = read_json(self.content)
        except NotJson as error:
            raise InvalidRequestContent(f"the body is not JSON ({error})") from error
        if not isinstance(body, dict):
            raise InvalidRequestContent("the body is not a JSON object")
        return body

    def envelope(self) -> Json:
        """Return the body of a tracked resource, whose members are ARM's. Raises InvalidRequestContent."""
        body = self.json()
        for member, json_type in _ENVELOPE.items():
            if member in body and not isinstance(body[member], json_type | None):
                raise InvalidRequestContent(f"the member '{member}' is not {_WORDS[json_type]}")
        unknown = sorted(set(body) - set(_ENVELOPE) - _IGNORED)
        if unknown:
            raise InvalidRequestContent(f"could not find member '{unknown[0]}' on an object of this type")
        tags = body.get("tags") or {}
        removable = self.method == "PATCH"  # there, null removes a tag
        if not all(isinstance(value, str) or (value is None and removable) for value in tags.values()):
            raise InvalidRequestContent("a value in 'tags' is not a string")
        return body

    def location(self, body: Json, existing: Resource | None) -> str:
        """Return the location that a write asks for. Raises LocationRequired, InvalidResourceLocation."""
        location = normalize_location(body.get("location"))
        if not location:
            raise LocationRequired
        if existing and existing.document["location"] != location:
            raise InvalidResourceLocation(
                existing.name, self.path.group or "", existing.document["location"], location
            )
        return location

    def operation_fault(self) -> FaultRule | None:
        """Return the fault, if any, that makes the operation fail which this request starts."""
        return self.azure.faults.take(self.method, self.url_path, operation=True)


Handler = Callable[[ArmRequest], Response]
ArmRoute = Route[Handler]

_ENVELOPE: dict[str, type] = {
    "location": str, "tags": dict, "identity": dict, "properties": dict, "kind": str, "sku": dict,
    "zones": list,
}  # fmt: skip
_WORDS: dict[type, str] = {str: "a string", dict: "an object", list: "a list"}
_IGNORED = {"id", "name", "type", "systemData", "etag", "managedBy"}


def normalize_location(location: str | None) -> str:
    """Return `swedencentral` for `Sweden Central`; empty for none."""
    return "".join((location or "").lower().split())


def page(items: list[Json]) -> Response:
    """Answer with a list as ARM does, always on one page."""
    return Response(200, {"value": items, "nextLink": None})


def resource_body(resource: Resource) -> Json:
    """Show a resource as it is, with the members that ARM adds."""
    return {"id": resource.id, "name": resource.name, "type": resource.type, **resource.document}
