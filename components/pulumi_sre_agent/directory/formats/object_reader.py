"""One object of a document, read against the fields that it may have: wire names in, arguments out."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import dropwhile
from typing import Any

from pulumi_sre_agent.api.secrets import mask
from pulumi_sre_agent.directory.diagnostics import Diagnostic, Note
from pulumi_sre_agent.directory.documents.document import Document
from pulumi_sre_agent.schema import validation
from pulumi_sre_agent.schema.annotations import Annotation
from pulumi_sre_agent.schema.fields import ANY_FIELD, Field, camel_case
from pulumi_sre_agent.schema.normalization import item_field, member_field
from pulumi_sre_agent.schema.validation import FieldPath, did_you_mean

_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
WRAPPERS = ("metadata", "spec", "properties")
"""Members of an item that hold its fields."""

_WHOLE = re.compile(r"[-+]?\d+")


@dataclass(frozen=True)
class CommaList(Annotation):
    """A list of texts that may also be written as one text with commas; blanks around them mean nothing."""


@dataclass
class ObjectReader:
    """Collects the arguments found in a document, where each came from, and what is wrong."""

    document: Document
    aliases: Mapping[tuple[str, ...], Mapping[str, str]] = field(default_factory=dict)
    """Other spellings of members, by the wire names that lead to the object holding them."""
    blank_is_absent: bool = False
    """Whether an empty text says nothing, as in agent.json and in toggles."""
    extra_argument: str = "additional_properties"
    """Argument that takes members which nobody has described, where a kind has it."""
    beside: Collection[str] = ()
    """Members that may stand beside the arguments, by which others may be meant."""
    origins: dict[FieldPath, FieldPath] = field(default_factory=dict)
    """From the path of an argument to the path of its value in the document."""
    diagnostics: list[Diagnostic] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def object(
        self, nodes: Mapping[str, Field], path: FieldPath, what: str, target: FieldPath = ()
    ) -> dict[str, Any]:
        """Read the typed object at a place of the document; `what` names it in sentences."""
        return self.members(nodes, {key: (*path, key) for key in self.document.at(path)}, what, target)

    def members(
        self, nodes: Mapping[str, Field], paths: Mapping[str, FieldPath], what: str, target: FieldPath = ()
    ) -> dict[str, Any]:
        """Read members, given by the name in the file and where each one's value stands.

        A name is camelCase, as on the wire, or snake_case, as in files of the CLI.
        """
        wire_names = {camel_case(name): name for name in nodes}
        aliases = self.aliases.get(tuple(camel_case(step) for step in target if isinstance(step, str)), {})
        beside = self.beside if target == () else ()
        values: dict[str, Any] = {}
        for written, path in paths.items():
            wire_name = aliases.get(written, written)
            name = wire_name if wire_name in nodes else wire_names.get(wire_name)
            if name is not None and not self.is_absent(path):
                values[name] = self._value(nodes[name], path, (*target, name))
            elif name is None and not written.startswith("_"):
                self._unknown(
                    written, path, {**wire_names, **dict.fromkeys((*aliases, *beside), "")}, what, values
                )
        return values

    def _unknown(
        self, written: str, path: FieldPath, known: Mapping[str, str], what: str, values: dict[str, Any]
    ) -> None:
        """Refuse a member, or hand it on where the kind takes members that nobody has described."""
        takes_others = self.extra_argument in known.values()
        hint = did_you_mean(camel_case(written), known, cutoff=0.85 if takes_others else 0.6)
        if not hint and takes_others and camel_case(written) != written:
            hint = f" (did you mean {camel_case(written)!r}?)"  # as all that goes to Azure is written
        if hint or not takes_others:
            self.report(path, f"{written!r} is no member of {what}{hint}")
        else:
            self.note(path, f"{written!r} is no member of {what} that is known here: it is written as it is")
            self.hand_on(written, path, values)

    def hand_on(self, written: str, path: FieldPath, values: dict[str, Any]) -> None:
        """Take a member as it is written."""
        values.setdefault(self.extra_argument, {})[written] = self._value(
            ANY_FIELD, path, (self.extra_argument, written)
        )

    def report(self, path: FieldPath, reason: str) -> None:
        self.diagnostics.append(Diagnostic(self.document.file, self.document.line(path), reason))

    def note(self, path: FieldPath, text: str) -> None:
        self.notes.append(Note(self.document.file, self.document.line(path), text))

    def add(
        self, errors: Iterable[validation.ValidationError], base: FieldPath, values: Mapping[str, Any]
    ) -> None:
        """Take over diagnostics of arguments, as diagnostics of the lines and names in the file."""
        for each in errors:
            path = self.origins.get(self._innermost_origin(each.path), base)
            self.report(path, mask(self._in_words_of_file(each, path[len(base) :]), values))

    def _innermost_origin(self, path: FieldPath) -> FieldPath:
        """Return as much of an argument's path as is in the document."""
        while path and path not in self.origins:
            path = path[:-1]
        return path

    def _in_words_of_file(self, error: validation.ValidationError, path: FieldPath) -> str:
        """Say a diagnostic with the names that the file uses, without those that only wrap an item."""
        written = dropwhile(lambda step: step in WRAPPERS, path)
        missing = map(_camel_case, error.path[len(self._innermost_origin(error.path)) :])
        return error.reason.replace(
            validation.format_path(error.path), validation.format_path((*written, *missing)), 1
        )

    def is_absent(self, path: FieldPath) -> bool:
        value = self.document.at(path)
        return value is None or (self.blank_is_absent and value == "")

    def _value(self, node: Field, path: FieldPath, target: FieldPath) -> Any:
        self.origins[target] = path
        value = self.document.at(path)
        if isinstance(value, dict) and node.members is not None:
            return self.object(
                node.members, path, validation.format_path(tuple(map(_camel_case, target))), target
            )
        if isinstance(value, dict):
            return {key: self._value(member_field(node, key), (*path, key), (*target, key)) for key in value}
        if isinstance(value, list):
            values = [
                self._value(item_field(node), (*path, at_), (*target, at_)) for at_ in range(len(value))
            ]
            return _strip_blanks(values) if node.has(CommaList) else values
        return _coerce(node, value, self.document.spellings.get(path))


def _camel_case(step: str | int) -> str | int:
    return camel_case(step) if isinstance(step, str) else step


def _coerce(node: Field, value: Any, spelling: str | None) -> Any:
    """Return a scalar as its field means it: `1.10` in a text field is text, `yes` in a boolean one true."""
    if node.base_type is str and spelling is not None and value is not None:
        return spelling
    if isinstance(value, str):
        return _from_text(node, value)
    return value


def _from_text(node: Field, text: str) -> Any:
    if node.base_type is bool:
        return _WORDS.get(text.lower(), text)
    if node.base_type is int and _WHOLE.fullmatch(text):
        return int(text)
    if node.has(CommaList):
        return _strip_blanks(text.split(","))
    return text


def _strip_blanks(parts: list[Any]) -> list[Any]:
    stripped = (part.strip() if isinstance(part, str) else part for part in parts)
    return [part for part in stripped if part != ""]
