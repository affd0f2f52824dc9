"""`/_local/clock`: what time it is here, and moving it.

Tokens expire, cooldowns end and operations complete as the clock says; scheduled tasks run when it is moved
over a time at which they are due.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sre_agent_local.azure import clock
from sre_agent_local.azure.data_plane import task_runs
from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json, timestamp
from sre_agent_local.azure.state.azure_state import AzureState

from . import bodies


def routes(azure: AzureState) -> list[Route]:
    async def show(_: Request) -> Response:
        return JSONResponse(_body())

    async def advance(request: Request) -> Response:
        """Move it forward, and say which tasks have run. Raises BadRequest."""
        seconds = (await bodies.read_object(request)).get("seconds")
        most = clock.MOST_SECONDS - clock.moved()
        if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not 0 < seconds <= most:
            raise BadRequest("The clock moves forward by 'seconds', by ten years in all at most.")
        azure.operations.settle()
        runs, left_out = task_runs.advance(azure, seconds)
        return JSONResponse(_body() | {"runs": runs, "leftOut": left_out})

    async def reset(_: Request) -> Response:
        azure.move_clock(0.0)
        return JSONResponse(_body())

    return [
        Route("/_local/clock", show),
        Route("/_local/clock/advance", advance, methods=["POST"]),
        Route("/_local/clock/reset", reset, methods=["POST"]),
    ]


def _body() -> Json:
    return {"now": timestamp(clock.now()), "aheadSeconds": round(clock.moved(), 3)}
