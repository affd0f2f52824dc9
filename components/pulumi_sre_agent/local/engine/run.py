"""One run of the engine: `Engine(...).up()`, `.refresh()`, `.destroy()`, each as a preview or for real.

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
from dataclasses import dataclass
from queue import SimpleQueue
from types import FrameType
from typing import TYPE_CHECKING

from .events import Listener, Summary
from .process import DYNAMIC_PROVIDER, PROGRAM, Child
from .project import Project
from .report import Report
from .resource import DYNAMIC, package
from .session import Unlocked
from .state import ORGANIZATION, Backend

if TYPE_CHECKING:
    from .service import Service
    from .values import Properties

GRACE_SECONDS = 10.0
INTERRUPTED = "interrupted: what runs is finished and written; press Ctrl-C again to end at once"


@dataclass(frozen=True, kw_only=True)
class Engine:
    """Deploys one stack."""

    project: Project
    stack: str
    unlocked: Callable[[], Unlocked]
    backend: Backend
    environ: Mapping[str, str]
    parallel: int
    debug: bool
    """Whether the listener wants debug messages, of which the SDK has four for each resource."""
    listener: Listener

    def up(self, *, preview: bool = False) -> Summary:
        """Run the program and bring about what it asks for. Raises EngineError if nothing could be begun."""
        return Run(self, preview=preview).up()

    def refresh(self, *, preview: bool = False) -> Summary:
        """Take over into the state what is really there."""
        return Run(self, preview=preview).refresh()

    def destroy(self, *, preview: bool = False) -> Summary:
        """Delete everything that the state knows."""
        return Run(self, preview=preview).destroy()


class Run:
    """One command from its start to its end."""

    def __init__(self, engine: Engine, *, preview: bool) -> None:
        self._engine, self._preview = engine, preview
        self._report = Report(engine.listener)
        self._service: Service | None = None
        self._program: Child | None = None
        self._announcing: threading.Thread | None = None
        self._happened: SimpleQueue[str] = SimpleQueue()
        """`signalled`: the program has asked for all. `ended`: its process did. `stopped`: a step failed."""

    def up(self) -> Summary:
        with contextlib.ExitStack() as stack:
            self._lock(stack)
            program = self._start_program(stack)
            service = self._serve(stack, self._start_provider(stack, deploys=True))
            program.send(json.dumps(self._settings(service)))
            self._see_through(program, service)
            old_outputs = service.old_outputs()
            outputs = service.finish_outputs()
            service.monitor.finished.set()
            service.registry.close()
            if not self._report.failed:
                program.wait(GRACE_SECONDS)
        return self._end(outputs, old_outputs)

    def refresh(self) -> Summary:
        from .refresh import Refresher  # noqa: PLC0415 - as Service

        with contextlib.ExitStack() as stack:
            self._lock(stack)
            service = self._serve(stack, self._start_provider(stack))
            refresher = Refresher(
                service.snapshot, service.registry, self._report, parallel=self._engine.parallel
            )
            refresher.run(service.executor.stopped)
            outputs = service.old_outputs()
        return self._end(outputs, outputs)

    def destroy(self) -> Summary:
        from .deletes import delete  # noqa: PLC0415 - as Service

        with contextlib.ExitStack() as stack:
            self._lock(stack)
            service = self._serve(stack, self._start_provider(stack))
            old_outputs = service.old_outputs()
            delete(service.generator.left_over(), service.executor, parallel=self._engine.parallel)
        return self._end({}, old_outputs)

    def _end(self, outputs: "Properties", old_outputs: "Properties") -> Summary:
        if self._announcing:
            self._announcing.join()
        return self._report.end(outputs, old_outputs, preview=self._preview)

    def _lock(self, stack: contextlib.ExitStack) -> None:
        stack.enter_context(self._heeding_signals())
        if not self._preview:
            stack.enter_context(self._engine.backend.lock())

    def _start_program(self, stack: contextlib.ExitStack) -> Child:
        """Start the program first: it takes longest, and needs the engine only once it has loaded the SDK."""
        project = self._engine.project
        program = Child(
            PROGRAM, directory=project.working_dir, environ=self._engine.environ, tell=self._print
        )
        stack.callback(program.close)
        program.listen()
        self._program = program

        def watch() -> None:
            program.wait(None)
            self._happened.put("ended")

        threading.Thread(target=watch, daemon=True).start()
        return program

    def _start_provider(self, stack: contextlib.ExitStack, *, deploys: bool = False) -> Child | None:
        """Start the provider of dynamic resources as early, if the state has one or is still empty."""
        project, stored = self._engine.project, (self._engine.backend.read() or {}).get("resources")
        if not (any(package(resource["type"]) == DYNAMIC for resource in stored) if stored else deploys):
            return None
        provider = Child(
            DYNAMIC_PROVIDER,
            directory=project.working_dir,
            environ={**self._engine.environ, "PULUMI_PROJECT": project.name},
            tell=lambda line: self._report.say("info", line),
        )
        stack.callback(provider.kill)
        return provider

    def _serve(self, stack: contextlib.ExitStack, early: Child | None) -> "Service":
        from .service import Service  # noqa: PLC0415 - loads the protocol while the processes start

        service = Service(
            self._engine,
            self._engine.unlocked(),
            early,
            preview=self._preview,
            report=self._report,
            happened=self._happened.put,
        )
        stack.callback(service.close)
        self._service = service
        if interrupted := service.snapshot.interrupted:
            told = "".join(
                f"\n  * {resource.urn}, interrupted while {kind}" for kind, resource in interrupted
            )
            self._report.say(
                "warning",
                f"an earlier run was ended in the middle of these operations:{told}\n"
                "Whether they were carried out is not known; this run goes on. A refresh forgets them.",
            )
        return service

    def _settings(self, service: "Service") -> dict[str, object]:
        engine = self._engine
        return {
            "monitor": service.address,
            "engine": service.address,
            "project": engine.project.name,
            "stack": engine.stack,
            "organization": ORGANIZATION,
            "parallel": engine.parallel,
            "dryRun": self._preview,
            "debug": engine.debug,
            "root": str(engine.project.root),
            "program": str(engine.project.main),
            "config": dict(service.config.values),
            "configSecretKeys": sorted(service.config.secret_keys),
        }

    def _see_through(self, program: Child, service: "Service") -> None:
        """Wait for the program, and delete what it no longer has, if all went well."""
        from .deletes import delete  # noqa: PLC0415 - as Service

        happened = self._happened.get()
        if happened == "ended" and not service.executor.stopped.is_set():
            self._explain_end(program.ended())
        elif happened == "signalled" and not self._report.failed:
            delete(service.generator.left_over(), service.executor, parallel=self._engine.parallel)
        service.executor.stop()
        service.executor.wait()

    def _explain_end(self, code: int | None) -> None:
        if code == 0:
            self._report.error(
                "the program ended before all its resources were registered: does it call exit?"
            )
        elif self._report.said_error:
            self._report.failed = True
        else:
            self._report.error(f"the program ended with exit code {code}")

    def _print(self, line: str) -> None:
        """Pass on what the program prints; once it is being stopped, that is only noise."""
        if not (self._service and self._service.executor.stopped.is_set()):
            self._report.say("info", line)

    @contextlib.contextmanager
    def _heeding_signals(self) -> Iterator[None]:
        """Ctrl-C lets running steps finish; a second one does not."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {
            number: signal.signal(number, self._interrupt) for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        service = self._service
        if service is None or service.executor.stopped.is_set():
            self._report.mute()
            if service:
                service.kill()
            if self._program:
                self._program.kill()
            raise KeyboardInterrupt
        self._report.failed = True
        service.stop()
        # Not from here: the main thread may be in the middle of telling something else.
        self._announcing = threading.Thread(target=self._report.error, args=(INTERRUPTED,))
        self._announcing.start()
