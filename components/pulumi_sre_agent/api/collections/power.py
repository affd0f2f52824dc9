"""Whether an agent runs: started and stopped by actions of the agent itself.

See docs/reference/control-plane.md#operations, docs/reference/control-plane.md#properties-of-an-agent.
"""

from pulumi_sre_agent.api.collections.collection import Collection
from pulumi_sre_agent.api.kinds import Json, Kind
from pulumi_sre_agent.api.planes.control_plane import ControlPlane
from pulumi_sre_agent.api.planes.idempotent_post import post_until_done
from pulumi_sre_agent.api.versions import AGENT_PREVIEW

ACTIONS = {"Running": "start", "Stopped": "stop"}
"""What leads to a state."""


class PowerCollection(Collection):
    """The power state of one agent, which always has one."""

    def __init__(self, kind: Kind, agent_id: str, control: ControlPlane) -> None:
        super().__init__(kind)
        self._agent_id, self._control = agent_id, control

    def get(self, _name: str) -> Json:
        properties = self._control.get(self._agent_id, AGENT_PREVIEW).get("properties") or {}
        return {"state": properties.get("powerState") or properties.get("runningState")}

    def put(self, name: str, spec: Json) -> Json:
        """Start or stop the agent and wait until it has. Raises `OperationFailed`."""
        action = f"{self._agent_id}/{ACTIONS[spec['state']]}"

        def is_done() -> bool:
            return bool(self.get(name) == spec)

        if not is_done():
            post_until_done(self._control, lambda: self._control.post(action, AGENT_PREVIEW), is_done)
        return self.get(name)

    def delete(self, _name: str) -> None:
        """Leave the agent as it is."""

    def list(self) -> dict[str, Json]:
        """Return nothing: that there is a power state is no reason to refuse to set it."""
        return {}
