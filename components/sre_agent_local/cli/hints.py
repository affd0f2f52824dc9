"""Things to try after a deployment, as commands that work where they are pasted."""

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.project import Project

SKILL_TYPE = "pulumi-python:dynamic/sre:Skill"
SKILLS_PATH = "/api/v2/extendedAgent/skills"


def suggest_after_up(project: Project, outputs: Mapping[str, Any]) -> None:
    """Suggest looking, asking the agent's data plane, and changing a skill behind Pulumi's back."""
    endpoint, skill = outputs.get("endpoint"), _first_skill(project)
    if not isinstance(endpoint, str) or not skill:
        return
    url = f"{endpoint}{SKILLS_PATH}"
    change = """-X PATCH -d '{"properties": {"description": "Changed by hand"}}'"""
    terminal.hint(
        "Try next",
        {
            "See that nothing differs": [_command_lines(project, "preview")],
            "Ask the agent's data plane": [f'eval "$({_command_path()} local env)"', f"agent_curl {url}"],
            "Change a skill behind Pulumi's back, see it, put it back": [
                f"agent_curl {change} {url}/{skill}",
                _command_lines(project, "refresh", "preview", "up"),
            ],
        },
    )


def _first_skill(project: Project) -> str | None:
    """Name a skill of the stack, the first by name; nothing where the state cannot be read like this."""
    if not project.checkpoint.exists():
        return None  # compressed, as the real engine can be told to
    latest = json.loads(project.checkpoint.read_bytes())["checkpoint"].get("latest") or {}
    resources = latest.get("resources") or []
    return min((each["inputs"]["name"] for each in resources if each["type"] == SKILL_TYPE), default=None)


def _command_lines(project: Project, *verbs: str) -> str:
    if (project.root / "Makefile").exists():
        return f"make {' '.join(verbs)}"
    return " && ".join(f"{_command_path()} local {verb}" for verb in verbs)


def _command_path() -> str:
    """How a shell calls this command: by its name where that is on PATH, else by its file."""
    if shutil.which("sre-agent"):
        return "sre-agent"
    own, here = Path(sys.prefix) / "bin" / "sre-agent", Path.cwd()
    return str(own.relative_to(here) if own.is_relative_to(here) else own)
