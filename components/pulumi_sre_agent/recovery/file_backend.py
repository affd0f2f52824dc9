"""What a kill of the Pulumi CLI breaks beside a state in files (docs/reference/pulumi.md#file-backend)."""

import json
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml

SCHEME = "file://"
ATTRIBUTES = "*.attrs"


def repair(project: Path, environ: Mapping[str, str]) -> list[Path]:
    """Remove attribute files that are cut off, beside states in the files of a project's backend.

    A state needs none, and no command of Pulumi's works with a broken one. Returns what was removed; nothing
    where the state is elsewhere.
    """
    folder = _folder(project, environ)
    broken = [] if folder is None else [file for file in folder.rglob(ATTRIBUTES) if _is_cut(file)]
    for file in broken:
        file.unlink(missing_ok=True)
    return broken


def _folder(project: Path, environ: Mapping[str, str]) -> Path | None:
    """Return where the file backend keeps its stacks, by Pulumi's own order of what names it."""
    url = environ.get("PULUMI_BACKEND_URL") or _of_project(project) or _of_login(environ)
    if not url.startswith(SCHEME):
        return None
    path = Path(unquote(urlsplit(url).netloc + urlsplit(url).path)).expanduser()
    return (path if path.is_absolute() else project / path) / ".pulumi" / "stacks"


def _of_project(project: Path) -> str:
    try:
        settings = yaml.safe_load((project / "Pulumi.yaml").read_bytes())
        return str(settings["backend"]["url"])
    except (OSError, yaml.YAMLError, KeyError, TypeError):
        return ""


def _of_login(environ: Mapping[str, str]) -> str:
    home = Path(environ.get("PULUMI_HOME") or Path.home() / ".pulumi")
    try:
        return str(json.loads((home / "credentials.json").read_bytes())["current"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _is_cut(file: Path) -> bool:
    try:
        json.loads(file.read_bytes())
    except ValueError:
        return True
    except OSError:  # gone meanwhile, or not ours to read
        return False
    return False
