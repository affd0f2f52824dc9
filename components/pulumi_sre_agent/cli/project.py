"""The Pulumi project that a command works on, and the folders and the address that belong to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pulumi_sre_agent.api.errors import ConfigError

METADATA_HOST = "azure-native:metadataHost"
LOOPBACK = ("127.0.0.1", "localhost")
"""The local Azure listens on IPv4 only."""


@dataclass(frozen=True, kw_only=True)
class Project:
    """One project and one of its stacks, as Pulumi.yaml and Pulumi.<stack>.yaml describe them."""

    root: Path
    name: str
    stack: str
    stack_file: Path
    config: Mapping[str, Any]
    """The stack file's `config`, with secrets still encrypted."""

    def text(self, key: str) -> str | None:
        """Return a setting such as `azure-native:location`; None when it is not set or not plain text."""
        value = self.config.get(key)
        return value if isinstance(value, str) else None

    @property
    def local(self) -> Path:
        """Folder of all that stays on this machine; ConfigError where something else has its name."""
        folder = self.root / ".local"
        if (folder.exists() or folder.is_symlink()) and not folder.is_dir():
            kind = "a link that leads nowhere" if folder.is_symlink() else "no folder"
            raise ConfigError(
                f"{folder} is {kind}, and what is deployed on this machine is kept in a folder of that name: "
                "move it out of the way."
            )
        return folder

    @property
    def azure_data(self) -> Path:
        return self.local / "azure"

    @property
    def pulumi_home(self) -> Path:
        return self.local / "pulumi"

    @property
    def state(self) -> Path:
        """Folder of the file backend that holds the state of local stacks."""
        return self.local / "state"

    @property
    def checkpoint(self) -> Path:
        """Where the file backend keeps this stack's state."""
        return self.state / ".pulumi" / "stacks" / self.name / f"{self.stack}.json"

    @property
    def azure_url(self) -> str:
        """Address of the local Azure, such as http://127.0.0.1:4281.

        Raises ConfigError when the stack means another Azure.
        """
        where = f"{METADATA_HOST} in {self._relative(self.stack_file)}"
        value = self.config.get(METADATA_HOST)
        if value is None:
            raise ConfigError(
                f"Stack {self.stack!r} is meant for real Azure ({where} is not set): deploy it with "
                f"`pulumi up -s {self.stack}`; `sre-agent local` only reaches this machine."
            )
        try:
            address = urlsplit(str(value))
            port = address.port
        except ValueError as error:
            raise ConfigError(f"{where} is no address ({error}): write http://127.0.0.1:4281.") from error
        if address.scheme != "http" or address.hostname not in LOOPBACK or not port:
            raise ConfigError(
                f"{where} is {str(value)!r}, but `sre-agent local` only reaches this machine: "
                "write an address such as http://127.0.0.1:4281."
            )
        return f"http://{address.hostname}:{port}"

    def _relative(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


def find(start: Path | None, stack: str) -> Project:
    """Find the project in `start` (default: the current folder) or above it.

    Raises ConfigError when there is none, or no such stack in it.
    """
    return _read(root_of(start), stack)


def root_of(start: Path | None) -> Path:
    """Find the folder of the project in `start` (default: the current folder) or above it.

    Raises ConfigError when there is none.
    """
    begin = (start or Path.cwd()).resolve()
    for folder in (begin, *begin.parents):
        if (folder / "Pulumi.yaml").is_file():
            return folder
    raise ConfigError(
        f"No Pulumi.yaml in {begin} or above it: run this inside the project, or name it with --project."
    )


def _read(root: Path, stack: str) -> Project:
    if not re.fullmatch(r"[\w.-]+", stack):
        raise ConfigError(
            f"{stack!r} is no name of a stack: letters, digits, dots, dashes and underscores only."
        )
    settings = _yaml(root / "Pulumi.yaml", root)
    folder = root / str(settings.get("stackConfigDir", "."))
    stack_file = folder / f"Pulumi.{stack}.yaml"
    if not stack_file.is_file():
        known = ", ".join(sorted(path.name[7:-5] for path in folder.glob("Pulumi.*.yaml"))) or "none"
        raise ConfigError(f"There is no stack {stack!r}: {stack_file} is missing (stacks there: {known}).")
    config = _yaml(stack_file, root).get("config", {})
    if not isinstance(config, dict):
        raise ConfigError(f"{stack_file.relative_to(root)} holds no mapping under `config`.")
    return Project(
        root=root,
        name=str(settings.get("name", root.name)),
        stack=stack,
        stack_file=stack_file,
        config=config,
    )


def _yaml(path: Path, root: Path) -> dict[str, Any]:
    import yaml  # noqa: PLC0415 - --help stays quick

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
