"""Connectors through either plane: awaited until provisioned, and tried out when asked.

ARM does not know a connector that the data plane wrote, and a PUT through ARM overwrites it all the same: so
what a create looks at holds those too.

See docs/reference/control-plane.md#connectors.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.collections.collection import ArmCollection, DataPlaneCollection
from pulumi_sre_agent.api.errors import AccessDenied, NotFound, OperationFailed
from pulumi_sre_agent.api.http.error_mapping import mask
from pulumi_sre_agent.api.http.operations import DONE, FAILED
from pulumi_sre_agent.api.http.retry import StillPending, poll
from pulumi_sre_agent.api.kinds import Json, Kind
from pulumi_sre_agent.api.planes.control_plane import ControlPlane
from pulumi_sre_agent.api.planes.data_plane import DataPlane

ONLY_ON_DATA_PLANE = "writtenOnlyOnTheDataPlane"
"""Marks the spec of a connector that ARM does not show."""
INHERITED = "AgentSpace"
"""`source` of a connector that an agent has from its space."""


class DataPlaneConnectorCollection(DataPlaneCollection):
    """Through the data plane, which answers a PUT while the connector is still being provisioned."""

    def wait_until_ready(self, name: str, spec: Json) -> Json:
        """Wait until it is provisioned. Raises `OperationFailed` with the service's reason."""
        initial = iter([spec])

        def attempt() -> Json:
            current = next(initial, None) or self.get(name)
            state = str(current.get("provisioningState") or "Succeeded")
            if state.lower() in FAILED:
                raise self._failed(name, f"ended as {state}", current.get("deploymentError"), current)
            if state.lower() not in DONE:
                raise StillPending(state)
            return current

        what = f"connector {name} of {self._data.owner}"
        return poll(attempt, what=what, deadline=limits.OPERATION_DEADLINE, clock=self._data.clock)

    def test(self, name: str) -> None:
        """Have the service connect. Raises `OperationFailed` with its reason."""
        from pulumi_sre_agent.api.collections.connection_tests import check_connector  # noqa: PLC0415 - pydantic, for few

        result = check_connector(self._data, name)
        if result.success is not True:
            raise self._failed(name, "cannot connect", result.error_message, self._data.get(self._at(name)))

    def _failed(self, name: str, what: str, reason: Any, sent: Any) -> OperationFailed:
        message = mask(" ".join(str(reason or "").split()), sent).rstrip(". ")
        sentence = f"connector {name} of {self._data.owner} {what}{': ' if message else ''}{message}."
        return OperationFailed(sentence, status=200, message=message)


class SpaceConnectorCollection(ArmCollection):
    """Through ARM, whose PUT is awaited."""

    def wait_until_ready(self, name: str, spec: Json) -> Json:
        """Wait also for an operation that another run began."""
        if str(spec.get("provisioningState") or "Succeeded").lower() in DONE:
            return spec
        return self._decode(self._control.wait_until_provisioned(self._at(name), self._version))[1]


class ArmConnectorCollection(SpaceConnectorCollection):
    """An agent's through ARM, together with what ARM does not show of them."""

    def __init__(
        self, kind: Kind, agent_id: str, control: ControlPlane, data: Callable[[], DataPlane]
    ) -> None:
        super().__init__(kind, agent_id, control)
        self._data = data

    def list(self) -> dict[str, Json]:
        """Return the agent's own, and what only the data plane shows, to those who may look there."""
        own = {name: spec for name, spec in super().list().items() if spec.get("source") != INHERITED}
        with suppress(AccessDenied):
            known = {name.lower() for name in own}
            hidden = self._on_data_plane().list().items()
            own |= {
                name: spec | {ONLY_ON_DATA_PLANE: True} for name, spec in hidden if name.lower() not in known
            }
        return own

    def get_existing(self, name: str) -> Json:
        try:
            return self.get(name)
        except NotFound:
            return self._on_data_plane().get(name) | {ONLY_ON_DATA_PLANE: True}

    def is_finished(self, spec: Json) -> bool:
        return ONLY_ON_DATA_PLANE not in spec and super().is_finished(spec)

    def test(self, name: str) -> None:
        self._on_data_plane().test(name)

    def _on_data_plane(self) -> DataPlaneConnectorCollection:
        return DataPlaneConnectorCollection(self.kind, self._data())
