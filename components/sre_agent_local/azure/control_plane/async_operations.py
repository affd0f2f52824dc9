"""How a caller follows a long-running operation of Microsoft.App.

See docs/reference/control-plane.md#long-running-operations.
"""

from sre_agent_local.azure.arm_path import ArmPath
from sre_agent_local.azure.errors import AzureError, NotFound, OperationConflict
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.state import operations
from sre_agent_local.azure.state.store import Operation, Resource

from .request import ArmRequest


def start(
    request: ArmRequest,
    resource: Resource,
    *,
    success: Resource | None,
    failure: Resource,
    location: str = "",
) -> Operation:
    """Start an operation that leaves a resource as `success` or as `failure`; None: deleted."""
    return request.azure.operations.start(
        resource.id,
        request.azure.settings,
        location=location or resource.document["location"],
        success=success,
        failure=failure,
        fault=request.operation_fault(),
    )


def delete(request: ArmRequest, resource: Resource | None, *, location: str = "") -> Response:
    """Start to delete a resource, or answer with the deletion that runs. Raises OperationConflict."""
    if resource is None:
        return Response(204)
    store = request.azure.store
    operation = store.running(resource.id)
    if operation and operation.success is not None:
        raise OperationConflict(resource.name)
    if operation is None:
        store.put(resource.with_properties(provisioningState="Deleting"))
        operation = start(request, resource, success=None, failure=resource, location=location)
    return accepted_response(request, operation, 202)


def accepted_response(
    request: ArmRequest, operation: Operation, status: int, body: Json | None = None
) -> Response:
    """Answer that an operation has started, with both ways to follow it."""
    base, version = request.base_url, f"?api-version={request.api_version}"
    links = {
        "Azure-AsyncOperation": f"{base}{operation_path(operation, 'operationStatuses')}{version}",
        "Location": f"{base}{operation_path(operation, 'operationResults')}{version}",
    }
    return operations.accepted_response(operation, status, body, links)


def operation_path(operation: Operation, kind: str) -> str:
    """Return where an operation's `operationStatuses` or `operationResults` are."""
    subscription = ArmPath.parse(operation.resource_id).subscription
    base = f"/subscriptions/{subscription}/providers/Microsoft.App/locations/{operation.location}"
    return f"{base}/{kind}/{operation.id}"


def find(request: ArmRequest) -> Operation:
    """Return the operation that the path names. Raises NotFound."""
    operation = request.azure.store.operation(request.name)
    if operation is None:
        raise NotFound(f"The operation '{request.name}' could not be found.")
    return operation


def raise_failure(operation: Operation) -> None:
    """Raise what an operation failed with, if it failed."""
    if operation.error:
        error = operation.error
        raise AzureError(error["message"], code=error["code"], status=error["status"])
