"""What a caller can make the hub do: start a thread, and say something in one.

See docs/reference/run-time.md#hub.
"""

import re
from collections.abc import Callable
from typing import Any

from sre_agent_local.azure.arm_path import GUID
from sre_agent_local.azure.errors import AzureError, BadRequest, ProblemDetails
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

from . import data_actions
from .conversations import Opening, conversation, payloads, thread_log

ARGUMENTS = 3
"""A thread's id, what is said, and a flag of which no source says more than that callers send false."""

Method = Callable[[AzureState, Resource, str, str, Json], None]


def invoke(azure: AzureState, agent: Resource, caller: str, target: str, arguments: Any) -> str | None:
    """Call the method of this name, in any case; return why it failed, in the words of ASP.NET's SignalR."""
    method = _METHODS.get(target.lower())
    if method is None:
        return f"Unknown hub method '{target}'"
    if not isinstance(arguments, list) or len(arguments) != ARGUMENTS:
        count = len(arguments) if isinstance(arguments, list) else 0
        reason = f"Invocation provides {count} argument(s) but target expects {ARGUMENTS}."
        return f"Failed to invoke '{target}' due to an error on the server. InvalidDataException: {reason}"
    thread_name, body, flag = arguments
    if not (isinstance(thread_name, str) and isinstance(body, dict) and isinstance(flag, bool | None)):
        reason = "Error binding arguments. Make sure that the types of the provided values match."
        return f"Failed to invoke '{target}' due to an error on the server. InvalidDataException: {reason}"
    try:
        _check_allowed(azure, agent, caller)
        azure.operations.settle()
        with azure.store.atomic():
            method(azure, agent, caller, thread_name, body)
    except AzureError as error:
        reason = f"HubException: {error.message}"
        return f"An unexpected error occurred invoking '{target}' on the server. {reason}"
    return None


def _create_thread(azure: AzureState, agent: Resource, caller: str, thread_name: str, body: Json) -> None:
    if not re.fullmatch(GUID, thread_name):
        raise BadRequest(f"'{thread_name}' is not the id of a thread, which is a GUID.")
    if azure.store.get(thread_log.thread_id(agent, thread_name)):
        raise BadRequest(f"The thread '{thread_name}' already exists.")
    start = payloads.member(body, "startMessage")
    text, author = payloads.parse_message({"text": start} if isinstance(start, str) else start, caller)
    conversation.start(azure, agent, Opening(text=text, author=author, owner=caller, name=thread_name))


def _create_message(azure: AzureState, agent: Resource, caller: str, thread_name: str, body: Json) -> None:
    thread = azure.store.get(thread_log.thread_id(agent, thread_name))
    if thread is None:
        raise ProblemDetails("The thread was not found.", status=404)
    text, author = payloads.parse_message(body, caller)
    conversation.post(azure, agent, thread, text, author)


def _check_allowed(azure: AzureState, agent: Resource, caller: str) -> None:
    if not data_actions.is_allowed(azure, agent, caller, "POST", "api/v1/threads"):
        raise BadRequest(str(data_actions.FORBIDDEN.body))


_METHODS: dict[str, Method] = {"createthread": _create_thread, "createmessage": _create_message}
"""By name in lower case: SignalR compares without."""
