"""One object of a document, read against the fields that it may have: wire names in, arguments out."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import dropwhile
from typing import Any

from pulumi_sre_agent.directory.diagnostics import Diagnostic, Note
from pulumi_sre_agent.directory.documents.document import Document, Where
from pulumi_sre_agent.directory.substitution.variables import mask
from pulumi_sre_agent.schema import validation
from pulumi_sre_agent.schema.annotations import Annotation
from pulumi_sre_agent.schema.fields import ANY_FIELD, Field, camel_case
from pulumi_sre_agent.schema.normalization import item_field, member_field
from pulumi_sre_agent.schema.validation import did_you_mean

_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
WRAPPERS = ("metadata", "spec", "properties")
"""Members of an item that hold its fields."""

_WHOLE = re.compile(r"[-+]?\d+")


@dataclass(frozen=True)
class CommaList(Annotation):
    """A list of texts that may also be written as one text with commas; blanks around them mean nothing."""


@dataclass
class Reading:
    """Collects the arguments found in a document, where each came from, and what is wrong."""

    document: Document
    aliases: Mapping[tuple[str, ...], Mapping[str, str]] = field(default_factory=dict)
    """Other spellings of members, by the wire names that lead to the object holding them."""
    blank_is_absent: bool = False
    """Whether an empty text says nothing, as in agent.json and in toggles."""
    others: str = "additional_properties"
    """Argument that takes members which nobody has described, where a kind has it."""
    origins: dict[Where, Where] = field(default_factory=dict)
    """From the way to an argument to the way to its value in the document."""
    faults: list[Diagnostic] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def object(self, nodes: Mapping[str, Field], where: Where, what: str, at: Where = ()) -> dict[str, Any]:
        """Read the typed object at a place of the document; `what` names it in sentences."""
        return self.members(nodes, {key: (*where, key) for key in self.document.at(where)}, what, at)

    def members(
        self, nodes: Mapping[str, Field], found: Mapping[str, Where], what: str, at: Where = ()
    ) -> dict[str, Any]:
        """Read members, given by the name in the file and where each one's value stands.

        A name is camelCase, as on the wire, or snake_case, as in files of the CLI.
        """
        wire_names = {camel_case(name): name for name in nodes}
        aliases = self.aliases.get(tuple(camel_case(step) for step in at if isinstance(step, str)), {})
        values: dict[str, Any] = {}
        for written, where in found.items():
            said = aliases.get(written, written)
            name = said if said in nodes else wire_names.get(said)
            if name is not None and not self.is_absent(where):
                values[name] = self._value(nodes[name], where, (*at, name))
            elif name is None and not written.startswith("_"):
                self._unknown(written, where, wire_names, what, values)
        return values

    def _unknown(
        self, written: str, where: Where, known: Mapping[str, str], what: str, values: dict[str, Any]
    ) -> None:
        """Refuse a member, or hand it on where the kind takes members that nobody has described."""
        takes_others = self.others in known.values()
        meant = did_you_mean(written, known, cutoff=0.85 if takes_others else 0.6)
        if meant or not takes_others:
            self.fault(where, f"{written!r} is no member of {what}{meant}")
        else:
            self.hand_on(written, where, values)

    def hand_on(self, written: str, where: Where, values: dict[str, Any]) -> None:
        """Take a member as it is written."""
        values.setdefault(self.others, {})[written] = self._value(ANY_FIELD, where, (self.others, written))

    def fault(self, where: Where, reason: str) -> None:
        self.faults.append(Diagnostic(self.document.file, self.document.line(where), reason))

    def note(self, where: Where, text: str) -> None:
        self.notes.append(Note(self.document.file, self.document.line(where), text))

    def add(
        self, found: Iterable[validation.ValidationError], base: Where, values: Mapping[str, Any]
    ) -> None:
        """Take over faults of arguments, as faults of the lines and names in the file."""
        for each in found:
            where = self.origins.get(self._known(each.path), base)
            self.fault(where, mask(self._renamed(each, where[len(base) :]), values))

    def _known(self, path: Where) -> Where:
        """Return as much of the way to an argument as is in the document."""
        while path and path not in self.origins:
            path = path[:-1]
        return path

    def _renamed(self, fault: validation.ValidationError, where: Where) -> str:
        """Say a fault with the names that the file uses, without those that only wrap an item."""
        written = dropwhile(lambda step: step in WRAPPERS, where)
        missing = map(_camel, fault.path[len(self._known(fault.path)) :])
        return fault.reason.replace(_dotted(fault.path), _dotted([*written, *missing]), 1)

    def is_absent(self, where: Where) -> bool:
        value = self.document.at(where)
        return value is None or (self.blank_is_absent and value == "")

    def _value(self, node: Field, where: Where, at: Where) -> Any:
        self.origins[at] = where
        value = self.document.at(where)
        if isinstance(value, dict) and node.members is not None:
            return self.object(node.members, where, _dotted(map(_camel, at)), at)
        if isinstance(value, dict):
            return {key: self._value(member_field(node, key), (*where, key), (*at, key)) for key in value}
        if isinstance(value, list):
            read = [self._value(item_field(node), (*where, at_), (*at, at_)) for at_ in range(len(value))]
            return _trimmed(read) if node.has(CommaList) else read
        return _fitted(node, value, self.document.spellings.get(where))


def _camel(step: str | int) -> str | int:
    return camel_case(step) if isinstance(step, str) else step


def _dotted(path: Iterable[str | int]) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def _fitted(node: Field, value: Any, spelling: str | None) -> Any:
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
        return _trimmed(text.split(","))
    return text


def _trimmed(parts: list[Any]) -> list[Any]:
    stripped = (part.strip() if isinstance(part, str) else part for part in parts)
    return [part for part in stripped if part != ""]
