"""The life of a role assignment, through ARM: whoever made it, one principal has a role on a scope once."""

import re
import uuid
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.errors import ConfigError, Conflict, NotFound
from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.api.versions import AUTHORIZATION

from .model import Model

if TYPE_CHECKING:
    from pulumi_sre_agent.api.client import Client

ASSIGNMENTS = "providers/Microsoft.Authorization/roleAssignments"
DEFINITIONS = "providers/Microsoft.Authorization/roleDefinitions"

_NAMESPACE = uuid.UUID("5a9be1c4-9e4d-5c0b-8f0e-0f6f0f0b7d7e")
"""What the assignments' names are made in. Never changes: another name would be another assignment."""
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", re.IGNORECASE)


class RoleCrud:
    """A role assignment's life on its scope."""

    def __init__(self, model: Model, connect: Callable[[], "Client"]) -> None:
        self._model, self._connect = model, connect

    def ids(self, inputs: Mapping[str, Any]) -> list[str]:
        """Return what tells an assignment from others before Azure is asked for the id of its role."""
        return ["|".join(str(inputs[name]) for name in ("scope", "principal_id", "role"))]

    def create(self, inputs: Json) -> tuple[str, Json]:
        """Assign the role under a name that follows from the three, or take the assignment that there is."""
        azure = self._connect()
        scope, principal, role = _key(azure, inputs)
        path = _path(scope, principal, role)
        body = {"properties": {**self._model.to_wire(inputs), "roleDefinitionId": role}}
        try:
            created = azure.control.put(path, AUTHORIZATION, body)
        except Conflict as conflict:
            if conflict.code != "RoleAssignmentExists":
                raise
            theirs = _find_assignment(azure, scope, principal, role)
            if theirs is None:
                raise
            return theirs["id"], inputs | {"role_definition_id": role, "adopted": True}
        return created["id"], inputs | {"role_definition_id": role, "adopted": False}

    def find_created(self, inputs: Json) -> str | None:
        """Return the id of what a create with these inputs has made; somebody else's has another name."""
        azure = self._connect()
        try:
            return str(azure.control.get(_path(*_key(azure, inputs)), AUTHORIZATION)["id"])
        except NotFound:
            return None

    def read(self, id_: str, outs: Mapping[str, Any]) -> tuple[Json, Json] | None:
        """Return inputs and outputs as they are now; None where a real 404 says that it is gone."""
        try:
            resource = self._connect().control.get(id_, AUTHORIZATION)
        except NotFound:
            return None
        inputs = self._model.merge_remote(self._model.inputs_from_outputs(outs), resource)
        role = resource["properties"]["roleDefinitionId"]
        return inputs, inputs | {"role_definition_id": role, "adopted": outs.get("adopted", False)}

    def update(self, id_: str, outs: Mapping[str, Any], inputs: Json) -> Json:
        """Write the description anew: nothing else can change. What was interrupted is begun again."""
        if "role_definition_id" not in outs:
            return self.create(inputs)[1]
        role = {"roleDefinitionId": outs["role_definition_id"]}
        self._connect().control.put(
            id_, AUTHORIZATION, {"properties": {**self._model.to_wire(inputs), **role}}
        )
        return inputs | {name: outs[name] for name in ("role_definition_id", "adopted")}

    def delete(self, id_: str, outs: Mapping[str, Any]) -> None:
        """Take the role away; where somebody else had given it, it stays."""
        if not outs.get("adopted"):
            self._connect().control.delete(id_, AUTHORIZATION)


def _key(azure: "Client", inputs: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the three that make an assignment: scope, principal, and the role's ARM id."""
    scope = inputs["scope"].rstrip("/")
    return scope, inputs["principal_id"], _role_definition_id(azure, scope, inputs["role"])


def _path(scope: str, principal: str, role: str) -> str:
    return str(ArmId(scope).child(ASSIGNMENTS, assignment_name(scope, principal, ArmId(role).name)))


def assignment_name(scope: str, principal: str, role: str) -> str:
    """Return the GUID that an assignment is called in Azure, the same for the same three."""
    return str(uuid.uuid5(_NAMESPACE, f"{scope}|{principal}|{role}".lower()))


def _role_definition_id(azure: "Client", scope: str, role: str) -> str:
    """Return the ARM id of a role as Azure spells it for a scope. Raises `ConfigError` for a name of none."""
    if role.startswith("/"):
        return role
    if _GUID.match(role):
        return str(ArmId.scope(ArmId(scope).subscription_id).child(DEFINITIONS, role))
    quoted = role.replace("'", "''")
    definitions = azure.control.list(
        f"{scope}/{DEFINITIONS}", AUTHORIZATION, {"$filter": f"roleName eq '{quoted}'"}
    )
    definition = next(definitions, None)
    if definition is None:
        raise ConfigError(
            f"There is no role {role!r} on {scope}: give the name of a role as Azure shows it, or its GUID."
        )
    return str(definition["id"])


def _find_assignment(azure: "Client", scope: str, principal: str, role: str) -> Json | None:
    """Return the assignment of these three that has another name, if the listing shows it."""
    key = (scope.lower(), principal.lower(), ArmId(role).name.lower())
    listed = azure.control.list(
        f"{scope}/{ASSIGNMENTS}", AUTHORIZATION, {"$filter": f"principalId eq '{principal}'"}
    )
    return next((each for each in listed if _assignment_key(each["properties"]) == key), None)


def _assignment_key(properties: Json) -> tuple[str, str, str]:
    scope, principal = properties["scope"].lower(), properties["principalId"].lower()
    return scope, principal, ArmId(properties["roleDefinitionId"]).name.lower()
