"""Looks in Azure for what interrupted operations were about."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.client import Client
from pulumi_sre_agent.api.errors import NotFound, OperationFailed

from .arm_types import PATHS, arm_path
from .deployment import Json

DYNAMIC = "pulumi-python:dynamic/sre:"
"""The type of a resource of this toolkit, up to its kind."""
PROGRAM_TOLD = ("location", "tags")
"""What ARM shows as the program says it, of whatever type."""


SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The member by which state tells a secret from other objects."""


class Finding(NamedTuple):
    """Whether Azure has what a create was to make."""

    id: str = ""
    """Its id in Azure; empty where there is nothing, or where nothing can be told."""
    reason: str = "Azure does not have it"
    """Why there is no id."""


class Lookup:
    """Looks for resources of one state. Methods raise `SreAgentError` where Azure does not answer."""

    def __init__(self, client: Client, stored: list[Json]) -> None:
        self._client = client
        self._subscriptions = {
            f"{each['urn']}::{each['id']}": each.get("inputs", {}).get("subscriptionId")
            for each in stored
            if each["type"].startswith("pulumi:providers:") and "id" in each
        }

    def find_created(self, resource: Json) -> Finding:
        """Look for what a create with the inputs of a state has made, and wait until it is settled."""
        type_, inputs = resource["type"], resource.get("inputs") or {}
        kind = type_.removeprefix(DYNAMIC)
        if not resource.get("custom") or type_.startswith("pulumi:providers:"):
            return Finding(reason="Azure knows nothing of it")
        if kind != type_ and kind in resources.__all__:
            return self._find_own(kind, inputs)
        if type_ in PATHS:
            return self._find_native(resource, inputs)
        return Finding(
            reason=f"nobody here knows where {type_} is: look for it, and import it if it is there"
        )

    def settle(self, resource: Json) -> None:
        """Wait until no operation works on what is in a state any more."""
        id_, version = resource.get("id", ""), (resource.get("inputs") or {}).get("azureApiVersion")
        if id_.startswith("/") and version:
            self._settled(id_, version)

    def _find_own(self, kind: str, inputs: Json) -> Finding:
        provider = getattr(resources, kind).provider()
        id_ = provider.crud_type(provider.model, lambda: self._client).find_created(
            provider.model.inputs(inputs)
        )
        return Finding(id_) if id_ else Finding(reason="Azure does not have it as the program said")

    def _find_native(self, resource: Json, inputs: Json) -> Finding:
        path = arm_path(resource["type"], inputs, self._subscription(resource))
        version = inputs.get("azureApiVersion")
        if not path or not version:
            return Finding(
                reason="the state does not say where it is: look for it, and import it if it is there"
            )
        existing = self._settled(path, version)
        if not existing:
            return Finding()
        if differing := [name for name in PROGRAM_TOLD if not _repeats(existing.get(name), inputs.get(name))]:
            return Finding(reason=f"{path} is another's: it differs in {' and '.join(differing)}")
        return Finding(str(existing.get("id", path)))

    def _settled(self, path: str, version: str) -> Json | None:
        try:
            try:
                return self._client.control.wait_until_provisioned(path, version)
            except OperationFailed:
                return self._client.control.get(path, version)
        except NotFound:
            return None

    def _subscription(self, resource: Json) -> str:
        told = self._subscriptions.get(resource.get("provider", ""))
        return told if isinstance(told, str) else self._own_subscription

    @cached_property
    def _own_subscription(self) -> str:
        return self._client.subscription_id()


def _repeats(theirs: Any, ours: Any) -> bool:
    """Whether Azure shows what the program says, whatever it shows besides; secrets cannot be compared."""
    if not ours or (isinstance(ours, Mapping) and SIGNATURE in ours):
        return True
    if isinstance(ours, Mapping):
        return all(_repeats((theirs or {}).get(name), value) for name, value in ours.items())
    if isinstance(ours, str) and isinstance(theirs, str):
        return ours.replace(" ", "").lower() == theirs.replace(" ", "").lower()
    return bool(ours == theirs)
