"""`/_local/incidents`: incidents fire, and end, because somebody says so.

See docs/reference/product.md#incidents.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sre_agent_local.azure.data_plane.incidents import handling
from sre_agent_local.azure.state.azure_state import AzureState

from . import bodies


def routes(azure: AzureState) -> list[Route]:
    async def fire(request: Request) -> Response:
        body = await bodies.read_object(request)
        azure.operations.settle()
        with azure.store.atomic():
            return JSONResponse(handling.fire(azure, body), 201)

    async def list_all(_: Request) -> Response:
        azure.operations.settle()
        return JSONResponse({"value": handling.list_all(azure)})

    async def resolve(request: Request) -> Response:
        body = await bodies.read_object(request)
        with azure.store.atomic():
            resolved = handling.resolve(azure, request.path_params["id"], str(body.get("by", "user")))
            return JSONResponse(resolved)

    return [
        Route("/_local/incidents", fire, methods=["POST"]),
        Route("/_local/incidents", list_all),
        Route("/_local/incidents/{id}/resolve", resolve, methods=["POST"]),
    ]
