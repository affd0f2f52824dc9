"""What happens around every request: request ids, latency, faults, and the log."""

import asyncio
import json
import time
import uuid
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sre_agent_local.azure.http.json_values import Json, is_secret_name, timestamp
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.faults import FaultRule

from . import connections

_PAGE = "<!doctype html>\n<html><body><h1>Azure SRE Agent is being upgraded</h1></body></html>\n"
_SOCKET_STATUS = {"websocket.accept": 101, "websocket.close": 403}
_SENT_BEFORE_BREAKING = 4
"""The message of a WebSocket in whose place `truncate` breaks it off: after the handshake and two events."""
_NOT_JSON = "upstream connect error or disconnect/reset before headers"


class RequestMiddleware:
    """Pure ASGI middleware: sees the request first and its answer last."""

    def __init__(self, app: ASGIApp, azure: AzureState) -> None:
        self._app, self._azure = app, azure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = _Exchange(scope, send)
        if scope["path"].startswith("/_local"):
            await self._app(scope, receive, exchange.send)
            return
        rule = self._azure.faults.take(scope.get("method", "GET"), scope["path"])
        if self._azure.settings.latency_seconds:
            await asyncio.sleep(self._azure.settings.latency_seconds)
        try:
            if rule is None:
                await self._app(scope, receive, exchange.send)
            elif scope["type"] == "websocket":
                await _inject_into_socket(rule, self._app, scope, receive, exchange)
            else:
                await _inject(rule, self._app, scope, receive, exchange)
        finally:
            caller = self._azure.tokens.caller(Headers(scope=scope).get("authorization"))
            self._azure.store.request_log.add(exchange.entry(rule) | {"caller": caller})


class _Exchange:
    """One request and what was answered."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope, self._send = scope, send
        self._started, self._clock = time.time(), time.perf_counter()
        self._status: int | None = None
        self._request_id = str(uuid.uuid4())

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            request_headers = Headers(scope=self._scope)
            headers = MutableHeaders(scope=message)
            headers["x-ms-request-id"] = self._request_id
            headers["x-ms-correlation-request-id"] = request_headers.get(
                "x-ms-correlation-request-id", self._request_id
            )
            if "x-ms-client-request-id" in request_headers:
                headers["x-ms-client-request-id"] = request_headers["x-ms-client-request-id"]
        elif message["type"] in _SOCKET_STATUS and self._status is None:
            self._status = _SOCKET_STATUS[message["type"]]
        await self._send(message)

    def entry(self, rule: FaultRule | None) -> Json:
        path = self._scope["path"]
        return {
            "startedAt": timestamp(self._started),
            "durationMs": round((time.perf_counter() - self._clock) * 1000, 3),
            "plane": _plane(path),
            "method": self._scope.get("method", "GET"),
            "path": path,
            "query": _without_secrets(self._scope["query_string"].decode("latin-1")),
            "status": self._status,
            "fault": rule.kind if rule else None,
        }


async def _inject(rule: FaultRule, app: ASGIApp, scope: Scope, receive: Receive, exchange: _Exchange) -> None:
    """Let a fault happen to a request."""
    if rule.kind == "delay":
        await asyncio.sleep(rule.seconds)
        await app(scope, receive, exchange.send)
        return
    if rule.takes_effect:
        answer = await _capture_response(app, scope, receive)
    else:
        await _read_all(receive)  # with some of it unread, TCP makes a reset of an end, or an end of a reset
        answer = Response(b'{"value":[]}')
    if rule.kind == "reset":
        await connections.reset(scope)
    elif rule.kind == "truncate":
        await _send_half(answer, scope, exchange.send)
    else:
        await _replace_response(rule, answer)(scope, receive, exchange.send)


async def _inject_into_socket(
    rule: FaultRule, app: ASGIApp, scope: Scope, receive: Receive, exchange: _Exchange
) -> None:
    """Let a fault happen to a WebSocket: it is not accepted, or broken off once something came through it."""
    sent = 0

    async def send(message: Message) -> None:
        nonlocal sent
        sent += message["type"] == "websocket.send"
        if rule.kind == "truncate" and sent == _SENT_BEFORE_BREAKING:
            await exchange.send({"type": "websocket.close", "code": 1011})
        elif rule.kind != "truncate" or sent < _SENT_BEFORE_BREAKING:
            await exchange.send(message)

    if rule.kind == "delay":
        await asyncio.sleep(rule.seconds)
    if rule.kind in ("delay", "truncate"):
        await app(scope, receive, send)
    else:
        await receive()
        await exchange.send({"type": "websocket.close"})


async def _read_all(receive: Receive) -> None:
    while (await receive()).get("more_body", False):
        pass


async def _capture_response(app: ASGIApp, scope: Scope, receive: Receive) -> Response:
    """Return what the application answers, kept back."""
    parts: list[Message] = []

    async def keep(message: Message) -> None:
        parts.append(message)

    await app(scope, receive, keep)
    response = Response(b"".join(part.get("body", b"") for part in parts), parts[0]["status"])
    response.raw_headers = parts[0]["headers"]
    return response


def _replace_response(rule: FaultRule, answer: Response) -> Response:
    if rule.kind == "html":
        status = rule.status or 200
        return Response(
            None if status in (204, 304) else _PAGE, status, media_type="text/html; charset=utf-8"
        )
    if rule.kind == "notJson":
        return Response(_NOT_JSON, answer.status_code, media_type="application/json")
    if rule.kind == "echo":
        return _echo(rule.message, answer)
    status = 401 if rule.kind == "unauthorized" else rule.status or 503
    headers = {} if rule.retry_after is None else {"Retry-After": str(rule.retry_after)}
    if status in (204, 304):  # which have no body
        return Response(None, status, headers)
    return JSONResponse({"error": {"code": rule.code, "message": rule.message}}, status, headers)


def _echo(message: str, answer: Response) -> Response:
    """Return an answer whose texts repeat a message too, but for those that say what and where it is."""
    try:
        document = json.loads(bytes(answer.body))
    except ValueError:
        return answer
    return JSONResponse(_with_echo(document, message), answer.status_code)


def _with_echo(value: Any, message: str) -> Any:
    if isinstance(value, dict):
        kept = ("id", "name", "type", "value", "provisioningState")
        return {
            key: inner if key in kept and isinstance(inner, str) else _with_echo(inner, message)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_with_echo(inner, message) for inner in value]
    return f"{value} {message}" if isinstance(value, str) else value


async def _send_half(answer: Response, scope: Scope, send: Send) -> None:
    """Announce a whole body, send half of it, and close."""
    body = bytes(answer.body) or b"{}"
    headers = MutableHeaders(raw=list(answer.raw_headers))
    headers["content-length"] = str(len(body))
    status = 200 if answer.status_code == 204 else answer.status_code
    await send({"type": "http.response.start", "status": status, "headers": headers.raw})
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    await connections.close(scope)


_PLANES = {"agents": "data", "v1.0": "graph", "msi": "identity", "metadata": "identity"}
"""By the first segment of a path."""


def _plane(path: str) -> str:
    return _PLANES.get(path.strip("/").split("/")[0].lower(), "control")


def _without_secrets(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode(
        [(name, "***" if is_secret_name(name) else value) for name, value in pairs], safe="/:'$*"
    )
