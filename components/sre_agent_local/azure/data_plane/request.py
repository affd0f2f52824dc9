"""A request to one agent's data plane, and the answers that its web front end gives instead of JSON."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sre_agent_local.azure.agent_items import items
from sre_agent_local.azure.agent_items.items import MalformedBody
from sre_agent_local.azure.errors import BadRequest, NotFound
from sre_agent_local.azure.http.json_values import Json, NotJson, read_json
from sre_agent_local.azure.http.messages import Archive, FormPart, Response
from sre_agent_local.azure.http.routes import Route
from sre_agent_local.azure.kinds import ItemKind
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.faults import FaultRule
from sre_agent_local.azure.state.store import Resource

WEB_PAGE = Response(
    200,
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Azure SRE Agent</title></head>'
    '<body><div id="root"></div></body></html>\n',
    media_type="text/html; charset=utf-8",
)
"""The single-page application, which answers every GET that no API route takes.

See docs/reference/data-plane.md#general-behaviour.
"""

METHOD_NOT_ALLOWED = Response(405, None, {"Allow": "GET, HEAD"})
"""What the static-file handler says to every other verb, and to a body that no route can read."""

NO_AGENT = Response(
    404,
    "<!doctype html>\n<html><head><title>404</title></head><body><h1>Error 404</h1>"
    "<p>This agent does not exist or has been deleted.</p></body></html>\n",
    media_type="text/html; charset=utf-8",
)
"""What stands where no agent is."""

NOT_READY = Response(
    503, "upstream is not ready: the agent is starting\n", media_type="text/plain; charset=utf-8"
)
"""What the ingress says while an agent's data plane starts."""


@dataclass(frozen=True)
class AgentRequest:
    """What a handler sees of a request."""

    azure: AzureState
    agent: Resource
    method: str
    url_path: str
    names: tuple[str, ...]
    query: Mapping[str, str]
    content: bytes
    headers: Mapping[str, str]
    caller: str
    """Object id of whoever asks; empty where nobody has to log in."""
    base_url: str
    """Scheme, host and port that the request came to, which links in the answer repeat."""
    parts: list[FormPart] = field(default_factory=list)
    archive: Archive | BadRequest | None = None
    """Files of a gzip-compressed tar, or why it was refused; None for another body."""

    @property
    def name(self) -> str:
        return self.names[-1]

    def option(self, name: str, default: str) -> str:
        """Return a parameter of the query, which may begin with `$` or not.

        See docs/reference/data-plane.md#lists-and-paging.
        """
        return self.query.get(f"${name}", self.query.get(name, default))

    def child_id(self, collection: str, name: str | None = None) -> str:
        """Return the id of what lies below the agent under the path's name, or another."""
        return f"{self.agent.id}/{collection}/{self.name if name is None else name}"

    def child(self, collection: str, title: str) -> Resource:
        """Return what the path names below the agent. Raises NotFound."""
        resource = self.azure.store.get(self.child_id(collection))
        if resource is None:
            raise not_found(title, self.name)
        return resource

    def children(self, resource_type: str) -> list[Resource]:
        return self.azure.store.of_type(resource_type, self.agent.id)

    def put_child(self, resource_id: str, resource_type: str, properties: Json) -> Resource:
        return self.azure.store.put(Resource(resource_id, resource_type, {"properties": properties}))

    def item(self, kind: ItemKind, title: str) -> Resource:
        """Return the item that the path names. Raises NotFound."""
        item = items.find(self.azure, self.agent, kind, self.names[0])
        if item is None:
            raise not_found(title, self.names[0])
        return item

    def items(self, kind: ItemKind) -> list[Resource]:
        return items.list_of(self.azure, self.agent, kind)

    def json(self) -> Json:
        """Return the body as a JSON object. Raises MalformedBody for anything else, a BOM included."""
        try:
            body = read_json(self.content)
        except NotJson as error:
            raise MalformedBody("the body is not JSON") from error
        if not isinstance(body, dict):
            raise MalformedBody("the body is not a JSON object")
        return body

    def properties(self, accepted: tuple[str, ...]) -> Json:
        """Return `properties` of an envelope of one of these types. Raises BadRequest."""
        body = self.json()
        kind = body.get("type") or accepted[0]
        if kind not in accepted:
            raise BadRequest(
                f"The object type '{kind}' is invalid; '{accepted[0]}' is expected.", code="InvalidObjectType"
            )
        if str(body.get("name") or self.name).lower() != self.name.lower():
            raise BadRequest(
                f"The object is named '{body['name']}', the path names '{self.name}'.",
                code="ObjectNameMismatch",
            )
        properties = body.get("properties")
        if not isinstance(properties, dict):
            raise BadRequest("The member 'properties' is required.", code="InvalidObject")
        return properties

    def operation_fault(self) -> FaultRule | None:
        """Return the fault, if any, that makes the work fail which this request starts."""
        return self.azure.faults.take(self.method, self.url_path, operation=True)


Handler = Callable[[AgentRequest], Response]
AgentRoute = Route[Handler]


def page(items: list[Json]) -> Response:
    return Response(200, {"value": items, "nextLink": None})


def not_found(title: str, name: str) -> NotFound:
    return NotFound(f"The {title} '{name}' was not found.")
