"""What a hook does when its event comes, for hooks of an agent and of a subagent alike.

See docs/reference/data-plane.md#hooks.
"""

import re
from collections.abc import Iterator
from typing import Annotated, Literal, NotRequired

from pulumi import Input
from typing_extensions import TypedDict

from pulumi_sre_agent.schema.annotations import TEXT, Default, Immutable, NotReturned, Rule
from pulumi_sre_agent.schema.normalization import is_blank, is_unknown
from pulumi_sre_agent.schema.rules import between
from pulumi_sre_agent.schema.validation import FieldPath, Inputs, ValidationError, error_at, get_path

SHEBANGS = ("#!/bin/bash", "#!/usr/bin/env python3")
MAX_SCRIPT_BYTES = 64 * 1024
"""Bytes."""
TOOL_EVENTS = ("PreToolUse", "PostToolUse")
PROMPT, COMMAND = "prompt", "command"


def _check_script(script: str) -> str | None:
    if len(script.encode("utf-8", "surrogatepass")) > MAX_SCRIPT_BYTES:
        return f"must be at most {MAX_SCRIPT_BYTES // 1024} KB"
    if script.partition("\n")[0].rstrip() not in SHEBANGS:
        return f"must begin with the line {' or '.join(SHEBANGS)}"
    return None


def _check_matcher(matcher: str) -> str | None:
    if matcher == "*":
        return None
    try:
        re.compile(matcher)
    except (re.error, OverflowError, RecursionError) as error:
        return f"must be * or a regular expression, and this is none ({error})"
    return None


class HookBodyArgs(TypedDict):
    """What runs, when, and what its failure means."""

    type: NotRequired[Annotated[Input[Literal["prompt", "command"]], Immutable(), Default(PROMPT)]]
    """Whether a model answers or a command does. The service never changes it: a change replaces the hook."""
    prompt: NotRequired[Annotated[Input[str], TEXT]]
    """What the model is asked; the event as JSON stands for `$ARGUMENTS`, else after it."""
    command: NotRequired[Annotated[Input[str], TEXT]]
    """Command line that gets the event as JSON on its standard input; excludes `script`."""
    script: NotRequired[Annotated[Input[str], TEXT, Rule(_check_script)]]
    """Bash or Python that gets the event as JSON on its standard input: at most 64 KB, with a shebang."""
    matcher: NotRequired[Annotated[Input[str], Rule(_check_matcher)]]
    """Regular expression that the whole name of a tool must match, `*` for all; tool events need one."""
    timeout: NotRequired[Annotated[Input[int], between(1, 300), Default(30)]]
    """Seconds it may take: 1 to 300, by default 30."""
    fail_mode: NotRequired[Annotated[Input[Literal["allow", "block"]], NotReturned(), Default("allow")]]
    """What a hook that fails means. Default: `allow`. Azure does not show it."""
    model: NotRequired[Annotated[Input[str], Default("ReasoningFast")]]
    """Model that answers a prompt: a scenario or the name of a deployment. Default: `ReasoningFast`."""
    max_rejections: NotRequired[Annotated[Input[int], NotReturned(), between(1, 25)]]
    """How often a prompt for event Stop may send the agent back: 1 to 25, by default 3. Azure hides it."""


def check_hook_body(hook: Inputs, event: str, path: FieldPath) -> Iterator[ValidationError]:
    """Say what is wrong with a hook's body for an event; what is unknown is not judged."""
    kind = get_path(hook, "type") or PROMPT
    matcher = get_path(hook, "matcher")
    if event in TOOL_EVENTS and not is_unknown(matcher) and is_blank(matcher):
        yield error_at((*path, "matcher"), f"is missing, which event {event} needs: * means every tool")
    if is_unknown(kind):
        return
    sources = [name for name in ("command", "script") if get_path(hook, name) is not None]
    if kind == COMMAND and len(sources) != 1:
        yield error_at(
            (*path, "command"), "or script must be given, and not both, for a hook of type command"
        )
    if kind == PROMPT and sources:
        yield error_at((*path, sources[0]), "needs type command")
    if kind == PROMPT and is_blank(get_path(hook, "prompt")):
        yield error_at((*path, "prompt"), "is missing, which a hook of type prompt needs")
    if get_path(hook, "max_rejections") is not None and (kind != PROMPT or event != "Stop"):
        yield error_at((*path, "max_rejections"), "is for hooks of type prompt on event Stop only")
