"""Files that commands keep for whoever calls them, where the XDG Base Directory Specification puts such."""

import json
import os
from pathlib import Path
from typing import Any

from pulumi_sre_agent.api.errors import ConfigError

NAME = "sre-agent"


def config(name: str) -> Path:
    """Return the file of a setting."""
    return _home("XDG_CONFIG_HOME", ".config") / NAME / name


def state(name: str) -> Path:
    """Return the file of what is kept from run to run."""
    return _home("XDG_STATE_HOME", ".local/state") / NAME / name


def read(file: Path) -> dict[str, Any]:
    """Return a JSON object, an empty one without a file. Raises ConfigError for anything else."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ConfigError(f"{file} is not JSON ({error}): remove it.") from error
    if not isinstance(content, dict):
        raise ConfigError(f"{file} holds no JSON object: remove it.")
    return content


def write(file: Path, content: dict[str, Any]) -> None:
    """Write all of it at once, so that nobody reads half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    whole = file.with_name(f"{file.name}.{os.getpid()}")
    whole.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    whole.replace(file)


def append(file: Path, content: dict[str, Any]) -> None:
    """Add a line of JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(content) + "\n")


def _home(variable: str, default: str) -> Path:
    named = os.environ.get(variable, "")
    return Path(named) if Path(named).is_absolute() else Path.home() / default
