"""The scripted agent: it does what a turn of the script says, as far as it may.

A call that has to wait keeps the rest of its turn with it, until somebody has decided.

See docs/how-to/local-script.md, docs/reference/product.md#tool-calls.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sre_agent_local.azure import clock
from sre_agent_local.azure.http.json_values import Json, timestamp
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

from . import circumstances, gate, payloads, tools
from .occasion import Occasion
from .script import Step
from .texts import Texts
from .turn import Command, Turn

SCOPE = "https://management.azure.com/.default"
"""What a command needs of whoever lends the agent permissions."""


@dataclass(frozen=True)
class Scene:
    """Where a turn takes place."""

    azure: AzureState
    agent: Resource
    thread: Resource
    occasion: Occasion

    @property
    def mode(self) -> gate.Mode:
        return gate.mode_of(str(self.thread.document["thread"]["agentMode"]))

    @property
    def lacks_permissions(self) -> bool:
        """Say whether a write needs someone to act on behalf of."""
        setting = self.azure.settings.on_behalf_of
        action = self.agent.properties.get("actionConfiguration") or {}
        return setting == "always" or (setting == "lowAccess" and action.get("accessLevel") == "Low")


class Performance:
    """Does the steps of a turn, one after another."""

    def __init__(self, scene: Scene, turn: Turn, named: Mapping[str, str]) -> None:
        """Take `named`, which the script's pattern has found in the message."""
        self._scene, self._turn, self._named = scene, turn, dict(named)
        self._texts = Texts(scene.azure, scene.occasion, named)
        self.files: dict[str, str] = {}
        """What the agent has written, by name."""
        self.calls: dict[str, Json] = {}
        """By the id of what waits: the call, and what comes after it."""
        self.resolves = False
        """Whether the incident is over with this turn."""

    def perform(self, steps: Sequence[Step]) -> None:
        for number, step in enumerate(steps, 1):
            if not self._do(step, steps[number:]):
                return

    def approve(self, command: Command, kept: Json, by: Json, *, lends: bool) -> None:
        """Let what waits run, if it may now, and go on with the turn."""
        step, rest = _read(kept)
        if command.is_card:
            self._turn.set_status(command, "Approved", decisionTimestamp=timestamp(clock.now()))
        if self._run(step, rest, by, None if command.is_card else command, lends=lends):
            self.perform(rest)

    def reject(self, command: Command, kept: Json) -> bool:
        """Let what waits be, and do what the script has for that; say whether it has anything."""
        step, _ = _read(kept)
        if command.is_card:
            self._turn.set_status(command, "Rejected", decisionTimestamp=timestamp(clock.now()))
        else:
            self._turn.set_status(command, "Cancelled")
        self.perform(step.otherwise or ())
        return bool(step.otherwise)

    def propose_anew(self, kept: Json) -> None:
        """Propose once more what has been cancelled."""
        step, rest = _read(kept)
        self._turn.add_reasoning("This changes something. ", "I look at what I may do.")
        self._turn.add_text("I propose to run ", f"`{_line(step)}`.")
        self.perform([step, *rest])

    def _do(self, step: Step, rest: Sequence[Step]) -> bool:
        """Do a step; say whether the turn goes on."""
        if step.call is not None:
            return self._call(step, rest)
        if step.say is not None:
            self._turn.add_text(*self._pieces(step.say))
        elif step.think is not None:
            self._turn.add_reasoning(*self._pieces(step.think))
        elif step.file is not None:
            self.files[step.file] = self._texts.fill(step.content)
            written = {"filePath": step.file, "error": None}
            self._turn.add_message(payloads.message(payloads.AGENT, fileWriteResult=written))
        elif step.cut:
            self._turn.add_cut()
        elif step.resolve:
            self.resolves = True
        else:
            self._turn.add_error(self._texts.fill(step.fail))
        return step.fail is None

    def _pieces(self, text: str | list[str]) -> list[str]:
        return [self._texts.fill(piece) for piece in ([text] if isinstance(text, str) else text)]

    def _call(self, step: Step, rest: Sequence[Step]) -> bool:
        filled = {name: self._texts.fill(getattr(step, name)) for name in _TEXTS if getattr(step, name)}
        step = step.model_copy(update=filled)
        verdict = self._decide(step)
        if verdict.result == "runs":
            return self._run(step, rest, payloads.AGENT_ON_COMMANDS)
        if verdict.result == "blocked":
            if step.otherwise is None:
                self._turn.add_text(*_refusal(step, verdict))
            self.perform(step.otherwise or ())
            return False
        command = _asking(step, with_card=verdict.is_card or step.call not in tools.SLOTS)
        self._turn.add_command(command)
        self._keep(command, step, rest)
        return False

    def _decide(self, step: Step) -> gate.Verdict:
        scene, tool = self._scene, str(step.call)
        wants = step.approval
        if wants is None:
            wants = circumstances.wants_approval(scene.azure, scene.agent, tool)
        call = gate.Call(
            tool=tool,
            argument=tools.argument_text(tool, step.arguments),
            wants_approval=wants and (scene.azure.settings.review_blocks or scene.mode != "Review"),
            writes=_writes(step),
            is_refused_everywhere=tools.is_refused_everywhere(tool, step.arguments),
            hooks=self._hooks(step, "PreToolUse"),
        )
        subagent = scene.occasion.origin.subagent
        policies = circumstances.policies(scene.azure, scene.agent, scene.thread, subagent)
        return gate.decide(call, policies, scene.mode)

    def _hooks(self, step: Step, event: str) -> tuple[tuple[str, str], ...]:
        scene, tool = self._scene, str(step.call)
        said = circumstances.hooks(scene.azure, scene.agent, scene.thread, tool, event, step.hooks)
        return tuple(said)

    def _run(
        self,
        step: Step,
        rest: Sequence[Step],
        by: Json,
        command: Command | None = None,
        *,
        lends: bool = False,
    ) -> bool:
        """Run a call that may; say whether the turn goes on, or permissions are waited for."""
        if step.call not in tools.SLOTS:
            self._run_plain(step)
            return True
        if command is None:
            command = _execution(step, "Running")
            self._turn.add_command(command)
        if _writes(step):
            if self._scene.lacks_permissions and not lends:
                self._turn.set_status(command, "PendingAuthorization", requiredScopes=[SCOPE])
                self._keep(command, step, rest)
                return False
            self._turn.set_status(command, "Running", executedBy=by)
        self._turn.complete(command, self._result(step), step.error)
        return True

    def _run_plain(self, step: Step) -> None:
        """Run what leaves no execution; of a shell, a message has the outcome."""
        call_id = str(uuid.uuid4())
        self._turn.add_call(call_id, str(step.call), step.description or f"Run {_line(step)}")
        if step.call in tools.SHELLS:
            outcome = payloads.terminal_result(_line(step), self._result(step), step.error)
            self._turn.add_message(payloads.message(payloads.AGENT_ON_COMMANDS, terminalResult=outcome))
        self._turn.add_result(call_id)

    def _result(self, step: Step) -> str:
        for name, said in () if step.error else self._hooks(step, "PostToolUse"):
            if said == "block":
                return f"The hook '{name}' hides the result."
        return step.result if isinstance(step.result, str) else json.dumps(step.result)

    def _keep(self, command: Command, step: Step, rest: Sequence[Step]) -> None:
        self.calls[command.id] = {
            "step": _stored(step),
            "rest": [_stored(one) for one in rest],
            "text": self._scene.occasion.text,
            "named": self._named,
        }


