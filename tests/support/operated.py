"""Commands that operate an agent, called in a project that is bound to the shared local Azure."""

import json
from pathlib import Path
from typing import Any

from support.azure import SUBSCRIPTION, LocalAzure
from support.cli import SALT, Folder, Ran, call


def agent_path(name: str, group: str) -> str:
    """Return the ARM id of an agent of the one subscription."""
    return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}/providers/Microsoft.App/agents/{name}"


class Operated(Folder):
    """A project whose stack `local` points at a local Azure that runs, logged in by nobody yet."""

    def __init__(self, root: Path, azure: LocalAzure) -> None:
        super().__init__(root)
        self.azure = azure
        self.port = int(azure.url.rpartition(":")[2])
        self.configure()
        announced = root / ".local" / "azure" / "azure.json"
        announced.parent.mkdir(parents=True)
        announced.write_bytes((azure.data_folder / "azure.json").read_bytes())
        self.home = root.parent / "config"

    @property
    def login(self) -> dict[str, str]:
        """What `sre-agent local env` prints, as far as a login goes."""
        return {
            **self.azure.environ,
            "ARM_METADATA_HOSTNAME": self.azure.url,
            "ARM_USE_MSI": "true",
            "ARM_SUBSCRIPTION_ID": SUBSCRIPTION,
            "SRE_AGENT_ALLOWED_ENDPOINTS": json.dumps([self.azure.url]),
        }

    def call(self, *words: str, path: str | None = None, **variables: str) -> Ran:
        """Call a command, logged in to the local Azure by the environment."""
        return self.call_without_login(*words, path=path, **{**self.login, **variables})

    def call_without_login(self, *words: str, path: str | None = None, **variables: str) -> Ran:
        own = {"XDG_CONFIG_HOME": str(self.home), "XDG_STATE_HOME": str(self.home), "SRE_AGENT": ""}
        return call(self, *words, path=path, **{**own, **variables})

    def stop(self) -> None:
        """Leave the local Azure to those who share it."""

    def exports(self, **outputs: Any) -> None:
        """Let stack `local` have been deployed, with these outputs."""
        urn = "urn:pulumi:local::toy::pulumi:pulumi:Stack::toy-local"
        stack = {"urn": urn, "custom": False, "type": "pulumi:pulumi:Stack", "outputs": outputs}
        latest = {
            "manifest": {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""},
            "secrets_providers": {"type": "passphrase", "state": {"salt": SALT.split(": ", 1)[1].strip()}},
            "resources": [stack],
            "metadata": {},
        }
        file = self.root / ".local" / "state" / ".pulumi" / "stacks" / "toy" / "local.json"
        file.parent.mkdir(parents=True)
        meta = self.root / ".local" / "state" / ".pulumi" / "meta.yaml"
        meta.write_text("version: 1\n")
        file.write_text(json.dumps({"version": 3, "checkpoint": {"stack": "", "latest": latest}}))
