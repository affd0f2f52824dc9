"""The SignalR hub of an agent: the JSON protocol over a WebSocket, its two methods and its one event.

It pushes what happens in every thread that the caller's identity owns, and in those of incidents, from the
moment that it connects.

See docs/reference/run-time.md#hub.
"""

import asyncio
import contextlib
import json
import secrets
from math import inf

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from sre_agent_local.azure import clock, tokens
from sre_agent_local.azure.control_plane import agents
from sre_agent_local.azure.errors import NotAuthenticated
from sre_agent_local.azure.http.json_values import Json, NotJson, read_json
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

from . import hub_methods
from .conversations import thread_log
from .conversations.conversation import EVERYBODY
from .request import AgentRequest, AgentRoute

END = "\x1e"
"""Ends every message of the protocol."""
INVOCATION, COMPLETION, PING, CLOSE = 1, 3, 6, 7
"""Types of messages."""
PING_SECONDS = 15.0
INVALID_DATA = 1007
SERVICE_RESTART = 1012
"""How a connection ends that the script cuts: without a message of the protocol's own."""
EVENT = "MessageUpdate"


def negotiate(request: AgentRequest) -> Response:
    """Hand out a token for one connection; version 0 of the protocol calls it the connection's id."""
    token = secrets.token_urlsafe(16)
    request.azure.hub_tokens.add(token)
    transports = [{"transport": "WebSockets", "transferFormats": ["Text", "Binary"]}]
    if request.query.get("negotiateversion", "0") == "0":
        return Response(200, {"connectionId": token, "availableTransports": transports})
    return Response(
        200,
        {
            "negotiateVersion": 1,
            "connectionId": secrets.token_urlsafe(16),
            "connectionToken": token,
            "availableTransports": transports,
        },
    )


def route(azure: AzureState) -> WebSocketRoute:
    """Return the route of the hub below every agent's endpoint."""

    async def connect(socket: WebSocket) -> None:
        agent = agents.find_by_label(azure, socket.path_params["label"])
        caller = _caller(azure, socket)
        token = socket.query_params.get("id", "")
        if agent is None or caller is None or token not in azure.hub_tokens:
            await socket.close()
            return
        azure.hub_tokens.discard(token)
        await socket.accept()
        await _Connection(azure, agent, caller, socket).serve()

    return WebSocketRoute("/agents/{label}/agentHub", connect)


class _Connection:
    def __init__(self, azure: AzureState, agent: Resource, caller: str, socket: WebSocket) -> None:
        self._azure, self._agent, self._caller, self._socket = azure, agent, caller, socket
        self._sent_counts = {thread.id: len(_past_events(thread)) for thread in self._threads()}
        """By thread: how many of its events are behind us."""

    async def serve(self) -> None:
        """Talk until either side has had enough."""
        try:
            if not await self._shake_hands():
                return
            pushing = asyncio.create_task(self._push())
            try:
                await self._listen()
            finally:
                pushing.cancel()
        except WebSocketDisconnect:
            pass

    async def _shake_hands(self) -> bool:
        handshake = (await self._receive())[0]
        if handshake.get("protocol") != "json":
            await self._send({"error": f"The protocol '{handshake.get('protocol')}' is not supported."})
            await self._socket.close()
            return False
        await self._send({})
        return True

    async def _listen(self) -> None:
        """Hear the caller out, who may call a method, and close."""
        while True:
            for message in await self._receive():
                if message.get("type") == CLOSE:
                    await self._socket.close()
                    return
                if message.get("type") == INVOCATION:
                    await self._invoke(message)

    async def _invoke(self, message: Json) -> None:
        """Call a method, and say what came of it to a caller who waits for that."""
        error = hub_methods.invoke(
            self._azure, self._agent, self._caller, str(message.get("target")), message.get("arguments")
        )
        if message.get("invocationId"):
            answer = {"type": COMPLETION, "invocationId": message["invocationId"]}
            await self._send({**answer, "error": error} if error else {**answer, "result": None})

    async def _push(self) -> None:
        """Push what happens when it happens, and a ping when nothing does."""
        with contextlib.suppress(WebSocketDisconnect):  # which `_listen` notices, too
            while True:
                next_at = await self._push_events()
                pause = min(next_at - clock.now(), PING_SECONDS)
                if not await self._azure.change_notifier.wait(max(pause, 0)) and pause == PING_SECONDS:
                    await self._send({"type": PING})

    async def _push_events(self) -> float:
        """Return when to come back: when the next thing that is known happens."""
        next_at = inf
        for thread in self._threads():
            count = self._sent_counts.get(thread.id, 0)
            for at, event in list(thread_log.events(thread))[count:]:
                if at > clock.now():
                    next_at = min(next_at, at)
                    break
                self._sent_counts[thread.id] = count = count + 1
                if event is None:
                    await self._socket.close(SERVICE_RESTART)
                    raise WebSocketDisconnect(SERVICE_RESTART)
                target = EVENT.lower() if self._azure.settings.lower_case_events else EVENT
                await self._send({"type": INVOCATION, "target": target, "arguments": [event]})
        return next_at

    def _threads(self) -> list[Resource]:
        threads = thread_log.list_threads(self._azure, self._agent)
        return [thread for thread in threads if thread.state["owner"] in (self._caller, EVERYBODY)]

    async def _receive(self) -> list[Json]:
        """Return the messages of one frame, at least one; raise WebSocketDisconnect for what are none."""
        frame = await self._socket.receive()
        if frame["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(frame["code"])
        try:
            messages = [read_json(part) for part in (frame.get("text") or "").split(END) if part]
        except NotJson:
            messages = []
        if not messages or not all(isinstance(message, dict) for message in messages):
            await self._socket.close(INVALID_DATA)
            raise WebSocketDisconnect(INVALID_DATA)
        return messages

    async def _send(self, message: Json) -> None:
        await self._socket.send_text(json.dumps(message) + END)


def _caller(azure: AzureState, socket: WebSocket) -> str | None:
    """Return who connects: by the usual header, or, as browsers must, by `access_token` in the query."""
    in_query = socket.query_params.get("access_token")
    authorization = f"Bearer {in_query}" if in_query else socket.headers.get("authorization")
    try:
        return azure.tokens.check(authorization, tokens.DATA_AUDIENCES)
    except NotAuthenticated:
        return None


def _past_events(thread: Resource) -> list[Json | None]:
    now = clock.now()
    return [event for at, event in thread_log.events(thread) if at <= now]


ROUTES = [AgentRoute("POST", "agentHub/negotiate", negotiate)]
