"""How a caller follows a long-running operation of Microsoft.App (A.12)."""

from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Answer
from sre_agent_local.azure.state import operations
from sre_agent_local.azure.state.store import Operation, Resource

from .request import ArmRequest


def start(
    request: ArmRequest, resource: Resource, *, success: Resource | None, failure: Resource
) -> Operation:
    """Start an operation that leaves a resource as `success` or as `failure`; None: deleted."""
    return request.azure.operations.start(
        resource.id,
        request.azure.switches,
        location=resource.document["location"],
        success=success,
        failure=failure,
        fault=request.operation_fault(),
    )


def accepted(request: ArmRequest, operation: Operation, status: int, body: Json | None = None) -> Answer:
    """Answer that an operation has started, with both ways to follow it."""
    base, version = request.azure.url, f"?api-version={request.api_version}"
    links = {
        "Azure-AsyncOperation": f"{base}{path(operation, 'operationStatuses')}{version}",
        "Location": f"{base}{path(operation, 'operationResults')}{version}",
    }
    return operations.accepted(operation, status, body, links)


def path(operation: Operation, kind: str) -> str:
    """Return where an operation's `operationStatuses` or `operationResults` are."""
    subscription = operation.resource_id.split("/")[2]
    place = f"/subscriptions/{subscription}/providers/Microsoft.App/locations/{operation.location}"
    return f"{place}/{kind}/{operation.id}"
