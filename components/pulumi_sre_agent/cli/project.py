"""The Pulumi project that a command works on, and the folders and the address that belong to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pulumi_sre_agent.api import stack_file
from pulumi_sre_agent.api.errors import ConfigError

root_of = stack_file.root_of

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

    def setting(self, key: str) -> str | None:
        """Return a setting as Pulumi's config does, or None. Raises `EncryptedError`."""
        return stack_file.StackFile(self.name, self.stack_file, self.config).text(key)

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
    def is_local(self) -> bool:
        """Whether the stack points at this machine."""
        try:
            return bool(self.azure_url)
        except ConfigError:
            return False

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
    root = root_of(start)
    file = stack_file.read(root, stack)
    return Project(root=root, name=file.project, stack=stack, stack_file=file.path, config=file.config)
