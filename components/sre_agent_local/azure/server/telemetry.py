"""Where senders of telemetry reach Application Insights: `POST /v2/track`, without a login, as there.

The protocol is that of the SDKs; of the sorts of telemetry only custom events are kept.
"""

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sre_agent_local.azure.control_plane import telemetry
from sre_agent_local.azure.http.json_values import NotJson, read_json
from sre_agent_local.azure.state.azure_state import AzureState

from . import bodies


def route(azure: AzureState) -> Route:
    async def track(request: Request) -> Response:
        content = await bodies.read(request, bodies.LARGEST)
        try:
            envelopes = _envelopes(content)
        except NotJson:
            return _answer(0, [_error(0, "Invalid JSON")])
        reasons = [_keep(azure, envelope) for envelope in envelopes]
        return _answer(len(envelopes), [_error(at, reason) for at, reason in enumerate(reasons) if reason])

    return Route("/v2/track", track, methods=["POST"])


def _answer(received: int, errors: list[dict[str, Any]]) -> Response:
    accepted = max(received - len(errors), 0)
    status = 200 if not errors else 206 if accepted else 400
    return JSONResponse({"itemsReceived": received, "itemsAccepted": accepted, "errors": errors}, status)


def _envelopes(content: bytes) -> list[Any]:
    """Read a list, or JSON on each line. Raises NotJson."""
    if content.lstrip().startswith(b"["):
        return [*read_json(content)]
    return [read_json(line) for line in content.splitlines() if line.strip()]


def _keep(azure: AzureState, envelope: Any) -> str:
    """Keep an envelope; return why not, or nothing."""
    try:
        data, time, key = envelope["data"], datetime.fromisoformat(envelope["time"]), str(envelope["iKey"])
        if data["baseType"] != "EventData":
            return "Only EventData is kept here"
        event = data["baseData"]
        dimensions = {str(name): str(value) for name, value in (event.get("properties") or {}).items()}
        known = telemetry.add_event(azure, key, str(event["name"]), time, dimensions)
    except (KeyError, TypeError, AttributeError, ValueError):
        return "Invalid envelope"
    return "" if known else "Invalid instrumentation key"


def _error(index: int, message: str) -> dict[str, Any]:
    return {"index": index, "statusCode": 400, "message": message}
