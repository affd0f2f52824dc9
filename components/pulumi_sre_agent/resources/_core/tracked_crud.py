"""The life of a tracked ARM resource in its group: PUT to make it, PATCH to change it.

See docs/reference/control-plane.md#operations, docs/reference/control-plane.md#put-and-patch.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.errors import NotFound, OperationFailed
from pulumi_sre_agent.api.kinds import Json

from .item_crud import LISTINGS, AlreadyExists
from .merge_patch import merge_patch, without_secrets
from .model import Model, arguments_of

if TYPE_CHECKING:
    from pulumi_sre_agent.api.client import Client

UNFINISHED = frozenset({"Failed", "Canceled"})
"""Provisioning states of something that a create began and did not finish."""
SETTLED = frozenset({"Succeeded", *UNFINISHED})
TOP_LEVEL = ("location", "tags", "identity")
"""What stands beside `properties` in the body."""


class TrackedCrud:
    """One type's life below `Microsoft.App`; a subclass says its segment, its version and its body."""

    segment: ClassVar[str]
    """Its name in ARM ids, such as `agents`."""
    default_version: ClassVar[str]

    def __init__(self, model: Model, connect: Callable[[], "Client"]) -> None:
        self._model, self._connect = model, connect

    def ids(self, inputs: Mapping[str, Any]) -> list[str]:
        return [self._id(inputs, self._connect())]

    def create(self, inputs: Json) -> tuple[str, Json]:
        """Create it and wait for it, or take over our own unfinished create, or what `adopt` names."""
        return self._bring_about(inputs, may_adopt=inputs.get("adopt", False))

    def find_created(self, inputs: Json) -> str | None:
        """Return the id of what a create with these inputs has made, finished or not."""
        azure = self._connect()
        id_ = self._id(inputs, azure)
        existing = self._get_settled(azure, id_, self._version(inputs))
        if existing is None:
            return None
        differing = self._model.changed_fields(self._model.merge_remote(inputs, existing), inputs)
        is_ours = not differing or (state(existing) in UNFINISHED and self.may_recreate(existing, differing))
        return id_ if is_ours else None

    def _bring_about(self, inputs: Json, *, may_adopt: bool) -> tuple[str, Json]:
        azure = self._connect()
        id_, version = self._id(inputs, azure), self._version(inputs)
        existing = self._get_settled(azure, id_, version)
        current = self._model.merge_remote(inputs, existing) if existing else {}
        differing = self._model.changed_fields(current, inputs)
        if existing is None or (state(existing) in UNFINISHED and self.may_recreate(existing, differing)):
            resource = azure.control.put(id_, version, self.body(self._model.to_wire(inputs), version))
        elif differing and not may_adopt:
            raise AlreadyExists(f"{self._model.title} {inputs['name']}", differing)
        else:
            resource = self._change(azure, id_, without_secrets(self._model.root, current), inputs)
        return id_, inputs | self.outputs(resource)

    def read(self, id_: str, outs: Mapping[str, Any]) -> tuple[Json, Json] | None:
        """Return inputs and outputs as they are now; None where a real 404 says that it is gone."""
        ours = self._model.inputs_from_outputs(outs)
        try:
            resource = self._connect().control.get(id_, self._version(ours))
        except NotFound:
            return None
        inputs = self._model.merge_remote(ours, resource)
        return inputs, inputs | self.outputs(resource)

    def update(self, id_: str, outs: Mapping[str, Any], inputs: Json) -> Json:
        """Send what changed as a PATCH, since a PUT would drop what its body leaves out.

        Where the state knows nothing but inputs, the create was interrupted: it goes on.
        """
        if not arguments_of(outs).keys() - self._model.fields.keys():
            return self._bring_about(inputs, may_adopt=True)[1]
        resource = self._change(self._connect(), id_, self._model.inputs_from_outputs(outs), inputs)
        return inputs | self.outputs(resource)

    def delete(self, id_: str, outs: Mapping[str, Any]) -> None:
        """Delete it and wait until it is gone; one that is gone already counts as deleted."""
        self._connect().control.delete(id_, self._version(self._model.inputs_from_outputs(outs)))
        LISTINGS.clear()

    def body(self, spec: Json, _version: str, removed_ids: Iterable[str] = ()) -> Json:
        """Return the ARM body of a flat spec that also removes these identities."""
        return to_arm_body(spec, removed_ids)

    def outputs(self, resource: Json) -> Json:
        """Return what the service adds and keeps; states that come and go by themselves are left out."""
        return {"system_assigned_principal_id": (resource.get("identity") or {}).get("principalId")}

    def may_recreate(self, _existing: Json, differing: list[str]) -> bool:
        """Whether something unfinished can be begun again, since it cannot be somebody else's."""
        return not differing

    def _version(self, inputs: Mapping[str, Any]) -> str:
        return str(inputs.get("api_version") or self.default_version)

    def _id(self, inputs: Mapping[str, Any], azure: "Client") -> str:
        """Return the ARM id, in the login's subscription unless the inputs name one."""
        subscription = inputs.get("subscription_id") or azure.subscription_id()
        group = ArmId.scope(subscription, inputs["resource_group_name"])
        return str(group.child(f"providers/Microsoft.App/{self.segment}", inputs["name"]))

    def _change(self, azure: "Client", id_: str, old: Json, new: Json) -> Json:
        version = self._version(new)
        patch = merge_patch(self._model.root, old, {"tags": {}, **new})  # ARM removes tags by name only
        if not patch:
            return azure.control.get(id_, version)
        return azure.control.patch(id_, version, self.body(patch, version, _identities(old)))

    def _get_settled(self, azure: "Client", id_: str, version: str) -> Json | None:
        """Return the resource, once no operation works on it any more, if there is one."""
        try:
            existing = azure.control.get(id_, version)
            if state(existing) not in SETTLED:
                with suppress(OperationFailed):
                    azure.control.wait_until_provisioned(id_, version)
                existing = azure.control.get(id_, version)
        except NotFound:
            return None
        return existing


