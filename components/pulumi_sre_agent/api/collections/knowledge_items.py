"""Knowledge items: connectors of a type of their own, whose content has a route of its own."""

import base64

from pulumi_sre_agent.api.collections.collection import DataPlaneCollection
from pulumi_sre_agent.api.errors import NotFound
from pulumi_sre_agent.api.kinds import Json

HOLDS = {"KnowledgeFile": "fileContent", "KnowledgeText": "content"}
"""The member of `extendedProperties` with the content, by type: base64 of a file, or text.

See docs/reference/control-plane.md#knowledge-items.
"""


class KnowledgeItemCollection(DataPlaneCollection):
    """The knowledge items of one agent. They share their names with its connectors.

    See docs/reference/data-plane.md#extended-agent-kinds.
    """

    def get(self, name: str) -> Json:
        """Return the stored spec, with its content, which a list leaves out."""
        spec = super().get(name)
        holds = HOLDS.get(str(spec.get("dataConnectorType")))
        extended: Json = spec.get("extendedProperties") or {}
        if holds is None or extended.get(holds) is not None:
            return spec
        try:
            content = self._data.download(f"{self._at(name)}/content")
        except NotFound:
            return spec
        state = (
            base64.b64encode(content).decode() if holds == "fileContent" else content.decode(errors="replace")
        )
        return spec | {"extendedProperties": extended | {holds: state}}

    def put(self, name: str, spec: Json) -> Json:
        return super().put(name, {"dataSource": name, **spec})
