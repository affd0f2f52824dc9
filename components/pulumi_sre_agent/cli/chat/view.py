"""What happens in a turn, as a person or a program sees it."""

import json
import sys
from typing import TYPE_CHECKING

from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.chat.blocks import Blocks

if TYPE_CHECKING:
    from pulumi_sre_agent.api.runtime.streaming import Update

REASONING, ERROR = "Reasoning", "Error"
COMMANDS = ("AzCli", "Kubectl", "Psql")


class View:
    """Shows updates as they come: a person sees all of them in order, a pipe the answer alone.

    The answer is what the agent says last; what it says on the way goes to stderr where stdout is a pipe.
    """

    def __init__(self, *, prints_answer: bool) -> None:
        self.answer = ""
        self.failed = False
        """Whether the agent broke off, or said nothing at all."""
        self._prints_answer = prints_answer
        self._is_person = terminal.is_person(sys.stdout) and prints_answer
        self._message_id, self._text = "", ""
        self._kind: str | None = None
        self._blocks = Blocks()

    def begin_turn(self) -> None:
        """Forget what was answered before."""
        self.answer, self.failed = "", False

    def show(self, update: "Update") -> None:
        """Show something new."""
        if update.role == "user":
            return
        if update.tool:
            self.flush()
            terminal.note(f"[tool] {update.tool}")
        elif update.kind in COMMANDS:
            self.flush()
            state = json.loads(update.text)
            terminal.note(f"[{state.get('status')}] {state.get('command')}")
        elif update.kind == ERROR:
            self.flush()
            self.failed = True
            terminal.error(f"The agent failed: {update.text}")
        else:
            self._add(update)

    def flush(self) -> None:
        """Show what is there of a message that nothing will be added to."""
        if self._kind == REASONING:
            terminal.note(self._text.strip())
        elif self._is_person:
            _print_blocks(self._blocks.rest())
        self._message_id, self._kind, self._text = "", None, ""

    def end_turn(self) -> None:
        """Print the answer where nobody has seen it, once the turn and its approvals are over."""
        self.flush()
        if self.answer and self._prints_answer and not self._is_person:
            terminal.result(self.answer)
        if not self.answer and not self.failed:
            self.failed = True
            terminal.error("The agent has said nothing.")

    def _add(self, update: "Update") -> None:
        """Go on with a message, or begin another one."""
        if update.message_id != self._message_id:
            self.flush()
            self._message_id, self._kind = update.message_id, update.kind
            if update.kind != REASONING:
                self._begin_answer()
        self._text += update.text
        if update.kind == REASONING:
            return
        self.answer = self._text.strip()
        if self._is_person:
            _print_blocks(self._blocks.add(update.text))

    def _begin_answer(self) -> None:
        """Tell what was said before as a remark on the way: it was not the answer."""
        if self.answer and not self._is_person:
            terminal.note(self.answer)
        self.answer = ""


def _print_blocks(blocks: list[str]) -> None:
    for block in blocks:
        terminal.result_markdown(block)
        terminal.result("")
