"""One run of the engine: `Engine(...).up()`, `.refresh()` or `.destroy()`, as a preview or for real.

The seam to the command line (`commands`):

- `unlocked` waits for the stack's secrets; it is called once the run's processes have been started.
- Everything that happens is told to `listener`. A step that fails is not also a `Diagnostic`; everything else
  that is wrong is one with severity `error`. `EngineError` is raised only before anything was touched.
- A refresh's steps start as `Op.REFRESH` and are done as `Op.SAME`, `Op.UPDATE` or `Op.DELETE`.
- A component (the stack too) is done when its outputs are registered.
- Steps of default providers are told like any other, but not counted.
"""

import contextlib
import json
import signal
import socket
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from queue import SimpleQueue
from types import FrameType
from typing import TYPE_CHECKING

from .config import Config
from .events import Listener, Reporter, Summary
from .first_preview import FirstPreview
from .locks import ORGANIZATION
from .process import DYNAMIC_PROVIDER, PROGRAM, Child, Fork, Process
from .resource import DYNAMIC, package
from .stack import Stack, UnlockedStack
from .state import Json

if TYPE_CHECKING:
    from .deployment import Deployment
    from .monitor import Server

PICKLED = "__provider"
"""Where the SDK keeps the pickled provider among a dynamic resource's inputs; it may be a secret."""
GRACE_SECONDS = 10.0
INTERRUPTED = "interrupted: what runs is finished and written; press Ctrl-C again to end at once"


