"""Connectors that are knowledge: their content goes in with them and comes out by a route of its own.

Whether the item itself shows its content is not published; Microsoft's exporter asks the other route for it.

See docs/reference/control-plane.md#knowledge-items.
"""

import base64

from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json

_HOLDS = {"KnowledgeFile": "fileContent", "KnowledgeText": "content", "KnowledgeWebPage": "url"}


def check_content(properties: Json) -> None:
    """Refuse knowledge that holds nothing. Raises BadRequest."""
    member = _HOLDS.get(properties["dataConnectorType"])
    if member is None:
        return
    if not isinstance((properties.get("extendedProperties") or {}).get(member), str):
        raise BadRequest(f"The member 'extendedProperties.{member}' of a knowledge item is required.")
    if member == "fileContent":
        try:
            content_of(properties)
        except ValueError as error:
            raise BadRequest("The member 'extendedProperties.fileContent' is not base64.") from error


def content_of(properties: Json) -> bytes | None:
    """Return what a file or a text holds; None for anything else."""
    extended = properties.get("extendedProperties") or {}
    if properties["dataConnectorType"] == "KnowledgeFile":
        return base64.b64decode("".join(extended["fileContent"].split()), validate=True)
    return extended["content"].encode() if properties["dataConnectorType"] == "KnowledgeText" else None


def without_content(properties: Json) -> Json:
    """Leave the content out, and say how long it is."""
    content = content_of(properties)
    if content is None:
        return properties
    extended = {
        name: value
        for name, value in properties["extendedProperties"].items()
        if name not in {"fileContent", "content"}
    }
    return {**properties, "extendedProperties": {**extended, "fileSize": len(content)}}
