"""The pipelines of examples/pipelines: their files, their shell steps, and shells that only take notes."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from support.cli import SRE_AGENT, Folder, free_port

Json = dict[str, Any]

ROOT = Path(__file__).parents[2]
PIPELINES = ROOT / "examples" / "pipelines"
WORKFLOWS = sorted(PIPELINES.glob("github/workflows/*.yaml"))
ACTIONS = sorted(PIPELINES.glob("github/actions/*/action.yaml"))
AZURE = sorted(PIPELINES.glob("azure-pipelines/**/*.yaml"))
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
STUB = """\
#!{python} -IS
import json, os, sys
from pathlib import Path
home = Path({home})
name = Path(sys.argv[0]).name
with (home / "calls.jsonl").open("a") as calls:
    print(json.dumps({{"argv": [name, *sys.argv[1:]], "environ": dict(os.environ)}}), file=calls)
answer = home / f"{{name}}.json"
code, text = json.loads(answer.read_text()) if answer.exists() else (0, "")
sys.stdout.write(text)
sys.exit(code)
"""


@dataclass(frozen=True)
class ShellStep:
    """One shell step of a pipeline, with its expressions filled in."""

    file: str
    script: str
    variables: Mapping[str, str]

    @property
    def verb(self) -> str:
        """What it is about."""
        return next(iter(re.findall(r"sre-agent (\w+)", self.script)), "make")

    def __str__(self) -> str:
        return f"{self.file} {self.verb}"


def load(file: Path) -> Json:
    """Read a file as YAML 1.2, in which `on` is a word."""
    content: Json = YAML(typ="safe", pure=True).load(file)
    return content


def shell_steps(values: Mapping[str, str]) -> Iterator[ShellStep]:
    """Yield every shell step; `values` has what expressions stand for."""
    for file in (*WORKFLOWS, *ACTIONS):
        for holder in _mappings(load(file)):
            if isinstance(holder.get("run"), str):
                environ = {name: _fill(str(text), values) for name, text in holder.get("env", {}).items()}
                yield ShellStep(_short(file), _fill(holder["run"], values), environ)
    (template,) = (load(file) for file in AZURE if file.name == "run.yaml")
    scripts = [(file, step["bash"]) for file in AZURE for step in _mappings(load(file)) if "bash" in step]
    (wrapper,) = (
        step["inputs"]["inlineScript"]
        for step in template["steps"]
        if "inputs" in step and "inlineScript" in step["inputs"]
    )
    scripts += [
        (file, wrapper.replace("${{ parameters.script }}", holder["parameters"]["script"]))
        for file in AZURE
        for holder in _mappings(load(file))
        if "template" in holder and "script" in holder.get("parameters", {})
    ]
    yield from (ShellStep(_short(file), _fill(script, values), {}) for file, script in scripts)


def _short(file: Path) -> str:
    return file.relative_to(PIPELINES).as_posix()


def _fill(text: str, values: Mapping[str, str]) -> str:
    return EXPRESSION.sub(lambda match: values[match[1]], text)


def _mappings(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _mappings(each)


class Sample(Folder):
    """A copy of the project's own stacks; `local` has an Azure of its own."""

    def __init__(self, root: Path) -> None:
        root.mkdir()
        shutil.copy(ROOT / "Pulumi.yaml", root)
        shutil.copytree(ROOT / "stacks", root / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
        self.root, self.port = root, free_port()
        self.stack_file = root / "stacks" / "Pulumi.local.yaml"
        self.configure()

    def configure(self, **_: str) -> None:
        kept = (ROOT / "stacks" / "Pulumi.local.yaml").read_text(encoding="utf-8")
        self.stack_file.write_text(kept.replace("127.0.0.1:4281", f"127.0.0.1:{self.port}"), encoding="utf-8")


class Shell:
    """A bash in a folder, in which some commands only take notes; else `sre-agent` is the real one."""

    def __init__(self, folder: Path, *stubs: str) -> None:
        self.folder, self.home = folder, folder / "stubs"
        self.home.mkdir(parents=True)
        for name in stubs:
            script = self.home / name
            script.write_text(STUB.format(python=sys.executable, home=repr(str(self.home))))
            script.chmod(0o755)
        self.own = folder / ".venv" / "bin"  # what `make .venv/ready` would make
        self.own.mkdir(parents=True)
        (self.own / "sre-agent").symlink_to(self.home / "sre-agent" if "sre-agent" in stubs else SRE_AGENT)

    def answers(self, name: str, code: int, text: str = "") -> None:
        (self.home / f"{name}.json").write_text(json.dumps([code, text]))

    def run(self, step: ShellStep, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a step as its service does, which ends at the first command that fails."""
        pulumi = [str(Path(found).parent)] if (found := shutil.which("pulumi")) else []
        path = os.pathsep.join([str(self.home), str(self.own), *pulumi, os.defpath])
        environ = {"PATH": path, "HOME": str(self.folder)}
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.script],
            cwd=self.folder,
            env={**environ, **variables, **step.variables},
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self, name: str) -> list[Json]:
        file = self.home / "calls.jsonl"
        calls = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
        return [call for call in calls if call["argv"][0] == name]
