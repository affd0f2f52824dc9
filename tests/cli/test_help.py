"""The help of every command: it teaches by an example that the command takes, and is on the site."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main

from pulumi_sre_agent.cli.app import app
from support.site import site_hooks

EXAMPLE = re.compile(r"^- `(.+)`$", re.MULTILINE)
WORDS = re.compile(r"sre-agent [^|)>]*")
"""The part of an example that is the command's own, without where its output goes."""


def commands(command: Any, *path: str) -> Iterator[tuple[str, Any]]:
    """Yield the words of each command below one, and the command."""
    if not hasattr(command, "commands"):
        yield " ".join(path), command
        return
    context = command.make_context(path[-1], [], resilient_parsing=True)
    for name in command.list_commands(context):
        yield from commands(command.get_command(context, name), *path, name)


ROOT: Any = typer.main.get_command(app)
GROUPS: dict[str, Any] = {"sre-agent": ROOT, "sre-agent local": ROOT.get_command(None, "local")}
ALL = dict(commands(ROOT, "sre-agent"))


@pytest.mark.parametrize("path", ALL)
def test_help_teaches_by_examples_that_the_command_takes(path: str) -> None:
    """Each option of an example is one of the command's, and no argument is too many or missing."""
    examples = EXAMPLE.findall(ALL[path].epilog or "")
    own = [found for each in examples for found in WORDS.findall(each) if f"{found} ".startswith(f"{path} ")]

    assert own, examples
    for example in own:
        words = shlex.split(example.removeprefix(path))
        context = typer.Context(ALL[path], info_name=path)
        ALL[path].make_parser(context).parse_args(words)


@pytest.mark.parametrize("path", [path for path in ALL if path.startswith("sre-agent local ")])
def test_local_commands_take_the_project_and_the_stack(path: str) -> None:
    assert {"project", "stack"} <= {parameter.name for parameter in ALL[path].params}


@pytest.mark.parametrize("path", GROUPS)
def test_a_group_lists_its_commands_in_the_words_of_their_own_help(path: str) -> None:
    """The help of a group imports none of its commands: it has their first paragraph a second time."""
    listed = {name: row.help_text for name, row in GROUPS[path].table.items()}
    own = {name: command.help.split("\n\n")[0] for name, command in GROUPS[path].commands.items()}

    assert listed == {name: " ".join(text.split()) for name, text in own.items()}


def test_help_of_chat_says_its_own_exit_codes() -> None:
    assert "4 an approval waits · 5 the agent failed" in ALL["sre-agent chat"].epilog


def test_the_page_of_the_command_line_has_every_command() -> None:
    headings = re.findall(r"^#+ `(.+)`$", site_hooks().command_line(), re.MULTILINE)

    assert set(headings) >= ALL.keys()
    assert len(headings) == len(set(headings))
