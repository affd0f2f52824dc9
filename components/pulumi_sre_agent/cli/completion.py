"""What the shell offers for Tab: names of what is there; nothing, and no word, where there is no login."""

import os
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import typer

from pulumi_sre_agent.api.errors import SreAgentError


def agents(ctx: Any, incomplete: str) -> list[tuple[str, str]]:
    """Offer the agents that the login sees, each with its resource group."""
    from pulumi_sre_agent.cli.target import Target  # noqa: PLC0415 - it has this module's completions

    def found() -> Iterable[tuple[str, str]]:
        target = Target(stack=ctx.params.get("stack"), project=_project(ctx), is_patient=False)
        with target.client() as client:
            return [(str(agent.name), str(agent.resource_group)) for agent in client.agents()]

    return _offer(found, incomplete)


def stacks(ctx: Any, incomplete: str) -> list[tuple[str, str]]:
    """Offer the stacks of the project."""
    from pulumi_sre_agent.api import stack_file  # noqa: PLC0415 - only for Tab

    return _offer(
        lambda: [(name, "") for name in stack_file.names(stack_file.root_of(_project(ctx)))], incomplete
    )


def stack_option(help_: str, *, panel: str | None = None) -> Any:
    """Return the option that names a stack, which Tab completes; `help_` says what it is for."""
    return typer.Option(
        "--stack", "-s", metavar="NAME", help=help_, autocompletion=stacks, rich_help_panel=panel
    )


def of_agent(list_items: Callable[[Any], Iterable[tuple[str, str]]]) -> Callable[[Any, str], Any]:
    """Return a completion of what an agent has: `list_items` takes an `AgentClient`."""

    def offer(ctx: Any, incomplete: str) -> list[tuple[str, str]]:
        from pulumi_sre_agent.cli.target import Target  # noqa: PLC0415 - it has this module's completions

        def found() -> Iterable[tuple[str, str]]:
            said = {name: ctx.params.get(name) for name in ("agent", "stack")}
            with Target(**said, project=_project(ctx), is_patient=False).open() as agent:
                return [*list_items(agent)]

        return _offer(found, incomplete)

    return offer


def _project(ctx: Any) -> Path | None:
    folder = ctx.params.get("project")
    return Path(folder) if folder else None


def _offer(found: Callable[[], Iterable[tuple[str, str]]], incomplete: str) -> list[tuple[str, str]]:
    try:
        with Path(os.devnull).open("w", encoding="utf-8") as nothing, redirect_stderr(nothing):
            return sorted(each for each in found() if each[0].startswith(incomplete))
    except (SreAgentError, OSError):
        return []
