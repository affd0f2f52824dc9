"""Finds the program of a provider and starts it."""

import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .answers import ProviderError
from .process import DYNAMIC_PROVIDER, Child
from .provider import Provider
from .resource import DYNAMIC

VERSIONED = re.compile(r"resource-(?P<name>.+)-v(?P<version>\d+\.\d+\.\d+.*)")


@dataclass(kw_only=True)
class Plugins:
    """Starts the plugin processes of one run, and ends them."""

    project: str
    root: Path
    program: Path
    engine: str
    """Address of the engine's services."""
    named: Mapping[str, Path]
    """From Pulumi.yaml: a plugin's program, or the folder that holds it."""
    environ: Mapping[str, str]
    tell: Callable[[str], None]
    early: Child | None = None
    """The provider of dynamic resources, where it runs already; whoever asks first gets it."""
    _children: list[Child] = field(default_factory=list, init=False)

    def start(self, name: str, version: str) -> Provider:
        """Start a provider. Raises ProviderError."""
        child = self._child(name, version)
        self._children.append(child)
        port = child.first_line()
        if not port.isdecimal():
            child.close()
            raise ProviderError(f"the provider {name} ended before it served: it printed '{port}'")
        provider = Provider(child, int(port), name)
        provider.handshake(self.engine, str(self.root), str(self.program))
        return provider

    def kill(self) -> None:
        """End every process at once, whatever it does."""
        for child in self._children:
            child.kill()

    def _child(self, name: str, version: str) -> Child:
        if name == DYNAMIC and self.early:
            early, self.early = self.early, None
            return early
        argv = [*self._command(name, version), self.engine]
        environ = {**self.environ, "PULUMI_PROJECT": self.project}
        return Child(argv, directory=self.program, environ=environ, tell=self.tell)

    def _command(self, name: str, version: str) -> Sequence[str]:
        if name == DYNAMIC:
            return DYNAMIC_PROVIDER
        executable = f"pulumi-resource-{name}"
        if path := self.named.get(name):
            return [str(path / executable if path.is_dir() else path)]
        home = Path(self.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
        for folder in _newest_first(home / "plugins", name, version):
            if (path := folder / executable).exists():
                return [str(path)]
        if found := shutil.which(executable, path=self.environ.get("PATH", os.defpath)):
            return [found]
        wanted = f"{name} {version}".strip()
        raise ProviderError(
            f"no plugin for the provider {wanted}: it is neither in {home / 'plugins'}, nor on PATH, "
            "nor named in Pulumi.yaml"
        )


def _newest_first(plugins: Path, name: str, version: str) -> list[Path]:
    """List the folders of a plugin: of that version, or of any."""
    found = []
    for folder in plugins.glob(f"resource-{name}-v*"):
        match = VERSIONED.fullmatch(folder.name)
        if match and match["name"] == name and version in ("", match["version"]):
            found.append(([int(part) for part in re.findall(r"\d+", match["version"])], folder))
    return [folder for _, folder in sorted(found, reverse=True)]
