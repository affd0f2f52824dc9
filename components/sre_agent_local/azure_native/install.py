"""Where an engine finds this plugin: the plugin cache of a Pulumi home of its own.

The cache (not PATH, not Pulumi.yaml) because a plugin on PATH is warned about at every run, and an entry in
Pulumi.yaml would hold for every stack of the project.
"""

import shlex
import sys
from importlib import metadata
from pathlib import Path


def sdk_version() -> str:
    """Return the version of azure-native that programs here ask for: that of the installed SDK."""
    return metadata.version("pulumi_azure_native")


def install(plugins_home: Path) -> Path:
    """Write the plugin's launcher below a Pulumi home and return its path; again is the same as once."""
    folder = plugins_home / "plugins" / f"resource-azure-native-v{sdk_version()}"
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
