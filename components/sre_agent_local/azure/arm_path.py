"""How ARM paths are read: a scope, and below it a provider's namespace, types and names."""

from collections.abc import Sequence
from dataclasses import dataclass

RESOURCES = "Microsoft.Resources"


@dataclass(frozen=True)
class ArmPath:
    """`/subscriptions/s/resourceGroups/g/providers/Microsoft.App/agents/a`: scope, namespace, rest."""

    scope: tuple[str, ...]
    """Segments before the last `providers`: `(subscriptions, s, resourceGroups, g)`; empty for the tenant."""
    namespace: str
    rest: tuple[str, ...]
    """Types and names in turn: `(agents, a)`."""

    @property
    def subscription(self) -> str | None:
        whole = (*self.scope, *self.rest)
        return whole[1] if len(whole) > 1 and whole[0].lower() == "subscriptions" else None

    @property
    def group(self) -> str | None:
        """Name of the resource group that the scope lies in."""
        named = len(self.scope) > 3 and self.scope[2].lower() == "resourcegroups"
        return self.scope[3] if named else None

    @property
    def group_id(self) -> str:
        """Id of that resource group as asked for; empty without."""
        return "".join(f"/{segment}" for segment in self.scope[:4]) if self.group else ""

    @property
    def kind(self) -> str:
        """The type without its namespace: `agents/connectors`."""
        return "/".join(self.rest[::2])

    @property
    def scope_id(self) -> str:
        return "".join(f"/{segment}" for segment in self.scope)

    @property
    def id(self) -> str:
        """Id of the resource that the path names, without an action on it."""
        below = "".join(f"/{segment}" for segment in self.rest[: len(self.rest) // 2 * 2])
        provider = "" if self.namespace == RESOURCES else f"/providers/{self.namespace}"
        return f"{self.scope_id}{provider}{below}"

    @property
    def segments(self) -> tuple[str, ...]:
        return (self.namespace, *self.rest)


def parse(segments: Sequence[str]) -> ArmPath:
    """Read a path's segments; resource groups and the like count as types of Microsoft.Resources."""
    lower = [segment.lower() for segment in segments]
    if "providers" in lower:
        at = len(lower) - 1 - lower[::-1].index("providers")
        if len(segments) - at > 2:
            return ArmPath(tuple(segments[:at]), segments[at + 1], tuple(segments[at + 2 :]))
        return ArmPath(tuple(segments[:at]), RESOURCES, tuple(segments[at:]))
    depth = 2 if len(segments) > 2 else 0
    return ArmPath(tuple(segments[:depth]), RESOURCES, tuple(segments[depth:]))
