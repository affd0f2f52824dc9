"""Response plans: an incident filter, and the handler that holds its instructions and tools.

Users see one thing, the service keeps two. A filter is written before its handler and deleted after it, so
that what an interruption leaves is a filter that lacks its handler, which the next write gives it.

See docs/reference/data-plane.md#incident-filters.
"""

import re
from contextlib import suppress

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.collections.collection import Collection, segment
from pulumi_sre_agent.api.collections.incident_platform import PLAYGROUND, read_platform, seen_platform
from pulumi_sre_agent.api.errors import ApiError, Conflict, NotFound
from pulumi_sre_agent.api.http.retry import RetryableError, retry
from pulumi_sre_agent.api.kinds import Json, Kind
from pulumi_sre_agent.api.planes.control_plane import ControlPlane
from pulumi_sre_agent.api.planes.data_plane import DataPlane
from pulumi_sre_agent.api.planes.idempotent_post import post_until_done

HANDLER: Json = {
    "description": "",
    "customInstructions": "",
    "tools": [],
    "incidentProcessingGuide": [],
    "incidents": [],
}
"""Members of a plan that its handler holds, and how the handler says nothing of each."""
HANDLER_ID = "handlerId"
"""Member of a spec: the id of the plan's handler; a spec of a plan without one lacks it."""
OTHER_PLATFORM = re.compile(r"does not match configured incident management type")


class IncidentFilterCollection(Collection):
    """The plans of one agent: filters through either plane, handlers always through the data plane."""

    def __init__(
        self, kind: Kind, filters: Collection, agent_id: str, control: ControlPlane, data: DataPlane
    ) -> None:
        super().__init__(kind)
        self._filters, self._agent_id, self._control, self._data = filters, agent_id, control, data
        self._handlers_path = f"{PLAYGROUND}/handlers"

    def get(self, name: str) -> Json:
        spec = self._filters.get(name)
        if spec.get("isDeleted"):
            raise NotFound(f"{self.kind.title} {name} of {self._data.owner} is deleted.", status=404)
        return _merge(spec, self._handlers().get(name.lower()))

    def put(self, name: str, spec: Json) -> Json:
        """Write both; a plan without anything for a handler to hold loses the one that it has.

        A filter of another platform than the agent's is refused with `ApiError`; one of a platform that ARM
        knows and the agent does not see yet is tried until it does.
        """
        handler = {member: value for member, value in spec.items() if member in HANDLER and value}
        plan = {member: value for member, value in spec.items() if member not in HANDLER}
        stored = retry(lambda _attempt: self._put_filter(name, plan), clock=self._data.clock)
        return _merge(stored, self._put_handler(name, handler))

    def delete(self, name: str) -> None:
        self._put_handler(name, {})
        self._filters.delete(name)

    def list(self) -> dict[str, Json]:
        handlers = self._handlers()
        return {
            name: _merge(spec, handlers.get(name.lower()))
            for name, spec in self._filters.list().items()
            if not spec.get("isDeleted")
        }

    def _put_filter(self, name: str, plan: Json) -> Json:
        try:
            return self._filters.put(name, plan)
        except ApiError as refused:
            if refused.status == 400 and self._is_settling(refused, plan):
                raise RetryableError(refused, limits.PLATFORM_SPREADING) from None
            raise

    def _is_settling(self, refused: ApiError, plan: Json) -> bool:
        """Say whether ARM knows the plan's platform and the agent does not yet, whatever it says of that."""
        wanted = plan.get("incidentPlatform")
        if read_platform(self._control, self._agent_id).get("type") != wanted or wanted is None:
            return False
        return bool(OTHER_PLATFORM.search(refused.message)) or seen_platform(self._data) != wanted

    def _put_handler(self, name: str, fields: Json) -> Json | None:
        """Make a plan's handler hold what is said, or go if nothing is; return it."""
        current = self._handlers().get(name.lower())
        handler_id = str(current["id"]) if current else f"{name}-handler"
        path = f"{self._handlers_path}/{segment(handler_id)}"
        if not fields:
            if current:
                with suppress(NotFound):
                    self._data.delete(path)
            return None
        handler: Json = {"id": handler_id, "name": "", "incidentFilterId": name, **HANDLER, **fields}
        if not current:
            try:
                self._data.put(path, handler)
            except Conflict:
                current = handler  # of a plan that is gone
        if current:
            post_until_done(self._data, lambda: self._data.post(path, handler))
        return handler

    def _handlers(self) -> dict[str, Json]:
        """Return every handler by the id of its filter, in lower case."""
        return {_filter_of(handler): handler for handler in self._data.list(self._handlers_path)}


def _filter_of(handler: Json) -> str:
    own = str(handler.get("id") or "").removesuffix("-handler")
    return str(handler.get("incidentFilterId") or own).lower()


def _merge(spec: Json, handler: Json | None) -> Json:
    """Return a plan as users see it; what its filter says of the handler's members counts for nothing."""
    plan = {member: value for member, value in spec.items() if member not in HANDLER}
    if handler is None:
        return plan
    return plan | {member: handler.get(member) for member in HANDLER} | {HANDLER_ID: handler.get("id")}
