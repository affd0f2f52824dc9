"""Repositories: enveloped like others, but of no use before the service has cloned them."""

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.collections.collection import DataPlaneCollection
from pulumi_sre_agent.api.errors import OperationFailed
from pulumi_sre_agent.api.http.retry import StillPending, poll
from pulumi_sre_agent.api.kinds import Json

READY, FAILED = "Ready", "Failed"
"""How `cloneStatus` ends; before, it is `NotStarted` or `Cloning`.

See docs/reference/data-plane.md#repositories.
"""


class RepositoryCollection(DataPlaneCollection):
    """The repositories of one agent (docs/reference/data-plane.md#repositories)."""

    def wait_until_ready(self, name: str, spec: Json) -> Json:
        """Wait until it is cloned. Raises `OperationFailed` with the service's reason if that fails."""
        specs = iter([spec])

        def attempt() -> Json:
            now = next(specs, None) or self.get(name)
            status = now.get("cloneStatus") or now.get("status")  # some builds' name for it
            if status == FAILED:
                raise self._failure(name, "could not be cloned", now.get("errorMessage"))
            if status != READY:
                raise StillPending(str(status or "not cloned"))
            return now

        what = f"{self.kind.title} {name} of {self._data.owner}"
        return poll(attempt, what=what, deadline=limits.CLONE_DEADLINE, clock=self._data.clock)

    def test(self, name: str) -> None:
        """Have the service reach for it. Raises `OperationFailed` with the reason if it cannot."""
        result = self._data.post(f"{self._at(name)}/test", {}) or {}
        reached = result.get("isSuccessful")
        if reached is None:  # what some callers look at instead (docs/reference/data-plane.md#repositories)
            reached = str(result.get("status") or result.get("cloneStatus") or "").lower() not in {
                "failed",
                "error",
            }
        if not reached:
            raise self._failure(name, "cannot be reached", result.get("errorMessage"))

    def _failure(self, name: str, what: str, reason: str | None) -> OperationFailed:
        why = f": {reason.rstrip('. ')}" if reason else ""
        return OperationFailed(f"{self.kind.title} {name} of {self._data.owner} {what}{why}.", status=200)
