"""`python -m sre_agent_local.pip_answers`: answers what Pulumi asks pip at every run, without loading pip.

Pulumi's language host calls `python -m pip --version` and `python -m pip list --format json`, which together
take longer than a whole preview by the embedded engine. `install` writes a launcher of this Python, for
`PULUMI_PYTHON_CMD`, that has these two answered here; all else goes to Python as it is.
"""

import json
import shlex
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

LAUNCHER = """#!/bin/sh
case "$*" in
"-m pip --version" | "-m pip list --format json") exec {python} -m sre_agent_local.pip_answers "$3" ;;
*) exec {python} "$@" ;;
esac
"""


def install(home: Path) -> Path:
    """Write the launcher below a Pulumi home and return its path; again is the same as once."""
    launcher = home / "python"
    script = LAUNCHER.format(python=shlex.quote(sys.executable))
    if not launcher.exists() or launcher.read_text() != script:
        home.mkdir(parents=True, exist_ok=True)
        fresh = launcher.with_suffix(".new")
        fresh.write_text(script)
        fresh.chmod(0o755)
        fresh.replace(launcher)
    return launcher


def main(arguments: Sequence[str]) -> None:
    if "--version" in arguments:
        print(f"pip {metadata.version('pip')}")
        return
    installed = {each.metadata["Name"]: each.version for each in metadata.distributions()}
    print(json.dumps([{"name": name, "version": version} for name, version in sorted(installed.items())]))


if __name__ == "__main__":
    main(sys.argv[1:])
