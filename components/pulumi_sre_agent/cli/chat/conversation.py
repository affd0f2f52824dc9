"""A conversation as it goes on: turns, and the approvals in between."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from pulumi_sre_agent.api.errors import SreAgentError
from pulumi_sre_agent.api.runtime import streaming
from pulumi_sre_agent.api.runtime.approvals import PolicyRequest
from pulumi_sre_agent.cli import asking, terminal
from pulumi_sre_agent.cli.approval import deciding
from pulumi_sre_agent.cli.approval.deciding import AGENT_FAILED, WAITS
from pulumi_sre_agent.cli.approval.item import Item
from pulumi_sre_agent.cli.chat.view import View

if TYPE_CHECKING:
    from pulumi_sre_agent.api.agent import AgentClient
    from pulumi_sre_agent.api.runtime.streaming import Update


class Conversation:
    """One thread of an agent, and a person or a program that speaks in it."""

    def __init__(
        self, agent: "AgentClient", thread_id: str | None, subagent: str, user: str, *, as_json: bool
    ) -> None:
        self._agent, self._data = agent, agent.data_plane
        self._thread_id, self._subagent, self._user = thread_id, subagent, user
        self._as_json = as_json
        self._view = View(prints_answer=not as_json)
        self._waiting: list[Item] = []

    def take_turn(self, text: str) -> None:
        """Say something, show what happens until the agent has answered, and ask about what it may not do."""
        self._view.begin_turn()
        if self._thread_id is None:
            updates = streaming.start(self._data, text, subagent=self._subagent)
        else:
            updates = streaming.send(self._data, self._thread_id, text, subagent=self._subagent)
        self._show(updates)
        self._ask()
        self._view.end_turn()

    def finish(self) -> int:
        """Say what is left to do, and return the exit code."""
        if self._as_json:
            waiting = [item.json() for item in self._waiting]
            terminal.result_json(
                {
                    "threadId": self._thread_id,
                    "answer": self._view.answer,
                    "failed": self._view.failed,
                    "waiting": waiting,
                }
            )
        for item in self._waiting:
            terminal.note(f"`{item.command}` waits for a word: `sre-agent approval approve {item.id}`")
        if self._thread_id:
            terminal.note(f"Go on with --thread {self._thread_id}")
        if self._view.failed:
            return AGENT_FAILED
        return WAITS if self._waiting else 0

    def tell_interrupted(self) -> None:
        """Say that the agent goes on."""
        self._view.end_turn()
        where = f": sre-agent thread logs -f {self._thread_id}" if self._thread_id else ""
        terminal.note(f"You no longer listen; the agent goes on{where}")

    def _show(self, updates: "Iterator[Update]") -> None:
        for update in updates:
            if self._thread_id is None:
                self._thread_id = update.thread_id
                terminal.note(f"Thread: {update.thread_id}")
            self._view.show(update)
        self._view.flush()

    def _ask(self) -> None:
        """Ask about what waits, again and again while answers make the agent go on to something else."""
        refused: set[str] = set()
        while True:
            items = [Item(each) for each in self._agent.approvals.pending(self._thread_id)]
            self._waiting = [item for item in items if item.id not in refused]
            if not self._waiting or not asking.is_somebody_there():
                return
            item = self._waiting[0]
            known = self._agent.threads.messages(item.thread_id).messages
            deciding.show(self._agent, [item], self._user)
            question = "Lend your permissions for it?" if item.needs_permissions else "Run it?"
            try:
                if asking.ask(f"{question} [y/N] ").lower() in asking.YES:
                    self._approve(item)
                else:
                    refused.add(item.id)
                    self._reject(item)
            except deciding.AlreadyDecided as decided:
                terminal.note(str(decided))
                self._show(streaming.look(self._data, partial(str, item.thread_id), item.thread_id, known))

    def _approve(self, item: Item) -> None:
        """Let what was shown run, and show what becomes of it."""
        waiting = deciding.check_unchanged(self._agent, item).pending
        decision = "lent" if item.needs_permissions else "approved"

        def begin() -> str:
            lacks_permissions = False
            if isinstance(waiting, PolicyRequest):
                self._agent.approvals.approve(waiting.id, user=self._user)
            else:
                execution = self._agent.approvals.run(waiting, user=self._user, scopes=item.scopes)
                lacks_permissions = execution.status == "PendingAuthorization"
            deciding.keep(self._agent, item, decision, self._user, None)
            if lacks_permissions:
                raise _NothingBegins
            return item.thread_id

        try:
            self._show(streaming.turn(self._data, begin, item.thread_id))
        except _NothingBegins:
            if item.needs_permissions:
                raise SreAgentError(
                    f"`{item.command}` still lacks permissions: those that you can lend do not reach."
                ) from None

    def _reject(self, item: Item) -> None:
        """Let it not run, and show what the agent makes of that."""
        pending = deciding.check_unchanged(self._agent, item).pending

        def begin() -> str:
            self._agent.approvals.reject(pending, user=self._user)
            deciding.keep(self._agent, item, "rejected", self._user, None)
            return item.thread_id

        self._show(streaming.look(self._data, begin, item.thread_id))


class _NothingBegins(Exception):
    """What was approved needs permissions first: the agent does nothing yet."""
