"""`/agentHub/negotiate`: how a SignalR client begins (D). The hub itself is `local.azure.hub`."""

import secrets

from sre_agent_local.azure.wire import Answer

from .request import AgentRequest, AgentRoute


def negotiate(request: AgentRequest) -> Answer:
    """Hand out a token for one connection; version 0 of the protocol calls it the connection's id."""
    token = secrets.token_urlsafe(16)
    request.azure.negotiated.add(token)
    transports = [{"transport": "WebSockets", "transferFormats": ["Text", "Binary"]}]
    if request.query.get("negotiateversion", "0") == "0":
        return Answer(200, {"connectionId": token, "availableTransports": transports})
    return Answer(
        200,
        {
            "negotiateVersion": 1,
            "connectionId": secrets.token_urlsafe(16),
            "connectionToken": token,
            "availableTransports": transports,
        },
    )


ROUTES = [AgentRoute("POST", "agentHub/negotiate", negotiate)]
