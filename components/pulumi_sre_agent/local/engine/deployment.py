"""What a program can ask of the engine: register, read, invoke, set outputs."""

import threading
from collections.abc import Mapping
from dataclasses import replace

from .answers import Failure
from .config import Config
from .execution import Executor
from .generation import Generator
from .goals import Goal, ReadGoal
from .provider import INTERNAL
from .registry import Registry
from .resource import DYNAMIC, PROVIDERS, STACK, Resource, package, provider_urn, qualified_type, urn_type
from .values import UNKNOWN_TEXT, Properties, Secret


class Deployment:
    """One run of a program; called from many threads."""

    def __init__(self, generator: Generator, executor: Executor, registry: Registry, config: Config) -> None:
        self._generator, self._executor, self._registry, self._config = generator, executor, registry, config
        self._goals: dict[str, Goal] = {}
        self._defaults: dict[tuple[str, str], str] = {}
        self._defaults_lock = threading.Lock()
        self.stack: str = ""
        """The URN of the stack's own resource, once it has registered."""
        self.stack_outputs: Properties | None = None
        """The program's exports: they come early, and are written at the very end."""

    def register(self, goal: Goal) -> Resource:
        """Bring a resource about. Raises EngineError, ProviderError, StepFailed or Stop."""
        goal = self._inherit(goal)
        if goal.custom and not goal.type.startswith(PROVIDERS):
            goal = self._with_provider(goal)
        with self._generator.lock:
            steps = self._generator.register(goal)
        urn = steps[-1].urn
        self._goals[urn] = goal
        if goal.type == STACK:
            self.stack = urn
        return self._executor.run(steps)

    def read(self, wanted: ReadGoal) -> Resource:
        """Look at a resource that is somebody else's."""
        wanted = replace(wanted, goal=self._with_provider(self._inherit(wanted.goal)))
        with self._generator.lock:
            steps = self._generator.read(wanted)
        return self._executor.run(steps)

    def invoke(
        self, token: str, args: Properties, *, provider: str, version: str, parent: str
    ) -> tuple[Properties, list[Failure]]:
        """Call a provider's function; previews call it too."""
        goal = self._inherit(
            Goal(type=token, name="", custom=True, parent=parent, provider=provider, version=version)
        )
        return self._registry.get(self._with_provider(goal).provider).invoke(token, args)

    def outputs(self, urn: str, outputs: Properties) -> None:
        """Set the outputs of a component, or keep those of the stack for the end."""
        if qualified_type(urn) == STACK:
            self.stack_outputs = outputs
        else:
            self._executor.outputs(urn, outputs)

    def _inherit(self, goal: Goal) -> Goal:
        """Take over from the parent what the program has not said."""
        parent = self._goals.get(goal.parent)
        if parent is None:
            return goal
        provider = goal.provider
        if not provider and parent.provider:
            same_package = urn_type(provider_urn(parent.provider)) == f"{PROVIDERS}{package(goal.type)}"
            provider = parent.provider if same_package else ""
        return replace(
            goal,
            provider=provider,
            deleted_with=goal.deleted_with or parent.deleted_with,
            protect=parent.protect if goal.protect is None else goal.protect,
            retain_on_delete=parent.retain_on_delete
            if goal.retain_on_delete is None
            else goal.retain_on_delete,
        )

    def _with_provider(self, goal: Goal) -> Goal:
        return (
            goal if goal.provider else replace(goal, provider=self._default(package(goal.type), goal.version))
        )

    def _default(self, name: str, version: str) -> str:
        """Register, once, the provider that serves resources which name none, and return its reference."""
        with self._defaults_lock:
            if (name, version) not in self._defaults:
                suffix = (
                    f"_{version.replace('.', '_').replace('-', '_').replace('+', '_')}" if version else ""
                )
                inputs = self._provider_config(name)
                if version:
                    inputs |= {"version": version, INTERNAL: {}}
                goal = Goal(type=f"{PROVIDERS}{name}", name=f"default{suffix}", custom=True, inputs=inputs)
                made = self.register(goal)
                self._defaults[name, version] = f"{made.urn}::{made.id or UNKNOWN_TEXT}"
            return self._defaults[name, version]

    def _provider_config(self, name: str) -> Properties:
        """Pick a package's settings; dynamic providers get all there are, under their full keys."""
        settings: Mapping[str, str] = self._config.values
        marked = {
            key: Secret(text) if key in self._config.secret_keys else text for key, text in settings.items()
        }
        if name == DYNAMIC:
            return dict(sorted(marked.items()))
        prefix = f"{name}:"
        return {
            key.removeprefix(prefix): value for key, value in sorted(marked.items()) if key.startswith(prefix)
        }
