"""Cases of a rehearsal, and the files that hold them.

The schema is in docs/how-to/rehearse.md#cases.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.directory.diagnostics import Diagnostic, DocumentError
from pulumi_sre_agent.directory.documents.document import Document
from pulumi_sre_agent.directory.documents.parse import parse
from pulumi_sre_agent.schema.validation import did_you_mean

STARTS = ("prompt", "incident", "trigger")
"""What a case begins with: one of these."""
MOST_REPEATS = 100


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"it is no regular expression: {error}") from None
    return text


Text = Annotated[str, Field(min_length=1)]
Pattern = Annotated[str, Field(min_length=1), AfterValidator(_pattern)]
Seconds = Annotated[float, Field(gt=0, le=7200)]


class _Strict(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, coerce_numbers_to_str=True
    )


class FiredIncident(_Strict):
    """An incident to fire; only its title has to be there."""

    title: Text
    priority: Text | None = None
    platform: Text | None = None
    service: Text | None = None
    incident_type: Text | None = None
    resource: Text | None = None
    description: Text | None = None


class Expectations(_Strict):
    """What is to happen. What is not said is not looked at."""

    taken: bool | None = None
    """Whether a response plan takes the incident."""
    plan: Text | None = None
    subagent: Text | None = None
    tools: tuple[Text, ...] = ()
    not_tools: tuple[Text, ...] = ()
    approvals: tuple[Pattern, ...] | None = None
    """What it asks for: all of it, and nothing else."""
    never_runs: tuple[Pattern, ...] = ()
    says: tuple[Text, ...] = ()
    never_says: tuple[Text, ...] = ()
    facts: dict[str, Pattern] = Field(default_factory=dict)
    seconds: Seconds | None = None


class Case(_Strict):
    """One case: how it begins, how often, and what is to happen."""

    name: Text
    prompt: Text | None = None
    subagent: Text | None = None
    """Who is asked by the prompt, instead of the agent itself."""
    incident: FiredIncident | None = None
    trigger: Text | None = None
    payload: Any = None
    repeat: Annotated[int, Field(ge=1, le=MOST_REPEATS)] = 1
    pass_rate: Annotated[float, Field(gt=0, le=1)] = 1.0
    timeout: Seconds = limits.TURN_DEADLINE
    expect: Expectations
    _file: str = PrivateAttr("")
    _line: int = PrivateAttr(1)

    @property
    def file(self) -> str:
        """The file that holds it, as it was named."""
        return self._file

    @property
    def line(self) -> int:
        return self._line

    def place(self, file: str, line: int) -> Self:
        """Note where it stands."""
        self._file, self._line = file, line
        return self

    @model_validator(mode="after")
    def _check(self) -> Self:
        starts = [name for name in STARTS if getattr(self, name) is not None]
        if len(starts) != 1:
            raise ValueError("a case begins with one of prompt, incident and trigger")
        expect = self.expect
        if not expect.model_fields_set:
            raise ValueError("'expect' is empty: a case without an expectation cannot fail")
        if "payload" in self.model_fields_set and self.trigger is None:
            raise ValueError("'payload' goes with a trigger")
        if self.subagent is not None and self.prompt is None:
            raise ValueError("'subagent' goes with a prompt; who handles it is said in 'expect'")
        if self.incident is None and (expect.plan is not None or expect.taken is not None):
            raise ValueError("'plan' and 'taken' are expected of an incident")
        if self.prompt is not None and expect.subagent is not None:
            raise ValueError("who answers a prompt is not told: 'subagent' is expected of others only")
        if expect.taken is False and expect.model_fields_set != {"taken"}:
            raise ValueError("what nobody takes ('taken: false') has nothing else to expect")
        return self


class _CaseFile(_Strict):
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]


def load(files: Sequence[Path]) -> list[Case]:
    """Read files of cases. Raises ConfigError with all that is wrong with them, by file and line."""
    cases: list[Case] = []
    wrong: list[Diagnostic] = []
    for file in files:
        try:
            document = parse(file.name, file.read_bytes())
            cases += _cases(str(file), document)
        except DocumentError as error:
            wrong.append(Diagnostic(str(file), error.line, error.reason))
        except OSError as error:
            wrong.append(Diagnostic(str(file), 1, f"it cannot be read: {error.strerror}"))
        except ValidationError as error:
            wrong += _diagnostics(str(file), document, error)
    wrong += _named_twice(cases)
    if wrong:
        lines = "\n  ".join(map(str, wrong))
        raise ConfigError(f"These cases cannot be used, and nothing was sent:\n  {lines}")
    return cases


def _cases(file: str, document: Document) -> Iterator[Case]:
    for number, case in enumerate(_CaseFile.model_validate(document.value).cases):
        yield case.place(file, document.line(("cases", number)))


def _named_twice(cases: Sequence[Case]) -> Iterator[Diagnostic]:
    """Catch two cases of one name, which no earlier run could be compared with."""
    known: dict[str, Case] = {}
    for case in cases:
        first = known.setdefault(case.name, case)
        if first is not case:
            reason = f"the case {case.name!r} is there twice, before in {first.file}:{first.line}"
            yield Diagnostic(case.file, case.line, reason)


def _diagnostics(file: str, document: Document, error: ValidationError) -> Iterator[Diagnostic]:
    for each in error.errors(include_url=False, include_input=False):
        path = each["loc"]
        yield Diagnostic(file, document.line(path), _reason(path, each))


def _reason(path: Sequence[str | int], error: Any) -> str:
    name = next((part for part in reversed(path) if isinstance(part, str)), "the file")
    if error["type"] == "extra_forbidden":
        return f"{name!r} is not known here{did_you_mean(name, _members(path))}"
    if error["type"] == "missing":
        return f"{name!r} is missing"
    message = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "value_error" and isinstance(path[-1], int) and len(path) == len(("cases", 0)):
        return message  # of the case as a whole
    return f"{name!r} is wrong: {message[0].lower()}{message[1:]}"


def _members(path: Sequence[str | int]) -> list[str]:
    models: dict[str, type[_Strict]] = {"expect": Expectations, "incident": FiredIncident}
    outer: type[_Strict] = Case if len(path) > 1 else _CaseFile
    parent = next((models[part] for part in path[:-1] if part in models), outer)
    return [field.alias or name for name, field in parent.model_fields.items()]
