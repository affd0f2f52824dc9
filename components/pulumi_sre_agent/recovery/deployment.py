"""A deployment as `pulumi stack export` prints it, and what is changed in it: secrets stay as they are.

See docs/reference/pulumi.md#pending-operations.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

Json = dict[str, Any]

UNFINISHED = "an earlier run was interrupted while it created this; the next update finishes it"
"""Where Pulumi notes what is amiss with a resource that exists, so that an update follows."""


class Operation(NamedTuple):
    """One that a run began and nobody saw the end of."""

    type: str
    """Such as `creating`, in Pulumi's words."""
    resource: Json

    @property
    def urn(self) -> str:
        return str(self.resource["urn"])


def pending_operations(exported: Json) -> list[Operation]:
    """List the operations of an exported deployment that are pending."""
    operations = exported["deployment"].get("pending_operations") or []
    return [Operation(each["type"], each["resource"]) for each in operations]


def resources_of(exported: Json) -> list[Json]:
    """Return the resources of an exported deployment, in its order."""
    return exported["deployment"].get("resources") or []


def without_operations(exported: Json, created: Mapping[str, Json]) -> Json:
    """Return the deployment without pending operations; `created` holds those that came through, by id."""
    resources = resources_of(exported)
    for id_, resource in created.items():
        resources = _with_created(resources, {**resource, "id": id_})
    deployment = {**exported["deployment"], "resources": _in_order(resources)}
    deployment.pop("pending_operations", None)
    return {**exported, "deployment": deployment}


def _with_created(resources: list[Json], new: Json) -> list[Json]:
    """Add what a create has made; what it replaces waits to be deleted now, or is forgotten if it is."""
    new = {**new, "outputs": new.get("inputs", {}), "initErrors": [UNFINISHED]}
    kept = [old for old in resources if not (old["urn"] == new["urn"] and old.get("pendingReplacement"))]
    return [new, *({**old, "delete": True} if old["urn"] == new["urn"] else old for old in kept)]


def _in_order(resources: list[Json]) -> list[Json]:
    """Put each resource after all that it rests on, as the engine wants it, and else leave the order."""
    left, ordered = list(resources), []
    waiting = {resource["urn"] for resource in resources}
    while left:
        ready = next((each for each in left if _is_ready(each, left, waiting)), left[0])
        left = [each for each in left if each is not ready]
        waiting.discard(ready["urn"])
        ordered.append(ready)
    return ordered


def _is_ready(resource: Json, left: list[Json], waiting: set[str]) -> bool:
    urn = resource["urn"]
    if resource.get("delete") and any(each["urn"] == urn and not each.get("delete") for each in left):
        return False  # what replaces it comes first
    return waiting.isdisjoint(set(references(resource)) - {urn})


def references(resource: Json) -> Iterator[str]:
    """List the URNs of all that a resource rests on."""
    yield from resource.get("dependencies") or ()
    for urns in (resource.get("propertyDependencies") or {}).values():
        yield from urns or ()
    yield from filter(None, (resource.get("parent"), resource.get("deletedWith")))
    if provider := resource.get("provider"):
        yield provider.rpartition("::")[0]
