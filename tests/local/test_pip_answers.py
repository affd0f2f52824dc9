"""The Python that Pulumi is given: it answers for pip, and is Python in all else."""

import json
import os
import subprocess
import sys
import sysconfig
from importlib import metadata
from pathlib import Path

from sre_agent_local.pip_answers import install


def run(python: Path, *arguments: str) -> str:
    done = subprocess.run([python, *arguments], capture_output=True, text=True, check=True)
    return done.stdout


def test_it_answers_as_pip_does(tmp_path: Path) -> None:
    python = install(tmp_path / "a home")

    listed = json.loads(run(python, "-m", "pip", "list", "--format", "json"))
    assert {"name": "grpcio", "version": metadata.version("grpcio")} in listed
    assert run(python, "-m", "pip", "--version").startswith(f"pip {metadata.version('pip')}")
    assert run(python, "-c", "import sys; print(sys.executable)") == f"{sys.executable}\n"


def test_it_lists_anew_once_something_was_installed_since(tmp_path: Path) -> None:
    python = install(tmp_path)
    listed = run(python, "-m", "pip", "list", "--format", "json")
    answer, packages = tmp_path / "pip-list", Path(sysconfig.get_path("purelib"))
    answer.write_text("[]")

    answers = []
    for seconds in (1, -1):
        moment = packages.stat().st_mtime + seconds
        os.utime(answer, (moment, moment))
        answers.append(run(python, "-m", "pip", "list", "--format", "json"))

    assert answers == ["[]", listed]


def test_it_is_this_python_in_all_else(tmp_path: Path) -> None:
    python = install(tmp_path / "home")

    assert run(python, "-c", "import sys; print(sys.prefix, *sys.argv[1:])", "a b") == f"{sys.prefix} a b\n"
    assert install(tmp_path / "home") == python
