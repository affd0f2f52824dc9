"""`/api/v2/agent/customInstructions`: one text, which is kept with CRLF line ends (C.10)."""

from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.messages import Answer
from sre_agent_local.azure.kinds import INSTRUCTIONS_TYPE
from sre_agent_local.azure.state.store import Resource

from .request import AgentRequest, AgentRoute

PATH = "api/v2/agent/customInstructions"


def get(request: AgentRequest) -> Answer:
    found = request.azure.store.get(_id(request))
    return Answer(200, {"instructions": found.properties["instructions"] if found else ""})


def put(request: AgentRequest) -> Answer:
    text = request.json().get("instructions")
    if not isinstance(text, str):
        raise BadRequest("The member 'instructions' is required.")
    stored = {"instructions": text.replace("\r\n", "\n").replace("\n", "\r\n")}
    request.azure.store.put(Resource(_id(request), INSTRUCTIONS_TYPE, {"properties": stored}))
    return Answer(200, stored)


def _id(request: AgentRequest) -> str:
    return f"{request.agent.id}/customInstructions/default"


ROUTES = [AgentRoute("GET", PATH, get), AgentRoute("PUT", PATH, put)]
