"""The inventory of a stack's state, as `pulumi stack export` or the embedded engine's prints it."""

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.api.secrets import SECRET
from pulumi_sre_agent.review.changes import DYNAMIC_TYPE, logical_name_of
from pulumi_sre_agent.review.inventory.inventory import Inventory, Item, Resource, assemble
from pulumi_sre_agent.review.inventory.names import azure_name
from pulumi_sre_agent.review.preview import is_resource, rests_on

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - marks one (docs/reference/pulumi.md#engine-protocol)


def of_state(exported: Mapping[str, Any]) -> Inventory:
    """Return what a stack's exported deployment holds. Raises ConfigError where it is no deployment."""
    deployment = exported.get("deployment")
    resources = deployment.get("resources", ()) if isinstance(deployment, Mapping) else None
    if not isinstance(resources, Iterable | None) or deployment is None:
        raise ConfigError(
            "This is no state of a stack: it holds no deployment. Give what `pulumi stack export` printed."
        )
    live = (each for each in resources or () if is_resource(each) and not each.get("delete"))
    return assemble(map(_resource, live))


def _resource(state: Mapping[str, Any]) -> Resource:
    urn = str(state["urn"])
    kind = str(state["type"]).removeprefix(DYNAMIC_TYPE)
    values = _without_secrets(state.get("inputs") or {})
    name = azure_name(kind, values, logical_name_of(urn))
    item = Item(kind=kind, name=name, properties=values, urn=urn, id=str(state.get("id") or ""))
    return Resource(item, rests_on(state))


def _without_secrets(value: Any) -> Any:
    if isinstance(value, Mapping):
        if value.get(SIGNATURE) == SECRET_SIGNATURE:
            return SECRET
        return {name: _without_secrets(member) for name, member in value.items()}
    return [_without_secrets(entry) for entry in value] if isinstance(value, list) else value
