"""What every tracked resource has in common: read, list, patch, delete; and the frame of a PUT."""

import re
from collections.abc import Callable
from dataclasses import replace

from pulumi_sre_agent.local.azure.errors import InvalidResourceName
from pulumi_sre_agent.local.azure.store import Resource
from pulumi_sre_agent.local.azure.wire import Answer, Json, merge

from . import resource_groups
from .request import ArmRequest, ArmRoute, Handler, page, resource_id, shown

Describe = Callable[[ArmRequest, Json, Json], Json]
"""From the request, the body and the properties so far to the new properties."""


def routes(resource_type: str, name: str, describe: Describe) -> list[ArmRoute]:
    """Return the routes of a type that is created and deleted at once; `name`: the pattern of its names."""
    item, pattern = f"{resource_type}/{{}}", re.compile(name)
    return [
        ArmRoute("GET", resource_type, _list(resource_type)),
        ArmRoute("PUT", item, _put(resource_type, pattern, describe)),
        ArmRoute("GET", item, _get(resource_type)),
        ArmRoute("PATCH", item, _patch(resource_type, describe)),
        ArmRoute("DELETE", item, _delete(resource_type)),
    ]


def _list(resource_type: str) -> Handler:
    def handler(request: ArmRequest) -> Answer:
        return page(
            [shown(item) for item in request.azure.store.of_type(resource_type, request.path.scope_id)]
        )

    return handler


def _put(resource_type: str, pattern: re.Pattern[str], describe: Describe) -> Handler:
    def handler(request: ArmRequest) -> Answer:
        body = request.envelope()
        if not pattern.fullmatch(request.name):
            raise InvalidResourceName(request.name, pattern.pattern)
        resource_groups.refuse_if_leaving(request)
        asked_id = resource_id(request.group_id, resource_type, request.names)
        existing = request.azure.store.get(asked_id)
        document: Json = {
            "location": request.settled_location(body, existing),
            "tags": body.get("tags") or {},
            **({"kind": body["kind"]} if body.get("kind") else {}),
            "properties": describe(request, body, existing.properties if existing else {}),
        }
        made = Resource(existing.id if existing else asked_id, resource_type, document)
        return Answer(200 if existing else 201, shown(request.azure.store.put(made)))

    return handler


def _get(resource_type: str) -> Handler:
    def handler(request: ArmRequest) -> Answer:
        return Answer(200, shown(request.resource(resource_type)))

    return handler


def _patch(resource_type: str, describe: Describe) -> Handler:
    def handler(request: ArmRequest) -> Answer:
        found, body = request.resource(resource_type), request.envelope()
        full = {**found.document, **body, "properties": found.properties | (body.get("properties") or {})}
        properties = describe(request, full, found.properties)
        tags = merge({}, body.get("tags", found.document["tags"]))
        changed = replace(found, document=found.document | {"properties": properties, "tags": tags})
        return Answer(200, shown(request.azure.store.put(changed)))

    return handler


def _delete(resource_type: str) -> Handler:
    def handler(request: ArmRequest) -> Answer:
        found = request.azure.store.get(resource_id(request.group_id, resource_type, request.names))
        if found is None:
            return Answer(204)
        request.azure.store.delete(found.id)
        return Answer(200)

    return handler
