"""Connectors through either plane: awaited until provisioned, and tried out when asked.

ARM does not know a connector that the data plane wrote, and a PUT through ARM overwrites it all the same: so
what a create looks at holds those too. And ARM answers with null what it does not show, even where no secret
is in it: the data plane shows that to those who may look there.

See docs/reference/control-plane.md#connectors.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.collections.collection import ArmCollection, DataPlaneCollection
from pulumi_sre_agent.api.errors import AccessDenied, NotFound, OperationFailed, Unavailable
from pulumi_sre_agent.api.http.operations import DONE, FAILED
from pulumi_sre_agent.api.http.retry import StillPending, poll
from pulumi_sre_agent.api.kinds import Json, Kind
from pulumi_sre_agent.api.planes.control_plane import ControlPlane
from pulumi_sre_agent.api.planes.data_plane import DataPlane
from pulumi_sre_agent.api.secrets import is_header_name, is_secret_name, mask

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

    def _failed(self, name: str, what: str, reason: Any, shown: Any) -> OperationFailed:
        message = self._data.mask(mask(" ".join(str(reason or "").split()), shown)).rstrip(". ")
        sentence = f"connector {name} of {self._data.owner} {what}{': ' if message else ''}{message}."
        return OperationFailed(sentence, status=200, message=message)


class SpaceConnectorCollection(ArmCollection):
    """Through ARM, whose PUT is awaited."""

    def wait_until_ready(self, name: str, spec: Json) -> Json:
        """Wait also for an operation that another run began."""
        if str(spec.get("provisioningState") or "Succeeded").lower() in DONE:
            return spec
        return self._decode(self._control.wait_until_provisioned(self._at(name), self._version))[1]

    def is_finished(self, spec: Json) -> bool:
        """Tell so only of what can be seen whole, but for secrets: else it has to be written to be sure."""
        return not _hidden_members(spec) and super().is_finished(spec)


class ArmConnectorCollection(SpaceConnectorCollection):
    """An agent's through ARM, together with what ARM does not show of them."""

    def __init__(
        self, kind: Kind, agent_id: str, control: ControlPlane, data: Callable[[], DataPlane]
    ) -> None:
        super().__init__(kind, agent_id, control)
        self._data = data

    def get(self, name: str) -> Json:
        spec = super().get(name)
        if _hidden_members(spec):
            with suppress(AccessDenied, NotFound, Unavailable):
                return _reveal(spec, self._on_data_plane().get(name))
        return spec

    def list(self) -> dict[str, Json]:
        """Return the agent's own, and what only the data plane shows, to those who may look there."""
        own = {name: spec for name, spec in super().list().items() if spec.get("source") != INHERITED}
        with suppress(AccessDenied):
            shown = self._on_data_plane().list()
            by_name = {name.lower(): spec for name, spec in shown.items()}
            own = {name: _reveal(spec, by_name.pop(name.lower(), {})) for name, spec in own.items()}
            own |= {
                name: spec | {ONLY_ON_DATA_PLANE: True}
                for name, spec in shown.items()
                if name.lower() in by_name
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


def _hidden_members(spec: Json) -> list[str]:
    """Return the extended properties that are null in ARM's answer, of which some are no secrets."""
    extended = spec.get("extendedProperties") or {}
    return [
        name
        for name, value in extended.items()
        if value is None and not (is_secret_name(name) or is_header_name(name))
    ]


def _reveal(spec: Json, shown: Json) -> Json:
    """Return what ARM says of a connector, with what it hides as the data plane shows it; no secret."""
    members = shown.get("extendedProperties") or {}
    revealed = {name: members[name] for name in _hidden_members(spec) if name in members}
    return {**spec, "extendedProperties": {**spec["extendedProperties"], **revealed}} if revealed else spec
