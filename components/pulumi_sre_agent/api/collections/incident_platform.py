"""The incident platform of an agent, and the default plan that comes with one.

See docs/reference/run-time.md#incident-platforms, docs/reference/product.md#quickstart-plans.
"""

from collections.abc import Callable
from contextlib import suppress

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.collections.collection import Collection
from pulumi_sre_agent.api.collections.pager_duty import TYPE as PAGER_DUTY
from pulumi_sre_agent.api.errors import NotFound
from pulumi_sre_agent.api.http.retry import StillPending, poll
from pulumi_sre_agent.api.kinds import Json, Kind
from pulumi_sre_agent.api.planes.control_plane import ControlPlane
from pulumi_sre_agent.api.planes.data_plane import DataPlane
from pulumi_sre_agent.api.versions import AGENT_PREVIEW

PLAYGROUND = "/api/v1/incidentPlayground"
BLOCK = "incidentManagementConfiguration"
KEY = "connectionKey"
NONE = "None"
"""The type that stands for no platform."""
ONLY = "default"
QUICKSTART_PLANS = ("quickstart_response_plan", "quickstart_handler")
"""What the default plan is called, depending on the source.

See docs/reference/assumptions.md#quickstart-plan.
"""


def read_platform(control: ControlPlane, agent_id: str) -> Json:
    """Return the platform as ARM has it, without its secrets; `{}` without one. Raises `NotFound`."""
    properties = control.get(agent_id, AGENT_PREVIEW).get("properties") or {}
    return properties.get(BLOCK) or {}


def seen_platform(data: DataPlane) -> str:
    """Return the type of the platform that the agent itself sees: `AzMonitor`, …, or `None`."""
    reply = data.get(f"{PLAYGROUND}/incidentPlatformType") or {}
    return str(reply.get("incidentPlatformType") or NONE)


class IncidentPlatformCollection(Collection):
    """The one platform of one agent; every write is a PATCH of nothing but that.

    See docs/reference/control-plane.md#put-and-patch.
    """

    def __init__(
        self,
        kind: Kind,
        agent_id: str,
        control: ControlPlane,
        data: Callable[[], DataPlane],
        check_user_key: Callable[[str], None],
    ) -> None:
        super().__init__(kind)
        self._agent_id, self._control, self._data = agent_id, control, data
        self._check_user_key = check_user_key

    def get(self, _name: str) -> Json:
        block = read_platform(self._control, self._agent_id)
        if not block.get("type"):
            raise NotFound(f"{ArmId(self._agent_id).short_name} has no {self.kind.title}.", status=404)
        return block

    def put(self, name: str, spec: Json) -> Json:
        """Connect it, after disconnecting one of another type. Raises `ConfigError` for a general key."""
        if spec["type"] == PAGER_DUTY and KEY in spec:
            self._check_user_key(spec[KEY])
        before = read_platform(self._control, self._agent_id)
        if before.get("type") not in {None, NONE, spec["type"]}:
            self.delete(name)
            before = {}
        gone = dict.fromkeys(member for member in (*before, KEY) if before and member not in spec)
        return self._patch(gone | spec)

    def wait_until_ready(self, _name: str, spec: Json) -> Json:
        """Wait until the agent itself sees it, without which it refuses the platform's filters."""
        data, platform_type = self._data(), spec["type"]

        def attempt() -> Json:
            if (current := seen_platform(data)) != platform_type:
                raise StillPending(f"{current}, not {platform_type},")
            return spec

        what = f"The incident platform that {data.owner} sees"
        return poll(attempt, what=what, deadline=limits.PLATFORM_DEADLINE, clock=data.clock)

    def delete(self, _name: str) -> None:
        """Disconnect it; the filters of the platform disappear with it."""
        if read_platform(self._control, self._agent_id):
            self._patch(None)

    def list(self) -> dict[str, Json]:
        block = read_platform(self._control, self._agent_id)
        return {ONLY: block} if block.get("type") not in {None, NONE} else {}

    def _patch(self, block: Json | None) -> Json:
        patched = self._control.patch(self._agent_id, AGENT_PREVIEW, {"properties": {BLOCK: block}})
        return (patched.get("properties") or {}).get(BLOCK) or {}


class QuickstartPlanCollection(Collection):
    """The default plan: a filter that the service makes itself, so that it can only be taken away."""

    def __init__(self, kind: Kind, data: DataPlane) -> None:
        super().__init__(kind)
        self._path = str(kind.data)
        self._data = data

    def get(self, _name: str) -> Json:
        """Return `{"present": True}` where it is there under either name, else `{}`."""
        return {"present": True} if self._existing_plans() else {}

    def put(self, name: str, spec: Json) -> Json:
        """Delete it unless it may be present."""
        if not spec["present"]:
            for plan in self._existing_plans():
                with suppress(NotFound):
                    self._data.delete(f"{self._path}/{plan}")
        return self.get(name)

    def delete(self, _name: str) -> None:
        """Leave it as it is."""

    def list(self) -> dict[str, Json]:
        """Return nothing: that it is there is no reason to refuse to delete it."""
        return {}

    def _existing_plans(self) -> set[str]:
        return {str(plan.get("id") or plan.get("name")) for plan in self._data.list(self._path)}.intersection(
            QUICKSTART_PLANS
        )
