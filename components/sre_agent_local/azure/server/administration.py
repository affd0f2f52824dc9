"""`/_local/…`: this server's own administration, which real Azure does not have."""

import os
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sre_agent_local.azure.data_plane.conversations import loaded_script
from sre_agent_local.azure.errors import BadRequest, NotFound
from sre_agent_local.azure.graph import directory
from sre_agent_local.azure.http.validation import query_number
from sre_agent_local.azure.state.azure_state import AzureState

from . import bodies, clock, description, incidents, principals

Endpoint = Callable[[Request], Awaitable[Response]]
SCRIPT_MEDIA_TYPE = "application/yaml"


def routes(azure: AzureState) -> list[Route]:
    """Every route below `/_local`."""
    handlers = _Admin(azure)
    return [
        Route("/_local", handlers.about),
        Route("/_local/health", handlers.health),
        Route("/_local/reset", handlers.reset, methods=["POST"]),
        Route("/_local/stop", handlers.stop, methods=["POST"]),
        Route("/_local/requests", handlers.requests),
        Route("/_local/requests", handlers.forget_requests, methods=["DELETE"]),
        Route("/_local/faults", handlers.faults),
        Route("/_local/faults", handlers.add_fault, methods=["POST"]),
        Route("/_local/faults", handlers.remove_faults, methods=["DELETE"]),
        Route("/_local/faults/{id}", handlers.remove_fault, methods=["DELETE"]),
        Route("/_local/switches", handlers.settings),
        Route("/_local/switches", handlers.change_settings, methods=["PATCH"]),
        Route("/_local/switches", handlers.reset_settings, methods=["DELETE"]),
        Route("/_local/switches/about", handlers.describe_settings),
        Route("/_local/switches/{name}", handlers.reset_settings, methods=["DELETE"]),
        Route("/_local/subscriptions", handlers.subscriptions),
        Route("/_local/subscriptions", handlers.add_subscription, methods=["POST"]),
        *incidents.routes(azure),
        *principals.routes(azure),
        *clock.routes(azure),
        Route("/_local/script", handlers.script),
        Route("/_local/script", handlers.set_script, methods=["PUT"]),
        Route("/_local/script", handlers.unset_script, methods=["DELETE"]),
        Route("/_local/{path:path}", handlers.nothing, methods=["GET", "PUT", "PATCH", "POST", "DELETE"]),
    ]


class _Admin:
    def __init__(self, azure: AzureState) -> None:
        self._azure = azure

    async def about(self, _: Request) -> Response:
        return JSONResponse(description.describe_administration(self._azure))

    async def nothing(self, request: Request) -> Response:
        route = f"{request.method} {request.url.path}"
        raise NotFound(f"There is no {route}; GET /_local says what there is.")

    async def health(self, _: Request) -> Response:
        return JSONResponse({"status": "ok", "pid": os.getpid(), "url": self._azure.url})

    async def reset(self, _: Request) -> Response:
        self._azure.reset()
        return Response(status_code=204)

    async def stop(self, _: Request) -> Response:
        self._azure.stop()
        return JSONResponse({"status": "stopping", "pid": os.getpid()}, 202)

    async def requests(self, request: Request) -> Response:
        since = query_number(request.query_params, "since", 0)
        entries = self._azure.store.request_log.since(since)
        names = {each.id: each.name for each in directory.principals(self._azure)} if entries else {}
        value = [{**each, "callerName": names.get(each["caller"] or "")} for each in entries]
        return JSONResponse({"value": value})

    async def forget_requests(self, _: Request) -> Response:
        self._azure.store.request_log.forget()
        return Response(status_code=204)

    async def faults(self, _: Request) -> Response:
        return JSONResponse({"value": self._azure.faults.rules()})

    async def add_fault(self, request: Request) -> Response:
        return JSONResponse(self._azure.faults.add(await bodies.read_object(request)), 201)

    async def remove_faults(self, _: Request) -> Response:
        self._azure.faults.remove()
        return Response(status_code=204)

    async def remove_fault(self, request: Request) -> Response:
        rule_id = request.path_params["id"]
        if not self._azure.faults.remove(rule_id):
            raise NotFound(f"There is no fault '{rule_id}'.")
        return Response(status_code=204)

    async def settings(self, _: Request) -> Response:
        return JSONResponse(self._azure.settings.to_json())

    async def change_settings(self, request: Request) -> Response:
        self._azure.change_settings(await bodies.read_object(request))
        return JSONResponse(self._azure.settings.to_json())

    async def describe_settings(self, _: Request) -> Response:
        return JSONResponse(self._azure.describe_settings())

    async def reset_settings(self, request: Request) -> Response:
        self._azure.reset_settings(request.path_params.get("name"))
        return Response(status_code=204)

    async def subscriptions(self, _: Request) -> Response:
        value = [{"id": id_, "name": name} for id_, name in self._azure.subscriptions.items()]
        return JSONResponse({"value": value})

    async def add_subscription(self, request: Request) -> Response:
        return JSONResponse(self._azure.add_subscription(await bodies.read_object(request)), 201)

    async def script(self, _: Request) -> Response:
        return PlainTextResponse(loaded_script.text(self._azure), media_type=SCRIPT_MEDIA_TYPE)

    async def set_script(self, request: Request) -> Response:
        """Set what the agent does. Raises BadRequest, which names the line."""
        try:
            text = (await bodies.read(request, bodies.LARGEST_OF_STRANGERS)).decode("utf-8")
        except UnicodeDecodeError:
            raise BadRequest("The script cannot be used: it is not UTF-8.") from None
        loaded_script.put(self._azure, text)
        return Response(status_code=204)

    async def unset_script(self, _: Request) -> Response:
        loaded_script.put(self._azure, None)
        return Response(status_code=204)
