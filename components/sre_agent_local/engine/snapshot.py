"""What a run has made of the state so far, written around every step.

At any moment the state is: what this run has finished, in the order in which it finished, then what it has
not come to yet, in the old order. The first is topological by itself: a resource registers after all that it
rests on.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from .crypt import Crypter
from .errors import EngineError
from .resource import VOLATILE, WIRE, Resource, integrity_errors, now
from .state import Backend, Json, dump


class Snapshot:
    """The state of one stack during one run; safe to use from many threads."""

    def __init__(self, backend: Backend, crypter: Crypter, *, read_only: bool = False) -> None:
        """Read the stored state. Raises EngineError where this engine cannot carry on with it."""
        stored: Json = backend.read() or {}
        self._backend, self._crypter = backend, crypter
        self.base = [Resource.from_state(data, crypter.decrypt) for data in stored.get("resources") or []]
        if damage := [*integrity_errors(self.base, backend.stack, backend.project)]:
            raise EngineError(f"the state file {backend.file} is damaged: {'; '.join(damage)}")
        self.interrupted = tuple(
            (operation["type"], Resource.from_state(operation["resource"], crypter.decrypt))
            for operation in stored.get("pending_operations") or []
        )
        """Operations that an earlier run began and nobody saw the end of."""
        self._carried = [operation for operation in self.interrupted if operation[0] == "creating"]
        self._remaining = dict(enumerate(self.base))
        self._slots = {old: slot for slot, old in self._remaining.items()}
        self._finished: dict[str, Resource] = {}
        self._pending: dict[Resource, str] = {}
        self._names: dict[str, str] = {}
        self._texts: dict[Resource, str] = {}
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._version = self._written = 0
        self._frozen = read_only

    def begin(self, operation: str, resource: Resource) -> None:
        """Note, on disk, that an operation on a resource is about to start."""
        with self._lock:
            self._pending[resource] = operation
        self._commit()

    def end(
        self,
        begun: Resource | None,
        *,
        done: Resource | None = None,
        new: Resource | None = None,
        write: bool = True,
        delete: bool = False,
        pending_replacement: bool = False,
    ) -> None:
        """Note, at once, that an operation has ended: `done` of the base is over, `new` is there.

        With one of the marks `done` stays in the base, so marked. With nothing, the operation failed.
        """
        with self._lock:
            if begun is not None:
                del self._pending[begun]
            if done is not None and (delete or pending_replacement):
                slot = self._slots[done]
                left = self._remaining[slot]
                marked = replace(
                    left,
                    delete=left.delete or delete,
                    pending_replacement=left.pending_replacement or pending_replacement,
                )
                self._remaining[slot], self._slots[marked] = marked, slot
            elif done is not None:
                self._remaining.pop(self._slots[done], None)
                if new is not None and done.urn != new.urn:
                    self._names[done.urn] = new.urn
            if new is not None:
                self._finished[new.urn] = new
        if write:
            self._commit()

    def set_outputs(self, urn: str, outputs: dict[str, Any]) -> Resource:
        """Set the outputs of a component."""
        with self._lock:
            before = self._finished[urn]
            self._finished[urn] = after = replace(before, outputs=outputs)
        if before.outputs != outputs:
            self._commit()
        return after

    def remaining(self) -> list[Resource]:
        """List what of the base is not done with, as it is now."""
        with self._lock:
            return list(self._remaining.values())

    def finished(self, urn: str) -> Resource | None:
        """Find what this run has finished under that URN."""
        with self._lock:
            return self._finished.get(urn)

    def rebase(self, resources: Sequence[Resource], *, clear_creates: bool) -> None:
        """Replace everything, after a refresh, and forget which operations were interrupted earlier.

        As the Pulumi CLI, creates only where that is asked for: what they made is in no state yet.
        """
        with self._lock:
            self._remaining = dict(enumerate(resources))
            if clear_creates:
                self._carried = []
        self._commit()

    def freeze(self) -> None:
        """Write no more: what is on disk is what a killed run leaves."""
        with self._writing:
            self._frozen = True

    def _commit(self) -> None:
        """Return once a write with every change made so far is on disk: one write serves many threads."""
        with self._lock:
            self._version += 1
            mine = self._version
        with self._writing:
            if self._written >= mine or self._frozen:
                return
            with self._lock:
                version = self._version
                resources = [*self._finished.values(), *self._remaining.values()]
                pending = [*self._carried, *((kind, new) for new, kind in self._pending.items())]
                names = dict(self._names)
            self._backend.write(
                self._serialize_all([each.rename_references(names) for each in resources], pending)
            )
            self._written = version

    def _serialize_all(self, resources: Iterable[Resource], pending: Iterable[tuple[str, Resource]]) -> str:
        manifest = {"time": now(), "magic": "", "version": ""}
        secrets = {"type": "passphrase", "state": {"salt": self._crypter.salt}}
        data = ",".join(map(self._serialize, resources))
        operations = ",".join(
            f'{{"resource":{self._serialize(resource)},"type":"{operation}"}}'
            for operation, resource in pending
        )
        return (
            f'{{"manifest":{dump(manifest)},"secrets_providers":{dump(secrets)},"resources":[{data}]'
            + (f',"pending_operations":[{operations}]' if operations else "")
            + ',"metadata":{}}'
        )

    def _serialize(self, resource: Resource) -> str:
        if resource not in self._texts:
            self._texts[resource] = dump(resource.to_state(self._crypter.encrypt))
        return self._texts[resource]


def is_unchanged(old: Resource, new: Resource) -> bool:
    """Whether writing `new` in place of `old` would tell nothing new."""
    return all(getattr(old, name) == getattr(new, name) for name in WIRE if name not in VOLATILE)
