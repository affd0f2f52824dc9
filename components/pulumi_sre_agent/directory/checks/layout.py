"""What lies in a directory besides what is read: refused by name where it would be ignored without a word."""

from collections.abc import Collection, Iterator
from difflib import get_close_matches
from os.path import lexists
from pathlib import Path

from pulumi_sre_agent.directory.diagnostics import Diagnostic
from pulumi_sre_agent.directory.documents.files import BASES, ITEM_EXTENSIONS, Files
from pulumi_sre_agent.directory.formats import knowledge
from pulumi_sre_agent.directory.formats.agent_file import AGENT_FILE
from pulumi_sre_agent.directory.formats.kinds import FILE_FORMATS, FOLDER_FORMATS
from pulumi_sre_agent.directory.substitution.file_references import TEXT_EXTENSIONS
from pulumi_sre_agent.directory.substitution.variables import ENV_FILE
from pulumi_sre_agent.schema.validation import did_you_mean

NAMES = (
    *("agent.json", "connectors.json", "tool-permissions.json", "roles.yaml"),
    *("plugins.lock.json", "expected-config.json", "admin-settings.json"),
)
FOLDERS = (*BASES, "data")
"""What the format knows; the last two files are without effect on a deployment."""

KIND_FOLDERS = frozenset(file_format.folder for file_format in FOLDER_FORMATS)
TOP_FOLDERS = frozenset(folder.partition("/")[0] for folder in KIND_FOLDERS)
AUTOMATIONS = frozenset({"incident-platforms", "incident-filters", "scheduled-tasks", "http-triggers"})
"""Kind folders that the templates keep below the second base; either is read."""
PLACES = {
    **{name: f"{BASES[name in AUTOMATIONS]}/{name}" for name in TOP_FOLDERS},
    **{folder.removeprefix("data/"): folder for folder in (*knowledge.FOLDERS[1:], *knowledge.EXPORTS)},
    knowledge.MEMORIES.removeprefix("data/"): knowledge.MEMORIES,
    **{file.removeprefix("data/"): file for file in FILE_FORMATS if file.startswith("data/")},
}
"""Where the folders and files of the format below the top lie, by their names."""
_COMPANIONS = frozenset(f".{extension}" for extension in TEXT_EXTENSIONS.split("|"))


def check_layout(files: Files, referenced: Collection[str]) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each thing in the directory that nothing would be made of.

    `referenced` are files that items refer to.
    """
    for folder in FOLDERS:
        for name in files.unreadable_names(folder):
            yield Diagnostic(name, 1, "the name is not UTF-8 text: give it one that is")
    yield from _misspelt(files)
    yield from _of_another_type(files)
    for base in BASES:
        for entry in files.below(base):
            yield from _in_base(files, entry, referenced)
    yield from filter(None, (_misplaced(files, entry) for entry in files.below("data")))


def _misspelt(files: Files) -> Iterator[Diagnostic]:
    """Catch `agents.json` and `Config/`; files called something else altogether are the user's own."""
    for entry in files.below("."):
        if misplaced := _misplaced(files, entry):
            yield misplaced
            continue
        known = NAMES if entry.is_file() else FOLDERS
        if entry.name in known or entry.suffix in {".md", ".txt", ".env", ".example", ".log"}:
            continue
        stems = {name.partition(".")[0]: name for name in known}
        close = get_close_matches(entry.name.partition(".")[0].casefold(), stems, n=1, cutoff=0.8)
        if close:
            yield Diagnostic(entry.name, 1, f"nothing is read from here (did you mean {stems[close[0]]!r}?)")


def _misplaced(files: Files, entry: Path) -> Diagnostic | None:
    """Catch `skills/` beside agent.json, or `config/knowledge/`, where what is inside would be read."""
    place = PLACES.get(entry.name.casefold(), files.name(entry))
    read = (".md", *ITEM_EXTENSIONS)
    inside = [entry] if entry.is_file() else files.everything(files.name(entry))
    if place == files.name(entry) or not any(each.suffix.lower() in read for each in inside):
        return None
    return Diagnostic(files.name(entry), 1, f"nothing is read from here: it belongs in {place}")


def _of_another_type(files: Files) -> Iterator[Diagnostic]:
    """Catch a folder in the place of a file, or the other way round, and links that lead nowhere."""
    for name in {*NAMES, ENV_FILE, *FILE_FORMATS} - {AGENT_FILE}:  # which is missed anyway
        if lexists(files.root / name) and not files.has(name):
            yield Diagnostic(name, 1, "must be a file")
    for name in FOLDERS:
        if lexists(files.root / name) and not (files.root / name).is_dir():
            yield Diagnostic(name, 1, "must be a folder")


def _in_base(files: Files, entry: Path, referenced: Collection[str]) -> Iterator[Diagnostic]:
    name = files.name(entry)
    if entry.name not in TOP_FOLDERS and (misplaced := _misplaced(files, entry)):
        yield misplaced
    elif entry.is_file():
        if entry.suffix not in {".md", ".txt"}:
            yield Diagnostic(name, 1, "nothing is read from here: items lie in folders such as config/skills")
    elif name.partition("/")[2] in KIND_FOLDERS:
        yield from _strays(files, name)
        yield from _unused(files, name, referenced)
    elif entry.name in TOP_FOLDERS:
        for below in files.below(name):
            yield from _in_base(files, below, referenced)
    else:
        yield Diagnostic(name, 1, f"nothing is read from this folder{did_you_mean(entry.name, TOP_FOLDERS)}")


def _strays(files: Files, folder: str) -> Iterator[Diagnostic]:
    for entry in files.below(folder):
        is_folder, is_file = entry.is_dir(), entry.is_file()
        if not is_folder and not is_file and entry.suffix.lower() not in ITEM_EXTENSIONS:
            yield Diagnostic(files.name(entry), 1, "must be a regular file")
        elif is_file and entry.suffix.lower() not in _COMPANIONS:
            reason = f"nothing is read from here: an item ends in {', '.join(ITEM_EXTENSIONS)}"
            yield Diagnostic(files.name(entry), 1, reason)


def _unused(files: Files, folder: str, referenced: Collection[str]) -> Iterator[Diagnostic]:
    """Catch what lies in a folder of an item, such as a skill's files, and belongs to none."""
    for path in files.everything(folder):
        file = files.name(path)
        if file in referenced or path.parent == files.root / folder:
            continue
        if path.suffix.lower() in ITEM_EXTENSIONS:
            yield Diagnostic(file, 1, f"nothing is read from here: items lie in {folder} itself")
        else:
            yield Diagnostic(
                file, 1, f"no item refers to this file: name it in one of {folder}, or take it out"
            )
