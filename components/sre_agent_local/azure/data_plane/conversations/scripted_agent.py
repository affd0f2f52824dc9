"""The scripted agent: what it makes of a message (docs/reference/run-time.md#approvals).

A plain question is answered with what is in the agent's resource group, which a command reads; "report" in it
leaves a file, too. `PROPOSALS` says which words make it propose a write: that waits for an approval in Review
mode, and for someone's permissions where the agent has too few of its own.
"""

import json
import re
import time
from dataclasses import dataclass
from fnmatch import fnmatchcase

from sre_agent_local.azure.arm_path import ArmPath
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

from . import payloads
from .turn import Command, Turn

SCOPE = "https://management.azure.com/.default"
"""What a command needs of whoever lends the agent permissions."""
REPORT = "report.md"
UNATTENDED = ("autonomous", "automatic")

PROPOSALS = (
    (
        "restart deployment/NAME",
        re.compile(r"\brestart (deployment/[\w-]+)", re.IGNORECASE),
        ("kubectlExecution", "RunKubectlWriteCommand", "kubectl rollout restart {name}"),
    ),
    (
        "restart NAME",
        re.compile(r"\brestart ([\w-]+)", re.IGNORECASE),
        (
            "azCliExecution",
            "RunAzCliWriteCommands",
            "az webapp restart --name {name} --resource-group {group}",
        ),
    ),
    (
        "vacuum TABLE",
        re.compile(r"\bvacuum ([\w.]+)", re.IGNORECASE),
        ("psqlExecution", "RunPsqlWriteCommand", "VACUUM ANALYZE {name};"),
    ),
)
"""Phrases in a message, and the command that each leads to; the first that fits."""


@dataclass(frozen=True)
class Scene:
    """Where a turn takes place."""

    azure: AzureState
    agent: Resource
    mode: str
    """The thread's own mode, in any spelling."""
    allowed: tuple[str, ...]
    """Patterns of tools that the thread lets run unasked."""

    @property
    def group_name(self) -> str:
        return str(ArmPath.parse(self.agent.id).group)

    @property
    def group_id(self) -> str:
        return ArmPath.parse(self.agent.id).group_id

    def status_of(self, tool: str, line: str) -> str:
        """Say how a write begins: it waits for an approval, for permissions, or for nothing."""
        runs_freely = self.mode.lower() in UNATTENDED or not self.azure.settings.review_blocks
        tool_names = (tool, f"{tool}({line})")
        if not runs_freely and not any(
            fnmatchcase(name, pattern) for pattern in self.allowed for name in tool_names
        ):
            return "Pending"
        return "PendingAuthorization" if self.lacks_permissions else "Running"

    @property
    def lacks_permissions(self) -> bool:
        """Say whether a write needs someone to act on behalf of."""
        setting = self.azure.settings.on_behalf_of
        action = self.agent.properties.get("actionConfiguration") or {}
        return setting == "always" or (setting == "lowAccess" and action.get("accessLevel") == "Low")


def respond(scene: Scene, turn: Turn, question: str, waiting: list[Command]) -> dict[str, str]:
    """Let the agent take its turn; return the files that it leaves. `waiting`: what still needs a word."""
    if waiting and re.search(r"\bapproved?\b", question, re.IGNORECASE):
        _propose_anew(scene, turn, waiting)
        return {}
    for _, pattern, (slot, tool, template) in PROPOSALS:
        if match := pattern.search(question):
            line = template.format(name=match[1], group=scene.group_name)
            _write(scene, turn, slot, tool, line)
            return {}
    return _read(scene, turn, question)


def run(turn: Turn, command: Command, by: Json) -> None:
    """Let a command run that may, and tell what came of it."""
    turn.set_status(command, "Running", executedBy=by)
    turn.complete(command, "")
    turn.add_reasoning("The command has run. ", "I say so.")
    turn.add_text("Done: ", f"`{command.execution['command']}` completed.")


def _propose_anew(scene: Scene, turn: Turn, waiting: list[Command]) -> None:
    """Words are no approval: cancel what waits, and propose the same again."""
    for command in waiting:
        turn.set_status(command, "Cancelled")
    last = waiting[-1]
    _write(scene, turn, last.slot, last.tool, last.execution["command"])


def _write(scene: Scene, turn: Turn, slot: str, tool: str, line: str) -> None:
    turn.add_reasoning("This changes something. ", "I look at what I may do.")
    if scene.mode.lower() == "readonly":
        turn.add_text("I may only read here: ", f"run `{line}` yourself.")
        return
    status = scene.status_of(tool, line)
    turn.add_text("I propose to run ", f"`{line}`.")
    begins = "Pending" if status == "Pending" else "Running"
    command = Command.new(slot, tool, line, f"Run {line}", begins, time.time())
    turn.add_call(command)
    if status == "PendingAuthorization":
        turn.set_status(command, status, requiredScopes=[SCOPE])
    elif status == "Running":
        run(turn, command, payloads.AGENT_ON_COMMANDS)


def _read(scene: Scene, turn: Turn, question: str) -> dict[str, str]:
    ids = [ArmPath.parse(resource.id) for resource in scene.azure.store.under(scene.group_id)]
    names = [path.names[0] for path in ids if path.scope_id == path.group_id and len(path.rest) == 2]
    group = scene.group_name
    line = f"az resource list --resource-group {group} --query [].name"
    turn.add_reasoning("I look at ", "the resource group first.")
    turn.add_text("Let me see ", f"what is in {group}.")
    command = Command.new(
        "azCliExecution",
        "RunAzCliReadCommands",
        line,
        f"List the resources of {group}",
        "Running",
        time.time(),
    )
    turn.add_call(command)
    turn.complete(command, json.dumps(names))
    turn.add_reasoning("That is enough ", "for an answer.")
    answer = f"Resource group {group} holds {len(names)} resources: {', '.join(sorted(names))}."
    files = {REPORT: f"# {question}\n\n{answer}\n"} if "report" in question.lower() else {}
    for name in files:
        turn.add_message(payloads.message(payloads.AGENT, fileWriteResult={"filePath": name, "error": None}))
    turn.add_text(f'You asked: "{question}". ', answer)
    return files
