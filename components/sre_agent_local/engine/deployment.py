"""One run on a stack's state: what a program asks of the engine, and what the command does besides."""

import re
import threading
from collections.abc import Callable, Collection
from dataclasses import replace
from functools import partial

from .events import Reporter
from .goals import Goal
from .plugins import Plugins
from .provider import INTERNAL
from .provider_registry import ProviderRegistry
from .refresh import refresh, refresh_resource
from .resource import DYNAMIC, PROVIDERS, STACK, Resource, package, provider_urn, qualified_type, urn_type
from .responses import Checked
from .snapshot import Snapshot
from .stack import UnlockedStack
from .state import Backend
from .step_executor import StepExecutor
from .step_generator import StepGenerator
from .urns import UrnResolver
from .values import UNKNOWN_TEXT, Properties, Secret


class Deployment:
    """Brings about what a program asks for; called from many threads."""

    def __init__(
        self,
        backend: Backend,
        unlocked: UnlockedStack,
        plugins: Plugins,
        report: Reporter,
        *,
        parallel: int,
        preview: bool,
        may_change: Callable[[], bool] = lambda: True,
    ) -> None:
        """Read the state. Raises EngineError for one that is not for this engine.

        `may_change` is asked before each step that changes anything; where it says no, the run stops.
        """
        self._config, self._plugins = unlocked.config, plugins
        self._report, self._parallel = report, parallel
        self.snapshot = Snapshot(backend, unlocked.secrets, read_only=preview)
        base = self.snapshot.base
        self._registry = ProviderRegistry(plugins, base, preview=preview)
        names = UrnResolver(backend.project, backend.stack, base)
        self._generator = StepGenerator(names, self.snapshot, self._registry, report, preview=preview)
        self._executor = StepExecutor(
            self.snapshot,
            self._registry,
            report,
            self._generator.deletions,
            parallel=parallel,
            preview=preview,
            may_change=may_change,
        )
        self.stopped = self._executor.stopped
        self.old_outputs: Properties = next((each.outputs for each in base if each.type == STACK), {})
        """The stack's outputs as they were before this run."""
        self._goals: dict[str, Goal] = {}
        self._defaults: dict[tuple[str, str], str] = {}
        self._defaults_lock = threading.Lock()
        self._stack = ""
        self._stack_outputs: Properties | None = None

    def register(self, goal: Goal) -> Resource:
        """Bring a resource about, or look at one that is somebody else's.

        Raises EngineError, ProviderError, StepFailed or Stop.
        """
        with self._executor.busy():
            goal = self._inherit(goal)
            if goal.custom and not goal.type.startswith(PROVIDERS):
                goal = self._with_provider(goal)
            steps = self._generator.register(goal)
            urn = steps[-1].urn
            self._goals[urn] = goal
            if goal.type == STACK:
                self._stack = urn
            return self._executor.run(steps)

    def invoke(self, token: str, args: Properties, *, provider: str, version: str, parent: str) -> Checked:
        """Call a provider's function; previews call it too."""
        goal = self._inherit(
            Goal(type=token, name="", custom=True, parent=parent, provider=provider, version=version)
        )
        return self._registry.get(self._with_provider(goal).provider).invoke(token, args)

    def outputs(self, urn: str, outputs: Properties) -> None:
        """Set the outputs of a component; those of the stack come early, and are written at the very end."""
        if qualified_type(urn) == STACK:
            self._stack_outputs = outputs
        else:
            self._executor.outputs(urn, outputs)

    def delete_rest(self) -> None:
        """Delete what was replaced, and what of the state the program has not asked for."""
        self._executor.delete(self._generator.generate_deletes())

    def refresh(self, targets: Collection[str] = (), *, clear_creates: bool = False) -> None:
        """Take over into the state what is really there, of all resources or of those with these URNs."""
        read = partial(refresh_resource, registry=self._registry, report=self._report, stopped=self.stopped)
        refresh(self.snapshot, read, targets, parallel=self._parallel, clear_creates=clear_creates)

    def finish(self, *, refused: bool = False) -> Properties:
        """Wait for what still runs, and write the stack's outputs; a failed run keeps old ones, too.

        A refused one keeps all of them as they were.
        """
        self.stopped.set()
        self._executor.wait()
        if self._stack_outputs is None or refused:
            return self.old_outputs
        kept_outputs = self.old_outputs if self._report.failed else {}
        outputs = {**kept_outputs, **self._stack_outputs}
        self._executor.outputs(self._stack, outputs)
        return outputs

    def close(self) -> None:
        """End the providers."""
        self._registry.close()

    def kill(self) -> None:
        """End the providers in the middle of what they do; the state keeps what was begun."""
        self.snapshot.freeze()
        self._plugins.kill()

    def _inherit(self, goal: Goal) -> Goal:
        """Take over from the parent what the program has not said."""
        parent = self._goals.get(goal.parent)
        if parent is None:
            return goal
        provider = goal.provider
        if not provider and parent.provider:
            same_package = urn_type(provider_urn(parent.provider)) == f"{PROVIDERS}{package(goal.type)}"
            provider = parent.provider if same_package else ""
        keeps = parent.retain_on_delete if goal.retain_on_delete is None else goal.retain_on_delete
        return replace(
            goal,
            provider=provider,
            deleted_with=goal.deleted_with or parent.deleted_with,
            protect=parent.protect if goal.protect is None else goal.protect,
            retain_on_delete=keeps,
        )

    def _with_provider(self, goal: Goal) -> Goal:
        if goal.provider:
            return goal
        return replace(goal, provider=self._default(package(goal.type), goal.version))

    def _default(self, name: str, version: str) -> str:
        """Register, once, the provider that serves resources which name none, and return its reference."""
        with self._defaults_lock:
            if (name, version) not in self._defaults:
                inputs = self._provider_config(name)
                suffix = ""
                if version:
                    inputs |= {"version": version, INTERNAL: {}}
                    suffix = "_" + re.sub(r"[.+-]", "_", version)
                goal = Goal(type=f"{PROVIDERS}{name}", name=f"default{suffix}", custom=True, inputs=inputs)
                state = self.register(goal)
                self._defaults[name, version] = f"{state.urn}::{state.id or UNKNOWN_TEXT}"
            return self._defaults[name, version]

    def _provider_config(self, name: str) -> Properties:
        """Pick a package's settings; dynamic providers get all there are, under their full keys."""
        prefix = "" if name == DYNAMIC else f"{name}:"
        return {
            key.removeprefix(prefix): Secret(text) if key in self._config.secret_keys else text
            for key, text in sorted(self._config.values.items())
            if key.startswith(prefix)
        }
