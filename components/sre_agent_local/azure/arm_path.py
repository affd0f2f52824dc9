"""ARM ids and paths: a scope, and below it a provider's namespace, types and names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

RESOURCES = "Microsoft.Resources"
GUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

_ARM_ID = re.compile(
    r"/subscriptions/[^/]+(/resourceGroups/[^/]+)?(/providers/[^/]+(/[^/]+/[^/]+)+)?", re.IGNORECASE
)


@dataclass(frozen=True)
class ArmPath:
    """`/subscriptions/s/resourceGroups/g/providers/Microsoft.App/agents/a`: scope, namespace, rest."""

    scope: tuple[str, ...]
    """Segments before the last `providers`: `(subscriptions, s, resourceGroups, g)`; empty for the tenant."""
    namespace: str
    rest: tuple[str, ...]
    """Types and names in turn: `(agents, a)`."""

    @classmethod
    def parse(cls, path: str | Sequence[str]) -> "ArmPath":
        """Read an id or a path's segments; resource groups and the like are types of Microsoft.Resources."""
        segments = [part for part in path.split("/") if part] if isinstance(path, str) else path
        lower = [segment.lower() for segment in segments]
        if "providers" in lower:
            at = len(lower) - 1 - lower[::-1].index("providers")
            if len(segments) - at > 2:
                return cls(tuple(segments[:at]), segments[at + 1], tuple(segments[at + 2 :]))
            return cls(tuple(segments[:at]), RESOURCES, tuple(segments[at:]))
        depth = 2 if len(segments) > 2 else 0
        return cls(tuple(segments[:depth]), RESOURCES, tuple(segments[depth:]))

    @property
    def subscription(self) -> str | None:
        segments = (*self.scope, *self.rest)
        return segments[1] if len(segments) > 1 and segments[0].lower() == "subscriptions" else None

    @property
    def subscription_id(self) -> str:
        """Id of that subscription as asked for; empty without."""
        return _join((*self.scope, *self.rest)[:2]) if self.subscription else ""

    @property
    def group(self) -> str | None:
        """Name of the resource group that the scope lies in."""
        has_group = len(self.scope) > 3 and self.scope[2].lower() == "resourcegroups"
        return self.scope[3] if has_group else None

    @property
    def group_id(self) -> str:
        """Id of that resource group as asked for; empty without."""
        return _join(self.scope[:4]) if self.group else ""

    @property
    def kind(self) -> str:
        """The type without its namespace: `agents/connectors`."""
        return "/".join(self.rest[::2])

    @property
    def scope_id(self) -> str:
        return _join(self.scope)

    @property
    def names(self) -> tuple[str, ...]:
        """Names below the scope, outermost first."""
        return self.rest[1::2]

    @property
    def parent_id(self) -> str:
        """Id of the resource whose child the path names."""
        return _join((*self.scope, "providers", self.namespace, *self.rest[:-2]))

    @property
    def id(self) -> str:
        """Id of the resource that the path names, without an action on it."""
        below = _join(self.rest[: len(self.rest) // 2 * 2])
        provider = "" if self.namespace == RESOURCES else f"/providers/{self.namespace}"
        return f"{self.scope_id}{provider}{below}"

    @property
    def segments(self) -> tuple[str, ...]:
        return (self.namespace, *self.rest)


def is_arm_id(value: str) -> bool:
    """Tell whether a text is the id of a subscription, a resource group, or a resource."""
    return _ARM_ID.fullmatch(value) is not None


def resource_id(scope_id: str, resource_type: str, names: Sequence[str]) -> str:
    """Return the id of a resource in a scope: `…/providers/Microsoft.App/agents/a/connectors/c`."""
    namespace, *kinds = resource_type.split("/")
    pairs = "".join(f"/{kind}/{name}" for kind, name in zip(kinds, names, strict=True))
    return f"{scope_id}/providers/{namespace}{pairs}"


def _join(segments: Sequence[str]) -> str:
    return "".join(f"/{segment}" for segment in segments)
