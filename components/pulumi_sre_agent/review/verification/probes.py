"""Whether a live agent works: that it answers, and that all it rests on is ready."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from pulumi_sre_agent.api.agent import AgentClient
from pulumi_sre_agent.api.collections.connector_v2 import WITHOUT_CONSENT
from pulumi_sre_agent.api.errors import ApiError, NotFound
from pulumi_sre_agent.api.runtime.agents import FoundAgent
from pulumi_sre_agent.review.verification.checks import Check, Failed, Skipped

T = TypeVar("T")
CONSENT = "sign in to it in the portal (https://sre.azure.com)"


def checks(agent: AgentClient, question: str | None = None, answer: str | None = None) -> Iterator[Check]:
    """Yield a check of each thing that the agent has now; with a question also whether it answers it.

    `answer`: a regular expression that is to be found in what it says. Raises as `AgentClient.get` and the
    data plane do where the agent cannot be asked at all.
    """
    found = agent.get()
    yield Check("agent", "runs", lambda: _runs(agent.get()))
    yield Check("agent", "answers", lambda: _answers(agent))
    if found.incident_platform and found.incident_platform != "None":
        yield Check("incidents", "platform", lambda: _platform(agent, str(found.incident_platform)))
    for connector in _there(agent.connectors.list):
        yield Check("connectors", connector.name, _connected(agent, connector.name))
    for repo in _there(agent.repos.list):
        yield Check("repositories", repo.name, _cloned(agent, repo.name))
    yield Check("knowledge", "indexed", lambda: _indexed(agent))
    if question is not None:
        yield Check("chat", "question", lambda: _asked(agent, question, answer))


def _there(items: Callable[[], Iterable[T]]) -> list[T]:
    try:
        return list(items())
    except NotFound:  # this build of the service has no such thing
        return []


def _runs(agent: FoundAgent) -> str:
    if agent.provisioning_state != "Succeeded":
        raise Failed(f"Its provisioning state is {agent.provisioning_state}.")
    if agent.power_state == "Stopped":
        raise Failed("It is stopped: `sre-agent start` starts it.")
    return "provisioned and running"


def _answers(agent: AgentClient) -> str:
    tools = sum(1 for _ in agent.tools.list())
    return f"its data plane answers, tools: {tools}"


def _platform(agent: AgentClient, declared: str) -> str:
    seen = agent.incident_handling.platform()
    if seen != declared:
        raise Failed(f"It is to take incidents from {declared}, and sees itself connected to {seen}.")
    return f"connected to {seen}"


def _connected(agent: AgentClient, name: str) -> Callable[[], str]:
    def run() -> str:
        try:
            status = agent.connectors.status(name)
        except ApiError as error:
            if error.status not in {404, 405}:
                raise
            raise Skipped("The service tells no status of it.") from error
        if status.status in WITHOUT_CONSENT and not status.healthy:
            raise Failed(f"It is {status.status}: {CONSENT}, or look at its settings.")
        if status.status != "Connected":
            raise Failed(f"It is {status.status or 'in no state that the service tells'}.")
        tools = (status.details or {}).get("tools")
        return f"connected, tools: {len(tools)}" if isinstance(tools, list) else "connected"

    return run


def _cloned(agent: AgentClient, name: str) -> Callable[[], str]:
    def run() -> str:
        repo = agent.repos.get(name)
        if repo.clone_status != "Ready":
            why = f": {repo.error_message}" if repo.error_message else ""
            raise Failed(f"Its clone is {repo.clone_status or 'in no state that the service tells'}{why}.")
        return f"cloned at {repo.latest_commit[:8]}" if repo.latest_commit else "cloned"

    return run


def _indexed(agent: AgentClient) -> str:
    if not agent.knowledge.is_enabled():
        raise Skipped("Its memory is off.")
    documents = list(agent.knowledge.list())
    failed = [each for each in documents if each.error_reason]
    waiting = [each.name for each in documents if not each.is_indexed and not each.error_reason]
    if failed:
        raise Failed(f"{failed[0].name} is not indexed: {failed[0].error_reason}.")
    if waiting:
        raise Failed(
            f"{len(waiting)} of {len(documents)} documents are not indexed, {waiting[0]} among them."
        )
    return f"{len(documents)} documents"


def _asked(agent: AgentClient, question: str, answer: str | None) -> str:
    """Ask, read the answer, and delete the thread again."""
    thread = agent.threads.create(question)
    try:
        messages = agent.threads.wait_until_idle(thread.id).messages
    finally:
        agent.threads.delete(thread.id)
    said = [each.text for each in messages if each.text and not each.is_from_user and not each.message_type]
    if not said:
        raise Failed("It said nothing.")
    if answer is not None and not re.search(answer, "\n".join(said), re.IGNORECASE):
        raise Failed(f"Its answer does not have {answer!r}: it begins with {said[0][:60]!r}.")
    return f"answered in {len(said)} message{'' if len(said) == 1 else 's'}"
