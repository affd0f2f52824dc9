"""`python -m sre_agent_local.pip_answers`: answers what Pulumi asks pip at every run, without loading pip.

Pulumi's language host calls `python -m pip --version`, `python -m pip list --format json` and `python -c` for
the path of Python, which together take longer than a whole preview by the embedded engine. `install` writes a
launcher of this Python, for `PULUMI_PYTHON_CMD`, that answers them from files, made anew by this module once
something was installed since; all else goes to Python as it is.
"""

import json
import os
import shlex
import sys
import sysconfig
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

LAUNCHER = """#!/bin/sh
answer() {{
  [ {home}/"$1" -nt {packages} ] || {python} -m sre_agent_local.pip_answers {home} || exit
  exec cat {home}/"$1"
}}
case "$*" in
"-m pip --version") answer pip-version ;;
"-m pip list --format json") answer pip-list ;;
"-c import sys; print(sys.executable)") echo {python} ;;
*) exec {python} "$@" ;;
esac
"""


def install(home: Path) -> Path:
    """Write the launcher below a Pulumi home and return its path; again is the same as once."""
    launcher = home / "python"
    packages = sysconfig.get_path("purelib")
    paths = {"home": str(home), "packages": packages, "python": sys.executable}
    script = LAUNCHER.format_map({name: shlex.quote(path) for name, path in paths.items()})
    if not launcher.exists() or launcher.read_text() != script:
        home.mkdir(parents=True, exist_ok=True)
        _replace(launcher, script, 0o755)
    return launcher


def main(arguments: Sequence[str]) -> None:
    """Write the answers into the folder that the arguments name."""
    (home,) = map(Path, arguments)
    installed = {each.metadata["Name"]: each.version for each in metadata.distributions()}
    listed = [{"name": name, "version": version} for name, version in sorted(installed.items())]
    _replace(home / "pip-list", json.dumps(listed))
    _replace(home / "pip-version", f"pip {metadata.version('pip')}\n")


def _replace(path: Path, text: str, mode: int = 0o644) -> None:
    fresh = path.with_name(f"{path.name}.{os.getpid()}")  # the host asks for two answers at once
    fresh.write_text(text)
    fresh.chmod(mode)
    fresh.replace(path)


if __name__ == "__main__":
    main(sys.argv[1:])
