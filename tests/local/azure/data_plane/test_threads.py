"""Threads: their shapes, their agent's turns, and what belongs to them."""

from pathlib import Path
from typing import Any

import pytest

from support.azure import Json, LocalAzure, running
from support.conversations import THREADS, begin, executions, high_access, settled

THREAD_KEYS = {
    *("id", "title", "startMessage", "lastMessage", "createdTimestamp", "modifiedTimestamp", "featureConfig"),
    *("source", "waitReason", "waitUntil", "incidentSource", "type", "incidentDetails", "status"),
    *("lastReadTime", "evaluatedTimestamp", "trajectoryGeneratedTimestamp", "agentMode", "favorite"),
    *("favoritedByUserIds", "isIncidentTestModeEnabled", "onboardingStatus", "isInternal"),
    *("releaseHandlingAgent", "threadOrigin", "activatedHooks", "deactivatedHooks", "modelTier"),
    "startHookExecuted",
}
MESSAGE_KEYS = {
    *("id", "timeStamp", "author", "text", "isImageContent", "posted", "approval", "azCliExecution"),
    *("kubectlExecution", "psqlExecution", "incidentDiscussionId", "isDailyReport", "memorySearchResult"),
    *("knowledgeGraphSearchResult", "grepSearchResult", "readFileResult", "fileWriteResult"),
    *("terminalResult", "pythonExecutionResult", "webSearchToolResult", "toolSearchToolResult"),
    *("userQuestion", "todoInfo", "taskToolExecutionGroup", "browserConnectionRequest", "mcpToolExecution"),
    *("genevaActionExecution", "hookExecution", "dGrepExecution", "similarIncidentSearchExecution"),
    *("isComplete", "messageType", "attachments", "liveReportCard"),
}
MISSING = "00000000-0000-4000-8000-000000000000"


def said(messages: list[Json]) -> list[tuple[str, Any, str]]:
    return [(message["author"]["role"], message["messageType"], message["text"]) for message in messages]


def test_a_question_is_answered(azure: LocalAzure) -> None:
    """Every key is there, the turn's messages in order, and the command that the agent read with."""
    agent = azure.agent()
    body = {"startMessage": {"text": "What is here?", "userId": "u1", "displayName": "Uma"}}
    made = azure.data("POST", agent, THREADS, body)
    messages = settled(azure, agent, made.json()["id"])
    thread = azure.data("GET", agent, f"{THREADS}/{made.json()['id']}").json()

    assert made.status_code == 201
    assert thread.keys() == THREAD_KEYS
    assert all(message.keys() == MESSAGE_KEYS for message in messages)
    assert said(messages) == [
        ("User", None, "What is here?"),
        ("SREAgent", "Reasoning", "I look at the resource group first."),
        ("SREAgent", None, "Let me see what is in rg-sre."),
        ("SREAgent", None, ""),
        ("SREAgent", "Reasoning", "That is enough for an answer."),
        (
            "SREAgent",
            None,
            'You asked: "What is here?". Resource group rg-sre holds 2 resources: id-sre, sre-one.',
        ),
    ]
    assert messages[0]["author"] == {"role": "User", "userId": "u1", "displayName": "Uma"}
    assert executions(messages)[0]["status"] == "Completed"
    assert thread["startMessage"] == messages[0]
    assert thread["lastMessage"] == messages[-1]
    assert thread["modifiedTimestamp"] == messages[-1]["timeStamp"]
    assert [message["timeStamp"] for message in messages] == sorted(m["timeStamp"] for m in messages)


def test_one_turn_at_a_time(azure: LocalAzure) -> None:
    """A busy agent says 422 with a problem, and its state is not Idle; when it is done it listens again."""
    azure.switch(operationSeconds=0.4)
    agent = azure.agent()
    path = f"{THREADS}/{begin(azure, agent, 'What is here?')}/messages"
    at_work = azure.data("GET", agent, path).json()
    refused = azure.data("POST", agent, path, {"text": "And now?"})
    settled(azure, agent, path.split("/")[-2])
    taken = azure.data("POST", agent, path, {"text": "And now?"})

    assert at_work["state"] != "Idle"
    assert [message["text"] for message in at_work["value"]][:1] == ["What is here?"]
    assert (refused.status_code, refused.json()["title"]) == (
        422,
        "The agent is currently busy processing another request.",
    )
    assert (taken.status_code, taken.json()["text"], taken.json()["author"]["role"]) == (
        201,
        "And now?",
        "User",
    )


