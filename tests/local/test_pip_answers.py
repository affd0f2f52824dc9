"""The Python that Pulumi is given: it answers for pip, and is Python in all else."""

import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from sre_agent_local.pip_answers import install


def run(python: Path, *arguments: str) -> str:
    done = subprocess.run([python, *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def test_it_answers_as_pip_does(tmp_path: Path) -> None:
    python = install(tmp_path / "home")

    listed = json.loads(run(python, "-m", "pip", "list", "--format", "json"))
    assert {"name": "grpcio", "version": metadata.version("grpcio")} in listed
    assert run(python, "-m", "pip", "--version").startswith(f"pip {metadata.version('pip')}")


def test_it_is_this_python_in_all_else(tmp_path: Path) -> None:
    python = install(tmp_path / "home")

    assert run(python, "-c", "import sys; print(sys.prefix, *sys.argv[1:])", "a b") == f"{sys.prefix} a b\n"
    assert install(tmp_path / "home") == python
