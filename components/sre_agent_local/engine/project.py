"""Pulumi.yaml: what the project is called, where its program is, which settings it takes."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import yaml_file
from .errors import EngineError

FILE_NAMES = ("Pulumi.yaml", "Pulumi.yml")
NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}\Z")
KNOWN = frozenset(("name", "description", "author", "website", "license", "template"))
"""Settings that change nothing."""
SERVED = frozenset(("runtime", "main", "config", "stackConfigDir", "plugins"))


@dataclass(frozen=True, kw_only=True)
class ConfigType:
    """One entry of the `config:` block."""

    type: str = ""
    """`string`, `integer`, `boolean`, `object`, `array`; empty where the project only gives a value."""
    items: "ConfigType | None" = None
    default: Any = None
    """What a stack that says nothing gets: attribute `default` or `value`, None without either."""
    secret: bool = False

    @property
    def type_name(self) -> str:
        return f"array<{self.items.type_name}>" if self.items else self.type

    def accepts(self, value: object) -> bool:
        """Say whether a value is of this type. Settings are text, so text that reads as the type does."""
        match self.type:
            case "string":
                return isinstance(value, str)
            case "integer":
                return _is_integer(value)
            case "boolean":
                return isinstance(value, bool) or value in ("true", "false")
            case "object":
                return isinstance(value, dict)
            case "array":
                items = self.items
                return isinstance(value, list) and (items is None or all(map(items.accepts, value)))
            case _:
                return not self.type


@dataclass(frozen=True, kw_only=True)
class Project:
    """What Pulumi.yaml says; paths are absolute."""

    name: str
    root: Path
    """The folder of Pulumi.yaml."""
    main: Path
    """The program: a folder with a `__main__.py`, or a file."""
    config_dir: Path
    config: Mapping[str, ConfigType] = field(default_factory=dict)
    """By full key: `project:size`, `azure-native:location`."""
    plugins: Mapping[str, Path] = field(default_factory=dict)
    """Provider plugins that the project brings along: name to file or folder."""

    def stack_file(self, stack: str) -> Path:
        return self.config_dir / f"Pulumi.{stack}.yaml"

    @property
    def working_dir(self) -> Path:
        """Where the program and dynamic providers run."""
        return self.main if self.main.is_dir() else self.main.parent


def find(start: Path) -> Project:
    """Find the project of a folder: its own Pulumi.yaml or the nearest above it."""
    start = start.resolve()
    if not start.is_dir():
        raise EngineError(f"unable to change to '{start}': there is no such folder")
    for folder in (start, *start.parents):
        for name in FILE_NAMES:
            if (folder / name).is_file():
                return load(folder / name)
    raise EngineError(f"no Pulumi.yaml project file found (searching upwards from {start})")


def load(path: Path) -> Project:
    """Read a Pulumi.yaml; EngineError names what is wrong in it or not known here."""
    settings = yaml_file.read(path)
    name = _name(path, settings)
    if unknown := sorted(set(map(str, settings)) - KNOWN - SERVED):
        raise EngineError(f"{path}: the embedded engine does not know the setting '{unknown[0]}'")
    _check_runtime(path, settings.get("runtime"))
    config, config_dir = settings.get("config") or {}, settings.get("stackConfigDir")
    if isinstance(config, str):  # the older spelling of stackConfigDir
        config, config_dir = {}, config_dir or config
    main = (path.parent / (settings.get("main") or "")).resolve()
    if not (main / "__main__.py" if main.is_dir() else main).is_file():
        raise EngineError(
            f"{path}: there is no program at 'main': {main} is neither a file nor holds a __main__.py"
        )
    return Project(
        name=name,
        root=path.parent,
        main=main,
        config_dir=(path.parent / (config_dir or "")).resolve(),
        config={full_key(name, str(key)): _type(value) for key, value in _mapping(path, "config", config)},
        plugins=dict(_plugins(path, settings.get("plugins") or {})),
    )


def full_key(project: str, key: str) -> str:
    """Complete a key: `size` → `project:size`, `aws:config:region` → `aws:region`; else EngineError."""
    match key.split(":"):
        case [name]:
            return f"{project}:{name}"
        case [_, _]:
            return key
        case [namespace, "config", name]:
            return f"{namespace}:{name}"
        case _:
            raise EngineError(
                f"could not parse {key} as a configuration key "
                "(configuration keys should be of the form `<namespace>:<name>`)"
            )


def _name(path: Path, settings: Mapping[str, Any]) -> str:
    name = settings.get("name")
    if not isinstance(name, str) or not NAME.match(name):
        raise EngineError(
            f"could not validate '{path}': a project needs a 'name' of letters, digits, hyphens, underscores "
            "and periods"
        )
    return name


def _check_runtime(path: Path, runtime: object) -> None:
    details = runtime if isinstance(runtime, dict) else {"name": runtime}
    if details.get("name") != "python" or details.get("options"):
        raise EngineError(
            f"{path}: the embedded engine runs the program with the Python that runs the engine, so it takes "
            f"'runtime: python' without options and not {json.dumps(runtime)}; install Pulumi for any other"
        )


def _type(entry: object) -> ConfigType:
    """Read an entry of the schema; anything but a mapping is short for the value itself."""
    settings: dict[str, Any] = entry if isinstance(entry, dict) else {"value": entry}
    return ConfigType(
        type=settings.get("type", ""),
        items=_type(settings["items"]) if "items" in settings else None,
        default=settings.get("default", settings.get("value")),
        secret=bool(settings.get("secret")),
    )


def _plugins(path: Path, settings: object) -> Iterator[tuple[str, Path]]:
    for kind, entries in _mapping(path, "plugins", settings):
        if kind != "providers":
            raise EngineError(
                f"{path}: the embedded engine knows 'plugins.providers' only, not 'plugins.{kind}'"
            )
        for entry in entries or ():
            if not isinstance(entry, dict) or not {"name", "path"} <= set(entry):
                raise EngineError(f"{path}: every entry of 'plugins.providers' needs a 'name' and a 'path'")
            yield entry["name"], (path.parent / entry["path"]).resolve()


def _mapping(path: Path, name: str, value: object) -> Iterable[tuple[str, Any]]:
    if not isinstance(value, dict):
        raise EngineError(f"could not validate '{path}': '{name}' must be a mapping")
    return value.items()


def _is_integer(value: object) -> bool:
    if isinstance(value, str):
        return re.fullmatch(r"[+-]?[0-9]+", value) is not None
    return not isinstance(value, bool) and (
        isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    )
