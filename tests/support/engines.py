"""Drives stacks through an engine's command line: the embedded engine, or a real `pulumi` on PATH."""

import atexit
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
import yaml

from sre_agent_local.engine.state import Backend
from support import fork_server
from support.toy import Cloud

Json = dict[str, Any]

TESTS = Path(__file__).parents[1]
PASSPHRASE = "toy passphrase"
DEADLINE = 120.0


@dataclass(frozen=True)
class Engine:
    """An engine is the start of a command line."""

    name: str
    argv: tuple[str, ...]


KEYS = "SRE_AGENT_TESTS_KEYS"
"""Names the folder in which a worker keeps the keys that its runs have derived."""
_REMEMBERING_KEYS = """
import os, sys
from hashlib import sha256
from pathlib import Path
from sre_agent_local.engine import __main__, crypt

derive = crypt.derive_key

def remembered(*known):
    file = Path(os.environ["SRE_AGENT_TESTS_KEYS"], sha256(repr(known).encode()).hexdigest())
    if not file.exists():
        part = file.with_suffix(f".{os.getpid()}")
        part.write_bytes(derive(*known))
        part.replace(file)
    return file.read_bytes()

crypt.derive_key = remembered
sys.exit(__main__.main())
"""
EMBEDDED = Engine("embedded", (sys.executable, "-c", _REMEMBERING_KEYS))
"""A key takes a third of a second to derive, and a stack's is the same in each run: once is enough."""
_QUICKLY = (
    "import sys; from sre_agent_local.engine import __main__, crypt; crypt.ROUNDS = 1;"
    " sys.exit(__main__.main())"
)
QUICK = Engine("embedded", (sys.executable, "-c", _QUICKLY))
"""The same, but its keys take no time to derive: for stacks whose secrets no other engine opens."""
PULUMI = Engine("pulumi", ("pulumi",))
needs_pulumi = pytest.mark.skipif(shutil.which("pulumi") is None, reason="there is no `pulumi` on PATH")
BOTH = (pytest.param(EMBEDDED, id="embedded"), pytest.param(PULUMI, id="pulumi", marks=needs_pulumi))


@dataclass(frozen=True)
class Result:
    """What a finished command left."""

    code: int
    stdout: str
    stderr: str

    @property
    def text(self) -> str:
        return f"exit code {self.code}\n{self.stdout}\n{self.stderr}"

    def json(self) -> Json:
        found: Json = json.loads(self.stdout)
        return found


