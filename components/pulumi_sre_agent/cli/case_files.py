"""Where the cases of a rehearsal are: files and folders that were named, else the project's own."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.api.stack_file import root_of

FOLDER = "evals"
"""Of an agent directory."""
EXTENSIONS = frozenset({".yaml", ".yml"})
DEPTH = 4
"""Levels below a project in which agent directories are looked for."""


def find(named: Sequence[Path], project: Path | None) -> list[Path]:
    """Return files of cases, each once. Raises ConfigError where there are none, or it is not clear which."""
    folders = named or [_own_folder(project)]
    files = dict.fromkeys(file for each in folders for file in _files(each))
    return [*files]


def _files(place: Path) -> list[Path]:
    """Return a file itself; of a folder those in it, and of an agent directory those of its `evals`."""
    if not place.is_dir():
        return [place]
    folder = place / FOLDER if (place / "agent.json").is_file() else place
    found = [*_cases_in(folder)]
    if not found:
        raise ConfigError(f"{folder} holds no cases: no file that ends in .yaml.")
    return found


def _own_folder(project: Path | None) -> Path:
    """Return the `evals` of the one agent directory here, or in the project."""
    here = (project or Path.cwd()) / FOLDER
    if any(_cases_in(here)):
        return here if project else Path(FOLDER)
    root = root_of(project)
    patterns = ("/".join(["*"] * depth) for depth in range(1, DEPTH + 1))
    agents = (each.parent for pattern in patterns for each in root.glob(f"{pattern}/agent.json"))
    found = sorted(agent / FOLDER for agent in agents if any(_cases_in(agent / FOLDER)))
    if not found:
        raise ConfigError(
            f"No agent directory of {root} has cases, as {FOLDER}/checkout.yaml: write some, or name "
            "their files."
        )
    if len(found) > 1:
        names = ", ".join(each.relative_to(root).as_posix() for each in found)
        raise ConfigError(f"Several agent directories have cases, {names}: name one of them.")
    return found[0].relative_to(Path.cwd()) if found[0].is_relative_to(Path.cwd()) else found[0]


def _cases_in(folder: Path) -> Iterator[Path]:
    entries = sorted(folder.iterdir()) if folder.is_dir() else []
    return (each for each in entries if each.suffix.lower() in EXTENSIONS and not each.name.startswith("."))
