"""`/_local/…`: this server's own administration, which real Azure does not have."""

import os
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sre_agent_local.azure.errors import BadRequest, NotFound
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.state.azure_state import Azure

from . import description

Endpoint = Callable[[Request], Awaitable[Response]]


def routes(azure: Azure) -> list[Route]:
    """Every route below `/_local`."""
    served = _Admin(azure)
    return [
        Route("/_local", served.about),
        Route("/_local/health", served.health),
        Route("/_local/reset", served.reset, methods=["POST"]),
        Route("/_local/stop", served.stop, methods=["POST"]),
        Route("/_local/requests", served.requests),
        Route("/_local/requests", served.forget_requests, methods=["DELETE"]),
        Route("/_local/faults", served.faults),
        Route("/_local/faults", served.add_fault, methods=["POST"]),
        Route("/_local/faults", served.remove_faults, methods=["DELETE"]),
        Route("/_local/faults/{id}", served.remove_fault, methods=["DELETE"]),
        Route("/_local/switches", served.switches),
        Route("/_local/switches", served.switch, methods=["PATCH"]),
        Route("/_local/{path:path}", served.nothing, methods=["GET", "PUT", "PATCH", "POST", "DELETE"]),
    ]


class _Admin:
    def __init__(self, azure: Azure) -> None:
        self._azure = azure

    async def about(self, _: Request) -> Response:
        return JSONResponse(description.administration(self._azure))

    async def nothing(self, request: Request) -> Response:
        asked = f"{request.method} {request.url.path}"
        raise NotFound(f"There is no {asked}; GET /_local says what there is.")

    async def health(self, _: Request) -> Response:
        return JSONResponse({"status": "ok", "pid": os.getpid(), "url": self._azure.url})

    async def reset(self, _: Request) -> Response:
        self._azure.reset()
        return Response(status_code=204)

    async def stop(self, _: Request) -> Response:
        self._azure.stop()
        return JSONResponse({"status": "stopping", "pid": os.getpid()}, 202)

    async def requests(self, request: Request) -> Response:
        since = request.query_params.get("since", "0")
        if not since.isdecimal():
            raise BadRequest(f"'since' is the seq of a request, a whole number, not '{since}'.")
        return JSONResponse({"value": self._azure.store.requests(int(since))})

    async def forget_requests(self, _: Request) -> Response:
        self._azure.store.forget_requests()
        return Response(status_code=204)

    async def faults(self, _: Request) -> Response:
        return JSONResponse({"value": self._azure.faults.rules()})

    async def add_fault(self, request: Request) -> Response:
        return JSONResponse(self._azure.faults.add(await _object(request)), 201)

    async def remove_faults(self, _: Request) -> Response:
        self._azure.faults.remove()
        return Response(status_code=204)

    async def remove_fault(self, request: Request) -> Response:
        rule_id = request.path_params["id"]
        if not self._azure.faults.remove(rule_id):
            raise NotFound(f"There is no fault '{rule_id}'.")
        return Response(status_code=204)

    async def switches(self, _: Request) -> Response:
        return JSONResponse(self._azure.switches.wire())

    async def switch(self, request: Request) -> Response:
        self._azure.switch(await _object(request))
        return JSONResponse(self._azure.switches.wire())


async def _object(request: Request) -> Json:
    body = await request.json()
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.")
    return body
