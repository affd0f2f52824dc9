"""Which agent a command is about, and the login that leads to it.

By `--agent` or `--stack`, else by `SRE_AGENT`, else as `sre-agent use` has been told for the folder, else the
only one in the subscription. A command that takes a `target` has these options: `with_target`.
"""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.errors import ConfigError, NotFound, Unavailable
from pulumi_sre_agent.cli import completion, engine, folder_choice, stand_ins, terminal
from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli.options import Command, EngineName, ProjectFolder, with_options

if TYPE_CHECKING:
    from pulumi_sre_agent.api.agent import AgentClient
    from pulumi_sre_agent.api.client import Client, ClientOptions
    from pulumi_sre_agent.api.runtime.agents import FoundAgent

AGENTS = "Microsoft.App/agents"
VARIABLE = "SRE_AGENT"
PANEL = "Which agent"
SHOWN = 10
"""How many agents a refusal names."""
SHORT = 8
"""Characters of a subscription's id that tell it from a person's others."""
AgentName = Annotated[
    str | None,
    typer.Option(
        "--agent",
        "-a",
        metavar="NAME|ID",
        help="Name or ARM id. [env var: SRE_AGENT]",
        autocompletion=completion.agents,
        rich_help_panel=PANEL,
    ),
]
OfStack = Annotated[
    str | None,
    completion.stack_option("The stack whose agent it is, and whose file says how to log in.", panel=PANEL),
]


@dataclass(frozen=True, kw_only=True)
class Target:
    """An agent, as it was said on the command line."""

    agent: str | None = None
    """Name or ARM id."""
    stack: str | None = None
    project: Path | None = None
    """Folder in or below the project of the stack."""
    source: str = ""
    """What said so, for people; empty for what is said in the command itself."""
    is_patient: bool = True
    """Whether what does not answer at once is asked again, as everywhere; not where somebody presses Tab."""

    @contextmanager
    def open(self) -> Iterator["AgentClient"]:
        """Log in and find the agent, and say on stderr which it is. Raises as `session`."""
        with self.session() as (client, agent_id):
            yield client.agent(agent_id)

    @contextmanager
    def session(self) -> Iterator[tuple["Client", str]]:
        """Log in and find the agent, and say on stderr which it is; return its ARM id beside the client.

        Raises ConfigError where it is not clear which agent is meant, NotFound where there is none.
        """
        chosen = self._or_default()
        with chosen.client() as client:
            agent_id, source = chosen.find(client)
            _tell(agent_id, source)
            yield client, agent_id

    def named_stack(self) -> "projects.Project | None":
        """Return the stack that was named, here or for the folder; None without one."""
        chosen = self._or_default()
        return projects.find(chosen.project, chosen.stack) if chosen.stack else None

    @contextmanager
    def client(self) -> Iterator["Client"]:
        """Log in: as the stack's file says, else as the environment does."""
        from pulumi_sre_agent.api.client import Client  # noqa: PLC0415 - --help stays quick
        from pulumi_sre_agent.api.settings import Settings  # noqa: PLC0415 - as above

        chosen = self._or_default()
        stack = projects.find(chosen.project, chosen.stack) if chosen.stack else None
        with stand_ins.environment_of(stack) if stack else nullcontext():
            settings = Settings.load(stack.setting, os.environ) if stack else Settings.from_environment()
            with Client(settings, None if chosen.is_patient else _without_patience()) as client:
                yield client

    def find(self, client: "Client") -> tuple[str, str]:
        """Return the agent's ARM id, and what named it. Raises as `open`."""
        if self.agent:
            return client.agent(_checked_id(self.agent)).id, self.source or "as --agent says"
        if self.stack:
            return self._of_stack(), self.source or f"of stack {self.stack!r}"
        return _only_one(client), "the only one in the subscription"

    def _or_default(self) -> "Target":
        """Return what is meant where the command does not say it."""
        if self.agent or self.stack:
            return self
        if agent := os.environ.get(VARIABLE):
            return replace(self, agent=agent, source=f"as {VARIABLE} says")
        if chosen := folder_choice.find(Path.cwd()):
            project = Path(chosen.project) if chosen.project else None
            where = "this folder" if chosen.folder == Path.cwd() else chosen.folder
            source = f"as `sre-agent use` says for {where}"
            return replace(self, agent=chosen.agent, stack=chosen.stack, project=project, source=source)
        return self

    def _of_stack(self) -> str:
        stack = projects.find(self.project, str(self.stack))
        if stack.is_local and not stack.checkpoint.exists():
            raise ConfigError(
                f"Stack {stack.stack!r} was never deployed here: run `sre-agent local up` first."
            )
        name = engine.choose(None) if stack.is_local else EngineName.PULUMI
        outputs = engine.open_engine(name, stack.root, stack.stack).outputs()
        found = {ArmId(text): text for text in _texts(outputs) if ArmId(text).is_a(AGENTS)}
        if len(found) == 1:
            return next(iter(found.values()))
        if not found:
            raise ConfigError(
                f"Stack {stack.stack!r} exports no ARM id of an agent: deploy it, let it export `agentId`, "
                "or name the agent with --agent, too."
            )
        names = ", ".join(sorted(each.name for each in found))
        raise ConfigError(f"Stack {stack.stack!r} has {len(found)} agents ({names}): say which with --agent.")


