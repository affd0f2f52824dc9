"""Resource groups: created at once, deleted with all that lies in them by a long-running operation."""

import re
from dataclasses import replace

from sre_agent_local.azure.errors import (
    AzureError,
    Conflict,
    InvalidResourceName,
    LocationRequired,
    NotFound,
    ResourceGroupNotFound,
)
from sre_agent_local.azure.http.json_values import Json, merge
from sre_agent_local.azure.http.messages import Answer
from sre_agent_local.azure.state.operations import accepted, failure_body, is_over, retry_after
from sre_agent_local.azure.state.store import Operation, Resource

from .request import ArmRequest, ArmRoute, page, shown

TYPE = "Microsoft.Resources/resourceGroups"

_NAME = re.compile(r"[-\w._()]{0,89}[-\w_()]")


class InvalidResourceGroupLocation(Conflict):
    code = "InvalidResourceGroupLocation"

    def __init__(self, asked: str, existing: str) -> None:
        super().__init__(
            f"Invalid resource group location '{asked}'. "
            f"The Resource group already exists in location '{existing}'."
        )


class ResourceGroupBeingDeleted(Conflict):
    code = "ResourceGroupBeingDeleted"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The resource group '{name}' is in deprovisioning state and cannot perform this operation."
        )


def put(request: ArmRequest) -> Answer:
    body, name = request.envelope(), request.name
    if not _NAME.fullmatch(name):
        raise InvalidResourceName(name, _NAME.pattern)
    existing = request.azure.store.get(_id(request))
    location = "".join((body.get("location") or "").lower().split())
    if not location:
        raise LocationRequired
    if existing:
        _refuse_if_leaving(request, existing)
        if existing.document["location"] != location:
            raise InvalidResourceGroupLocation(location, existing.document["location"])
    document: Json = {"location": location, "properties": {"provisioningState": "Succeeded"}}
    document |= {member: body[member] for member in ("tags", "managedBy") if body.get(member)}
    group = Resource(existing.id if existing else _id(request), TYPE, document)
    request.azure.store.put(group)
    return Answer(200 if existing else 201, shown(group))


def patch(request: ArmRequest) -> Answer:
    group, body = _group(request), request.envelope()
    _refuse_if_leaving(request, group)
    tags = merge({}, body.get("tags", group.document.get("tags", {})))
    changed = replace(group, document=group.document | {"tags": tags})
    request.azure.store.put(changed)
    return Answer(200, shown(changed))


def get(request: ArmRequest) -> Answer:
    return Answer(200, shown(_group(request)))


def head(request: ArmRequest) -> Answer:
    return Answer(204 if request.azure.store.get(_id(request)) else 404)


def delete(request: ArmRequest) -> Answer:
    azure, group = request.azure, _group(request)
    operation = azure.store.running(group.id)
    if operation is None:
        leaving = group.with_properties(provisioningState="Deleting")
        azure.store.put(leaving)
        operation = azure.operations.start(
            group.id,
            azure.switches,
            location=group.document["location"],
            success=None,
            failure=group,
            fault=request.operation_fault(),
        )
    return accepted(operation, 202, None, _links(request, operation))


def list_all(request: ArmRequest) -> Answer:
    groups = request.azure.store.of_type(TYPE, request.path.scope_id)
    return page([shown(group) for group in groups])


def list_resources(request: ArmRequest) -> Answer:
    """List the tracked resources of a scope: those that have a location."""
    found = [item for item in request.azure.store.under(request.path.scope_id) if item.type != TYPE]
    tracked = [item for item in found if "location" in item.document]
    return page([_without_properties(item) for item in tracked])


def list_resources_of_group(request: ArmRequest) -> Answer:
    found = request.azure.store.under(_group(request).id)
    return page([_without_properties(item) for item in found if "location" in item.document])


def operation_result(request: ArmRequest) -> Answer:
    """Answer what `Location` of a deletion points to: 202 while it runs, then 200."""
    operation = request.azure.store.operation(request.name)
    if operation is None:
        raise NotFound(f"The operation '{request.name}' could not be found.")
    if not is_over(operation):
        return Answer(202, None, _links(request, operation) | {"Retry-After": retry_after(operation)})
    if operation.error:
        error = failure_body(operation)["error"]
        raise AzureError(error["message"], code=error["code"], status=operation.error["status"])
    return Answer(200)


def refuse_if_leaving(request: ArmRequest) -> None:
    """Refuse to write into a group that is being deleted. Raises ResourceGroupBeingDeleted."""
    _refuse_if_leaving(request, request.scope_resource())


def _refuse_if_leaving(request: ArmRequest, group: Resource) -> None:
    if request.azure.store.running(group.id):
        raise ResourceGroupBeingDeleted(group.name)


def _group(request: ArmRequest) -> Resource:
    found = request.azure.store.get(_id(request))
    if found is None:
        raise ResourceGroupNotFound(request.name)
    return found


def _id(request: ArmRequest) -> str:
    return f"/subscriptions/{request.path.subscription}/resourceGroups/{request.name}"


def _without_properties(item: Resource) -> Json:
    wanted = ("location", "tags", "kind", "identity", "sku")
    named = {"id": item.id, "name": item.name, "type": item.type}
    return named | {member: item.document[member] for member in wanted if member in item.document}


def _links(request: ArmRequest, operation: Operation) -> dict[str, str]:
    url = f"{request.azure.url}/subscriptions/{request.path.subscription}/operationresults/{operation.id}"
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