@dataclass
class Stack:
    """One stack of a project, driven through an engine's command line."""

    folder: Path
    """Holds `state/`, the backend, and `home/`, Pulumi's home."""
    engine: Engine
    project: str
    name: str
    passphrase: str
    program_folder: Path
    """Where Pulumi.yaml lies and commands run."""
    stack_file: Path
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def state_folder(self) -> Path:
        return self.folder / "state"

    @property
    def state_file(self) -> Path:
        return self.state_folder / ".pulumi" / "stacks" / self.project / f"{self.name}.json"

    def initialise(self) -> None:
        """Make the stack exist: without a process of its own where that is the embedded engine's work."""
        if self.engine.name == EMBEDDED.name:
            Backend(self.state_folder, self.project, self.name).initialise()
        else:
            self.succeed("stack", "init", self.name)

    def succeed(self, *arguments: str) -> Result:
        result = self.run(*arguments)
        assert result.code == 0, result.text
        return result

    def fail(self, *arguments: str, code: int = 1) -> Result:
        result = self.run(*arguments)
        assert result.code == code, result.text
        return result

    def run(self, *arguments: str) -> Result:
        """Run a command to its end; of the embedded engine, as a fork."""
        if self.engine.name == EMBEDDED.name:
            environ = {**self.environment(), **fork_server.environment()}
            forked = fork_server.Forked(self.command(*arguments), cwd=self.program_folder, env=environ)
            stdout, stderr = forked.communicate(DEADLINE)
            return Result(forked.wait(), stdout, stderr)
        process = self.start(*arguments)
        try:
            stdout, stderr = process.communicate(timeout=DEADLINE)
        finally:
            process.kill()
        return Result(process.returncode, stdout, stderr)

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a command in a process group of its own."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.program_folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def command(self, *arguments: str) -> list[str]:
        verb, *rest = arguments
        if verb == "stack":
            verb, *rest = rest
            named = [] if verb == "init" else ["--stack", self.name]
            return [*self.engine.argv, "stack", verb, *named, *rest]
        deploys = verb in ("up", "refresh", "destroy") and "--preview-only" not in rest
        asking = ["--yes", "--skip-preview"] if deploys and "--yes" not in rest else []
        return [*self.engine.argv, verb, "--stack", self.name, "--non-interactive", *asking, *rest]

    def environment(self) -> dict[str, str]:
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(fork_server.SLOWING)
        }
        return {
            **inherited,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "VIRTUAL_ENV": sys.prefix,
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_BACKEND_URL": self.state_folder.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": self.passphrase,
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            KEYS: _folder_of_keys(),
            **self.environ,
        }

    def recover(self, *flags: str) -> Result:
        """Run `sre-agent recover` on the stack, by the same engine."""
        command = [sys.executable, "-m", "pulumi_sre_agent.cli", "recover", "-s", self.name]
        done = subprocess.run(
            [*command, "--engine", self.engine.name, *flags],
            cwd=self.program_folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=DEADLINE,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def preview(self, *arguments: str) -> Json:
        """Return the digest of a preview that succeeds."""
        return self.succeed("preview", "--json", *arguments).json()

    def outputs(self, *arguments: str) -> Json:
        return self.succeed("stack", "output", "--json", *arguments).json()

    def deployment(self) -> Json:
        """Read the state as the backend keeps it."""
        found: Json | None = json.loads(self.state_file.read_bytes())["checkpoint"]["latest"]
        return found or {}

    def resources(self) -> dict[str, Json]:
        """Read the state's live resources by name; components, providers and the stack included."""
        return {
            resource["urn"].split("::", 3)[3]: resource
            for resource in self.deployment().get("resources", ())
            if not resource.get("delete")
        }


class Project(Stack):
    """A toy project in a folder of its own, with a cloud of its own."""

    def __init__(
        self, folder: Path, engine: Engine = QUICK, environ: Mapping[str, str] | None = None
    ) -> None:
        self.cloud = Cloud(folder / "cloud")
        program = folder / "program"
        toy = {"PYTHONPATH": str(TESTS), "TOY_DIR": str(self.cloud.folder)}
        super().__init__(
            folder,
            engine,
            "toy",
            "dev",
            PASSPHRASE,
            program,
            program / "Pulumi.dev.yaml",
            {**toy, **(environ or {})},
        )

    def make(self, program: str, *, gen: int = 1, settings: str = "") -> "Project":
        """Write the project's files and initialise its stack. `settings` is more text for Pulumi.yaml."""
        self.state_folder.mkdir(parents=True)
        self.program_folder.mkdir()
        (self.program_folder / "Pulumi.yaml").write_text(f"name: toy\nruntime: python\n{settings}")
        (self.program_folder / "__main__.py").write_text(program)
        self.configure(gen=gen)
        self.initialise()
        return self

    def configure(self, **values: object) -> None:
        """Set the stack's config; its salt and the keys not named stay."""
        settings = yaml.safe_load(self.stack_file.read_text()) if self.stack_file.exists() else {}
        config = {"azure-native:metadataHost": "http://127.0.0.1:9", **settings.get("config", {})}
        config.update({f"toy:{key}": value for key, value in values.items()})
        self.stack_file.write_text(yaml.safe_dump({**settings, "config": config}))

    def things(self) -> list[str]:
        """Name the toy things that the state holds, in its order."""
        return [
            resource["urn"].split("::", 3)[3]
            for resource in self.deployment().get("resources", ())
            if resource["type"].endswith("toy:Thing")
        ]

    def processes(self) -> list[int]:
        """List living processes that work for this project."""
        return processes_with(f"TOY_DIR={self.cloud.folder}")


def ops(digest: Mapping[str, Any]) -> dict[str, str]:
    """Spell a preview as name → operation, without the stack."""
    return {
        step["urn"].split("::", 3)[3]: step["op"]
        for step in digest.get("steps", ())
        if not step["urn"].split("::", 3)[2].endswith("pulumi:pulumi:Stack")
    }


def processes_with(variable: str) -> list[int]:
    """List living processes that have a variable in their environment, as `NAME=value`."""
    return [pid for pid, environ in _environments() if variable.encode() in environ.split(b"\0")]


def eventually(holds: Callable[[], object], what: str, seconds: float = 30.0) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.01)


@cache
def _folder_of_keys() -> str:
    folder = mkdtemp(prefix="keys-")
    atexit.register(shutil.rmtree, folder)
    return folder


def _environments() -> Iterator[tuple[int, bytes]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
                if state != "Z":
                    yield int(folder.name), (folder / "environ").read_bytes()
            except OSError:
                continue  # ended meanwhile, or not ours
