"""Who may speak to this server at all: programs of this machine, and no web page in a browser."""

import hmac
import re

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from sre_agent_local.azure.errors import AzureError, BadRequest, NotAuthenticated
from sre_agent_local.azure.state.azure_state import HOSTS

ADMINISTRATION_HEADER = "X-Local-Azure-Token"
_OWN_HOST = re.compile(rf"({'|'.join(map(re.escape, HOSTS))})(:\d{{1,5}})?", re.IGNORECASE)


class ForeignOrigin(AzureError):
    """403: what a browser sends for a page of another origin."""

    status = 403
    code = "ForeignOrigin"


def base_url(request: HTTPConnection) -> str:
    """Return scheme, host and port that a request came to, without a slash at the end."""
    return f"{request.scope['scheme']}://{request.headers['host']}"


class AccessMiddleware:
    """Pure ASGI middleware: refuses foreign hosts and origins, and administration without its token.

    A page can send simple requests to any address and make its own name lead here; it can neither leave
    `Origin` away, nor say whose host it means, nor send a header that this server has not allowed.
    """

    def __init__(self, app: ASGIApp, administration_token: str) -> None:
        self._app, self._token = app, administration_token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            self._check(scope)
        except AzureError as error:
            if scope["type"] == "websocket":
                await receive()
                await send({"type": "websocket.close"})
            else:
                await JSONResponse(error.body(), error.status, error.headers)(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not _OWN_HOST.fullmatch(host):
            raise BadRequest(f"The local Azure is not at '{host}', only at {' or '.join(HOSTS)}.")
        origin = headers.get("origin")
        scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
        if origin is not None and origin.lower() != f"{scheme}://{host}".lower():
            raise ForeignOrigin(f"Pages of '{origin}' may not send requests to the local Azure.")
        if scope["path"].startswith("/_local") and not _is_health_check(scope):
            token = headers.get(ADMINISTRATION_HEADER, "").encode()
            if not hmac.compare_digest(token, self._token):
                raise NotAuthenticated(
                    f"The header {ADMINISTRATION_HEADER} is missing or wrong: it is administrationToken in "
                    "azure.json, in the data folder; `sre-agent local env` sets it as LOCAL_AZURE_TOKEN."
                )


def _is_health_check(scope: Scope) -> bool:
    """Tell the one route that anybody may ask: a start must know whose port it is, also of other projects."""
    return scope["path"] == "/_local/health" and scope["method"] in ("GET", "HEAD")
