"""What Microsoft.App answers per region: the state of operations, and the models on offer."""

from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.kinds import SPACE_CONNECTOR
from sre_agent_local.azure.state.operations import is_over, retry_after, status_body

from . import agent_spaces, agents, async_operations, connectors
from .request import ArmRequest, ArmRoute, page
from .resource_types import GENERAL

_MODELS = (
    ("Anthropic", "Anthropic", "Automatic", "Automatic", True, "1x"),
    ("Anthropic", "Anthropic", "claude-opus-4-5", "Claude Opus 4.5", False, "2x"),
    ("Anthropic", "Anthropic", "claude-sonnet-4-5", "Claude Sonnet 4.5", False, "1x"),
    ("MicrosoftFoundry", "Microsoft Foundry", "gpt-5", "GPT-5", False, "1x"),
)


def operation_status(request: ArmRequest) -> Response:
    operation = async_operations.find(request)
    headers = {} if is_over(operation) else {"Retry-After": retry_after(operation)}
    return Response(
        200, status_body(operation, async_operations.operation_path(operation, "operationStatuses")), headers
    )


def operation_result(request: ArmRequest) -> Response:
    """Answer 202 while the operation runs, then the resource, or 204 where it left none."""
    operation = async_operations.find(request)
    if not is_over(operation):
        return async_operations.accepted_response(request, operation, 202)
    async_operations.raise_failure(operation)
    resource = request.azure.store.get(operation.resource_id)
    if operation.success is None or resource is None:
        return Response(204)
    if resource.type in (agent_spaces.TYPE, SPACE_CONNECTOR):
        return Response(200, agent_spaces.space_body(request, resource))
    if resource.type == connectors.TYPE:
        return Response(200, connectors.connector_body(resource, request.api_version))
    return Response(200, agents.agent_body(request, resource))


def supported_models(request: ArmRequest) -> Response:
    return page([_model(request, *model) for model in _MODELS])


def _model(
    request: ArmRequest,
    provider: str,
    provider_title: str,
    model: str,
    title: str,
    default: bool,
    multiplier: str,
) -> Json:
    properties: Json = {"provider": provider, "model": model, "default": default}
    if request.api_version == GENERAL:
        properties |= {
            "providerDisplayName": provider_title,
            "modelDisplayName": title,
            "multiplier": multiplier,
        }
    kind = "supportedAgentModels"
    return {
        "id": f"{request.path.scope_id}/providers/Microsoft.App/locations/{request.names[0]}/{kind}/{model}",
        "name": model,
        "type": f"Microsoft.App/locations/{kind}",
        "properties": properties,
    }


ROUTES = [
    ArmRoute("GET", "Microsoft.App/locations/{}/operationStatuses/{}", operation_status),
    ArmRoute("GET", "Microsoft.App/locations/{}/operationResults/{}", operation_result),
    ArmRoute("GET", "Microsoft.App/locations/{}/supportedAgentModels", supported_models),
]
