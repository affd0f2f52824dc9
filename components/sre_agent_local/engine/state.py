"""The state file of a stack, exactly where and as Pulumi's own file backend keeps it.

    <root>/.pulumi/meta.yaml                        version: 1
    <root>/.pulumi/stacks/<project>/<stack>.json    the checkpoint

So the real CLI and this engine read and write the very same files. Unlike the real one, this backend sees
that a lock's holder has died (`locks`) and goes on by itself.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .errors import EngineError
from .locks import ORGANIZATION, Locks

Json = dict[str, Any]


class Backend:
    """One stack in a file backend at `root` (the path of a `file://` URL)."""

    def __init__(self, root: Path, project: str, stack: str) -> None:
        self.root, self.project, self.stack = root, project, stack
        self._home = root / ".pulumi"
        self.file = self._home / "stacks" / project / f"{stack}.json"
        self._locks = Locks(self._home, project, stack)

    def exists(self) -> bool:
        """Whether the stack was ever initialised."""
        return self.file.exists()

    def read(self) -> Json | None:
        """Return the deployment as `stack export` shows it, or None for a stack that is new or empty.

        Raises EngineError when the file is not one that this engine can carry on with.
        """
        try:
            whole = json.loads(self.file.read_bytes())
            version, checkpoint = whole["version"], whole["checkpoint"]
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise EngineError(
                f"the state file {self.file} is damaged: {error!r}; put a copy of it in its place"
            ) from error
        if version != 3 or whole.get("features"):
            features = ", ".join(whole.get("features") or ["none"])
            raise EngineError(
                f"the state file {self.file} has version {version} and features {features}; "
                "the embedded engine knows version 3 without features: use the Pulumi CLI for this stack"
            )
        latest = checkpoint.get("latest")
        return latest if isinstance(latest, dict) else None

    def write(self, deployment: Json | str) -> None:
        """Replace the deployment: a reader, or a crash, sees the old one or the new one, never a half."""
        latest = deployment if isinstance(deployment, str) else dump(deployment)
        name = json.dumps(f"{ORGANIZATION}/{self.project}/{self.stack}")
        self._replace(self.file, f'{{"version":3,"checkpoint":{{"stack":{name},"latest":{latest}}}}}')

    def initialise(self) -> None:
        """Make the stack exist, with nothing in it."""
        if not self.exists():
            self._write_meta()
            self.write("null")

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the stack; EngineError while a living process does. Locks of dead ones are removed."""
        self._check_locks()
        self._write_meta()
        with self._locks.held(self._replace) as mine:
            self._check_locks(mine)  # two may have passed the first check together
            yield

    def cancel(self) -> None:
        """Remove every lock, whoever holds it (`pulumi cancel`)."""
        self._locks.clear()

    def _check_locks(self, mine: Path | None = None) -> None:
        for holder in self._locks.holders():
            if holder.file == mine:
                continue
            if not self._locks.is_over(holder):
                raise EngineError(
                    f"the stack {self.stack} is locked by {holder}: wait until that run has ended, "
                    f"or remove the lock with `cancel` ({holder.file})"
                )
            self._locks.remove(holder)

    def _write_meta(self) -> None:
        meta = self._home / "meta.yaml"
        if not meta.exists():
            self._replace(meta, "version: 1\n")

    def _replace(self, path: Path, text: str) -> None:
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
            _sync_directory(path.parent)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise EngineError(
                f"{path} cannot be written ({error.strerror}): see to that, then run the same again"
            ) from error


def salt(deployment: Json | None) -> str | None:
    """Return the salt that a state's secrets were encrypted with, or None where there is no state yet.

    Raises EngineError for any secrets provider but `passphrase`.
    """
    provider = (deployment or {}).get("secrets_providers")
    if not provider:
        return None
    if provider.get("type") != "passphrase":
        raise EngineError(
            f"secrets provider '{provider.get('type')}' is not known to the embedded engine, which knows "
            "'passphrase' only: use the Pulumi CLI for this stack"
        )
    return str(provider["state"]["salt"])


def dump(value: Any) -> str:
    """Compact JSON as Pulumi's backend writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
