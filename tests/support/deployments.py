"""A stack of the project's own, deployed to a local Azure of the test by either engine."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from sre_agent_local.azure_native.install import install
from sre_agent_local.engine.crypt import Crypter
from support.azure import SUBSCRIPTION, LocalAzure
from support.engines import DEADLINE, EMBEDDED, Engine, Json, Stack
from support.stack import stack_config

ROOT = Path(__file__).parents[2]
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-payments-oncall"
AGENT = f"{GROUP}/providers/Microsoft.App/agents/payments-oncall"
PASSPHRASE = "local"  # the stack file's own


class Deployment(Stack):
    """A copy of Pulumi.yaml and stacks/ whose stack, `local` unless said otherwise, points at `azure`."""

    def __init__(
        self, folder: Path, azure: LocalAzure, engine: Engine = EMBEDDED, stack: str = "local"
    ) -> None:
        stack_file = folder / "stacks" / f"Pulumi.{stack}.yaml"
        super().__init__(folder, engine, "sre-agent", stack, PASSPHRASE, folder, stack_file, azure.environ)
        self.azure = azure
        self.state_folder.mkdir(parents=True)
        shutil.copy(ROOT / "Pulumi.yaml", folder)
        shutil.copytree(ROOT / "stacks", folder / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
        self.configure(stack_config(azure))
        install(folder / "home")
        self.initialise()

    @property
    def agent_directory(self) -> Path:
        return self.folder / "stacks" / "agents" / "payments-oncall"

    def configure(self, values: Mapping[str, Any]) -> None:
        """Set keys of the stack's config; None removes one."""
        stack = yaml.safe_load(self.stack_file.read_text())
        stack["config"] = {k: v for k, v in {**stack["config"], **values}.items() if v is not None}
        self.stack_file.write_text(yaml.safe_dump(stack))

    def sealed(self, text: str) -> dict[str, str]:
        """Encrypt a value for the config as `pulumi config set --secret` does, with a salt if need be."""
        stack = yaml.safe_load(self.stack_file.read_text())
        crypter = Crypter(PASSPHRASE, stack.get("encryptionsalt"))
        self.stack_file.write_text(yaml.safe_dump({**stack, "encryptionsalt": crypter.salt}))
        return {"secure": crypter.encrypt(text)}

    def edit(self, file: str, change: Callable[[str], str]) -> None:
        """Change a file of the agent directory; a change that changes nothing is a mistake of the test."""
        path = self.agent_directory / file
        before = path.read_text()
        path.write_text(change(before))
        assert path.read_text() != before

    def kill_up_after(self, writes: int) -> bool:
        """Start `up` and kill it once Azure has seen so many writes; whether it was still running then."""
        last = self.last_request()
        process = self.start("up")
        try:
            self.azure.poll(
                lambda: process.poll() is not None or len(self.writes(last)) >= writes,
                deadline_seconds=DEADLINE,
            )
            was_running = process.poll() is None
        finally:
            process.kill()  # the engine alone, and not its children
            process.communicate(timeout=DEADLINE)
        return was_running

    def last_request(self) -> int:
        """Number of the last request that Azure has seen; 0 where it has seen none."""
        return max((entry["seq"] for entry in self.azure.requests()), default=0)

    def writes(self, since: int = 0) -> list[Json]:
        """What was asked of Azure that changes it."""
        return [
            entry
            for entry in self.azure.requests(since)
            if entry["method"] in {"PUT", "PATCH", "POST", "DELETE"} and entry["plane"] != "identity"
        ]

    def changes(self) -> dict[str, tuple[str, set[str]]]:
        """What `preview` would do: operation and changed properties, by type and name."""
        steps = self.preview()["steps"]
        return {
            short(step["urn"]): (step["op"], set(step.get("detailedDiff") or {}))
            for step in steps
            if step["op"] != "same"
        }


def short(urn: str) -> str:
    """The last word of a resource's type, and its name."""
    _, _, types, name = urn.split("::", 3)
    return f"{types.rsplit(':', 1)[-1]} {name}"
