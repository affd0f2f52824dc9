"""Commands of other packages, found by the entry points that those declare and loaded when they are used."""

from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import typer
from typer.core import TyperCommand

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli.group import LazyGroup

ENTRY_POINTS = "pulumi_sre_agent.commands"
"""Each names a command, and a `typer.Typer` that serves it."""


class PluginGroup(LazyGroup):
    """A group that holds the installed packages' commands beside its own."""

    @cached_property
    def _plugins(self) -> dict[str, EntryPoint]:
        return {plugin.name: plugin for plugin in entry_points(group=ENTRY_POINTS)}

    @cached_property
    def _loaded(self) -> dict[str, Any]:
        return {}

    def list_commands(self, ctx: Any) -> list[str]:
        """Name all commands; `ctx` is Typer's own context, which it does not export."""
        return [*super().list_commands(ctx), *self._plugins]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Find a command, and load it where it belongs to another package."""
        if (own := super().get_command(ctx, cmd_name)) or cmd_name not in self._plugins:
            return own
        if cmd_name in self._loaded:
            return self._loaded[cmd_name]
        try:
            command = typer.main.get_group(self._plugins[cmd_name].load())
        except Exception as error:  # noqa: BLE001 - another package's code: whatever it raises is one sentence here
            return _Broken(self._plugins[cmd_name], error)
        command.name = cmd_name
        self._loaded[cmd_name] = command
        return command


class _Broken(TyperCommand):
    """Stands for a command that cannot be loaded: the others' help and work are not held up by it."""

    def __init__(self, plugin: EntryPoint, error: Exception) -> None:
        package = plugin.dist.name if plugin.dist else plugin.module
        self._sentence = (
            f"The command {plugin.name!r} cannot be loaded ({type(error).__name__}: {error}): "
            f"install {package} anew."
        )
        super().__init__(plugin.name, help=self._sentence)

    def make_context(self, *_: Any, **__: Any) -> Any:
        raise ConfigError(self._sentence)
