"""The ASGI application: leads a request to its plane, and renders what comes back or what was raised."""

import json
from collections.abc import Awaitable, Callable
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.responses import Response as StarletteResponse
from starlette.routing import Route

from sre_agent_local.azure.control_plane import dispatch as control_plane
from sre_agent_local.azure.data_plane import dispatch as data_plane
from sre_agent_local.azure.data_plane import hub
from sre_agent_local.azure.errors import AzureError, NotAuthenticated
from sre_agent_local.azure.graph import dispatch as graph
from sre_agent_local.azure.http import archives, multipart
from sre_agent_local.azure.http.messages import IncomingRequest, Response
from sre_agent_local.azure.state.azure_state import AzureState

from . import administration, bodies, description, login, pager_duty, telemetry
from .access import AccessMiddleware, base_url
from .middleware import RequestMiddleware

VERBS = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS"]

Endpoint = Callable[[Request], Awaitable[StarletteResponse]]


def build(azure: AzureState) -> Starlette:
    """Return the application that serves one Azure."""

    async def planes(request: Request) -> StarletteResponse:
        incoming = await _receive(azure, request)
        try:
            azure.operations.settle()
            return _render(_dispatch(incoming)(azure, incoming))
        finally:
            multipart.discard(incoming.parts)

    def bind(handler: Callable[[AzureState, Request], StarletteResponse]) -> Endpoint:
        async def endpoint(request: Request) -> StarletteResponse:
            azure.operations.settle()
            return handler(azure, request)

        return endpoint

    return Starlette(
        routes=[
            Route("/", bind(description.describe_server)),
            Route("/msi/token", bind(login.token)),
            Route("/metadata/endpoints", bind(login.endpoints)),
            Route("/users/me", bind(pager_duty.current_user)),
            telemetry.route(azure),
            *administration.routes(azure),
            hub.route(azure),
            Route("/{path:path}", planes, methods=VERBS),
        ],
        middleware=[
            Middleware(AccessMiddleware, administration_token=azure.administration_token),
            Middleware(RequestMiddleware, azure=azure),
        ],
        exception_handlers={AzureError: _render_error},
    )


async def _receive(azure: AzureState, request: Request) -> IncomingRequest:
    boundary = multipart.boundary_of(request.headers.get("content-type", ""))
    refusal = _refusal(azure, request)
    content, parts = b"", []
    if boundary is None:
        content = await bodies.read(
            request, bodies.LARGEST if refusal is None else bodies.LARGEST_OF_STRANGERS, refusal
        )
    elif refusal is None:
        parts = await multipart.receive(request.stream(), boundary, azure.store.files)
    else:
        await bodies.skip(request)
    raw_path: bytes = request.scope["raw_path"]
    return IncomingRequest(
        method=request.method,
        path=request.url.path,
        segments=tuple(unquote(part) for part in raw_path.decode("ascii", "replace").split("/") if part),
        query={name.lower(): value for name, value in request.query_params.items()},
        content=content,
        authorization=request.headers.get("authorization"),
        accept=request.headers.get("accept", ""),
        base_url=base_url(request),
        headers=dict(request.headers),
        parts=parts,
        archive=await archives.read(content) if refusal is None else None,
    )


def _dispatch(incoming: IncomingRequest) -> Callable[[AzureState, IncomingRequest], Response]:
    """Return who answers a request, by the beginning of its path."""
    first = incoming.segments[0].lower() if len(incoming.segments) > 1 else ""
    planes = {"agents": data_plane.dispatch, graph.VERSION: graph.dispatch}
    return planes.get(first, control_plane.dispatch)


def _refusal(azure: AzureState, request: Request) -> NotAuthenticated | None:
    """Return why a request comes from a stranger; whether the token is for this plane is judged later."""
    try:
        azure.tokens.check(request.headers.get("authorization"), azure.audiences)
    except NotAuthenticated as error:
        return error
    return None


def _render(response: Response) -> StarletteResponse:
    if response.body is None:
        return StarletteResponse(None, response.status, dict(response.headers))
    content = response.body if isinstance(response.body, str | bytes) else json.dumps(response.body)
    return StarletteResponse(content, response.status, dict(response.headers), response.media_type)


async def _render_error(_: Request, error: Exception) -> StarletteResponse:
    assert isinstance(error, AzureError)  # noqa: S101 - Starlette types handlers by Exception
    return JSONResponse(error.body(), error.status, error.headers)
