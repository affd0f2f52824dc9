"""Provider resources: their own life, and the processes behind them, one for each."""

import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace

from .diff import equal
from .plugins import Plugins
from .provider import INTERNAL, Provider, provider_inputs
from .resource import PROVIDERS, Resource, provider_urn
from .responses import Checked, Diff, ProviderError
from .values import UNKNOWN_TEXT, Properties


class ProviderRegistry:
    """The providers of one run; safe to use from many threads."""

    def __init__(self, plugins: Plugins, base: Sequence[Resource], *, preview: bool) -> None:
        self._plugins, self._preview = plugins, preview
        self._stored = {f"{each.urn}::{each.id}": each for each in base if each.is_provider}
        self._configured: dict[str, Provider] = {}
        self._unconfigured: dict[str, Provider] = {}
        self._lock = threading.Lock()

    def get(self, reference: str) -> Provider:
        """Find a provider by its reference; one that only the state knows is started now."""
        with self._lock:
            if reference not in self._configured:
                stored = self._stored.get(reference)
                if stored is None:
                    raise ProviderError(f"unknown provider '{reference}'")
                provider = self._start(stored.type, stored.inputs)
                provider.configure(stored, provider_inputs(stored.inputs))
                self._configured[reference] = provider
            return self._configured[reference]

    def check(self, new: Resource, olds: Properties, news: Properties) -> Checked:
        """Validate a provider's inputs, by the provider itself."""
        with self._lock:
            if new.urn not in self._unconfigured:
                self._unconfigured[new.urn] = self._start(new.type, news)
            provider = self._unconfigured[new.urn]
        inputs, failures = provider.check_config(new, provider_inputs(olds), provider_inputs(news))
        engine_inputs = {key: news[key] for key in ("version", INTERNAL) if key in news}
        return {**inputs, **engine_inputs}, failures

    def diff(self, old: Resource, news: Properties, ignore: Sequence[str]) -> Diff:
        """Compare a provider's inputs with those of its old state."""
        with self._lock:
            provider = self._unconfigured.get(old.urn)
        provider = provider or self.get(f"{old.urn}::{old.id}")
        diff = provider.diff_config(old, provider_inputs(news), ignore)
        return diff or Diff(changes=not equal(old.outputs, provider_inputs(news)))

    def replaces(self, new: str, old: Resource, news: Properties) -> bool:
        """Whether moving resources from provider `old` to the provider with reference `new` replaces them."""
        old = replace(old, urn=provider_urn(new))
        diff = self.get(new).diff_config(old, provider_inputs(news), ())
        return diff is not None and diff.replace

    def apply(self, resource: Resource) -> str:
        """Configure a new or changed provider and return its id."""
        identity = resource.id or (UNKNOWN_TEXT if self._preview else str(uuid.uuid4()))
        self.configure(replace(resource, id=identity), resource.inputs)
        return identity

    def configure(self, resource: Resource, inputs: Properties) -> None:
        """Configure a provider that was checked; one that is the same as before gets its old inputs."""
        with self._lock:
            provider = self._unconfigured.pop(resource.urn)
            reference = f"{resource.urn}::{resource.id}"
            if earlier := self._configured.pop(reference, None):
                earlier.close()
            provider.configure(resource, provider_inputs(inputs))
            self._configured[reference] = provider

    def close(self) -> None:
        """End every process."""
        with self._lock:
            for provider in (*self._configured.values(), *self._unconfigured.values()):
                provider.close()
            self._configured, self._unconfigured = {}, {}

    def _start(self, type_: str, inputs: Mapping[str, object]) -> Provider:
        return self._plugins.start(type_.removeprefix(PROVIDERS), str(inputs.get("version", "")))