def with_target(command: Command) -> Command:
    """Give a command the options of its `target`: a function with that parameter becomes one without."""
    options = {"agent": AgentName, "stack": OfStack, "project": ProjectFolder}
    return with_options(command, "target", options, Target)


def describe(agent_id: str) -> str:
    """Return what people call an agent: its name, resource group and subscription."""
    agent = ArmId(agent_id)
    return f"{agent.name} ({agent.resource_group}, {agent.subscription_id})"


def _tell(agent_id: str, source: str) -> None:
    """Say on stderr which agent it is and why, in a second line where one is too narrow."""
    agent = ArmId(agent_id)
    subscription = agent.subscription_id
    short = subscription if len(subscription) <= SHORT else f"{subscription[:SHORT]}…"
    line = f"Agent: {agent.name} ({agent.resource_group}, {short})"
    narrow = terminal.width(sys.stderr)
    fits = narrow is None or len(f"{line}, {source}") <= narrow
    terminal.note(f"{line}, {source}" if fits else f"{line},\n  {source}")


def by_name(agent: "FoundAgent") -> tuple[str, str]:
    """Sort agents as people look for them."""
    return (agent.name or "").lower(), agent.id.lower()


def _without_patience() -> "ClientOptions":
    from pulumi_sre_agent.api.client import ClientOptions  # noqa: PLC0415 - --help stays quick
    from pulumi_sre_agent.api.http.clock import Clock  # noqa: PLC0415 - as above

    def give_up(_seconds: float) -> None:
        raise Unavailable("It did not answer at once.")

    return ClientOptions(clock=Clock(sleep=give_up))


def _checked_id(name_or_id: str) -> str:
    return ArmId.parse(name_or_id, AGENTS).text if "/" in name_or_id else name_or_id


def _only_one(client: "Client") -> str:
    subscription = client.subscription_id()
    agents = sorted(client.agents(subscription), key=by_name)
    if not agents:
        raise NotFound(
            f"Subscription {subscription} has no agent that this login may see: name one with --agent, a "
            "stack with --stack, or see `sre-agent list`.",
            status=404,
        )
    if len(agents) > 1:
        names = [f"{each.name} ({ArmId(each.id).resource_group})" for each in agents]
        more = f", and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        raise ConfigError(
            f"Subscription {subscription} has {len(agents)} agents, {', '.join(names[:SHOWN])}{more}: say "
            f"which with --agent, --stack or {VARIABLE}, or choose one for this folder with `sre-agent use`."
        )
    return agents[0].id


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        value = value.values()
    if isinstance(value, Iterable) and not isinstance(value, str):
        for each in value:
            yield from _texts(each)
