"""What a script of the agent consists of, and how one is read: docs/how-to/local-script.md."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.patterns import Pattern
from sre_agent_local.azure.http.validation import StrictModel

from . import tools

Text = str | Annotated[list[str], Field(min_length=1)]
"""A text in one piece, or its pieces."""
HookDecision = Literal["allow", "deny", "ask", "block"]

_EXTRAS: Mapping[str, tuple[str, ...]] = {
    "call": ("arguments", "result", "error", "description", "approval", "writes", "hooks", "otherwise"),
    "file": ("content",),
}
"""What a step may say beside what it does."""
_STEPS = ("say", "think", "call", "file", "fail", "cut", "resolve")


class When(StrictModel):
    """What must hold of a message for a turn to answer it; patterns are searched, without regard to case."""

    prompt: Pattern = ""
    """In the message. Named groups of it can be used in what the turn says."""
    incident: Pattern | None = None
    """In the title of the incident whose thread it is."""
    trigger: Pattern | None = None
    """In the name of the HTTP trigger that has run."""
    task: Pattern | None = None
    """In the name of the scheduled task that has run."""
    agent: Pattern = ""
    """In the agent's name."""
    subagent: Pattern | None = None
    """In the name of the subagent that handles the thread."""
    turn: Annotated[int, Field(ge=1)] | list[int] | None = None
    """Which turn of the thread it is, or one of these; the first is 1."""


class Step(StrictModel):
    """One thing that the agent does: `say`, `think`, `call`, `file`, `fail`, `cut` or `resolve`."""

    say: Text | None = None
    think: Text | None = None
    call: str | None = Field(default=None, min_length=1)
    arguments: dict[str, Any] = Field(default_factory=dict)
    result: Any = ""
    error: str | None = None
    description: str = ""
    approval: bool | None = None
    writes: bool | None = None
    hooks: dict[str, HookDecision] = Field(default_factory=dict)
    otherwise: "list[Step] | None" = None
    file: str | None = Field(default=None, pattern=r"^[\w.-]+$")
    content: str = ""
    fail: str | None = None
    cut: Literal[True] | None = None
    resolve: Literal[True] | None = None

    @model_validator(mode="after")
    def _check(self) -> "Step":
        given = [name for name in _STEPS if name in self.model_fields_set]
        if len(given) != 1:
            what = f"has {' and '.join(given)}" if given else "does nothing"
            raise ValueError(f"a step does one of {', '.join(_STEPS)}; this one {what}")
        for name in self.model_fields_set - {given[0], *_EXTRAS.get(given[0], ())}:
            raise ValueError(f"'{name}' does not go with '{given[0]}'")
        if self.call in tools.SLOTS and not isinstance(self.arguments.get("command"), str):
            raise ValueError(f"a call of {self.call} needs a 'command' among its arguments")
        return self


class ScriptedTurn(StrictModel):
    """How the agent answers a message: `steps`, or not at all, because it is `busy`."""

    when: When = Field(default_factory=When)
    steps: list[Step] | None = None
    busy: Literal[True] | None = None
    times: Annotated[int, Field(ge=1)] | None = None
    """How often it answers since it was set or the server started; without, always."""
    seconds: Annotated[float, Field(ge=0, le=3600)] | None = None
    """How long the turn takes; by default the switch `operationSeconds`."""

    @model_validator(mode="after")
    def _check(self) -> "ScriptedTurn":
        if (self.steps is None) is (self.busy is None):
            raise ValueError("a turn has steps, or it is busy")
        return self


class Script(StrictModel):
    """Turns, of which the first that fits a message answers it."""

    turns: Annotated[list[ScriptedTurn], Field(min_length=1)]


@lru_cache(maxsize=8)
def parse(text: str) -> Script:
    """Read a script from YAML. Raises BadRequest, which names the line."""
    try:
        root = yaml.compose(text, Loader=_Loader)
        lines = _Lines(root)
        content = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _refusal(line, f"it is not YAML: {error.problem}") from error
    except RecursionError:
        raise _refusal(1, "it is nested too deeply, or holds itself") from None
    except yaml.YAMLError as error:
        raise _refusal(1, f"it is not YAML: {error}") from error
    try:
        return Script.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        *above, last = first["loc"] or ("",)  # between them, names of Pydantic's for the sides of a union
        path = [*(part for part in above if isinstance(part, int) or part in _MEMBERS), last]
        raise _refusal(lines.find(path), _reason(first["type"], first["msg"], first["loc"])) from error


class _Loader(yaml.SafeLoader):
    """Reads what JSON can say: a date stays the text that it is."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Lines:
    """Knows the line of every member, and refuses a member that is there twice."""

    def __init__(self, root: yaml.Node | None) -> None:
        self._root = root
        self._check(root)

    def find(self, path: list[str | int]) -> int:
        """Return the line of what a path leads to, or of what is nearest to it, from 1."""
        node, line = self._root, 1
        for part in path:
            if isinstance(node, yaml.MappingNode):
                pair = next((pair for pair in node.value if pair[0].value == part), None)
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                pair = (node.value[part], node.value[part])
            else:
                pair = None
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        return line

    def _check(self, node: yaml.Node | None) -> None:
        if isinstance(node, yaml.MappingNode):
            names: set[str] = set()
            for key, value in node.value:
                if str(key.value) in names:
                    raise _refusal(key.start_mark.line + 1, f"'{key.value}' is there twice")
                names.add(str(key.value))
                self._check(value)
        elif isinstance(node, yaml.SequenceNode):
            for value in node.value:
                self._check(value)


def _reason(kind: str, message: str, where: tuple[int | str, ...]) -> str:
    name = next((str(part) for part in reversed(where) if isinstance(part, str)), "the script")
    if kind == "extra_forbidden":
        return f"'{where[-1]}' is not known here"
    if kind == "missing":
        return f"'{where[-1]}' is missing"
    if message.startswith("Value error, ") and not message.startswith("Value error, it "):
        return message.removeprefix("Value error, ")
    return f"'{name}' is wrong: {message.removeprefix('Value error, ')}"


def _refusal(line: int, reason: str) -> BadRequest:
    return BadRequest(f"The script cannot be used: line {line}: {reason}.")


_MEMBERS = {name for model in (Script, ScriptedTurn, When, Step) for name in model.model_fields}
