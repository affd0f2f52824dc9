"""The embedded engine around a program that is a function: whole programs, without processes for each run.

Monitor, deployment and state are the engine's own, and providers are spoken to over gRPC: the SDK's process
of dynamic resources, which all runs share and which forgets at each, and a stand-in for azure-native.
"""

import asyncio
import contextvars
import gc
import logging
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pulumi
from pulumi.runtime import reset_options, run_in_stack, set_all_config

from sre_agent_local.azure_native.__main__ import serving
from sre_agent_local.azure_native.engine_log import EngineLog
from sre_agent_local.azure_native.provider import AzureNative
from sre_agent_local.engine.config import Config
from sre_agent_local.engine.deployment import Deployment
from sre_agent_local.engine.events import Reporter
from sre_agent_local.engine.monitor import Server
from sre_agent_local.engine.process import Process
from sre_agent_local.engine.provider import Provider
from sre_agent_local.engine.resource import DYNAMIC, Resource
from sre_agent_local.engine.responses import Diff, ProviderError, Result
from sre_agent_local.engine.snapshot import Snapshot
from sre_agent_local.engine.stack import UnlockedStack
from sre_agent_local.engine.state import Backend
from sre_agent_local.engine.values import Properties
from support.azure import LocalAzure
from support.provider_process import ProviderProcess
from support.rig import FakeCrypter, Outcome
from support.stack import stack_config

PROJECT, STACK = "small", "dev"
PARALLEL = 4
DEADLINE = 60.0
"""Seconds after which a run hangs."""


class InlineStack:
    """A stack whose program runs in this process; what logs in to `azure` is in the environment."""

    def __init__(self, folder: Path, azure: LocalAzure, dynamic: ProviderProcess) -> None:
        self._folder, self._config = folder, stack_config(azure)
        self._dynamic = dynamic
        self.backend = Backend(folder, PROJECT, STACK)
        self.backend.initialise()

    def up(
        self, program: Callable[[], None], *, replace: Collection[str] = (), kill_after: int | None = None
    ) -> Outcome:
        """Deploy; URNs to `replace` are as on Pulumi's command line, and so many writes later all is over."""
        with self._running(Plugins(self._dynamic, replace, kill_after)) as run:
            outcomes: SimpleQueue[str] = SimpleQueue()
            run.server.start(run.deployment, run.report, self._folder, outcomes.put)
            thread = threading.Thread(
                target=contextvars.copy_context().run,
                args=(_run_program, program, run.server.address, self._config, outcomes.put),
            )
            thread.start()
            said = outcomes.get(timeout=DEADLINE)
            if said == "ended" and not run.deployment.stopped.is_set():
                run.report.failed = True
            elif said == "signalled" and not run.report.failed:
                run.deployment.delete_rest()
            run.deployment.finish()
            run.server.finished.set()
            thread.join()
            run.server.close()
        return run.outcome

    def refresh(self) -> Outcome:
        with self._running(Plugins(self._dynamic)) as run:
            run.deployment.refresh()
        return run.outcome

    @contextmanager
    def _running(self, plugins: "Plugins") -> Iterator["Run"]:
        run = Run(self.backend, self._config, plugins)
        with plugins:
            yield run
            run.deployment.close()
        run.outcome.has_failed = run.report.failed
        if run.report.failed:
            gc.collect()  # a program that is ended leaves coroutines behind, and a warning about each


class Run:
    """The parts of one run."""

    def __init__(self, backend: Backend, config: dict[str, str], plugins: "Plugins") -> None:
        self.outcome = Outcome()
        self.report = Reporter(self.outcome)
        unlocked = UnlockedStack(config=Config(values=config, secret_keys=frozenset()), secrets=FakeCrypter())
        anything: Any = plugins
        self.deployment = Deployment(
            backend, unlocked, anything, self.report, parallel=PARALLEL, preview=False
        )
        self.server = Server(PARALLEL)
        plugins.snapshot = self.deployment.snapshot


class Plugins(ExitStack):
    """Providers of one run, and what a run on them is to meet."""

    snapshot: Snapshot

    def __init__(
        self, dynamic: ProviderProcess, replace: Collection[str] = (), kill_after: int | None = None
    ) -> None:
        super().__init__()
        self._dynamic, self.replace, self._writes_left = dynamic, replace, kill_after
        self._lock = threading.Lock()

    def start(self, name: str, _version: str) -> Provider:
        if name == DYNAMIC:
            self._dynamic.begin_run()
            return DrivenProvider(self._dynamic.port, name, self)
        return DrivenProvider(self.enter_context(serving(AzureNative(EngineLog()))), name, self)

    def write(self, call: Callable[[], Any]) -> Any:
        """Let a write through, unless the engine is dead: then what is done is done, and nobody notes it."""
        if self._writes_left is None:
            return call()
        with self._lock:
            self._writes_left -= 1
            left = self._writes_left
        answer = call() if left >= 0 else None
        if left > 0:
            return answer
        self.snapshot.freeze()
        raise ProviderError("killed")


class NoProcess(Process):
    """What is not this run's to end."""

    def __init__(self) -> None:
        """Read nothing."""

    def end(self, seconds: float) -> str | None:  # noqa: ARG002 - the name that callers use
        return None

    def close(self) -> None:
        return

    def kill(self) -> None:
        return


class DrivenProvider(Provider):
    """A provider that this run may be told to replace things of, and that counts what is written."""

    def __init__(self, port: int, name: str, plugins: Plugins) -> None:
        super().__init__(NoProcess(), port, name)
        self._plugins = plugins

    def diff(self, old: Resource, news: Properties, ignore: Sequence[str]) -> Diff:
        if old.urn in self._plugins.replace:
            return Diff(changes=True, replaces=("id",))  # as Pulumi's engine, which does not ask then
        return super().diff(old, news, ignore)

    def create(self, new: Resource, *, preview: bool) -> Result:
        made: Result = self._plugins.write(lambda: Provider.create(self, new, preview=preview))
        return made

    def update(self, old: Resource, new: Resource, *, preview: bool) -> Result:
        made: Result = self._plugins.write(lambda: Provider.update(self, old, new, preview=preview))
        return made

    def delete(self, old: Resource) -> None:
        self._plugins.write(lambda: Provider.delete(self, old))


def _run_program(
    program: Callable[[], None], address: str, config: dict[str, str], put: Callable[[str], None]
) -> None:
    """Run it as the SDK runs the inline programs of its automation."""
    reset_options(
        project=PROJECT,
        stack=STACK,
        monitor_address=address,
        engine_address=address,
        parallel=PARALLEL,
        preview=False,
        organization="organization",
    )
    set_all_config(config)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # a run that is ended leaves tasks behind
    loop = asyncio.new_event_loop()
    with ThreadPoolExecutor(PARALLEL * 4) as executor:
        loop.set_default_executor(executor)
        try:
            loop.run_until_complete(run_in_stack(program))
        except Exception as error:  # noqa: BLE001 - whatever it is, the program has failed
            pulumi.log.error(str(error))
        finally:
            for task in asyncio.all_tasks(loop):
                task.cancel()
            loop.close()
            put("ended")
