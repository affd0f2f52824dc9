"""Which engine reads and writes a stack's state: the Pulumi CLI, or one that an installed package brings."""

import shutil
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli.options import EngineName

if TYPE_CHECKING:
    from pulumi_sre_agent.recovery.engine import Engine

ENGINES = "pulumi_sre_agent.engines"
"""Entry points: each names an engine, and the module that is its command line."""
INSTALL = "https://www.pulumi.com/docs/install"


def choose(requested: EngineName | None) -> EngineName:
    """Take the engine that was asked for, else the `pulumi` on PATH, else the embedded one."""
    return requested or (EngineName.PULUMI if shutil.which("pulumi") else EngineName.EMBEDDED)


def open_engine(name: EngineName, project: Path, stack: str | None) -> "Engine":
    """Return an engine on a stack. Raises ConfigError where it is not there."""
    from pulumi_sre_agent.recovery.engine import Engine  # noqa: PLC0415 - --help stays quick

    return Engine(_command(name), project, stack)


def _command(name: EngineName) -> tuple[str, ...]:
    """Return how an engine is called; ConfigError where it is not there."""
    if name is EngineName.PULUMI:
        if executable := shutil.which("pulumi"):
            return (executable,)
        raise ConfigError(f"There is no `pulumi` on PATH: install the Pulumi CLI ({INSTALL}).")
    if found := entry_points(group=ENGINES, name=name.value):
        return (sys.executable, "-m", found[name.value].module)
    raise ConfigError(
        f"There is no `pulumi` on PATH, nor another engine: install the Pulumi CLI ({INSTALL})."
    )
