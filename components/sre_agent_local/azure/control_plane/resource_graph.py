"""Resource Graph: the table `Resources`, asked in as much of its query language as finding agents takes.

See docs/reference/control-plane.md#operations.
"""

import re
from typing import Any

from sre_agent_local.azure.arm_path import ArmPath
from sre_agent_local.azure.errors import BadRequest, InvalidRequestContent
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.kinds import AGENT
from sre_agent_local.azure.state.store import Resource
from sre_agent_local.azure.tokens import TENANT

from . import agents, graph_query
from .request import ArmRequest, ArmRoute

MOST = 1000
_MEMBERS = ("location", "tags", "kind", "identity", "sku", "properties")


def ask(request: ArmRequest) -> Response:
    """Answer a query over the subscriptions that the body names, or over all."""
    body = request.json()
    query, options = body.get("query"), body.get("options") or {}
    if not isinstance(query, str) or not query.strip():
        raise InvalidRequestContent("the member 'query' is missing")
    if not isinstance(options, dict):
        raise InvalidRequestContent("the member 'options' is not an object")
    if str(options.get("resultFormat") or "objectArray").lower() != "objectarray":
        raise BadRequest("The only resultFormat that is known here is 'objectArray'.")
    rows = graph_query.run(query, [_row(request, each) for each in _resources(request, body)])
    skip, top = _first_row(options), min(_number(options, "$top", MOST), MOST)
    shown = rows[skip:][:top]
    more = {"$skipToken": str(skip + top)} if shown and len(rows) > skip + top else {}
    return Response(
        200,
        {
            "totalRecords": len(rows),
            "count": len(shown),
            "data": shown,
            "facets": [],
            "resultTruncated": "false",
            **more,
        },
    )


def _first_row(options: Json) -> int:
    """Return where a page begins: where the last one ended, or where the caller says."""
    token = options.get("$skipToken")
    if token is None:
        return _number(options, "$skip", 0)
    if not (isinstance(token, str) and re.fullmatch(r"[0-9]{1,9}", token)):
        raise InvalidRequestContent("the member 'options.$skipToken' is not one that was given here")
    return int(token)


def _resources(request: ArmRequest, body: Json) -> list[Resource]:
    """Return the tracked resources of the subscriptions that are asked about."""
    wanted = body.get("subscriptions") or [*request.azure.subscriptions]
    if not isinstance(wanted, list) or not all(isinstance(each, str) for each in wanted):
        raise InvalidRequestContent("the member 'subscriptions' is not a list of strings")
    under = (each for name in wanted for each in request.azure.store.under(f"/subscriptions/{name}"))
    return [each for each in under if "location" in each.document and ArmPath.parse(each.id).namespace]


def _row(request: ArmRequest, resource: Resource) -> Json:
    """Show a resource as a row; of an agent what ARM shows of it, its endpoint included."""
    path = ArmPath.parse(resource.id)
    is_agent = resource.type.lower() == AGENT.lower()
    document = agents.agent_body(request, resource) if is_agent else resource.document
    return {
        "id": resource.id,
        "name": resource.name,
        "type": resource.type.lower(),
        "tenantId": TENANT,
        "subscriptionId": path.subscription,
        "resourceGroup": (path.group or "").lower(),
        **{member: document.get(member) for member in _MEMBERS if is_agent or member != "properties"},
    }


def _number(options: Json, name: str, default: int) -> int:
    value: Any = options.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InvalidRequestContent(f"the member 'options.{name}' is not a number")
    return value


ROUTES = [ArmRoute("POST", "Microsoft.ResourceGraph/resources", ask)]
