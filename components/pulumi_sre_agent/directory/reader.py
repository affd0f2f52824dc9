"""Reads an agent directory: what the agent is and everything that it should know and be able to do.

The format is Microsoft's (`config-directory.md`); where its own scripts are silent, this reader is loud:
every fault is reported, all at once, each with its file and line, and nothing is dropped.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi_sre_agent.api.kinds import KNOWLEDGE_ITEM, Kind
from pulumi_sre_agent.directory.checks import layout
from pulumi_sre_agent.directory.checks.duplicates import duplicates
from pulumi_sre_agent.directory.checks.references import unresolved_references
from pulumi_sre_agent.directory.diagnostics import Diagnostic, DirectoryError, DocumentError, Note
from pulumi_sre_agent.directory.documents.document import Document, Where
from pulumi_sre_agent.directory.documents.files import Files
from pulumi_sre_agent.directory.documents.parse import parse
from pulumi_sre_agent.directory.formats import agent_file, knowledge
from pulumi_sre_agent.directory.formats.agent_file import AGENT_FILE, DIALECT, AgentSettings, read_settings
from pulumi_sre_agent.directory.formats.connectors import CONNECTORS_FILE, read_connectors
from pulumi_sre_agent.directory.formats.file_format import FileFormat, SubstitutionRules
from pulumi_sre_agent.directory.formats.item_reader import read_item
from pulumi_sre_agent.directory.formats.kinds import CONNECTOR, FILES, ROWS
from pulumi_sre_agent.directory.formats.roles import ADMINS_FILE, ROLES_FILE, RoleGrant, admins, read_roles
from pulumi_sre_agent.directory.formats.roles import DIALECT as ROLES_DIALECT
from pulumi_sre_agent.directory.item import Item
from pulumi_sre_agent.directory.substitution.file_references import References
from pulumi_sre_agent.directory.substitution.prompts import PromptAnswers, answer, as_text
from pulumi_sre_agent.directory.substitution.variables import ENV_FILE, parse_env, refuse, resolve

Substitution = Callable[[Document], tuple[Document, list[Diagnostic]]]


@dataclass(frozen=True)
class AgentDirectory:
    """What one directory says."""

    path: Path
    agent: AgentSettings
    items: tuple[Item, ...]
    """Roughly in the order in which an agent takes them: connectors and tools before skills, skills before
    subagents, the incident platform before response plans."""
    roles: tuple[RoleGrant, ...] = ()
    """Azure roles for the agent's user-assigned identity, which whoever deploys the agent assigns."""
    notes: tuple[Note, ...] = ()
    """What the directory says and no deployment does; whoever deploys it shows them."""

    def of(self, kind: Kind) -> list[Item]:
        return [item for item in self.items if item.kind == kind]


def read(
    path: Path | str,
    *,
    answers: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
    subscription: str | None = None,
) -> AgentDirectory:
    """Read an agent directory, or a recipe with the answers to its prompts.

    Args:
        path: The folder that holds agent.json.
        answers: By prompt; a prompt without an answer takes its default.
        variables: Values of `${VAR}`; they win over answers to secret prompts, and those over
            `connectors.secrets.env`. The environment is not read.
        subscription: Where the agent is deployed, for ids that are made of it, unless agent.json says so.

    Raises:
        DirectoryError: with everything that is wrong.

    """
    given = {name: as_text(value) for name, value in (variables or {}).items()}
    return _Reader(Files(Path(path)), answers or {}, given, subscription).read()


