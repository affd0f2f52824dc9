"""Where an engine finds this plugin: the plugin cache of a Pulumi home of its own.

The cache (not PATH, not Pulumi.yaml) because a plugin on PATH is warned about at every run, and an entry in
Pulumi.yaml would hold for every stack of the project.
"""

import json
import re
import shlex
import sys
from importlib import metadata
from pathlib import Path

VERSION = re.compile(r"\d+(\.\d+)*([-+.][0-9A-Za-z.+-]+)?")


def sdk_version() -> str:
    """Return the version of azure-native that programs here ask for: that of the installed SDK."""
    return metadata.version("pulumi_azure_native")


def install(plugins_home: Path, checkpoint: Path | None = None) -> Path:
    """Write the plugin's launcher below a Pulumi home and return its path; again is the same as once.

    It is there also by the versions that a stack's state asks for: those of SDKs before, which a refresh and
    a destroy still start, be it on another machine.
    """
    for version in versions_of(checkpoint) if checkpoint else ():
        _install(plugins_home, version)
    return _install(plugins_home, sdk_version())


def versions_of(checkpoint: Path) -> set[str]:
    """Return the versions of azure-native in the state of a stack; none where that cannot be read."""
    try:
        state = json.loads(checkpoint.read_text("utf-8"))
        resources = ((state.get("checkpoint") or {}).get("latest") or {}).get("resources") or ()
        providers = [each for each in resources if each["type"] == "pulumi:providers:azure-native"]
        versions = [each.get("inputs", {}).get("version") for each in providers]
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return set()  # there is none yet, or the engine says what is wrong with it
    return {version for version in versions if isinstance(version, str) and VERSION.fullmatch(version)}


def _install(plugins_home: Path, version: str) -> Path:
    folder = plugins_home / "plugins" / f"resource-azure-native-v{version}"
    folder.mkdir(parents=True, exist_ok=True)
    launcher = folder / "pulumi-resource-azure-native"
    command = shlex.join([sys.executable, "-u", "-m", "sre_agent_local.azure_native"])
    script = f'#!/bin/sh\nexec {command} "$@"\n'
    if not launcher.exists() or launcher.read_text() != script:
        fresh = launcher.with_suffix(".new")
        fresh.write_text(script)
        fresh.chmod(0o755)
        fresh.replace(launcher)
    return launcher
