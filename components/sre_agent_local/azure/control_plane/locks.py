"""Management locks: on any scope, for it and all below it."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from sre_agent_local.azure.arm_path import ArmPath
from sre_agent_local.azure.errors import Conflict
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.validation import StrictModel, settable_properties
from sre_agent_local.azure.state.azure_state import AzureState

from .request import ArmRequest
from .resource_crud import ResourceCrud, crud_routes

TYPE = "Microsoft.Authorization/locks"
_BELOW = f"/providers/{TYPE}/".lower()


class _Owner(StrictModel):
    application_id: str | None = None


class _Lock(StrictModel):
    level: Literal["CanNotDelete", "ReadOnly"]
    notes: Annotated[str, StringConstraints(max_length=512)] | None = None
    owners: list[_Owner] | None = None


class ScopeLocked(Conflict):
    code = "ScopeLocked"

    def __init__(self, target: str, verb: str, locked: list[str]) -> None:
        scopes = ",".join(locked)
        super().__init__(
            f"The scope '{target}' cannot perform {verb} operation because following scope(s) are locked: "
            f"'{scopes}'. Please remove the lock and try again."
        )


def check_locks(azure: AzureState, method: str, target: str) -> None:
    """Refuse a request that a lock forbids: at or above what it is for, or below what it deletes.

    Roles and diagnostic settings count as part of what they lie on; locks themselves are never locked.
    Raises ScopeLocked.
    """
    if method in ("GET", "HEAD") or _BELOW in target.lower():
        return
    locked = []
    for lock in azure.store.of_type(TYPE):
        scope = ArmPath.parse(lock.id).scope_id
        is_at_or_above = f"{target}/".lower().startswith(f"{scope}/".lower())
        goes_with_it = method == "DELETE" and scope.lower().startswith(f"{target}/".lower())
        forbids = method == "DELETE" or lock.properties["level"] == "ReadOnly"
        if forbids and (is_at_or_above or goes_with_it):
            locked.append(scope)
    if locked:
        raise ScopeLocked(target, "delete" if method == "DELETE" else "write", locked)


def _lock_properties(_request: ArmRequest, body: Json, _before: Json) -> Json:
    return settable_properties(_Lock, body)


CRUD = ResourceCrud(
    type=TYPE,
    name=r"[^<>%&:?/]{0,259}[^<>%&:?/. ]",
    properties_of=_lock_properties,
    is_tracked=False,
    lies_on_any_scope=True,
)
ROUTES = crud_routes(CRUD)
