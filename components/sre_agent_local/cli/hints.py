"""Things to try after a deployment, as commands that work where they are pasted."""

import json
import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.project import Project

DEFAULT_STACK = "local"
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
            "See that nothing differs": [_command_line(project, "preview")],
            "Ask the agent's data plane": [
                f'eval "$({_command_path()} local env{stack_option(project)})"',
                f"agent_curl {url}",
            ],
            "Change a skill behind Pulumi's back, see it, put it back": [
                f"agent_curl {change} {url}/{skill}",
                f"{_command_path()} drift -s {shlex.quote(project.stack)} --revert",
            ],
        },
    )


def stack_option(project: Project) -> str:
    """Name the stack to a command that is to be pasted: ` -s NAME`; nothing for the one it takes anyway."""
    return "" if project.stack == DEFAULT_STACK else f" -s {shlex.quote(project.stack)}"


def _first_skill(project: Project) -> str | None:
    """Name a skill of the stack, the first by name; nothing where the state cannot be read like this."""
    if not project.checkpoint.exists():
        return None  # compressed, as the real engine can be told to
    latest = json.loads(project.checkpoint.read_bytes())["checkpoint"].get("latest") or {}
    resources = latest.get("resources") or []
    return min((each["inputs"]["name"] for each in resources if each["type"] == SKILL_TYPE), default=None)


def _command_line(project: Project, verb: str) -> str:
    if project.stack == DEFAULT_STACK and (project.root / "Makefile").exists():
        return f"make {verb}"
    return f"{_command_path()} local {verb}{stack_option(project)}"


def _command_path() -> str:
    """How a shell calls this command: by its name where that is on PATH, else by its file."""
    if shutil.which("sre-agent"):
        return "sre-agent"
    own, here = Path(sys.prefix) / "bin" / "sre-agent", Path.cwd()
    return str(own.relative_to(here) if own.is_relative_to(here) else own)
