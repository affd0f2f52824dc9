"""Finds the program of a provider and starts it."""

import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .process import DYNAMIC_PROVIDER, Child, Process
from .project import Project
from .provider import Provider
from .resource import DYNAMIC
from .responses import ProviderError


@dataclass
class Plugins:
    """Starts the plugin processes of one run, and ends them."""

    project: Project
    engine: str
    """Address of the engine's services."""
    environ: Mapping[str, str]
    log: Callable[[str], None]
    early: Process | None = None
    """The provider of dynamic resources, where it runs already; whoever asks first gets it."""
    _processes: list[Process] = field(default_factory=list, init=False)

    def start(self, name: str, version: str) -> Provider:
        """Start a provider. Raises ProviderError."""
        process = self._process(name, version)
        self._processes.append(process)
        port = process.first_line()
        if not port.isdecimal():
            process.close()
            raise ProviderError(f"the provider {name} ended before it served: it printed '{port}'")
        return Provider(process, int(port), name)

    def kill(self) -> None:
        """End every process at once, whatever it does."""
        for process in self._processes:
            process.kill()

    def _process(self, name: str, version: str) -> Process:
        if name == DYNAMIC and self.early:
            early, self.early = self.early, None
            return early
        argv = [*self._command(name, version), self.engine]
        environ = {**self.environ, "PULUMI_PROJECT": self.project.name}
        return Child(argv, directory=self.project.working_dir, environ=environ, log=self.log)

    def _command(self, name: str, version: str) -> Sequence[str]:
        if name == DYNAMIC:
            return DYNAMIC_PROVIDER
        executable = f"pulumi-resource-{name}"
        if path := self.project.plugins.get(name):
            return [str(path / executable if path.is_dir() else path)]
        plugins = Path(self.environ.get("PULUMI_HOME") or Path.home() / ".pulumi") / "plugins"
        installed = plugins.glob(f"resource-{name}-v{version or '*'}/{executable}")
        if newest := max(installed, key=_version, default=None):
            return [str(newest)]
        if program := shutil.which(executable, path=self.environ.get("PATH", os.defpath)):
            return [program]
        plugin = f"{name} {version}".strip()
        raise ProviderError(
            f"no plugin for the provider {plugin}: it is neither in {plugins}, nor on PATH, "
            "nor named in Pulumi.yaml"
        )


def _version(program: Path) -> list[int]:
    """Read the version off a plugin's folder, so that 1.10 is newer than 1.9."""
    return [int(part) for part in re.findall(r"\d+", program.parent.name)]