def test_a_turn_goes_on_over_a_restart(tmp_path: Path) -> None:
    """Nothing of it is held in the process: the next one finishes what the first began."""
    with running(tmp_path) as azure:
        agent = azure.agent()
        azure.switch(operationSeconds=1)
        thread = begin(azure, agent, "What is here?")
    with running(tmp_path) as azure:
        messages = settled(azure, agent, thread)

    assert messages[-1]["text"].startswith('You asked: "What is here?"')


def test_threads_are_listed_oldest_first_unless_asked(azure: LocalAzure) -> None:
    agent = azure.agent()
    first, second = (begin(azure, agent, text) for text in ("one", "two"))
    listed = azure.data("GET", agent, THREADS).json()
    latest = azure.data("GET", agent, f"{THREADS}?$top=1&$orderby=createdTimestamp desc").json()

    assert [thread["id"] for thread in listed["value"]] == [first, second]
    assert [thread["id"] for thread in latest["value"]] == [second]
    assert listed["nextLink"] is None


def test_what_needs_attention(azure: LocalAzure) -> None:
    """Commands that wait, over all threads (docs/reference/run-time.md#threads)."""
    agent = azure.agent()
    thread = begin(azure, agent, "restart web-1")
    settled(azure, agent, begin(azure, agent, "What is here?"))
    waiting = settled(azure, agent, thread)[-1]["azCliExecution"]
    (one,) = azure.data("GET", agent, f"{THREADS}/needsAttention").json()
    path = f"/api/v1/azCliExecution/{thread}/{waiting['id']}/action"
    azure.data("POST", agent, path, {"action": "run"})
    settled(azure, agent, thread)
    (asked,) = azure.data("GET", agent, f"{THREADS}/needsAttention").json()
    azure.data("POST", agent, path, {"action": "cancel"})
    settled(azure, agent, thread)

    assert one == {
        "threadId": thread,
        "title": "restart web-1",
        "pendingOn": "Approval",
        "pendingSince": waiting["createdTimestamp"],
        "executionId": waiting["id"],
        "executionType": "AzCli",
    }
    assert asked == {**one, "pendingOn": "Authorization"}
    assert azure.data("GET", agent, f"{THREADS}/needsAttention").json() == []


@pytest.mark.parametrize("sign", ["", "$"])
def test_queries_count_with_and_without_a_dollar(azure: LocalAzure, sign: str) -> None:
    """`top`, `skip` and `orderby`, as public clients send them.

    See docs/reference/data-plane.md#lists-and-paging.
    """
    agent = azure.agent()
    ids = [begin(azure, agent, text) for text in ("one", "two", "three")]
    all_messages = [message["id"] for message in settled(azure, agent, ids[0])]

    def listed(path: str, **query: object) -> list[str]:
        asked = "&".join(f"{sign}{name}={value}" for name, value in query.items())
        answer = azure.data("GET", agent, f"{path}?{asked}")
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["value"]]

    messages = f"{THREADS}/{ids[0]}/messages"
    assert listed(THREADS, skip=1, top=1) == [ids[1]]
    assert listed(THREADS, top=2, orderby="createdTimestamp desc") == [ids[2], ids[1]]
    assert listed(messages, skip=0, top=2, orderby="timestamp") == all_messages[:2]
    assert listed(messages, skip=0, top=2, orderby="timestamp+desc") == all_messages[:-3:-1]
    refused = azure.data("GET", agent, f"{messages}?{sign}orderby=text")
    assert (refused.status_code, refused.json()["title"]) == (
        400,
        "The query is invalid: orderby is such as 'timeStamp desc'.",
    )


def test_a_thread_is_deleted_and_never_closed(azure: LocalAzure) -> None:
    agent = azure.agent()
    path = f"{THREADS}/{begin(azure, agent, 'one')}"

    assert azure.data("PATCH", agent, path, {"status": "Closed"}).status_code == 405
    assert azure.data("POST", agent, f"{path}/close", {}).status_code == 405
    assert azure.data("DELETE", agent, path).status_code == 204
    assert azure.data("DELETE", agent, path).status_code == 404
    assert azure.data("GET", agent, path).json()["title"] == "The thread was not found."


