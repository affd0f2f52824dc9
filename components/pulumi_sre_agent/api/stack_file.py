"""What the files of a Pulumi project say of a stack; secrets in them stay encrypted."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pulumi_sre_agent.api.errors import ConfigError


class EncryptedError(ConfigError):
    """A setting is there, and only Pulumi can read it."""


class StackFile(NamedTuple):
    """`Pulumi.<stack>.yaml`."""

    project: str
    """The project's name."""
    path: Path
    config: Mapping[str, Any]

    def text(self, key: str) -> str | None:
        """Return a setting as Pulumi's config does, or None. Raises `EncryptedError`."""
        value = self.config.get(key)
        if isinstance(value, dict) and "secure" in value:
            raise EncryptedError(f"{key} in {self.path.name} is encrypted")
        return value if value is None or isinstance(value, str) else json.dumps(value)


def root_of(start: Path | None) -> Path:
    """Find the folder of the project in `start` (default: the current folder) or above it.

    Raises ConfigError when there is none.
    """
    begin = (start or Path.cwd()).resolve()
    for folder in (begin, *begin.parents):
        if _is_file(folder / "Pulumi.yaml"):
            return folder
    raise ConfigError(
        f"No Pulumi.yaml in {begin} or above it: run this inside the project, or name it with --project."
    )


def read(root: Path, stack: str) -> StackFile:
    """Read a stack's file. Raises ConfigError when there is no such stack, or its file cannot be read."""
    if not re.fullmatch(r"[\w.-]+", stack):
        raise ConfigError(
            f"{stack!r} is no name of a stack: letters, digits, dots, dashes and underscores only."
        )
    settings = _yaml(root / "Pulumi.yaml", root)
    folder = root / str(settings.get("stackConfigDir", "."))
    stack_file = folder / f"Pulumi.{stack}.yaml"
    if not _is_file(stack_file):
        known = ", ".join(_names(folder)) or "none"
        raise ConfigError(f"There is no stack {stack!r}: {stack_file} is missing (stacks there: {known}).")
    config = _yaml(stack_file, root).get("config", {})
    if not isinstance(config, dict):
        raise ConfigError(f"{stack_file.relative_to(root)} holds no mapping under `config`.")
    return StackFile(str(settings.get("name", root.name)), stack_file, config)


def names(root: Path) -> list[str]:
    """Return the stacks that have a file, sorted. Raises ConfigError where the project cannot be read."""
    return _names(root / str(_yaml(root / "Pulumi.yaml", root).get("stackConfigDir", ".")))


def _names(folder: Path) -> list[str]:
    files = (path for path in folder.glob("Pulumi.*.yaml") if path.is_file())
    return sorted(path.name[7:-5] for path in files)


def _is_file(path: Path) -> bool:
    """Return whether a file is there; ConfigError where something else has its name."""
    if path.is_file() or not os.path.lexists(path):
        return path.is_file()
    if path.is_dir():
        kind = "a folder"
    else:
        kind = "a pipe or a device" if path.exists() else "a link that leads nowhere"
    raise ConfigError(f"{path} is {kind}, where a file is expected: move it out of the way.")


def _yaml(path: Path, root: Path) -> dict[str, Any]:
    import yaml  # noqa: PLC0415 - most programs read none

    file = path.relative_to(root).as_posix()
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.MarkedYAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{file}:{mark.line + 1}" if mark else file
        raise ConfigError(f"{place}: not YAML: {getattr(error, 'problem', error)}.") from error
    except RecursionError:
        raise ConfigError(f"{file} is nested too deeply to be read.") from None
    if not isinstance(content, dict):
        raise ConfigError(f"{file} holds no mapping.")
    return content
