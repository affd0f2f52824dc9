"""Reads an agent directory: what the agent is and everything that it should know and be able to do.

The format is Microsoft's (docs/reference/directory-format.md). Where its scripts are silent, this reader is
loud: it reports everything that is wrong, all at once, with file and line, and drops nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from os.path import relpath
from pathlib import Path
from typing import Any

from pulumi_sre_agent.api.kinds import KNOWLEDGE_ITEM, SKILL, Kind
from pulumi_sre_agent.directory.checks.duplicates import duplicates
from pulumi_sre_agent.directory.checks.layout import TOP_FOLDERS, check_layout
from pulumi_sre_agent.directory.checks.plain_secrets import plain_secrets
from pulumi_sre_agent.directory.checks.references import unresolved_references
from pulumi_sre_agent.directory.diagnostics import Diagnostic, DirectoryError, DocumentError, Note
from pulumi_sre_agent.directory.documents.document import Document
from pulumi_sre_agent.directory.documents.files import Files, is_utf8, printable
from pulumi_sre_agent.directory.documents.parse import parse
from pulumi_sre_agent.directory.formats import agent_file, knowledge
from pulumi_sre_agent.directory.formats.agent_file import AGENT_FILE, RULES, AgentSettings, read_settings
from pulumi_sre_agent.directory.formats.connectors import CONNECTORS_FILE, read_connectors
from pulumi_sre_agent.directory.formats.file_format import FileFormat, SubstitutionRules
from pulumi_sre_agent.directory.formats.item_reader import read_item
from pulumi_sre_agent.directory.formats.kinds import CONNECTOR, FILE_FORMATS, FOLDER_FORMATS
from pulumi_sre_agent.directory.formats.plugin_lock import LOCK_FILE, pin_plugins
from pulumi_sre_agent.directory.formats.roles import ADMINS_FILE, ROLES_FILE, RoleGrant, admins, read_roles
from pulumi_sre_agent.directory.formats.roles import RULES as ROLES_RULES
from pulumi_sre_agent.directory.formats.skill_folder import SKILL_FILE, parse_skill, skill_files
from pulumi_sre_agent.directory.item import Item
from pulumi_sre_agent.directory.substitution.file_references import References
from pulumi_sre_agent.directory.substitution.prompts import PromptAnswers, answer, as_text
from pulumi_sre_agent.directory.substitution.variables import (
    ENV_FILE,
    UnsetStr,
    check_variables,
    parse_env,
    refuse,
    variables_of,
)
from pulumi_sre_agent.schema.secrecy import mark_texts
from pulumi_sre_agent.schema.validation import FieldPath


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
    warnings: tuple[Note, ...] = ()
    """What the directory had better not say: secrets in plain. Whoever deploys it shows them, too."""
    unset_variables: tuple[str, ...] = ()
    """Variables that have no value, where they were let pass; what they are part of is an `UnsetStr`."""

    def of(self, kind: Kind) -> list[Item]:
        return [item for item in self.items if item.kind == kind]


def read(
    path: Path | str,
    *,
    answers: Mapping[str, Any] | None = None,
    variables: Mapping[str, Any] | None = None,
    subscription: str | None = None,
    unset_variables: bool = False,
) -> AgentDirectory:
    """Read an agent directory, or a recipe with the answers to its prompts.

    Args:
        path: The folder that holds agent.json.
        answers: By prompt; a prompt without an answer takes its default.
        variables: Values of `${VAR}`; they win over answers to secret prompts, and those over
            `connectors.secrets.env`. The environment is not read. All are secrets but those that the stack's
            config has in plain.
        subscription: Where the agent is deployed, for ids that are made of it, unless agent.json says so.
        unset_variables: Whether `${VAR}` without a value is let pass, for a look at what is not deployed yet.
            What stands on such a line is not judged.

    Raises:
        DirectoryError: with everything that is wrong.

    """
    values = {name: as_text(value) for name, value in mark_texts(variables or {}, unless_plain=True).items()}
    reader = _Reader(
        Files(Path(path)), mark_texts(answers or {}), values, subscription, lets_unset_pass=unset_variables
    )
    return reader.read()


@dataclass
class _Reader:
    """Goes through one directory, collecting items and diagnostics."""

    files: Files
    answers: Mapping[str, Any]
    variables: Mapping[str, str]
    subscription: str | None
    lets_unset_pass: bool = False
    unset: set[str] = field(default_factory=set)
    """Variables without a value that were let pass."""
    prompt_answers: PromptAnswers | None = None
    """None while agent.json cannot be read: then other files are parsed, and no more."""
    items: list[Item] = field(default_factory=list)
    roles: list[RoleGrant] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    warnings: set[Note] = field(default_factory=set)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    referenced: set[str] = field(default_factory=set)
    """Files that an item refers to."""

    def read(self) -> AgentDirectory:
        root = self.files.root
        if not root.is_dir():
            raise DirectoryError(root, [Diagnostic(AGENT_FILE, 1, "there is no such directory")])
        if not is_utf8(str(root.absolute())):
            raise DirectoryError(root, [Diagnostic(AGENT_FILE, 1, "the directory's path is not UTF-8 text")])
        try:
            return self._read()
        except OSError as error:  # a folder that may not be listed
            name = printable(relpath(error.filename, root)) if error.filename else AGENT_FILE
            diagnostic = Diagnostic(name, 1, f"cannot be read: {error.strerror}")
            raise DirectoryError(root, [*self.diagnostics, diagnostic]) from None

    def _read(self) -> AgentDirectory:
        agent = self._agent()
        self._env()
        self._connectors()
        for format_ in FOLDER_FORMATS:
            for file in self.files.items(format_.folder):
                self._file(format_, file)
            if format_.kind == SKILL:
                for file in skill_files(self.files, format_.folder, self.referenced):
                    self._file(format_, file)
        for file in filter(self.files.has, FILE_FORMATS):
            self._file(FILE_FORMATS[file], file)
        self._data()
        self._lock()
        self._roles()
        self.diagnostics += [*duplicates(self.items), *check_layout(self.files, self.referenced)]
        self.notes += set(unresolved_references(self.items))
        if self.diagnostics or agent is None:
            raise DirectoryError(self.files.root, self.diagnostics)
        return AgentDirectory(
            self.files.root,
            agent,
            tuple(self.items),
            tuple(self.roles),
            tuple(sorted(self.notes)),
            tuple(sorted(self.warnings)),
            tuple(sorted(self.unset)),
        )

    def _agent(self) -> AgentSettings | None:
        document = self._parse(AGENT_FILE)
        if document is None:
            return None
        if not isinstance(document.value, dict):
            self.diagnostics.append(Diagnostic(AGENT_FILE, 1, f"{AGENT_FILE} must be an object"))
            return None
        self.prompt_answers, diagnostics = answer(document, self.answers)
        self.diagnostics += diagnostics + refuse(document)
        document, lines = self._substitute(document, RULES)
        agent, more = read_settings(document, self.subscription)
        self._report(more, except_lines=lines)
        self.notes += agent_file.notes(document)
        self.subscription = (agent and agent.subscription) or self.subscription
        return agent

    def _env(self) -> None:
        """Add the variables of the directory to those that were given, which win."""
        values: dict[str, str] = {}
        if self.files.has(ENV_FILE):
            try:
                values, diagnostics = parse_env(ENV_FILE, self.files.text(ENV_FILE))
            except DocumentError as error:
                diagnostics = [Diagnostic(ENV_FILE, error.line, error.reason)]
            self.diagnostics += diagnostics
        answered = self.prompt_answers.variables if self.prompt_answers else {}
        self.variables = {**values, **answered, **self.variables}

    def _connectors(self) -> None:
        document = self._parse(CONNECTORS_FILE) if self.files.has(CONNECTORS_FILE) else None
        if document is None or self.prompt_answers is None:
            return
        resolved, lines = self._substitute(document, CONNECTOR)
        items, notes, diagnostics = read_connectors(resolved, self.files, self.subscription)
        self.items += items
        self.notes += notes
        self._report(diagnostics, except_lines=lines)

    def _file(self, format_: FileFormat, file: str) -> None:
        document = self._parse(file)
        if document is None or self.prompt_answers is None:
            folder = file.rpartition("/")[0]
            self.referenced |= {
                self.files.name(path) for path in self.files.everything(folder)
            }  # for all we know
            return
        if document.value is None:
            self.diagnostics.append(
                Diagnostic(file, 1, f"the file is empty: describe {format_.kind.with_article} or delete it")
            )
        else:
            self._items(format_, document, self.prompt_answers)

    def _data(self) -> None:
        for items, diagnostics in (
            knowledge.read_texts(self.files, [item for item in self.items if item.kind == KNOWLEDGE_ITEM]),
            knowledge.read_memories(self.files),
        ):
            self.items += items
            self.diagnostics += diagnostics
        self.notes += knowledge.notes(self.files, FILE_FORMATS)

    def _lock(self) -> None:
        document = self._parse(LOCK_FILE) if self.files.has(LOCK_FILE) else None
        if document is not None:
            self.items, diagnostics = pin_plugins(document, self.items)
            self.diagnostics += diagnostics

    def _roles(self) -> None:
        document = self._parse(ROLES_FILE) if self.files.has(ROLES_FILE) else None
        if document is not None and self.prompt_answers is not None:
            document, lines = self._substitute(document, ROLES_RULES)
            self.roles, notes, diagnostics = read_roles(document)
            self.notes += notes
            self._report(diagnostics, except_lines=lines)
        document = self._parse(ADMINS_FILE) if self.files.has(ADMINS_FILE) else None
        if document is not None:
            self.notes += admins(document)

    def _items(self, format_: FileFormat, raw: Document, prompt_answers: PromptAnswers) -> None:
        document, lines = self._substitute(raw, format_)
        count = len(raw.value) if isinstance(raw.value, list) else None
        bases: list[FieldPath] = [()] if count is None else [(index,) for index in range(count)]
        for base in bases:
            if format_.optional and prompt_answers.leave_out(raw.at(base), format_.optional):
                continue
            items, reader = read_item(format_, document, base, self.files, self.items)
            self.items += items
            self.notes += reader.notes
            self._report(reader.diagnostics, except_lines=lines)

    def _parse(self, file: str) -> Document | None:
        try:
            if file.endswith(f"/{SKILL_FILE}"):
                document, notes = parse_skill(self.files, file)
                self.notes += notes
                return document
            return parse(file, self.files.bytes(file))
        except DocumentError as error:
            self.diagnostics.append(Diagnostic(file, error.line, error.reason))
            return None

    def _substitute(self, document: Document, rules: SubstitutionRules) -> tuple[Document, set[int]]:
        """Return the document with all substitutions made, and the lines where one of them failed."""
        prompt_answers = self.prompt_answers or PromptAnswers()
        references = References(self.files, TOP_FOLDERS, rules.contents, self.referenced)
        variables = self.variables if rules.variables else {}
        diagnostics = prompt_answers.check(document, rules.literal_fields)
        let_pass: set[FieldPath] = set()
        if rules.variables:
            named = variables_of(document, prompt_answers.variable)
            if self.lets_unset_pass:
                unset = [each for each in named if each[1] not in variables]
                self.unset |= {name for _, name in unset}
                let_pass = {path for path, _ in unset}
                named = [each for each in named if each not in unset]
            diagnostics += check_variables(document, named, variables)
            self.warnings |= set(plain_secrets(document))

        def change(path: FieldPath, written: str) -> Any:
            if path in let_pass:
                return UnsetStr(written)
            text = prompt_answers.fill(written, variables)
            if rules is RULES or not isinstance(text, str):
                return text
            try:
                return references.resolve(document.file, path, written, text)
            except DocumentError as error:
                diagnostics.append(Diagnostic(document.file, document.line(path), error.reason))
                return text

        changed = document.map_text(change)
        self.diagnostics += diagnostics
        lines = prompt_answers.unanswered_lines(document) | {each.line for each in diagnostics}
        return changed, lines | {document.line(path) for path in let_pass}

    def _report(self, diagnostics: Iterable[Diagnostic], *, except_lines: set[int]) -> None:
        """Take over diagnostics, but not what follows from a substitution that failed on the same line."""
        self.diagnostics += [diagnostic for diagnostic in diagnostics if diagnostic.line not in except_lines]
