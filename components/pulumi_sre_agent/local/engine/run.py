"""One run of the engine: `Engine(...).up()`, `.refresh()` or `.destroy()`, as a preview or for real.

The seam to the command line (`commands`):

- `unlocked` waits for the stack's secrets; it is called once the run's processes have been started.
- Every event goes to `listener`, from several threads but one at a time; the `Summary` comes last.
- A step that fails is one `StepFailed` (its reason is not a `Diagnostic` besides); everything else that is
  wrong is a `Diagnostic` with severity `error`. `EngineError` is raised only before anything was touched.
- A refresh's steps start as `Op.REFRESH` and are done as `Op.SAME`, `Op.UPDATE` or `Op.DELETE`.
- A component (the stack too) is done when its outputs are registered.
- Steps of default providers are events like any other, but not counted.
"""

import contextlib
import json
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from queue import SimpleQueue
from types import FrameType
from typing import TYPE_CHECKING

from .events import Listener, Summary
from .process import DYNAMIC_PROVIDER, PROGRAM, Child
from .report import Report
from .resource import DYNAMIC, package
from .session import Stack, Unlocked
from .state import ORGANIZATION

if TYPE_CHECKING:
    from .service import Service

GRACE_SECONDS = 10.0
INTERRUPTED = "interrupted: what runs is finished and written; press Ctrl-C again to end at once"


class Engine:
    """Deploys one stack, once."""

    def __init__(
        self,
        stack: Stack,
        unlocked: Callable[[], Unlocked],
        environ: Mapping[str, str],
        listener: Listener,
        *,
        parallel: int,
        preview: bool,
    ) -> None:
        self.project, self.backend, self._stack = stack.project, stack.backend, stack.name
        self.unlocked, self.environ = unlocked, environ
        self.parallel, self.preview = parallel, preview
        self.report = Report(listener)
        self.happened: SimpleQueue[str] = SimpleQueue()
        """`signalled`: the program has asked for all. `ended`: its process did. `stopped`: a step failed."""
        self._cleanup = contextlib.ExitStack()
        self._service: Service | None = None
        self._program: Child | None = None
        self._announcing: threading.Thread | None = None

    def up(self) -> Summary:
        """Run the program and bring about what it asks for. Raises EngineError if nothing could be begun."""
        with self._running():
            self._program = program = self._start_program()
            service = self._serve()
            program.send(json.dumps(self._settings(service)))
            happened = self.happened.get()
            if happened == "ended" and not service.deployment.stopped.is_set():
                self._explain_end(program.ended())
            elif happened == "signalled" and not self.report.failed:
                service.deployment.delete_rest()
            outputs = service.deployment.finish()
            service.finish()
            if not self.report.failed:
                program.wait(GRACE_SECONDS)
        return self.report.end(outputs, service.deployment.old_outputs, preview=self.preview)

    def refresh(self) -> Summary:
        """Take over into the state what is really there."""
        with self._running():
            deployment = self._serve().deployment
            deployment.refresh()
        return self.report.end(deployment.old_outputs, deployment.old_outputs, preview=self.preview)

    def destroy(self) -> Summary:
        """Delete everything that the state knows."""
        with self._running():
            deployment = self._serve().deployment
            deployment.delete_rest()
        return self.report.end({}, deployment.old_outputs, preview=self.preview)

    @contextlib.contextmanager
    def _running(self) -> Iterator[None]:
        """Hold the stack and heed signals, and leave nothing behind."""
        held = contextlib.nullcontext() if self.preview else self.backend.lock()
        with self._heeding_signals(), held, self._cleanup:
            yield
        if self._announcing:
            self._announcing.join()

    def _start_program(self) -> Child:
        """Start the program first: it takes longest, and needs the engine only once it has loaded the SDK."""
        program = Child(
            PROGRAM, directory=self.project.working_dir, environ=self.environ, tell=self._program_said
        )
        self._cleanup.callback(program.close)
        program.listen()

        def watch() -> None:
            program.wait(None)
            self.happened.put("ended")

        threading.Thread(target=watch, daemon=True).start()
        return program

    def _start_provider(self) -> Child | None:
        """Start the provider of dynamic resources early, if the state has one or will have its first."""
        stored = (self.backend.read() or {}).get("resources")
        needed = any(package(each["type"]) == DYNAMIC for each in stored) if stored else self._program
        if not needed:
            return None
        provider = Child(
            DYNAMIC_PROVIDER,
            directory=self.project.working_dir,
            environ={**self.environ, "PULUMI_PROJECT": self.project.name},
            tell=self.report.info,
        )
        self._cleanup.callback(provider.kill)
        return provider

    def _serve(self) -> "Service":
        early = self._start_provider()
        from .service import Service  # noqa: PLC0415 - loads the protocol while the processes start

        self._service = service = Service(self, early)
        self._cleanup.callback(service.close)
        if interrupted := service.deployment.snapshot.interrupted:
            told = "".join(f"\n  * {each.urn}, interrupted while {kind}" for kind, each in interrupted)
            self.report.say(
                "warning",
                f"an earlier run was ended in the middle of these operations:{told}\n"
                "Whether they were carried out is not known; this run goes on. A refresh forgets them.",
            )
        return service

    def _settings(self, service: "Service") -> dict[str, object]:
        return {
            "monitor": service.address,
            "engine": service.address,
            "project": self.project.name,
            "stack": self._stack,
            "organization": ORGANIZATION,
            "parallel": self.parallel,
            "dryRun": self.preview,
            "root": str(self.project.root),
            "program": str(self.project.main),
            "config": dict(service.config.values),
            "configSecretKeys": sorted(service.config.secret_keys),
        }

    def _explain_end(self, code: int | None) -> None:
        if code == 0:
            self.report.error(
                "the program ended before all its resources were registered: does it call exit?"
            )
        elif self.report.said_error:
            self.report.failed = True
        else:
            self.report.error(f"the program ended with exit code {code}")

    def _program_said(self, line: str) -> None:
        """Pass on what the program prints; once it is being stopped, that is only noise."""
        if not (self._service and self._service.deployment.stopped.is_set()):
            self.report.info(line)

    @contextlib.contextmanager
    def _heeding_signals(self) -> Iterator[None]:
        """Ctrl-C lets running steps finish; a second one does not."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        numbers = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self._interrupt) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        service = self._service
        if service is None or service.deployment.stopped.is_set():
            self.report.mute()
            if service:
                service.kill()
            if self._program:
                self._program.kill()
            raise KeyboardInterrupt
        self.report.failed = True
        service.deployment.stopped.set()
        self.happened.put("stopped")
        # Not from here: the main thread may be in the middle of telling something else.
        self._announcing = threading.Thread(target=self.report.error, args=(INTERRUPTED,))
        self._announcing.start()
