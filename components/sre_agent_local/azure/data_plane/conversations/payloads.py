"""The bodies of threads, messages, executions and hub events, every key present.

See docs/reference/run-time.md#threads, docs/reference/run-time.md#hub.
"""

import json
import uuid
from typing import Any

from sre_agent_local.azure.errors import ProblemDetails
from sre_agent_local.azure.http.json_values import Json, timestamp

UNSET = "0001-01-01T00:00:00"
"""What the service writes for a moment that never came."""

SLOTS = (
    "approval", "azCliExecution", "kubectlExecution", "psqlExecution", "incidentDiscussionId",
    "memorySearchResult", "knowledgeGraphSearchResult", "grepSearchResult", "readFileResult",
    "fileWriteResult", "terminalResult", "pythonExecutionResult", "webSearchToolResult",
    "toolSearchToolResult", "userQuestion", "todoInfo", "taskToolExecutionGroup", "browserConnectionRequest",
    "mcpToolExecution", "genevaActionExecution", "hookExecution", "dGrepExecution",
    "similarIncidentSearchExecution",
)  # fmt: skip
"""One per kind of activity, null unless the message is about it."""

FEATURES = (
    "autoHandoffEnabled", "regionalSearchEnabled", "agentMemoryEnabled", "trajectoryRetrievalEnabled",
    "documentRetrievalEnabled", "userMemoryRetrievalEnabled", "handoffReasoningEnabled",
    "partialOutputEnabled", "anthropicWebSearchEnabled", "enableWorkspaceTools", "enableV2AgentLoop",
    "openAIWebSearchEnabled",
)  # fmt: skip

EXECUTIONS = ("azCliExecution", "kubectlExecution", "psqlExecution")
"""The slots whose content may wait for an approval."""

AGENT = {"role": "SREAgent", "userId": "agent-default", "displayName": "Azure SRE Agent"}
AGENT_ON_COMMANDS = {**AGENT, "displayName": "SRE Agent"}
SERVICE = {**AGENT, "userId": "sre-agent"}
"""Who acknowledges an incident."""


def user(user_id: str, display_name: str) -> Json:
    return {"role": "User", "userId": user_id, "displayName": display_name}


def parse_message(body: Any, caller: str) -> tuple[str, Json]:
    """Return the text of a message that came in, and its author. Raises ProblemDetails."""
    text = member(body, "text") if isinstance(body, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise ProblemDetails("The text of a message is required.", status=400)
    user_id = member(body, "userId") or caller
    return text, user(str(user_id), str(member(body, "displayName") or ""))


def member(body: Json, name: str) -> Any:
    """Return a member whose name may have letters of any case.

    See docs/reference/data-plane.md#incident-filters.
    """
    return next((value for key, value in body.items() if key.lower() == name.lower()), None)


def thread(thread_id: str, title: str, created: float, **members: Any) -> Json:
    """Return a thread without its messages and the time of the last one, which its log tells."""
    body: Json = {
        "id": thread_id,
        "title": title,
        "startMessage": None,
        "lastMessage": None,
        "createdTimestamp": timestamp(created),
        "modifiedTimestamp": timestamp(created),
        "featureConfig": dict.fromkeys(FEATURES, True) | {"anthropicWebSearchEnabled": False},
        "source": None,
        "waitReason": None,
        "waitUntil": None,
        "incidentSource": None,
        "type": "Prod",
        "incidentDetails": None,
        "status": {
            "actionsStatus": {"hasCriticalActions": False, "hasWarningActions": False},
            "incidentStatus": None,
        },
        "lastReadTime": None,
        "evaluatedTimestamp": UNSET,
        "trajectoryGeneratedTimestamp": UNSET,
        "agentMode": "Review",
        "favorite": False,
        "favoritedByUserIds": [],
        "isIncidentTestModeEnabled": False,
        "onboardingStatus": None,
        "isInternal": False,
        "releaseHandlingAgent": None,
        "threadOrigin": None,
        "activatedHooks": [],
        "deactivatedHooks": [],
        "modelTier": None,
        "startHookExecuted": False,
    }
    return {**body, **members}


def message(
    author: Json, text: str = "", *, message_type: str | None = None, message_id: str = "", **slots: Any
) -> Json:
    """Return a message without its time, which the log adds."""
    return {
        "id": message_id or str(uuid.uuid4()),
        "timeStamp": None,
        "author": author,
        "text": text,
        "isImageContent": False,
        "posted": {"teams": None},
        **dict.fromkeys(SLOTS),
        "isDailyReport": False,
        "isComplete": True,
        "messageType": message_type,
        "attachments": None,
        "liveReportCard": None,
        **slots,
    }


def execution(tool: str, command: str, description: str, status: str, created: float) -> Json:
    return {
        "id": str(uuid.uuid4()),
        "command": command,
        "description": description,
        "status": status,
        "originalFunctionCall": json.dumps({"Name": tool, "Arguments": {"command": command}}),
        "output": None,
        "error": None,
        "createdTimestamp": timestamp(created),
        "startedTimestamp": None,
        "completedTimestamp": None,
        "executedBy": None,
        "agentContextId": None,
        "requiredScopes": None,
        "toolCallId": f"toolu_{uuid.uuid4().hex[:24]}",
        "expiredByTimeout": False,
    }


def terminal_result(command: str, output: str, error: str | None) -> Json:
    return {
        "command": command,
        "isBackground": False,
        "taskId": None,
        "logPath": None,
        "processId": None,
        "exitCode": 1 if error else 0,
        "output": output,
        "truncated": False,
        "error": error,
        "status": "Completed",
    }


def card(tool: str, command: str, description: str) -> Json:
    """Return the card by which a policy or a hook asks (docs/reference/run-time.md#messages)."""
    return {
        "id": str(uuid.uuid4()),
        "title": tool,
        "description": description,
        "status": "Pending",
        "command": command,
        "expiredByTimeout": False,
        "decisionTimestamp": None,
        "approveForThread": False,
        "approveScope": "none",
    }


def update(
    thread_id: str,
    message_id: str,
    role: str,
    *contents: Json,
    stream: str | None = None,
    action: str | None = None,
    finish: str | None = None,
) -> Json:
    """Return the argument of the hub's one event, `MessageUpdate`."""
    action_name = {} if action is None else {"actionName": action}
    return {
        "role": role,
        "contents": list(contents),
        "additionalProperties": {
            "threadId": thread_id,
            "messageId": message_id,
            "streamMessageType": stream,
            **action_name,
        },
        "finishReason": finish,
    }


def text(content: str) -> Json:
    return {"$type": "text", "text": content}
