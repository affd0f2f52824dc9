"""`sre-agent chat`: one question, or a conversation."""

import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import asking, terminal
from pulumi_sre_agent.cli.approval.deciding import User, name_of
from pulumi_sre_agent.cli.group import INTERRUPTED, epilog
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target

if TYPE_CHECKING:
    from pulumi_sre_agent.api.agent import AgentClient
    from pulumi_sre_agent.api.runtime.messages import Thread

EPILOG = epilog(
    'sre-agent chat "Is checkout slow?"',
    "sre-agent chat",
    'sre-agent chat --thread 1f6a2c3d "And since when?" > answer.md',
    'git diff | sre-agent chat "Is this change safe?" --file -',
    codes="4 an approval waits · 5 the agent failed",
)


class ModeName(StrEnum):
    """What an agent does unasked."""

    READ_ONLY = "ReadOnly"
    REVIEW = "Review"
    AUTONOMOUS = "Autonomous"


@with_target
def chat(  # noqa: PLR0913 - Typer reads options as parameters
    target: Target,
    *,
    question: Annotated[
        str, typer.Argument(metavar="[QUESTION]", help="What to ask; without it, a conversation begins.")
    ] = "",
    thread: Annotated[
        str | None,
        typer.Option("--thread", metavar="THREAD", help="Go on in this one: its id, or how it begins."),
    ] = None,
    file: Annotated[
        str | None, typer.Option("--file", metavar="FILE", help="A text to add to the question; - for stdin.")
    ] = None,
    subagent: Annotated[str, typer.Option("--subagent", metavar="NAME", help="Who is to answer.")] = "",
    agent_mode: Annotated[
        ModeName | None,
        typer.Option(
            "--agent-mode",
            case_sensitive=False,
            help="Ask only where the agent works in this mode.",
            show_default=False,
        ),
    ] = None,
    user: User = None,
    json: Json = False,
) -> None:
    """Ask an agent, and see what it does while it does it: its words, tools and commands.

    On a terminal the answer is laid out as it comes; in a pipe stdout has the answer and nothing else. Where
    the agent may not do something unasked, you are asked here: the command to the letter, and who would act.
    Without a person to ask, that ends with 4.

    Ctrl-C ends the listening, not the agent's turn: nobody publishes how to end that. A chat works in the
    mode of its agent, which nobody publishes how to choose for one thread; --agent-mode refuses any other.
    """
    from pulumi_sre_agent.cli.chat.conversation import Conversation  # noqa: PLC0415 - --help stays quick

    with target.open() as agent:
        known = agent.threads.find(thread) if thread else None
        if agent_mode:
            _check_mode(agent, known, agent_mode)
        conversation = Conversation(agent, known.id if known else None, subagent, name_of(user), as_json=json)
        try:
            for text in _questions(question, file):
                conversation.take_turn(text)
        except KeyboardInterrupt:
            conversation.tell_interrupted()
            raise typer.Exit(INTERRUPTED) from None
        code = conversation.finish()
    if code:
        raise typer.Exit(code)


def _check_mode(agent: "AgentClient", thread: "Thread | None", wanted: ModeName) -> None:
    """Refuse another mode than is wanted, before anything is said. Raises ConfigError."""
    mode = thread.agent_mode if thread else agent.get().action_mode
    spelled = "Autonomous" if (mode or "").lower() == "automatic" else mode or "unknown"
    if spelled.lower() != wanted.lower():
        what = f"thread {thread.id}" if thread else "the agent"
        raise ConfigError(f"The mode of {what} is {spelled}, not {wanted}: nothing was asked.")


def _questions(question: str, file: str | None) -> Iterator[str]:
    """Yield the one question, with the file that belongs to it, or each that a person types."""
    if question or file or not asking.is_somebody_there():
        asked = "\n\n".join(filter(None, [question.strip(), _text_of(file or ("" if question else "-"))]))
        if not asked:
            raise ConfigError("There is no question: give one, or pipe one in.")
        yield asked
        return
    terminal.note("Ctrl-D ends the conversation.")
    while (line := asking.ask_line("> ")) is not None:
        if line:
            yield line


def _text_of(file: str) -> str:
    """Return the text of a file, of stdin for `-`, or nothing."""
    if not file:
        return ""
    try:
        return (sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The file {file} cannot be read: {error}.") from error
