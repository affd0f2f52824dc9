"""Scripts: which turn answers, what its steps do on every surface, and how bad ones are refused."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from sre_agent_local.azure.data_plane.conversations.script import parse
from sre_agent_local.azure.errors import BadRequest
from support.azure import Json, LocalAzure
from support.conversations import THREADS, begin, executions, high_access, settled, triggered
from support.hub import listening, turn
from support.incidents import fire, on_call, plan

GUIDE = Path(__file__).parents[4] / "docs" / "how-to" / "local-script.md"
RESTART = {"call": "RunAzCliWriteCommands", "arguments": {"command": "az webapp restart -n {app}"}}


def follow(azure: LocalAzure, *turns: Json) -> None:
    """Let the agent follow a script; JSON is YAML, too."""
    answer = azure.http.put("/_local/script", content=json.dumps({"turns": turns}))
    assert answer.status_code == 204, answer.text


def says(text: str | list[str], **turn: Any) -> Json:
    return {"steps": [{"say": text}], **turn}


def answer_to(azure: LocalAzure, agent: str, text: str) -> str:
    return str(settled(azure, agent, begin(azure, agent, text))[-1]["text"])


def test_the_first_turn_that_fits_answers(azure: LocalAzure) -> None:
    """What none fits is answered as without a script, and so is all once it is gone."""
    agent = azure.agent()
    follow(
        azure,
        says("once", when={"prompt": "disk"}, times=1),
        says("web of {agent} in {group}: {app}, not {x}", when={"prompt": r"restart (?P<app>[\w-]+)"}),
        says(["Number ", "{two}"], when={"prompt": "count(?P<two> .+)?"}),
        says("second", when={"turn": [2, 3]}),
        says("elsewhere", when={"agent": "other", "prompt": "disk"}),
    )
    thread = begin(azure, agent, "The DISK is full")
    first = settled(azure, agent, thread)[-1]["text"]
    azure.data("POST", agent, f"{THREADS}/{thread}/messages", {"text": "And the disk now?"})

    assert first == "once"
    assert settled(azure, agent, thread)[-1]["text"] == "second"
    assert answer_to(azure, agent, "restart web-1") == "web of sre-one in rg-sre: web-1, not {x}"
    assert answer_to(azure, agent, "count") == "Number "
    assert answer_to(azure, agent, "disk").startswith('You asked: "disk"')
    assert azure.http.delete("/_local/script").status_code == 204
    assert answer_to(azure, agent, "Is it 2?").startswith("You asked")


def test_what_a_thread_began_with_chooses_the_turn(azure: LocalAzure) -> None:
    """An HTTP trigger, a scheduled task, a subagent that is asked."""
    agent, trigger = triggered(azure, agent="releaser")
    task = {"name": "nightly", "cronExpression": "0 2 * * *", "agentPrompt": "Look."}
    task_id = azure.data("POST", agent, "/api/v1/scheduledtasks", task).json()["id"]
    follow(
        azure,
        says("by trigger", when={"trigger": "deploys", "subagent": "release"}),
        says("by task", when={"task": "night"}),
        says("by subagent", when={"subagent": "database"}),
        says("by a person"),
    )
    run = azure.data("POST", agent, f"/api/v1/httptriggers/{trigger}/execute", {}).json()["execution"]
    started = azure.data("POST", agent, f"/api/v1/scheduledtasks/{task_id}/execute", {}).json()["execution"]
    body = {"startMessage": {"text": "Look.", "agent": "database"}}
    asked = azure.data("POST", agent, THREADS, body).json()["id"]

    def last(thread: str) -> str:
        return str(settled(azure, agent, thread)[-1]["text"])

    assert (last(run["threadId"]), last(started["threadId"])) == ("by trigger", "by task")
    assert (last(asked), answer_to(azure, agent, "Look.")) == ("by subagent", "by a person")


def test_an_incident_is_investigated_and_resolved_by_the_script(azure: LocalAzure) -> None:
    agent = on_call(azure)
    plan(azure, agent, "checkout")
    follow(
        azure, {"when": {"incident": "latency"}, "steps": [{"say": "{incident}: mended."}, {"resolve": True}]}
    )
    (result,) = fire(azure, agent="sre-one")

    assert settled(azure, agent, result["thread"])[-1]["text"] == "Checkout: latency: mended."
    (incident,) = azure.http.get("/_local/incidents").json()["value"]
    assert (incident["status"], incident["resolvedBy"]) == ("resolved", "agent")


@pytest.mark.parametrize(
    ("action", "status", "texts"),
    [
        pytest.param("run", "Failed", ["I go on."], id="approved"),
        pytest.param("cancel", "Cancelled", ["Then not."], id="turned-down"),
    ],
)
def test_the_rest_of_a_turn_waits_for_the_approval(
    azure: LocalAzure, action: str, status: str, texts: list[str]
) -> None:
    agent = high_access(azure)
    call = {
        **RESTART,
        "error": "{app} was not found",
        "description": "To {app}",
        "otherwise": [{"say": "Then not."}],
    }
    follow(azure, {"when": {"prompt": r"(?P<app>web-\d)"}, "steps": [call, {"say": "I go on."}]})
    thread = begin(azure, agent, "Please do web-1")
    before = settled(azure, agent, thread)
    (waiting,) = executions(before)
    path = f"/api/v1/azCliExecution/{thread}/{waiting['id']}/action"
    azure.data("POST", agent, path, {"action": action, "user": "uma"})
    after = settled(azure, agent, thread)

    assert (waiting["command"], waiting["description"]) == ("az webapp restart -n web-1", "To web-1")
    assert [message["text"] for message in after[len(before) :]] == texts
    (ended,) = executions(after)
    assert (ended["status"], ended["error"]) == (status, "web-1 was not found" if action == "run" else None)


@pytest.mark.parametrize("decision", ["Approved", "Rejected"])
def test_a_policy_asks_by_a_card(azure: LocalAzure, decision: str) -> None:
    """Before there is an execution; approving it runs the command."""
    agent = high_access(azure, mode="Review")
    azure.data(
        "PUT", agent, "/api/v2/agent/settings/global", {"permissions": {"ask": ["bash(az * restart *)"]}}
    )
    call = {**RESTART, "arguments": {"command": "az webapp restart -n web-1"}, "result": "Restarted."}
    follow(azure, {"steps": [call, {"say": "Done."}]})
    thread = begin(azure, agent, "Restart it")
    messages = settled(azure, agent, thread)
    card = messages[-1]["approval"]
    (attention,) = azure.data("GET", agent, f"{THREADS}/needsAttention").json()
    path = f"/api/v1/approvals/{thread}/{card['id']}/decision"
    decided = azure.data("POST", agent, path, {"decision": decision})
    after = settled(azure, agent, thread)

    assert (card["status"], card["command"]) == ("Pending", "az webapp restart -n web-1")
    assert (executions(messages), messages[-1]["messageType"]) == ([], "Approval")
    assert (attention["executionId"], attention["threadId"]) == (card["id"], thread)
    assert decided.json()["status"] == decision
    ran = decision == "Approved"
    assert [one["output"] for one in executions(after)] == (["Restarted."] if ran else [])
    assert after[-1]["text"] == ("Done." if ran else "")
    assert azure.data("GET", agent, f"{THREADS}/needsAttention").json() == []


def test_a_busy_agent_refuses_as_often_as_the_script_says(azure: LocalAzure) -> None:
    agent = azure.agent()
    follow(azure, {"busy": True, "times": 2}, says("Now."))
    start = {"startMessage": {"text": "Hello?"}}
    refused = [azure.data("POST", agent, THREADS, start) for _ in range(2)]

    assert [answer.status_code for answer in refused] == [422, 422]
    assert azure.data("GET", agent, THREADS).json()["value"] == []
    assert answer_to(azure, agent, "Hello?") == "Now."


def test_a_stream_that_is_cut_loses_no_message(azure: LocalAzure) -> None:
    agent = azure.agent()
    follow(azure, {"steps": [{"say": ["One ", "two"]}, {"cut": True}, {"say": "Three"}]})
    with listening(azure, agent) as socket:
        thread = begin(azure, agent, "Count")
        with pytest.raises(ConnectionClosed) as cut:
            turn(socket)

    assert cut.value.rcvd is not None
    assert cut.value.rcvd.code == 1012
    assert [message["text"] for message in settled(azure, agent, thread)] == ["Count", "One two", "Three"]


def test_pieces_and_errors_are_streamed(azure: LocalAzure) -> None:
    agent = azure.agent()
    follow(azure, {"steps": [{"say": ["One ", "two"]}, {"fail": "Aborted."}, {"say": "Never"}]})
    with listening(azure, agent) as socket:
        thread = begin(azure, agent, "Count")
        contents = [content for update in turn(socket) for content in update["contents"]]

    assert contents == [
        {"$type": "text", "text": "Count"},
        {"$type": "text", "text": "One "},
        {"$type": "text", "text": "two"},
        {"$type": "error", "message": "Aborted."},
    ]
    assert settled(azure, agent, thread)[-1]["text"] == "Aborted."


def test_tools_without_an_execution(azure: LocalAzure) -> None:
    """A shell leaves a terminal result, which a hook may hide; other tools are told of by the hub alone."""
    agent = azure.agent()
    hook = {"eventType": "PostToolUse", "hook": {"type": "prompt", "matcher": "Run.*", "prompt": "Secret?"}}
    azure.data("PUT", agent, "/api/v2/extendedAgent/hooks/redact", {"name": "redact", "properties": hook})
    shell = {"call": "RunInTerminal", "arguments": {"command": "env"}, "result": "TOKEN=1"}
    follow(azure, {"steps": [shell, {**shell, "hooks": {"redact": "block"}}, {"call": "SearchMemory"}]})
    with listening(azure, agent) as socket:
        thread = begin(azure, agent, "Look")
        updates = turn(socket)
    results = [message["terminalResult"] for message in settled(azure, agent, thread)[1:]]
    called = [content["name"] for update in updates for content in update["contents"] if "name" in content]

    assert [(one["command"], one["output"]) for one in results] == [
        ("env", "TOKEN=1"),
        ("env", "The hook 'redact' hides the result."),
    ]
    assert called == ["RunInTerminal", "RunInTerminal", "SearchMemory"]


def test_the_example_of_the_guide_can_be_used() -> None:
    (example,) = re.findall(r"^```yaml\n(.*?)^```", GUIDE.read_text(), re.DOTALL | re.MULTILINE)

    assert len(parse(example).turns) == 4


STEP = "turns:\n  - steps:\n      - "


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        pytest.param("turns: [", "line 1: it is not YAML: ", id="no-yaml"),
        pytest.param("", "line 1: ", id="empty"),
        pytest.param(
            "turns: &turns [*turns]", "line 1: it is nested too deeply, or holds itself", id="cycle"
        ),
        pytest.param("turn: []", "line 1: 'turns' is missing", id="no-turns"),
        pytest.param(f"{STEP}say: a\n    whem: b", "line 4: 'whem' is not known here", id="unknown"),
        pytest.param("turns:\n  - when: {promt: x}", "line 2: 'promt' is not known here", id="within"),
        pytest.param(f"{STEP}say: a\n        think: b", "line 3: a step does one of say, think, ", id="both"),
        pytest.param(f"{STEP}say: a\n        say: b", "line 4: 'say' is there twice", id="twice"),
        pytest.param(f"{STEP}say: a\n        result: b", "line 3: 'result' does not go with", id="extra"),
        pytest.param(
            f"{STEP}call: RunAzCliReadCommands",
            "line 3: a call of RunAzCliReadCommands needs a 'command' among its arguments",
            id="no-command",
        ),
        pytest.param("turns:\n\n  - times: 1", "line 3: a turn has steps, or it is busy", id="no-steps"),
        pytest.param(
            "turns:\n  - steps: []\n    when:\n      prompt: '('",
            "line 4: 'prompt' is wrong: it is not a regular expression",
            id="pattern",
        ),
        pytest.param("turns:\n  - steps: []\n    times: 0", "line 3: 'times' is wrong: ", id="number"),
    ],
)
def test_a_bad_script_is_refused_with_its_line(script: str, reason: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse(script)

    assert str(refused.value.message).startswith(f"The script cannot be used: {reason}")