class Engine:
    """Deploys one stack, once."""

    def __init__(
        self,
        stack: Stack,
        unlocked: Callable[[], UnlockedStack],
        environ: Mapping[str, str],
        listener: Listener,
        *,
        parallel: int,
        preview: bool,
        previews_first: bool = False,
    ) -> None:
        """`previews_first`: whether `up` changes anything only once a preview has passed."""
        self._stack, self._project, self._environ = stack, stack.project, environ
        self._unlocked, self._parallel, self._preview = unlocked, parallel, preview
        self._report = Reporter(listener)
        self._first_preview = FirstPreview(self._make_preview, self._report) if previews_first else None
        self._outcomes: SimpleQueue[str] = SimpleQueue()
        """`signalled`: the program has asked for all. `ended`: its process did. `stopped`: a step failed."""
        self._cleanup = contextlib.ExitStack()
        self._address = ""
        """Where the run is served, known to providers that start before there is a server."""
        self._deployment: Deployment | None = None
        self._program: Child | None = None
        self._interrupt_notice: threading.Thread | None = None

    def up(self) -> Summary:
        """Run the program and bring about what it asks for. Raises EngineError if nothing could be begun."""
        with self._session():
            program, provider = self._start_program()
            self._program = program
            unlocked, deployment, server = self._serve(provider)
            program.send(json.dumps(self._settings(server.address, unlocked.config)))
            outcome = self._outcomes.get()
            if outcome == "ended" and not deployment.stopped.is_set():
                self._report_program_end(program.ended())
            elif outcome == "signalled" and not self._report.failed:
                deployment.delete_rest()
            refused = bool(self._first_preview and self._first_preview.refused)
            outputs = deployment.finish(refused=refused)
            server.finished.set()
            deployment.close()
            if not self._report.failed:
                program.wait(GRACE_SECONDS)
        return self._report.end(outputs, deployment.old_outputs, preview=self._preview)

    def refresh(self, targets: Collection[str] = (), *, clear_creates: bool = False) -> Summary:
        """Take over into the state what is really there, of all resources or of those with these URNs."""
        with self._session():
            _, deployment, _ = self._serve(self._start_provider())
            deployment.refresh(targets, clear_creates=clear_creates)
        return self._report.end(deployment.old_outputs, deployment.old_outputs, preview=self._preview)

    def destroy(self) -> Summary:
        """Delete everything that the state knows."""
        with self._session():
            _, deployment, _ = self._serve(self._start_provider())
            deployment.delete_rest()
        return self._report.end({}, deployment.old_outputs, preview=self._preview)

    @contextlib.contextmanager
    def _session(self) -> Iterator[None]:
        """Hold the stack and heed signals, and leave nothing behind."""
        held = contextlib.nullcontext() if self._preview else self._stack.backend.lock()
        with self._handle_signals(), held, _reserved_port() as port, self._cleanup:
            self._address = f"127.0.0.1:{port}"
            yield
        if self._interrupt_notice:
            self._interrupt_notice.join()

    def _start_program(self) -> tuple[Child, Process | None]:
        """Start the program first: it takes longest, and needs the engine only once it has loaded the SDK.

        The provider of dynamic resources needs the SDK too, and is forked off the program's process then.
        """
        stored = self._stored_resources()
        dynamic = _dynamic_resources(stored)
        fork = Fork(self._report.note) if dynamic or not stored else None
        program = Child(
            PROGRAM,
            directory=self._project.working_dir,
            environ=self._environ,
            log=self._log_program_output,
            inherits=fork.streams if fork else (),
        )
        self._cleanup.callback(program.close)
        program.listen()
        about = None
        if fork:
            fork.release_streams()
            self._cleanup.callback(fork.kill)
            pickled = [each.get("inputs", {}).get(PICKLED) for each in dynamic]
            pickled = sorted({text for text in pickled if isinstance(text, str)})
            about = {
                "streams": fork.streams,
                "project": self._project.name,
                "providers": pickled,
                "engine": self._address,
            }
        program.send(json.dumps(about))

        def watch() -> None:
            program.wait(None)
            self._outcomes.put("ended")

        threading.Thread(target=watch, daemon=True).start()
        return program, fork

    def _start_provider(self) -> Process | None:
        """Start the provider of dynamic resources early, if the state has one."""
        if not _dynamic_resources(self._stored_resources()):
            return None
        provider = Child(
            (*DYNAMIC_PROVIDER, self._address),
            directory=self._project.working_dir,
            environ={**self._environ, "PULUMI_PROJECT": self._project.name},
            log=self._report.note,
        )
        self._cleanup.callback(provider.kill)
        return provider

    def _stored_resources(self) -> list[Json]:
        """Look at the state as it is written: what runs early does not wait for its secrets."""
        return (self._stack.backend.read() or {}).get("resources") or []

    def _serve(self, early: Process | None) -> "tuple[UnlockedStack, Deployment, Server]":
        """Read the state, and get ready to be asked. Raises EngineError for a state not for this engine."""
        # These load the protocol, which takes its time, while the processes start.
        from .deployment import Deployment  # noqa: PLC0415
        from .monitor import Server  # noqa: PLC0415
        from .plugins import Plugins  # noqa: PLC0415

        server = Server(self._parallel, self._address)
        plugins = Plugins(self._project, server.address, self._environ, self._report.note, early)
        unlocked = self._unlocked()
        self._report.hide(unlocked.config.secrets)
        self._deployment = deployment = Deployment(
            self._stack.backend,
            unlocked,
            plugins,
            self._report,
            parallel=self._parallel,
            preview=self._preview,
            may_change=self._first_preview.passes if self._first_preview else lambda: True,
        )
        self._cleanup.callback(server.close)
        self._cleanup.callback(deployment.close)
        server.start(deployment, self._report, self._project.root, self._outcomes.put)
        if interrupted := deployment.snapshot.interrupted:
            message = "".join(f"\n  * {each.urn}, interrupted while {kind}" for kind, each in interrupted)
            self._report.diagnose(
                "warning",
                f"an earlier run was ended in the middle of these operations:{message}\n"
                "Whether they were carried out is not known; this run goes on. A refresh forgets them, "
                "creates only with --clear-pending-creates: look first whether they came through.",
            )
        return unlocked, deployment, server

    def _make_preview(self, listener: Listener) -> "Engine":
        """Make another run of the same, which changes nothing."""
        return Engine(
            self._stack, self._unlocked, self._environ, listener, parallel=self._parallel, preview=True
        )

    def _settings(self, address: str, config: Config) -> dict[str, object]:
        return {
            "monitor": address,
            "engine": address,
            "project": self._project.name,
            "stack": self._stack.name,
            "organization": ORGANIZATION,
            "parallel": self._parallel,
            "dryRun": self._preview,
            "root": str(self._project.root),
            "program": str(self._project.main),
            "config": dict(config.values),
            "configSecretKeys": sorted(config.secret_keys),
        }

    def _report_program_end(self, code: int | None) -> None:
        if code == 0:
            self._report.error(
                "the program ended before all its resources were registered: does it call exit?"
            )
        elif self._report.has_errors:
            self._report.failed = True
        else:
            self._report.error(f"the program ended with exit code {code}")

    def _log_program_output(self, line: str) -> None:
        """Pass on what the program prints; once it is being stopped, that is only noise."""
        if not (self._deployment and self._deployment.stopped.is_set()):
            self._report.info(line)

    @contextlib.contextmanager
    def _handle_signals(self) -> Iterator[None]:
        """Ctrl-C lets running steps finish; a second one does not."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def handle(_number: int, _frame: FrameType | None) -> None:
            self.interrupt()

        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, handle) for number in numbers}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def interrupt(self) -> None:
        """Let what runs finish; the second time, or before anything runs, raise KeyboardInterrupt."""
        if self._first_preview:
            self._first_preview.interrupt()
        deployment = self._deployment
        if deployment is None or deployment.stopped.is_set():
            self._report.mute()
            if deployment:
                deployment.kill()
            if self._program:
                self._program.kill()
            raise KeyboardInterrupt
        self._report.failed = True
        deployment.stopped.set()
        self._outcomes.put("stopped")
        # Not from here: the main thread may be in the middle of telling something else.
        self._interrupt_notice = threading.Thread(target=self._report.error, args=(INTERRUPTED,))
        self._interrupt_notice.start()


@contextlib.contextmanager
def _reserved_port() -> Iterator[int]:
    """Have a port of this machine that nobody else gets: a server may share it, and this does not listen."""
    with socket.socket() as reserved:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reserved.bind(("127.0.0.1", 0))
        yield reserved.getsockname()[1]


def _dynamic_resources(stored: Sequence[Json]) -> list[Json]:
    return [each for each in stored if package(each["type"]) == DYNAMIC]
