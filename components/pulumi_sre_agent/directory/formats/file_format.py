"""How a kind is written in a directory: the shape of the table in `kinds.py`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.kinds import Kind
from pulumi_sre_agent.directory.documents.files import Files
from pulumi_sre_agent.directory.formats.object_reader import ObjectReader
from pulumi_sre_agent.directory.item import Item
from pulumi_sre_agent.schema.annotations import ClientOnly
from pulumi_sre_agent.schema.fields import Field, camel_case, fields_of
from pulumi_sre_agent.schema.validation import FieldPath

Aliases = Mapping[tuple[str, ...], Mapping[str, str]]
Args = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class SubstitutionRules:
    """How the texts of a document are substituted."""

    variables: bool = False
    """Whether `${VAR}` is resolved; in prose it would be somebody's shell example."""
    literal_fields: frozenset[str] = frozenset({"description"})
    """Members whose `{{…}}` may be no prompt of ours."""
    contents: frozenset[str] = frozenset()
    """Members that a bare file name may stand for."""


@dataclass(frozen=True)
class ReadContext:
    """What an item may look at when it says what is made of it."""

    reader: ObjectReader
    base: FieldPath
    """Where the item stands."""
    files: Files
    items: Sequence[Item]
    """Those read before it: what an agent takes first is read first."""

    def report(self, name: str, phrase: str) -> None:
        """Report an argument of the item that is being read."""
        path = self.reader.origins.get((name,), self.base)
        self.reader.report(path, f"{path[-1] if path != self.base else camel_case(name)} {phrase}")

    def note(self, text: str) -> None:
        """Say what people should know of the item that is being read."""
        self.reader.note(self.base, text)


Expander = Callable[[Args, ReadContext], Iterator[tuple[Kind, Args]]]


@dataclass(frozen=True, kw_only=True)
class FileFormat(SubstitutionRules):
    """How one kind is written in a directory."""

    kind: Kind
    """Also the name of its resource class, whose arguments are what a file says."""
    folder: str = ""
    """Below `config/` and `automations/`; empty: the items stand in a file of their own."""
    types: tuple[str, ...] = ()
    """What may stand as `type` or `kind` around an item."""
    key: str = "name"
    """Argument that the name of an item becomes; empty: an agent has only one."""
    has_title: bool = False
    """Whether a name among the fields is one for people, which nobody needs to find the item."""
    free_form: str = ""
    """Argument that takes all members as they are, for kinds whose members are not published."""
    members: type | None = None
    """What a file may say besides the arguments, or says otherwise than they do."""
    wrappers: tuple[FieldPath, ...] = (("metadata",), ("metadata", "spec"), ("spec",), ("properties",))
    """Where the fields of an item lie, besides those that lie beside its name."""
    dropped: frozenset[str] = frozenset()
    """Members that Azure sets, and those that the format has for nobody."""
    aliases: Aliases = field(default_factory=dict)
    """Other spellings of members, by the path to the object that holds them."""
    blank_is_absent: bool = False
    """Whether an empty text says nothing."""
    optional: str = ""
    """Where prompts leave this member empty, the item is not meant to be there."""
    expander: Expander | None = None
    """What becomes of the arguments; None: one resource that has them."""

    @property
    def nodes(self) -> Mapping[str, Field]:
        """What a file may say: the arguments but for those that say where the item goes."""
        arguments = fields_of(getattr(resources, f"{self.kind.name}Args"))
        placed = {name: node for name, node in arguments.items() if not node.has(ClientOnly)}
        return {**placed, **(fields_of(self.members) if self.members else {})}

    def expand(self, args: Args, context: ReadContext) -> Iterator[tuple[Kind, Args]]:
        """Yield kind and arguments of everything that an item stands for."""
        if self.expander is None:
            yield self.kind, args
        else:
            yield from self.expander(args, context)
