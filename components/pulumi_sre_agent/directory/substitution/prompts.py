"""`{{key}}`: the answers to a recipe's prompts, stamped into values and never as text into a file."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi_sre_agent.api.secrets import SecretStr
from pulumi_sre_agent.directory.diagnostics import Diagnostic
from pulumi_sre_agent.directory.documents.document import HALF, Document, map_json_texts, members, texts
from pulumi_sre_agent.directory.substitution.variables import VARIABLE
from pulumi_sre_agent.schema.validation import FieldPath, did_you_mean

_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)(:bool)?\s*\}\}")
_EITHER = re.compile(f"{_PLACEHOLDER.pattern}|{VARIABLE}")
_BARE = re.compile(rf'{_PLACEHOLDER.pattern}|"(?:[^"\\]|\\.)*"', re.DOTALL)
_JSON_SCALAR = re.compile(r"true|false|-?\d+(\.\d+)?")
_LISTS = frozenset({"targetRGs"})
"""Keys whose answer becomes a list where it holds a comma and fills a whole value."""

_VARIABLES = {"dtToken": "DYNATRACE_BEARER_TOKEN"}
"""Variables that are not called as their prompt is."""

PROVIDERS = {"azure openai": "MicrosoftFoundry", "azureopenai": "MicrosoftFoundry"}
"""Friendly names of model providers, in lower case; as an answer to any prompt they mean the proper one."""

_MEMBERS = ("ask", "default", "options", "required", "secret")

Value = str | bool | int | float | list[str]


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """One entry of `_prompts` in agent.json."""

    key: str
    path: FieldPath
    ask: str
    default: str = ""
    options: tuple[str, ...] = ()
    required: bool = False
    secret: bool = False


@dataclass(frozen=True)
class PromptAnswers:
    """What each prompt of a directory is answered with."""

    values: Mapping[str, Value] = field(default_factory=dict)
    """By key; a prompt that nobody answered is the empty text, as in the templates."""
    failed: frozenset[str] = frozenset()
    """Prompts whose answer is at fault, which is said once and not again wherever they are used."""

    unanswered: frozenset[str] = frozenset()
    """Variables of those of them that are secret."""

    @property
    def variables(self) -> dict[str, str]:
        """Return the variables that answers to secret prompts give a value, as the templates have them."""
        variables = {name: f"${{{name}}}" for name in self.unanswered}  # so that none is asked for twice
        for key, value in self.values.items():
            if isinstance(value, SecretStr):
                variables[_variable(key)] = value
        return variables

    def check(self, document: Document, literal_fields: frozenset[str]) -> list[Diagnostic]:
        """Report the placeholders of a document that are no prompts.

        `{{…}}` that is no prompt stays as it is in the members that `literal_fields` names, where it may be
        anybody's template language; everywhere else a diagnostic tells of it.
        """
        return [
            Diagnostic(document.file, document.line(path), self._unknown(match[0], match[1]))
            for path, text in texts(document.value)
            if literal_fields.isdisjoint(members(path))
            for match in _PLACEHOLDER.finditer(text)
            if match[1] not in self.values and match[1] not in self.failed
        ]

    def unanswered_lines(self, document: Document) -> set[int]:
        """Return the lines of a document that wait for an answer which is at fault."""
        return {
            document.line(path)
            for path, text in texts(document.value)
            if any(match[1] in self.failed for match in _PLACEHOLDER.finditer(text))
            or any(f"${{{name}}}" in text for name in self.unanswered)
        }

    def leave_out(self, item: Any, member: str) -> bool:
        """Whether an item, unstamped, loses a member without which it is nothing to unanswered prompts."""
        return any(
            path[-1:] == (member,) and _PLACEHOLDER.search(text) and not self.fill(text, {})
            for path, text in texts(item)
        )

    def fill(self, text: str, variables: Mapping[str, str]) -> Any:
        """Return a text with its placeholders and variables filled, in one go.

        What is put in is text: whatever looks like a placeholder or a variable in it stays as it is.
        """
        whole = _PLACEHOLDER.fullmatch(text)
        if whole and whole[1] in self.values:
            return self._value(whole[1], as_bool=bool(whole[2]))
        pattern = _EITHER if variables else _PLACEHOLDER

        def value_of(match: re.Match[str]) -> str:
            name = self.variable(match[3]) if pattern is _EITHER and match[3] else ""
            return variables.get(name, match[0]) if name else self._text_of(match)

        filled = map_json_texts(self._fill_bare(text), lambda each: pattern.sub(value_of, each))
        return SecretStr(filled) if self._takes_secret(text, variables) else filled

    def variable(self, name: str) -> str:
        """Return the name of a variable, of which an answer may be a part."""
        return _PLACEHOLDER.sub(self._text_of, name)

    def _takes_secret(self, text: str, variables: Mapping[str, str]) -> bool:
        """Whether a secret is put into a text."""
        answers = (as_text(self.values.get(match[1], "")) for match in _PLACEHOLDER.finditer(text))
        names = (self.variable(match[1]) for match in re.finditer(VARIABLE, text))
        values = (*answers, *map(variables.get, names))
        return any(isinstance(value, SecretStr) for value in values)

    def _fill_bare(self, text: str) -> str:
        """Put numbers and truths into a JSON object in which their placeholders stand without quotes."""

        def value_of(match: re.Match[str]) -> str:
            value = match[0] if match[0].startswith('"') else self._text_of(match)
            return value if _JSON_SCALAR.fullmatch(value) else match[0]

        return _BARE.sub(value_of, text) if text.lstrip().startswith("{") else text

    def _value(self, key: str, *, as_bool: bool) -> Value:
        value = self.values[key]
        if as_bool:
            return _truth(value)
        if key in _LISTS and isinstance(value, str) and "," in value:
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    def _text_of(self, match: re.Match[str]) -> str:
        if match[1] not in self.values:
            return match[0]
        value = self.values[match[1]]
        if match[2]:
            return str(_truth(value)).lower()
        return as_text(value)

    def _unknown(self, placeholder: str, key: str) -> str:
        return f"{placeholder} is no prompt of agent.json{did_you_mean(key, self.values)}"


def _variable(key: str) -> str:
    """Return the variable of a secret prompt (docs/reference/directory-format.md#prompts)."""
    return _VARIABLES.get(key) or re.sub(r"[^A-Z0-9]", "_", key.upper())


def prompts(agent: Document) -> tuple[list[Prompt], list[Diagnostic]]:
    """Read the prompts that a recipe's agent.json asks; a finished directory has none."""
    declared = agent.value.get("_prompts", {})
    if not isinstance(declared, dict):
        return [], [
            Diagnostic(agent.file, agent.line(("_prompts",)), "_prompts must be an object of prompts by key")
        ]
    entries, diagnostics = [], []
    for key, entry in declared.items():
        path: FieldPath = ("_prompts", key)
        if isinstance(entry, dict):
            entries.append(_prompt(key, path, entry))
            diagnostics += [
                Diagnostic(
                    agent.file,
                    agent.line((*path, member)),
                    f"{member!r} is no member of a prompt{hint}",
                )
                for member in entry
                if member not in _MEMBERS and (hint := did_you_mean(member, _MEMBERS))
            ]
        else:
            diagnostics.append(
                Diagnostic(agent.file, agent.line(path), f"the prompt {key!r} must be an object")
            )
    return entries, diagnostics


def _prompt(key: str, path: FieldPath, entry: Mapping[str, Any]) -> Prompt:
    options = entry.get("options")
    return Prompt(
        key=key,
        path=path,
        ask=str(entry.get("ask") or key),
        default=as_text(entry.get("default") or ""),
        options=tuple(map(str, options if isinstance(options, list) else ())),
        required=entry.get("required") is True,
        secret=entry.get("secret") is True,
    )


def answer(agent: Document, answers: Mapping[str, Any]) -> tuple[PromptAnswers, list[Diagnostic]]:
    """Settle every prompt of a recipe: the given answer, else its default, else empty unless required."""
    declared_prompts, diagnostics = prompts(agent)
    values: dict[str, Value] = {}
    for prompt in declared_prompts:
        value, reason = _answer(prompt, answers.get(prompt.key))
        if reason:
            diagnostics.append(Diagnostic(agent.file, agent.line(prompt.path), reason))
        else:
            values[prompt.key] = value
    keys = [prompt.key for prompt in declared_prompts]
    diagnostics += [
        Diagnostic(agent.file, agent.line(("_prompts",)), _not_asked(key, keys))
        for key in answers
        if key not in keys
    ]
    failed = frozenset(keys) - values.keys()
    unanswered = frozenset(
        _variable(each.key) for each in declared_prompts if each.secret and each.key in failed
    )
    return PromptAnswers(values, failed, unanswered), diagnostics


def _answer(prompt: Prompt, given: Any) -> tuple[Value, str]:
    value = prompt.default if _is_blank(given) else given
    if not isinstance(value, str | bool | int | float | list) or _holds_objects(value):
        return "", f"the answer to {prompt.key!r} must be text, a number, true, false or a list of texts"
    if HALF.search(as_text(value)):
        return "", f"the answer to {prompt.key!r} holds half a character"
    if _is_blank(value):
        return "", _unanswered(prompt) if prompt.required else ""
    is_secret = prompt.secret or isinstance(as_text(value), SecretStr)
    if isinstance(value, str):
        value = _proper(value)
    if prompt.options and as_text(value) not in map(_proper, prompt.options):
        subject = "the answer" if is_secret else repr(as_text(value))
        return "", f"{subject} is no option of the prompt {prompt.key!r}: choose {_either(prompt.options)}"
    return (SecretStr(as_text(value)) if is_secret else value), ""


def _proper(text: str) -> str:
    return PROVIDERS.get(text.lower(), text)


def _unanswered(prompt: Prompt) -> str:
    options = f" ({_either(prompt.options)})" if prompt.options else ""
    return f"the prompt {prompt.key!r} needs an answer: {prompt.ask}{options}"


def _not_asked(key: str, keys: Sequence[str]) -> str:
    asks = f"it asks for {', '.join(keys)}" if keys else "it asks nothing"
    return f"the answer {key!r} is to no prompt of this directory{did_you_mean(key, keys)}: {asks}"


def _either(options: Sequence[str]) -> str:
    return ", ".join(options[:-1]) + f" or {options[-1]}" if len(options) > 1 else options[0]


def _is_blank(value: Any) -> bool:
    return value is None or value in ("", [])


def _holds_objects(value: Any) -> bool:
    return isinstance(value, list) and not all(isinstance(each, str) for each in value)


def _truth(value: Value) -> bool:
    return as_text(value).strip().lower() not in {"", "false"}


def as_text(value: Value) -> str:
    """Return an answer as it reads inside a longer text, as secret as it is."""
    if isinstance(value, SecretStr):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, list):
        return str(value)
    joined = ",".join(value)
    return SecretStr(joined) if any(isinstance(each, SecretStr) for each in value) else joined
