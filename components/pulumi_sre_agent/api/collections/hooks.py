"""Hooks, whose type no PUT changes, though it says so: one of another type has to go first.

See docs/reference/data-plane.md#hooks.
"""

from pulumi_sre_agent.api.collections.collection import Collection
from pulumi_sre_agent.api.kinds import Json


class HookCollection(Collection):
    """Hooks through whichever plane is beneath."""

    def __init__(self, beneath: Collection) -> None:
        super().__init__(beneath.kind)
        self._beneath = beneath

    def get(self, name: str) -> Json:
        return self._beneath.get(name)

    def put(self, name: str, spec: Json) -> Json:
        """Write the hook anew where the service has kept the type of an older one."""
        stored = self._beneath.put(name, spec)
        if _type(stored) == _type(spec):
            return stored
        self._beneath.delete(name)
        return self._beneath.put(name, spec)

    def delete(self, name: str) -> None:
        self._beneath.delete(name)

    def list(self) -> dict[str, Json]:
        return self._beneath.list()


def _type(spec: Json) -> str:
    return (spec.get("hook") or {}).get("type") or "prompt"