@dataclass
class _Reader:
    """Goes through one directory, collecting items and faults."""

    files: Files
    answers: Mapping[str, Any]
    variables: Mapping[str, str]
    subscription: str | None
    stamps: PromptAnswers | None = None
    """None while agent.json cannot be read: then other files are parsed, and no more."""
    items: list[Item] = field(default_factory=list)
    roles: list[RoleGrant] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    faults: list[Diagnostic] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    """Files that an item refers to."""

    def read(self) -> AgentDirectory:
        if not self.files.root.is_dir():
            raise DirectoryError(self.files.root, [Diagnostic(AGENT_FILE, 1, "there is no such directory")])
        agent = self._agent()
        self._env()
        self._connectors()
        for row in ROWS:
            for file in self.files.items(row.folder):
                self._file(row, file)
        for file in filter(self.files.has, FILES):
            self._file(FILES[file], file)
        self._data()
        self._roles()
        self.faults += [*duplicates(self.items), *layout.faults(self.files, self.used)]
        self.notes += set(unresolved_references(self.items))
        if self.faults or agent is None:
            raise DirectoryError(self.files.root, self.faults)
        return AgentDirectory(
            self.files.root, agent, tuple(self.items), tuple(self.roles), tuple(sorted(self.notes))
        )

    def _agent(self) -> AgentSettings | None:
        document = self._parsed(AGENT_FILE)
        if document is None:
            return None
        if not isinstance(document.value, dict):
            self.faults.append(Diagnostic(AGENT_FILE, 1, f"{AGENT_FILE} must be an object"))
            return None
        self.stamps, faults = answer(document, self.answers)
        stamped, lines = self._substituted(document, DIALECT)
        agent, more = read_settings(stamped, self.subscription)
        self.faults += faults + refuse(stamped)
        self._take(more, besides=lines)
        self.notes += agent_file.notes(stamped)
        self.subscription = (agent and agent.subscription) or self.subscription
        return agent

    def _env(self) -> None:
        """Add the variables of the directory to those that were given, which win."""
        values: dict[str, str] = {}
        if self.files.has(ENV_FILE):
            try:
                values, faults = parse_env(ENV_FILE, self.files.text(ENV_FILE))
            except DocumentError as error:
                faults = [Diagnostic(ENV_FILE, error.line, error.reason)]
            self.faults += faults
        answered = self.stamps.variables if self.stamps else {}
        self.variables = {**values, **answered, **self.variables}

    def _connectors(self) -> None:
        document = self._parsed(CONNECTORS_FILE) if self.files.has(CONNECTORS_FILE) else None
        if document is None or self.stamps is None:
            return
        resolved, lines = self._substituted(document, CONNECTOR)
        items, notes, faults = read_connectors(resolved, self.files, self.subscription)
        self.items += items
        self.notes += notes
        self._take(faults, besides=lines)

    def _file(self, row: FileFormat, file: str) -> None:
        document = self._parsed(file)
        if document is None or self.stamps is None:
            beside = file.rpartition("/")[0]
            self.used |= {self.files.name(path) for path in self.files.everything(beside)}  # for all we know
            return
        if document.value is None:
            self.faults.append(
                Diagnostic(file, 1, f"the file is empty: describe {row.kind.one} or delete it")
            )
        else:
            self._items(row, document, self.stamps)

    def _data(self) -> None:
        for items, faults in (
            knowledge.read_texts(self.files, [item for item in self.items if item.kind == KNOWLEDGE_ITEM]),
            knowledge.read_memories(self.files),
        ):
            self.items += items
            self.faults += faults
        self.notes += knowledge.notes(self.files, FILES)

    def _roles(self) -> None:
        document = self._parsed(ROLES_FILE) if self.files.has(ROLES_FILE) else None
        if document is not None and self.stamps is not None:
            stamped, lines = self._substituted(document, ROLES_DIALECT)
            self.roles, notes, faults = read_roles(stamped)
            self.notes += notes
            self._take(faults, besides=lines)
        document = self._parsed(ADMINS_FILE) if self.files.has(ADMINS_FILE) else None
        if document is not None:
            self.notes += admins(document)

    def _items(self, row: FileFormat, raw: Document, stamps: PromptAnswers) -> None:
        document, lines = self._substituted(raw, row)
        count = len(raw.value) if isinstance(raw.value, list) else None
        bases: list[Where] = [()] if count is None else [(index,) for index in range(count)]
        for base in bases:
            if row.optional and stamps.leave_out(raw.at(base), row.optional):
                continue
            items, reading = read_item(row, document, base, self.files, self.items)
            self.items += items
            self.notes += reading.notes
            self._take(reading.faults, besides=lines)

    def _parsed(self, file: str) -> Document | None:
        try:
            return parse(file, self.files.bytes(file))
        except DocumentError as error:
            self.faults.append(Diagnostic(file, error.line, error.reason))
            return None

    def _substituted(self, document: Document, dialect: SubstitutionRules) -> tuple[Document, set[int]]:
        """Return the document with all substitutions made, and the lines where one of them failed."""
        stamps = self.stamps or PromptAnswers()
        steps: list[Substitution] = [lambda it: stamps.stamp(it, dialect.prose)]
        if dialect is not DIALECT:
            steps.append(References(self.files, layout.TOP_FOLDERS, dialect.contents, self.used).resolve)
        if dialect.variables:
            steps.insert(1, lambda it: resolve(it, self.variables))
        lines = stamps.unsettled(document)
        for step in steps:
            document, faults = step(document)
            self.faults += faults
            lines |= {fault.line for fault in faults}
        return document, lines

    def _take(self, faults: Iterable[Diagnostic], *, besides: set[int]) -> None:
        """Take over faults, but not what follows from a substitution that failed on the same line."""
        self.faults += [fault for fault in faults if fault.line not in besides]