def test_a_message_to_a_new_guid_is_404_unless_so_switched(azure: LocalAzure) -> None:
    """As a client that was built from live traffic has it (docs/reference/assumptions.md#thread-creation)."""
    agent = azure.agent()
    path = f"{THREADS}/{MISSING}/messages"
    refused = azure.data("POST", agent, path, {"text": "one"})
    azure.switch(messagesStartThreads=True)
    taken = azure.data("POST", agent, path, {"text": "one"})

    assert (refused.status_code, taken.status_code) == (404, 201)
    assert settled(azure, agent, MISSING)[0] == taken.json()
    assert azure.data("POST", agent, f"{THREADS}/not-a-guid/messages", {"text": "one"}).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"StartMessage": "one"}, id="a-string"),
        pytest.param({"StartMessage": {"Text": "one"}}, id="pascal-case"),
    ],
)
def test_other_forms_of_a_start(azure: LocalAzure, body: Json) -> None:
    answer = azure.data("POST", azure.agent(), THREADS, body)

    assert (answer.status_code, answer.json()["title"]) == (201, "one")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        pytest.param("POST", THREADS, {}, 400, id="no-message"),
        pytest.param("POST", THREADS, {"startMessage": {"text": " "}}, 400, id="an-empty-text"),
        pytest.param("POST", THREADS, b"{", 405, id="no-json"),
        pytest.param("GET", f"{THREADS}?$top=few", None, 400, id="top"),
        pytest.param("GET", f"{THREADS}?$orderby=title", None, 400, id="orderby"),
        pytest.param("GET", f"{THREADS}/insights?take=few", None, 400, id="take"),
        pytest.param("GET", f"{THREADS}/{MISSING}/messages", None, 404, id="messages-of-none"),
        pytest.param("GET", f"{THREADS}/{MISSING}/hooks", None, 404, id="hooks-of-none"),
        pytest.param("GET", f"/api/files/tmp/ThreadFiles/{MISSING}/a.md", None, 404, id="file-of-none"),
        pytest.param("PUT", f"/api/v2/threads/{MISSING}/permissions", {"allow": []}, 404, id="permissions"),
    ],
)
def test_refusals(azure: LocalAzure, method: str, path: str, body: Any, status: int) -> None:
    assert azure.data(method, azure.agent(), path, body).status_code == status


def test_a_finished_thread_has_an_insight(azure: LocalAzure) -> None:
    agent = azure.agent()
    threads = [begin(azure, agent, text) for text in ("one", "two")]
    for thread in threads:
        settled(azure, agent, thread)
    found = azure.data("GET", agent, f"{THREADS}/insights?skip=1&take=5").json()["insights"]

    assert [(insight["threadId"], insight["title"]) for insight in found] == [(threads[1], "two")]
    assert "Resource group rg-sre" in found[0]["insightMarkdown"]


def test_a_hook_is_active_in_one_thread_and_not_in_another(azure: LocalAzure) -> None:
    agent = azure.agent()
    for name, mode in (("always-on", "always"), ("at-will", "onDemand")):
        properties = {"eventType": "Stop", "activationMode": mode, "hook": {"type": "prompt", "prompt": "x"}}
        azure.data("PUT", agent, f"/api/v2/extendedAgent/hooks/{name}", {"properties": properties})
    thread, other = (f"{THREADS}/{begin(azure, agent, text)}/hooks" for text in ("one", "two"))
    azure.data("POST", agent, f"{thread}/at-will/activate", {})
    azure.data("POST", agent, f"{thread}/always-on/deactivate", {})

    def active(path: str) -> dict[str, bool]:
        hooks = azure.data("GET", agent, path).json()["hooks"]
        return {hook["name"]: hook["isActive"] for hook in hooks}

    assert active(thread) == {"always-on": False, "at-will": True}
    assert active(other) == {"always-on": True, "at-will": False}
    assert azure.data("POST", agent, f"{thread}/none/activate", {}).status_code == 404


def test_what_a_thread_permits_runs_unasked(azure: LocalAzure) -> None:
    agent = high_access(azure)
    thread = begin(azure, agent, "What is here?")
    settled(azure, agent, thread)
    permissions = f"/api/v2/threads/{thread}/permissions"
    pattern = "RunAzCliWriteCommands(az webapp restart *)"
    permitted = azure.data("PUT", agent, permissions, {"allow": [pattern]})
    azure.data("POST", agent, f"{THREADS}/{thread}/messages", {"text": "restart web-1"})

    assert permitted.json() == {"allow": [pattern]}
    assert executions(settled(azure, agent, thread))[-1]["status"] == "Completed"
    assert azure.data("PUT", agent, permissions, {"allow": pattern}).status_code == 405


def test_a_report_is_left_as_a_file(azure: LocalAzure) -> None:
    """Which a browser may fetch, too: it does not ask for JSON."""
    agent = azure.agent()
    thread = begin(azure, agent, "Write a report")
    messages = settled(azure, agent, thread)
    path = f"/api/files/tmp/ThreadFiles/{thread}/report.md"
    found = azure.data("GET", agent, path, headers={"Accept": "*/*"})

    assert [message["fileWriteResult"]["filePath"] for message in messages if message["fileWriteResult"]] == [
        "report.md"
    ]
    assert found.text.startswith("# Write a report\n")
    assert azure.data("GET", agent, path.replace("report", "other")).status_code == 404
