"""A small program of a test's own, deployed to a local Azure."""

from pathlib import Path
from typing import Any

import yaml

from sre_agent_local.azure_native.install import install
from support.azure import LocalAzure
from support.engines import QUICK, Engine, Stack
from support.stack import stack_config

PASSPHRASE = "a program's own"


class Program(Stack):
    """A project called `small` in a folder of its own, whose stack `dev` points at `azure`."""

    def __init__(
        self, folder: Path, azure: LocalAzure, program: str, *, engine: Engine = QUICK, **config: Any
    ) -> None:
        project = folder / "program"
        stack_file = project / "Pulumi.dev.yaml"
        super().__init__(folder, engine, "small", "dev", PASSPHRASE, project, stack_file, azure.environ)
        self.azure = azure
        self.state_folder.mkdir(parents=True)
        project.mkdir()
        (project / "Pulumi.yaml").write_text("name: small\nruntime: python\n")
        (project / "__main__.py").write_text(program)
        self.configure(**config)
        install(folder / "home")
        self.initialise()

    def configure(self, **config: Any) -> None:
        """Set keys of the program's own, or of the bag that they name; None removes one."""
        settings = yaml.safe_load(self.stack_file.read_text()) if self.stack_file.exists() else {}
        values = {**stack_config(self.azure), **settings.get("config", {})}
        values.update({key if ":" in key else f"small:{key}": value for key, value in config.items()})
        said = {key: value for key, value in values.items() if value is not None}
        self.stack_file.write_text(yaml.safe_dump({**settings, "config": said}))
