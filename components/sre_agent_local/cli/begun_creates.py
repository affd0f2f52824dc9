"""Creates that a run began and that failed without an answer: the engine forgets them, and Azure may not.

A provider or the local Azure that dies in the middle of a create leaves a resource that no state knows, which
azure-native then refuses to create. While it is under way the state says so, with all there is to say of it;
so this looks at the state as often as it changes, and puts back afterwards what was forgotten, for the next
run to settle. See docs/reference/pulumi.md#pending-operations.
"""

import contextlib
import json
import os
import threading
from collections.abc import Collection
from pathlib import Path
from typing import Any, Self

from pulumi_sre_agent.cli.project import Project
from pulumi_sre_agent.recovery.arm_types import arm_path

LOOK_SECONDS = 0.01
CREATING = "creating"


class BegunCreates:
    """Watches one run of an engine."""

    def __init__(self, project: Project) -> None:
        self._file = project.checkpoint
        self._subscription = project.text("azure-native:subscriptionId") or ""
        self._resources: dict[str, dict[str, Any]] = {}
        self._seen = 0
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watcher.join()

    def keep_unanswered(self, refused: Collection[str]) -> None:
        """Note in the state, as pending, what was begun and is not there.

        `refused` are ids of what was not created since it exists: those are somebody else's.
        """
        if not self._resources:
            return
        others = {id_.lower() for id_ in refused}
        whole = json.loads(self._file.read_bytes())
        latest = whole["checkpoint"].get("latest") or {}
        stored = {each["urn"] for each in latest.get("resources") or ()}
        pending = latest.get("pending_operations") or []
        known = stored | {each["resource"]["urn"] for each in pending}
        lost = [
            resource
            for urn, resource in self._resources.items()
            if urn not in known and self._arm_path(resource) not in others
        ]
        if lost:
            latest["pending_operations"] = [
                *pending,
                *({"resource": each, "type": CREATING} for each in lost),
            ]
            _replace(self._file, json.dumps(whole, ensure_ascii=False))

    def _watch(self) -> None:
        while not self._ended.wait(LOOK_SECONDS):
            with contextlib.suppress(
                OSError, AttributeError, LookupError, TypeError, ValueError
            ):  # not there yet, or damaged
                self._look()

    def _look(self) -> None:
        written = self._file.stat().st_mtime_ns
        if written != self._seen:
            self._seen = written
            latest = json.loads(self._file.read_bytes())["checkpoint"].get("latest") or {}
            for operation in latest.get("pending_operations") or ():
                if operation["type"] == CREATING and operation["resource"].get("custom"):
                    self._resources[operation["resource"]["urn"]] = operation["resource"]

    def _arm_path(self, resource: dict[str, Any]) -> str:
        path = arm_path(resource["type"], resource.get("inputs") or {}, self._subscription)
        return (path or "").lower()


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)
