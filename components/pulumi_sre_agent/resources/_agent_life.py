"""The life of the agent itself, through ARM: PUT to make it, PATCH to change it (api.md A.5)."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pulumi_sre_agent.api.errors import NotFound, OperationFailed

from ._item_life import SNAPSHOTS, AlreadyExists
from ._model import Json, Model
from ._patch import merge_patch, without_secrets

if TYPE_CHECKING:
    from pulumi_sre_agent.api.azure import Azure

DEFAULT_API_VERSION = "2025-05-01-preview"
"""The only version with every setting, and the one that Microsoft's own templates use (api.md A.1)."""
UNFINISHED = frozenset({"Failed", "Canceled"})
"""Provisioning states of something that a create began and did not finish."""
SETTLED = frozenset({"Succeeded", *UNFINISHED})
TOP_LEVEL = ("location", "tags", "identity")
"""What stands beside `properties` in the agent's body."""


class AgentLife:
    """An agent's life in its resource group."""

    def __init__(self, model: Model, connect: Callable[[], "Azure"]) -> None:
        self._model, self._connect = model, connect

    def create(self, inputs: Json) -> tuple[str, Json]:
        """Create the agent and wait for it, or take over our own unfinished create, or what `adopt` names."""
        azure = self._connect()
        id_ = agent_id(inputs, azure)
        version = inputs["api_version"]
        found = self._settled(azure, id_, version)
        live = self._model.live(inputs, found) if found else {}
        differing = self._model.changed(live, inputs)
        if found is None or _is_half_made(found, differing):
            resource = azure.control.put(id_, version, body(self._model.to_wire(inputs), version))
        elif differing and not inputs.get("adopt", False):
            raise AlreadyExists(f"agent {inputs['name']}", differing)
        else:
            resource = self._change(azure, id_, without_secrets(self._model.node, live), inputs)
        return id_, inputs | outputs(resource)

    def read(self, id_: str, outs: Mapping[str, Any]) -> tuple[Json, Json] | None:
        """Return inputs and outputs as they are now; None where a real 404 says that the agent is gone."""
        ours = self._model.echoed(outs)
        try:
            resource = self._connect().control.get(id_, ours.get("api_version", DEFAULT_API_VERSION))
        except NotFound:
            return None
        inputs = self._model.live(ours, resource)
        return inputs, inputs | outputs(resource)

    def update(self, id_: str, outs: Mapping[str, Any], inputs: Json) -> Json:
        """Send what changed as a PATCH, since a PUT would drop connectors and the incident platform."""
        resource = self._change(self._connect(), id_, self._model.echoed(outs), inputs)
        return inputs | outputs(resource)

    def delete(self, id_: str, outs: Mapping[str, Any]) -> None:
        """Delete the agent and wait until it is gone; one that is gone already counts as deleted."""
        version = self._model.echoed(outs).get("api_version", DEFAULT_API_VERSION)
        self._connect().control.delete(id_, version)
        SNAPSHOTS.clear()

    def _change(self, azure: "Azure", id_: str, old: Json, new: Json) -> Json:
        version = new["api_version"]
        patch = merge_patch(self._model.node, old, {"tags": {}, **new})  # ARM removes tags by name only
        if not patch:
            return azure.control.get(id_, version)
        return azure.control.patch(id_, version, body(patch, version, leaving=_identities(old)))

    def _settled(self, azure: "Azure", id_: str, version: str) -> Json | None:
        """Return the agent, once no operation works on it any more, if there is one."""
        try:
            found = azure.control.get(id_, version)
            if _state(found) not in SETTLED:
                with suppress(OperationFailed):
                    azure.control.wait_settled(id_, version)
                found = azure.control.get(id_, version)
        except NotFound:
            return None
        return found


def _state(resource: Json) -> str:
    return str((resource.get("properties") or {}).get("provisioningState") or "Succeeded")


def _is_half_made(found: Json, differing: list[str]) -> bool:
    """Whether a create failed and can be begun again; an agent that once was alive may be somebody else's."""
    alive = (found.get("properties") or {}).get("agentEndpoint")
    return _state(found) in UNFINISHED and not (alive and differing)


def agent_id(inputs: Mapping[str, Any], azure: "Azure") -> str:
    """Return the ARM id that the inputs amount to, in the login's subscription unless they name one."""
    return (
        f"/subscriptions/{inputs.get('subscription_id') or azure.subscription_id()}"
        f"/resourceGroups/{inputs['resource_group_name']}/providers/Microsoft.App/agents/{inputs['name']}"
    )


def identity_of(id_: str) -> Json:
    """Return the immutable inputs that an agent's ARM id holds, for state that does not repeat them."""
    segments = id_.split("/")
    return {"subscription_id": segments[2], "resource_group_name": segments[4], "name": segments[8]}


def body(spec: Json, api_version: str, *, leaving: Iterable[str] = ()) -> Json:
    """Return the ARM body of a flat spec that also takes off the identities in `leaving` it does not name."""
    spec = dict(spec)
    if "identity" in spec:
        spec["identity"] = _identity(spec["identity"], leaving)
    if spec.get("sandboxConfiguration", ...) is None:
        spec["sandboxConfiguration"] = {"egress": None, "packages": None}  # null itself would keep everything
    action = spec.get("actionConfiguration")
    if action and action.get("mode") == "Autonomous" and api_version == DEFAULT_API_VERSION:
        spec["actionConfiguration"] = action | {"mode": "Automatic"}
    top = {key: spec.pop(key) for key in TOP_LEVEL if key in spec}
    return top | {"properties": spec}


def flat(resource: Json) -> Json:
    """Return the spec that an agent's ARM body amounts to."""
    identity = resource.get("identity") or {}
    users = sorted(identity.get("userAssignedIdentities") or {})
    return {
        **(resource.get("properties") or {}),
        **{key: resource[key] for key in TOP_LEVEL if key in resource},
        "identity": {"type": identity.get("type", "None"), "userAssignedIdentities": users},
    }


def outputs(resource: Json) -> Json:
    """Return what the service adds and keeps; states that come and go by themselves are left out."""
    properties = resource.get("properties") or {}
    return {
        "agent_endpoint": properties.get("agentEndpoint"),
        "outbound_ip_addresses": sorted(properties.get("outboundIpAddresses") or []),
        "system_assigned_principal_id": (resource.get("identity") or {}).get("principalId"),
    }


def _identity(identity: Json | None, leaving: Iterable[str]) -> Json:
    if identity is None:
        return {"type": "None"}
    users = identity.get("userAssignedIdentities") or []
    kept = {user.lower() for user in users}
    gone: Json = {user: None for user in leaving if user.lower() not in kept}
    return {"type": identity["type"]} | (
        {"userAssignedIdentities": gone | {user: {} for user in users}} if users or gone else {}
    )


def _identities(inputs: Json) -> list[str]:
    return list((inputs.get("identity") or {}).get("user_assigned_identities") or [])
