"""A saved plan: what a reviewed preview would do, and of which commit and state it was made.

Pulumi's own plan constrains what an `up` may do; it knows neither commit nor state
(docs/reference/pulumi.md#plans).
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import engine, terminal
from pulumi_sre_agent.cli.options import EngineName
from pulumi_sre_agent.cli.project import Project
from pulumi_sre_agent.cli.stand_ins import environment_of

SCHEMA_VERSION = 1
VOLATILE = ("created", "modified", "sourcePosition", "stackTrace", "ciphertext")
"""Members of a state that change though nothing does; a secret is encrypted anew at each write."""


@dataclass(frozen=True, kw_only=True)
class PlanFile:
    """What a plan file holds."""

    project: str
    stack: str
    commit: str | None
    """None where it was made of files that no commit has."""
    state: str
    """SHA-256 of what the state says, without what changes by itself."""
    plan: dict[str, Any]
    """Pulumi's own, with secrets encrypted as in the state."""


@dataclass
class Saving:
    """A plan that is being made."""

    path: Path
    """Where Pulumi is to write its own."""
    made_of: PlanFile

    def write(self, file: Path) -> None:
        """Write the plan file, once the preview is there. Raises ConfigError where that fails."""
        try:
            whole = replace(self.made_of, plan=json.loads(self.path.read_text(encoding="utf-8")))
            document = {"schemaVersion": SCHEMA_VERSION, **asdict(whole)}
            file.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"The plan cannot be written to {file}: {error.strerror}.") from error
        terminal.note(f"Wrote {file}: `sre-agent apply {file}` does what it says, and nothing else.")


@contextmanager
def begin(project: Project) -> Iterator[Saving]:
    """Note commit and state before a preview. Raises ConfigError where the Pulumi CLI is not what deploys."""
    require_pulumi()
    commit = commit_of(project.root)
    if commit is None:
        terminal.note("The files differ from every commit, so `apply` will not be able to compare commits.")
    with environment_of(project), TemporaryDirectory(prefix="sre-agent-plan-") as folder:
        state = state_of(project)
        made_of = PlanFile(project=project.name, stack=project.stack, commit=commit, state=state, plan={})
        yield Saving(Path(folder) / "plan.json", made_of)


def read(file: Path) -> PlanFile:
    """Read a plan file. Raises ConfigError where it is none."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"The plan {file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ConfigError(f"{file} is no plan: it is no JSON.") from error
    if isinstance(document, dict) and document.pop("schemaVersion", None) == SCHEMA_VERSION:
        with suppress(TypeError):  # where a member lacks, or is another
            return PlanFile(**document)
    raise ConfigError(f"{file} is no plan of this version: make it with `sre-agent report --save-plan`.")


def require_pulumi() -> str:
    """Return the Pulumi CLI, whose plans these are. Raises ConfigError unless it is there."""
    if pulumi := shutil.which("pulumi"):
        return pulumi
    raise ConfigError(
        f"Plans need the Pulumi CLI, and there is no `pulumi` on PATH: install it ({engine.INSTALL}); the "
        "embedded engine has no plans."
    )


def commit_of(folder: Path) -> str | None:
    """Return the commit that is checked out, None where there is none or tracked files differ from it."""
    if not (git := shutil.which("git")):
        return None
    answers = [
        subprocess.run([git, *words], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - git
        for words in (("rev-parse", "HEAD"), ("status", "--porcelain", "--untracked-files=no"))
    ]
    if any(answer.returncode for answer in answers) or answers[1].stdout.strip():
        return None
    return answers[0].stdout.strip()


def state_of(project: Project) -> str:
    """Return what tells one state of a stack from another. Raises SreAgentError in the engine's words."""
    import hashlib  # noqa: PLC0415 - --help stays quick

    exported = engine.open_engine(EngineName.PULUMI, project.root, project.stack).export()
    deployment = exported.get("deployment") or {}
    said = {name: deployment.get(name) for name in ("resources", "pending_operations")}
    return hashlib.sha256(json.dumps(_settled(said), sort_keys=True).encode()).hexdigest()


def _settled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _settled(member) for name, member in value.items() if name not in VOLATILE}
    return [_settled(entry) for entry in value] if isinstance(value, list) else value
