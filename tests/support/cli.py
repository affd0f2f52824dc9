"""A small project, the command line as a call, and a `pulumi` that only takes notes."""

import contextlib
import functools
import json
import os
import shlex
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer import testing
from typer.testing import CliRunner

from pulumi_sre_agent.cli.app import app
from pulumi_sre_agent.cli.project import find
from sre_agent_local.cli.azure import LocalAzure
from support.azure import LocalAzure as AzureOfTests

testing._get_command = functools.cache(testing._get_command)  # type: ignore[attr-defined]  # some forty commands, each time
SRE_AGENT = Path(sys.executable).with_name("sre-agent")
SALT = "encryptionsalt: v1:jUsfG7Sr8iA=:v1:TJquWVyiEZzwya5f:dNoG3Y547JSzSziK8E0yaT8Bxlms9A==\n"


@dataclass
class Ran:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str
    screen: str = ""
    """Both in the order in which a terminal shows them; empty where the command ran as a process."""

    @property
    def json(self) -> Any:
        return json.loads(self.out)


LOGIN = ("PULUMI_", "ARM_", "AZURE_", "IDENTITY_")
SETTINGS = {"COLUMNS": "120", "NO_COLOR": "1"}


class Folder:
    """A project on disk."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.port = free_port()
        self.stack_file = root / "stacks" / "Pulumi.local.yaml"
        self.stack_file.parent.mkdir(parents=True)
        (root / "Pulumi.yaml").write_text(
            "name: toy\nruntime: python\nmain: stacks/\nstackConfigDir: stacks/\n"
        )
        (root / "stacks" / "__main__.py").write_text("import pulumi\npulumi.export('size', 5)\n")
        self.configure()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def configure(self, **settings: str) -> None:
        """Write the stack file: the local Azure's settings, and `settings` of the program."""
        config = {
            "azure-native:metadataHost": self.url,
            "azure-native:subscriptionId": "00000000-0000-0000-0000-000000000001",
            "azure-native:tenantId": "00000000-0000-0000-0000-0000000000aa",
            "azure-native:useMsi": "true",
            "azure-native:location": "swedencentral",
            "sre:allowedEndpoints": json.dumps([self.url]),
            **{f"toy:{name}": value for name, value in settings.items()},
        }
        lines = "".join(f"  {name}: {json.dumps(value)}\n" for name, value in config.items())
        self.stack_file.write_text(f"{SALT}config:\n{lines}")

    def borrow(self, azure: AzureOfTests) -> None:
        """Let commands find a local Azure that was not started for this project."""
        self.port = int(azure.url.rpartition(":")[2])
        self.configure()
        record = {
            "url": azure.url,
            "pid": azure.process.pid,
            "identityHeader": azure.environ["IDENTITY_HEADER"],
            "administrationToken": azure.administration["X-Local-Azure-Token"],
        }
        data = self.root / ".local" / "azure"
        data.mkdir(parents=True)
        (data / "azure.json").write_text(json.dumps(record))

    def commit(self) -> None:
        """Commit everything, into a repository of its own, also where nothing has changed."""
        git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.net"]
        for words in (["init", "-q"], ["add", "."], ["commit", "-q", "--allow-empty", "-m", "Change"]):
            subprocess.run([*git, *words], cwd=self.root, check=True)

    def stop(self) -> None:
        """End the local Azure, whatever a test has made of the stack file."""
        self.configure()
        LocalAzure(find(self.root, "local")).stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(
    where: Folder, *words: str, path: str | None = None, program: Path = SRE_AGENT, **variables: str
) -> Ran:
    """Run the installed command as a process; there is no `pulumi` for it unless `path` leads to one."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(LOGIN)}
    environ |= SETTINGS | {"PATH": path or os.defpath} | variables
    command = [str(program), *words]
    done = subprocess.run(
        command, cwd=where.root, env=environ, capture_output=True, text=True, check=False, timeout=120
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def call(where: Folder, *words: str, path: str | None = None, **variables: str) -> Ran:
    """Call the command in this process, which is quicker; what its children print by themselves is lost."""
    foreign = {name: None for name in os.environ if name.startswith(LOGIN)}
    with contextlib.chdir(where.root):
        done = CliRunner().invoke(
            app,
            words,
            env={**foreign, **SETTINGS, "PATH": path or os.defpath, **variables},
            prog_name="sre-agent",
        )
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Ran(done.exit_code, done.stdout, done.stderr, done.output)


class FakePulumi:
    """A `pulumi` on PATH that writes down how it was called and answers what it was told to."""

    SCRIPT = """\
#!{python}
import json, os, sys
from pathlib import Path
home = Path({home})
verb = " ".join(word for word in sys.argv[1:3] if not word.startswith("-"))
with (home / "calls.jsonl").open("a") as calls:
    calls.write(json.dumps({{"argv": sys.argv[1:], "environ": dict(os.environ)}}) + "\\n")
answer = home / (verb.replace(" ", "-") + (".json" if "--json" in sys.argv else ".txt"))
if answer.exists():
    sys.stdout.write(answer.read_text())
{extra}
sys.exit(int((home / "code").read_text()) if (home / "code").exists() else 0)
"""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.path = os.pathsep.join([str(home), os.defpath])
        home.mkdir()
        self.does("")

    def does(self, extra: str) -> None:
        """Let it run a piece of Python after its answer."""
        script = self.home / "pulumi"
        script.write_text(self.SCRIPT.format(python=sys.executable, home=repr(str(self.home)), extra=extra))
        script.chmod(0o755)

    def answers(self, verb: str, text: str, *, as_json: bool = False) -> None:
        """Set what a verb such as `up` or `stack output` prints."""
        (self.home / (verb.replace(" ", "-") + (".json" if as_json else ".txt"))).write_text(text)

    def fails(self, code: int) -> None:
        (self.home / "code").write_text(str(code))

    @property
    def calls(self) -> list[dict[str, Any]]:
        file = self.home / "calls.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    @property
    def lines(self) -> list[str]:
        """Every call's arguments, as one would type them."""
        return [shlex.join(call["argv"]) for call in self.calls]
