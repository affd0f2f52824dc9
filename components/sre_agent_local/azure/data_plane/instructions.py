"""`/api/v2/agent/customInstructions`: one text, which is kept with CRLF line ends.

See docs/reference/data-plane.md#custom-instructions.
"""

from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.kinds import INSTRUCTIONS_TYPE

from .request import AgentRequest, AgentRoute

PATH = "api/v2/agent/customInstructions"


def get(request: AgentRequest) -> Response:
    instructions = request.azure.store.get(request.child_id("customInstructions", "default"))
    return Response(200, {"instructions": instructions.properties["instructions"] if instructions else ""})


def put(request: AgentRequest) -> Response:
    text = request.json().get("instructions")
    if not isinstance(text, str):
        raise BadRequest("The member 'instructions' is required.")
    stored = {"instructions": text.replace("\r\n", "\n").replace("\n", "\r\n")}
    request.put_child(request.child_id("customInstructions", "default"), INSTRUCTIONS_TYPE, stored)
    return Response(200, stored)


ROUTES = [AgentRoute("GET", PATH, get), AgentRoute("PUT", PATH, put)]