def state(resource: Json) -> str:
    return str((resource.get("properties") or {}).get("provisioningState") or "Succeeded")


def inputs_from_arm_id(id_: str, segment: str) -> Json:
    """Return the immutable inputs that an ARM id holds, for state that does not repeat them."""
    arm_id = ArmId.parse(id_, f"Microsoft.App/{segment}")
    return {
        "subscription_id": arm_id.subscription_id,
        "resource_group_name": arm_id.resource_group,
        "name": arm_id.name,
    }


def to_arm_body(spec: Json, removed_ids: Iterable[str] = ()) -> Json:
    """Return the ARM body of a flat spec: some members stand on top, the others are properties."""
    spec = dict(spec)
    if "identity" in spec:
        spec["identity"] = _identity(spec["identity"], removed_ids)
    top = {key: spec.pop(key) for key in TOP_LEVEL if key in spec}
    return top | {"properties": spec}


def from_arm_body(resource: Json) -> Json:
    """Return the spec that an ARM body amounts to."""
    identity = resource.get("identity") or {}
    users = sorted(identity.get("userAssignedIdentities") or {})
    return {
        **(resource.get("properties") or {}),
        **{key: resource[key] for key in TOP_LEVEL if key in resource},
        "identity": {"type": identity.get("type", "None"), "userAssignedIdentities": users},
    }


def _identity(identity: Json | None, removed_ids: Iterable[str]) -> Json:
    if identity is None:
        return {"type": "None"}
    users = identity.get("userAssignedIdentities") or []
    names = {user.lower() for user in users}
    removed: Json = {user: None for user in removed_ids if user.lower() not in names}
    return {"type": identity["type"]} | (
        {"userAssignedIdentities": removed | {user: {} for user in users}} if users or removed else {}
    )


def _identities(inputs: Json) -> list[str]:
    return list((inputs.get("identity") or {}).get("user_assigned_identities") or [])
