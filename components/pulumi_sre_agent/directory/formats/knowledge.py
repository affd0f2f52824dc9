"""`data/`: what becomes knowledge by lying there, and what does not.

See docs/reference/directory-format.md#knowledge.
"""

from collections.abc import Collection, Iterator
from pathlib import PurePath
from typing import Any

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.kinds import KNOWLEDGE_ITEM, SYNTHESIZED_KNOWLEDGE, Kind
from pulumi_sre_agent.directory.diagnostics import Diagnostic, DocumentError, Note
from pulumi_sre_agent.directory.documents.files import Files
from pulumi_sre_agent.directory.item import Item, Source
from pulumi_sre_agent.resources.knowledge_item import ascii_name, name_of_file

FOLDERS = ("data", "data/knowledge", "data/session-insights")
"""Where each `.md` file is a knowledge item."""
MEMORIES = "data/synthesized-knowledge"
EXPORTS = ("data/knowledge-items", "data/repo-instructions")
"""What an export puts beside the JSON files that say what it is."""
NOTHING = "nothing is read from here: of data/, data/knowledge/ and data/session-insights/, only .md is"
INVENTORY = "data/synthesized-knowledge.json"

Read = tuple[list[Item], list[Diagnostic]]


def content_of(files: Files, name: str) -> str | None:
    """Find the file that an export made of a knowledge item's content."""
    exported = f"{EXPORTS[0]}/{name}"
    candidates = (f"data/{name}.md", exported, f"{exported}.html", f"{exported}.json")
    return next((each for each in candidates if files.has(each)), None)


def read_texts(files: Files, listed: Collection[Item]) -> Read:
    """Read the texts that lie in `data/`, but for those whose item knowledge-items.json has listed."""
    items: list[Item] = []
    diagnostics: list[Diagnostic] = []
    paths = [path for folder in FOLDERS for path in files.below(folder) if path.suffix == ".md"]
    taken = {name_of_file(path.name) for path in paths} | {item.name for item in listed}
    for path in paths:
        file = files.name(path)
        try:
            text = files.text(file)
        except DocumentError as error:
            diagnostics.append(Diagnostic(file, error.line, error.reason))
            continue
        if any(item.name == ascii_name(path.stem) and item.args.get("content") == text for item in listed):
            continue
        args = {
            "name": name_of_file(path.name),
            "type": "KnowledgeFile",
            "display_name": path.name,
            "file_name": path.name,
            "content": text,
        }
        former = ascii_name(path.name) if ascii_name(path.name) not in taken else ""
        taken.add(former)
        items.append(Item(KNOWLEDGE_ITEM, args["name"], args, Source(file, 1), former_name=former))
        diagnostics += _validate(KNOWLEDGE_ITEM, file, args)
    return items, diagnostics


def read_memories(files: Files) -> Read:
    """Read the files that the agent remembers, all of them as one thing."""
    texts: dict[str, str] = {}
    diagnostics: list[Diagnostic] = []
    for path in files.everything(MEMORIES):
        file = files.name(path)
        try:
            texts[path.relative_to(files.root / MEMORIES).as_posix()] = files.text(file)
        except DocumentError as error:
            diagnostics.append(Diagnostic(file, error.line, error.reason))
    if not texts:
        return [], diagnostics
    args = {"files": texts}
    diagnostics += _validate(SYNTHESIZED_KNOWLEDGE, MEMORIES, args)
    return [Item(SYNTHESIZED_KNOWLEDGE, "", args, Source(MEMORIES, 1))], diagnostics


def notes(files: Files, read: Collection[str]) -> Iterator[Note]:
    """Say which files in `data/` become nothing; `read` are those that hold items."""
    for path in files.everything("data"):
        file = files.name(path)
        folder, name = file.rpartition("/")[::2]
        is_text = folder in FOLDERS and path.suffix == ".md"
        is_export = file == INVENTORY or file.startswith(tuple(f"{each}/" for each in (*EXPORTS, MEMORIES)))
        is_insight = folder == FOLDERS[-1] and PurePath(name).suffix == ".yaml"
        if not (is_text or is_export or is_insight or file in read):
            yield Note(file, 1, NOTHING)


def _validate(kind: Kind, file: str, args: dict[str, Any]) -> Iterator[Diagnostic]:
    for error in resources.validate(kind.name, args):
        yield Diagnostic(file, 1, error.reason)
