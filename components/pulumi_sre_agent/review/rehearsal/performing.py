"""One run of a case: begun, listened to, and cleaned up after. Nothing is ever approved."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from threading import Event
from time import monotonic

from pulumi_sre_agent.api.agent import AgentClient
from pulumi_sre_agent.api.errors import SreAgentError, Unavailable
from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.api.runtime import streaming
from pulumi_sre_agent.api.runtime.approvals import PENDING, PolicyRequest, Waiting
from pulumi_sre_agent.api.runtime.messages import Message
from pulumi_sre_agent.review.rehearsal import judging
from pulumi_sre_agent.review.rehearsal.case import Case
from pulumi_sre_agent.review.rehearsal.rehearsed import Run

USER = "sre-agent rehearse"
"""How whoever turns commands down is shown."""
MARK = "rehearsal"
DESCRIPTION = "A rehearsal of sre-agent: nothing has happened."
NOT_RUN = frozenset({"pending", "pendingauthorization", "cancelled"})
"""States of a command that has not run."""
REJECTION_SECONDS = 60.0
"""How long to wait for what an agent does once its wish was turned down."""
REJECTIONS = 5
"""How often it may wish for something else."""

Fire = Callable[[Json], Sequence[Json]]
"""Lets an incident fire, of the members of `FiredIncident`; returns what became of it at the agent: `plan`,
`subagent`, `thread` (None where nobody takes it) and `reason`."""


@dataclass(frozen=True)
class Stage:
    """Where cases are run."""

    agent: AgentClient
    fire: Fire | None
    """None where nothing can let an incident fire."""
    why_not: str
    """Why not, for people."""
    stop: Event
    """Set once nobody waits for the rest."""
    begun: set[str] = field(default_factory=set)
    """Threads that are still to be cleaned up."""


@dataclass
class _Seen:
    """What is seen while a case runs."""

    threads: list[str] = field(default_factory=list)
    plans: list[str] = field(default_factory=list)
    subagent: str | None = None
    tools: list[str] = field(default_factory=list)
    unseen: str = ""
    began: float = 0.0


class _NotTakenError(Exception):
    """No response plan takes the incident."""


class Stopped(Exception):
    """Somebody waits no longer."""


def perform(stage: Stage, case: Case, mark: str) -> tuple[Run, list[str]]:
    """Run a case once; return what came of it, and what could not be cleaned up.

    `mark` tells this run's incident from all others. Raises `Stopped`.
    """
    if case.incident and stage.fire is None:
        return Run(skipped=stage.why_not), []
    seen, left = _Seen(), list[str]()
    run, problem = Run(), ""
    try:
        run, problem = _listen(stage, case, seen, mark)
    except _NotTakenError as why:
        problem = "" if case.expect.taken is False else f"Nobody takes it: {why}."
    except SreAgentError as error:
        problem = str(error)
    finally:
        commands = [command for thread in seen.threads for command in _clean(stage.agent, thread, left)]
        stage.begun.difference_update(seen.threads)
    tools = list(dict.fromkeys(seen.tools))
    run = replace(run, plans=seen.plans, subagent=seen.subagent, tools=tools, commands=commands)
    if problem:
        return replace(run, failures=[problem]), left
    return replace(run, failures=[*judging.failures(case, run, seen.unseen)]), left


def _listen(stage: Stage, case: Case, seen: _Seen, mark: str) -> tuple[Run, str]:
    """Begin a case and listen until the turn is over; return what was seen, and why the turn failed."""
    agent, problem = stage.agent, ""

    def begin() -> str:
        seen.began = monotonic()
        return _begin(stage, case, seen, mark)

    def miss(why: str) -> None:
        seen.unseen = why

    for update in streaming.turn(agent.data_plane, begin, deadline=case.timeout, missed=miss):
        if stage.stop.is_set():
            raise Stopped
        if update.tool:
            seen.tools.append(update.tool)
        if update.kind == streaming.ERROR:
            problem = f"Its turn failed: {update.text}"
    seconds = monotonic() - seen.began
    thread = seen.threads[0]
    asked = [_wish(each) for each in agent.approvals.pending(thread)]
    answer = _answer(agent.threads.messages(thread).messages)
    return Run(seconds=seconds, approvals=asked, answer=answer), problem


def _begin(stage: Stage, case: Case, seen: _Seen, mark: str) -> str:
    """Begin a case, and return the thread in which it runs. Raises `_NotTakenError`."""
    if case.prompt is not None:
        thread = stage.agent.threads.create(case.prompt, subagent=case.subagent or "")
        seen.threads.append(thread.id)
    elif case.trigger is not None:
        trigger = stage.agent.triggers.get(case.trigger)
        seen.subagent = trigger.agent or None
        begun = stage.agent.triggers.execute(trigger, case.payload)
        if begun.success is False or not begun.thread_id:
            raise Unavailable(f"HTTP trigger {case.trigger} did not start: {begun.message or 'no reason'}.")
        seen.threads.append(begun.thread_id)
    elif case.incident and stage.fire:
        members = case.incident.model_dump(by_alias=True, exclude_none=True)
        members["title"] = f"{case.incident.title} ({MARK} {mark})"
        members["description"] = " ".join(filter(None, [case.incident.description, DESCRIPTION]))
        results = stage.fire(members)
        taken = [result for result in results if result["thread"]]
        if not taken:
            raise _NotTakenError(", ".join(str(result["reason"]) for result in results) or "it does not look")
        seen.threads += [str(result["thread"]) for result in taken]
        seen.plans += [str(result["plan"]) for result in taken]
        seen.subagent = taken[0]["subagent"]
    stage.begun.update(seen.threads)
    return seen.threads[0]


def _clean(agent: AgentClient, thread: str, left: list[str]) -> list[str]:
    """Turn down what waits in a thread, and delete it; return the commands that ran in it.

    What cannot be done is told to `left`.
    """
    commands: list[str] = []
    try:
        _reject_all(agent, thread)
        commands = [*_ran(agent.threads.messages(thread).messages)]
    except SreAgentError as error:
        left.append(f"What waits in thread {thread} could not be turned down: {error}")
    try:
        agent.threads.delete(thread)
    except SreAgentError as error:
        left.append(f"Thread {thread} could not be deleted: {error}")
    return commands


def _reject_all(agent: AgentClient, thread: str) -> None:
    for _ in range(REJECTIONS):
        waiting = [*agent.approvals.pending(thread)]
        if not waiting:
            return
        for each in waiting:
            agent.approvals.reject(each, user=USER)
        agent.threads.wait_until_idle(thread, deadline=REJECTION_SECONDS)


def _wish(pending: Waiting | PolicyRequest) -> str:
    if isinstance(pending, PolicyRequest):
        return pending.card.command or pending.card.title or pending.id
    return pending.execution.command or pending.id


def _answer(messages: Sequence[Message]) -> str:
    said = (each.text for each in messages if each.text and not each.is_from_user and not each.message_type)
    return "\n".join(filter(None, said))


def _ran(messages: Sequence[Message]) -> list[str]:
    commands: dict[str, str] = {}
    for message in messages:
        for execution in filter(None, message.executions):
            if (execution.status or PENDING).lower() not in NOT_RUN:
                commands[execution.id] = execution.command or execution.id
        if message.terminal_result and message.terminal_result.command:
            commands[message.id] = message.terminal_result.command
    return [*commands.values()]
