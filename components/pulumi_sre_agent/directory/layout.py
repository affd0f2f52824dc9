"""What lies in a directory besides what is read: refused by name where it would be ignored without a word."""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from pulumi_sre_agent.directory.faults import DocumentError, Fault, did_you_mean
from pulumi_sre_agent.directory.files import BASES, ITEM_EXTENSIONS, Files
from pulumi_sre_agent.directory.kinds import ROWS
from pulumi_sre_agent.directory.parse import parse
from pulumi_sre_agent.directory.references import TEXT_EXTENSIONS

NOT_YET = {
    "subagents": "subagents",
    "hooks": "hooks",
    "github-domains": "GitHub domains",
    "connectorv2": "managed connectors",
    "plugin-configs": "plugin configurations",
    "plugins": "plugins",
    "scheduled-tasks": "scheduled tasks",
    "incident-filters": "incident filters",
    "incident-platforms": "incident platforms",
    "http-triggers": "HTTP triggers",
}
"""Kind folders that the format has and this toolkit does not deploy yet."""

FILES_NOT_YET = {"roles.yaml": "role grants", "tool-permissions.json": "tool permissions"}
"""Likewise for files beside agent.json; what they hold may well be nothing."""

KNOWLEDGE = (
    "*.md",
    "knowledge/*.md",
    "session-insights/*.md",
    "knowledge.json",
    "knowledge-items.json",
    "repo-instructions.json",
    "synthesized-knowledge/**/*",
)
"""What in `data/` becomes knowledge; the rest of it is written by exports and read by nobody."""

FILES = ("agent.json", "connectors.json", *FILES_NOT_YET, "expected-config.json", "admin-settings.json")
FOLDERS = (*BASES, "data")
"""What the format knows beside agent.json; the last two files are without effect on a deployment."""

KIND_FOLDERS = frozenset({row.folder for row in ROWS} | NOT_YET.keys())
_COMPANIONS = frozenset(f".{extension}" for extension in TEXT_EXTENSIONS.split("|"))


def faults(files: Files) -> Iterator[Fault]:
    """Yield a fault for each thing in the directory that nothing would be made of."""
    yield from _misspelt(files)
    for file, title in FILES_NOT_YET.items():
        if files.has(file) and _says_something(files, file):
            yield _not_yet(file, title)
    for base in BASES:
        for entry in files.below(base):
            yield from _in_base(files, entry)
    knowledge = next(_knowledge(files), None)
    if knowledge:
        yield _not_yet(knowledge, "knowledge files")


def _misspelt(files: Files) -> Iterator[Fault]:
    """Catch `agents.json` and `Config/`; files called something else altogether are the user's own."""
    for entry in files.below("."):
        known = FILES if entry.is_file() else FOLDERS
        if entry.name in known or entry.suffix in {".md", ".txt", ".env", ".example", ".log"}:
            continue
        stems = {name.partition(".")[0]: name for name in known}
        close = get_close_matches(entry.name.partition(".")[0].casefold(), stems, n=1, cutoff=0.8)
        if close:
            yield Fault(entry.name, 1, f"nothing is read from here (did you mean {stems[close[0]]!r}?)")


def _in_base(files: Files, entry: Path) -> Iterator[Fault]:
    name = files.name(entry)
    if entry.is_file():
        if entry.suffix not in {".md", ".txt"}:
            yield Fault(name, 1, "nothing is read from here: items lie in folders such as config/skills")
    elif entry.name not in KIND_FOLDERS:
        yield Fault(name, 1, f"nothing is read from this folder{did_you_mean(entry.name, KIND_FOLDERS)}")
    elif entry.name in NOT_YET:
        item = next(_items(files, entry), None)
        if item:
            yield _not_yet(item, NOT_YET[entry.name])
    else:
        yield from _strays(files, entry)


def _items(files: Files, folder: Path) -> Iterator[str]:
    paths = (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in ITEM_EXTENSIONS)
    return (name for name in map(files.name, paths) if _says_something(files, name))


def _strays(files: Files, folder: Path) -> Iterator[Fault]:
    for entry in files.below(files.name(folder)):
        if entry.is_file() and entry.suffix.lower() not in _COMPANIONS:
            reason = f"nothing is read from here: an item ends in {', '.join(ITEM_EXTENSIONS)}"
            yield Fault(files.name(entry), 1, reason)


def _knowledge(files: Files) -> Iterator[str]:
    data = files.root / "data"
    for pattern in KNOWLEDGE:
        for path in sorted(data.glob(pattern)):
            name = files.name(path)
            if path.is_file() and not path.name.startswith(".") and _says_something(files, name):
                yield name


def _says_something(files: Files, file: str) -> bool:
    """Whether a file holds more than empty lists; one that cannot be parsed is taken to."""
    if not file.endswith(ITEM_EXTENSIONS):
        return True
    try:
        value = parse(file, files.bytes(file)).value
    except DocumentError:
        return True
    return any(value.values()) if isinstance(value, dict) else bool(value)


def _not_yet(file: str, title: str) -> Fault:
    return Fault(file, 1, f"{title} are not supported yet: remove them from the directory to deploy the rest")