_TEXTS = ("arguments", "result", "error", "description")


def _writes(step: Step) -> bool:
    return tools.writes(str(step.call)) if step.writes is None else step.writes


def _line(step: Step) -> str:
    """Return how a call is shown in a line: its command, or its tool with its arguments."""
    command = step.arguments.get("command")
    return command if isinstance(command, str) else f"{step.call}({json.dumps(step.arguments)})"


def _asking(step: Step, *, with_card: bool) -> Command:
    if not with_card:
        return _execution(step, "Pending")
    description = step.description or f"Run {_line(step)}"
    return Command.new("approval", payloads.card(str(step.call), _line(step), description))


def _execution(step: Step, status: str) -> Command:
    tool, line = str(step.call), _line(step)
    description = step.description or f"Run {line}"
    return Command.new(tools.SLOTS[tool], payloads.execution(tool, line, description, status, clock.now()))


def _refusal(step: Step, verdict: gate.Verdict) -> tuple[str, str]:
    if verdict.row == "12":
        return "I may only read here: ", f"run `{_line(step)}` yourself."
    return f"I may not run `{_line(step)}`: ", f"{verdict.reason}."


def _stored(step: Step) -> Json:
    return step.model_dump(exclude_unset=True)


def _read(kept: Json) -> tuple[Step, list[Step]]:
    return Step.model_validate(kept["step"]), [Step.model_validate(one) for one in kept["rest"]]
