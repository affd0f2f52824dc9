"""Resource groups: created at once, deleted with all that lies in them by a long-running operation."""

import re
from dataclasses import replace

from sre_agent_local.azure.errors import (
    Conflict,
    InvalidResourceName,
    LocationRequired,
    ResourceGroupNotFound,
)
from sre_agent_local.azure.http.json_values import Json, merge
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.state.operations import accepted_response, is_over, retry_after
from sre_agent_local.azure.state.store import Operation, Resource

from . import async_operations, resource_filter
from .request import ArmRequest, ArmRoute, normalize_location, page, resource_body

TYPE = "Microsoft.Resources/resourceGroups"

_NAME = re.compile(r"[-\w._()]{0,89}[-\w_()]")


class InvalidResourceGroupLocation(Conflict):
    code = "InvalidResourceGroupLocation"

    def __init__(self, location: str, existing: str) -> None:
        super().__init__(
            f"Invalid resource group location '{location}'. "
            f"The Resource group already exists in location '{existing}'."
        )


class ResourceGroupBeingDeleted(Conflict):
    code = "ResourceGroupBeingDeleted"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The resource group '{name}' is in deprovisioning state and cannot perform this operation."
        )


def put(request: ArmRequest) -> Response:
    body, name = request.envelope(), request.name
    if not _NAME.fullmatch(name):
        raise InvalidResourceName(name, _NAME.pattern)
    existing = request.azure.store.get(_id(request))
    location = normalize_location(body.get("location"))
    if not location:
        raise LocationRequired
    if existing:
        _check_not_deleting(request, existing)
        if existing.document["location"] != location:
            raise InvalidResourceGroupLocation(location, existing.document["location"])
    document: Json = {"location": location, "properties": {"provisioningState": "Succeeded"}}
    document |= {member: body[member] for member in ("tags", "managedBy") if body.get(member)}
    group = Resource(existing.id if existing else _id(request), TYPE, document)
    request.azure.store.put(group)
    return Response(200 if existing else 201, resource_body(group))


def patch(request: ArmRequest) -> Response:
    group, body = _find_group(request), request.envelope()
    _check_not_deleting(request, group)
    tags = merge({}, body.get("tags", group.document.get("tags", {})))
    changed = replace(group, document=group.document | {"tags": tags})
    request.azure.store.put(changed)
    return Response(200, resource_body(changed))


def get(request: ArmRequest) -> Response:
    return Response(200, resource_body(_find_group(request)))


def head(request: ArmRequest) -> Response:
    return Response(204 if request.azure.store.get(_id(request)) else 404)


def delete(request: ArmRequest) -> Response:
    azure, group = request.azure, _find_group(request)
    operation = azure.store.running(group.id)
    if operation is None:
        deleting = group.with_properties(provisioningState="Deleting")
        azure.store.put(deleting)
        operation = async_operations.start(request, group, success=None, failure=group)
    return accepted_response(operation, 202, None, _links(request, operation))


def list_all(request: ArmRequest) -> Response:
    groups = request.azure.store.of_type(TYPE, request.path.scope_id)
    is_wanted = resource_filter.parse(request.query.get("$filter", ""))
    return page([resource_body(group) for group in groups if is_wanted(group)])


def list_resources(request: ArmRequest) -> Response:
    resources = request.azure.store.under(request.path.scope_id)
    return _tracked(request, [item for item in resources if item.type != TYPE])


def list_resources_of_group(request: ArmRequest) -> Response:
    return _tracked(request, request.azure.store.under(_find_group(request).id))


def operation_result(request: ArmRequest) -> Response:
    """Answer what `Location` of a deletion points to: 202 while it runs, then 200."""
    operation = async_operations.find(request)
    if not is_over(operation):
        return Response(202, None, _links(request, operation) | {"Retry-After": retry_after(operation)})
    async_operations.raise_failure(operation)
    return Response(200)


def check_not_deleting(request: ArmRequest) -> None:
    """Refuse to write into a group that is being deleted. Raises ResourceGroupBeingDeleted."""
    _check_not_deleting(request, request.resource_group())


def _check_not_deleting(request: ArmRequest, group: Resource) -> None:
    if request.azure.store.running(group.id):
        raise ResourceGroupBeingDeleted(group.name)


def _find_group(request: ArmRequest) -> Resource:
    group = request.azure.store.get(_id(request))
    if group is None:
        raise ResourceGroupNotFound(request.name)
    return group


def _tracked(request: ArmRequest, resources: list[Resource]) -> Response:
    """List those that have a location, and that `$filter` asks for."""
    is_wanted = resource_filter.parse(request.query.get("$filter", ""))
    tracked = [item for item in resources if "location" in item.document]
    return page([_without_properties(item) for item in tracked if is_wanted(item)])


def _id(request: ArmRequest) -> str:
    return f"/subscriptions/{request.path.subscription}/resourceGroups/{request.name}"


def _without_properties(item: Resource) -> Json:
    members = ("location", "tags", "kind", "identity", "sku")
    identity = {"id": item.id, "name": item.name, "type": item.type}
    return identity | {member: item.document[member] for member in members if member in item.document}


def _links(request: ArmRequest, operation: Operation) -> dict[str, str]:
    url = f"{request.base_url}/subscriptions/{request.path.subscription}/operationresults/{operation.id}"
    return {"Location": f"{url}?api-version={request.api_version}"}


ROUTES = [
    ArmRoute("GET", "Microsoft.Resources/resourceGroups", list_all),
    ArmRoute("PUT", "Microsoft.Resources/resourceGroups/{}", put),
    ArmRoute("GET", "Microsoft.Resources/resourceGroups/{}", get),
    ArmRoute("HEAD", "Microsoft.Resources/resourceGroups/{}", head),
    ArmRoute("PATCH", "Microsoft.Resources/resourceGroups/{}", patch),
    ArmRoute("DELETE", "Microsoft.Resources/resourceGroups/{}", delete),
    ArmRoute("GET", "Microsoft.Resources/resourceGroups/{}/resources", list_resources_of_group),
    ArmRoute("GET", "Microsoft.Resources/resources", list_resources),
    ArmRoute("GET", "Microsoft.Resources/operationresults/{}", operation_result),
]
