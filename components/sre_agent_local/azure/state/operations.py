"""Long-running operations: what a write starts, and what time settles.

Nothing runs in the background. An operation says when it ends and what is stored then; whoever asks next
finds it done. So an operation goes on over a restart, and no timer can be lost.
"""

import math
import uuid
from collections.abc import Mapping
from dataclasses import replace

from sre_agent_local.azure import clock
from sre_agent_local.azure.http.json_values import Json, timestamp
from sre_agent_local.azure.http.messages import Response

from .faults import FaultRule
from .settings import LocalSettings
from .store import Operation, Resource, Store

LONGEST_RETRY_AFTER = 15


class Operations:
    """Starts operations and settles those that are due."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def start(
        self,
        resource_id: str,
        settings: LocalSettings,
        *,
        location: str,
        success: Resource | None,
        failure: Resource,
        fault: FaultRule | None = None,
    ) -> Operation:
        """Start what ends with `success` stored (None: deleted), or, with a fault, with `failure` stored."""
        now = clock.now()
        operation = Operation(
            id=str(uuid.uuid4()),
            resource_id=resource_id,
            location=location,
            started=now,
            ends=now + settings.operation_seconds,
            success=success,
            failure=failure,
            error={"code": fault.code, "message": fault.message, "status": fault.status or 400}
            if fault
            else None,
        )
        self._store.put_operation(operation)
        return operation

    def settle(self) -> None:
        """Store the end of every operation whose time has come."""
        due = self._store.due(clock.now())
        if not due:
            return
        with self._store.atomic():
            for operation in due:
                self._end(operation)

    def _end(self, operation: Operation) -> None:
        self._store.put_operation(replace(operation, is_settled=True))
        if operation.error:
            self._store.put(operation.failure)
        elif operation.success:
            self._store.put(operation.success)
        else:
            self._store.delete(operation.resource_id)


def is_over(operation: Operation) -> bool:
    """Return whether it has ended, which nobody is told before its end is stored."""
    return operation.is_settled and operation.ends <= clock.now()


def status_body(operation: Operation, status_id: str) -> Json:
    """Return what `Azure-AsyncOperation` points to: ARM's standard status document."""
    body: Json = {"id": status_id, "name": operation.id, "startTime": timestamp(operation.started)}
    if not is_over(operation):
        return {**body, "status": "InProgress"}
    body["endTime"] = timestamp(operation.ends)
    if operation.error:
        error = {"code": operation.error["code"], "message": operation.error["message"]}
        return {**body, "status": "Failed", "error": error}
    return {**body, "status": "Succeeded"}


def retry_after(operation: Operation) -> str:
    """Return whole seconds, as ARM sends them: 0 for what takes less than one."""
    if operation.ends - operation.started < 1:
        return "0"
    return str(min(LONGEST_RETRY_AFTER, max(1, math.ceil(operation.ends - clock.now()))))


def accepted_response(
    operation: Operation, status: int, body: Json | None, links: Mapping[str, str]
) -> Response:
    """Answer that an operation has started; `links` are the headers that say where to ask."""
    return Response(status, body, {**links, "Retry-After": retry_after(operation)})
