"""`sre-agent chat`: with a person, and in a pipe."""

import io
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.cli import asking
from pulumi_sre_agent.cli.chat.blocks import Blocks
from support.azure import running
from support.cli import free_port
from support.conversations import begin, executions, high_access, settled
from support.operated import Operated

RESTART = "az webapp restart --name web-1 --resource-group rg-sre"
ANSWER = 'You asked: "What is here?". Resource group rg-sre holds 2 resources: id-sre, sre-one.'
PROPOSAL = f"I propose to run `{RESTART}`."
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Type = Callable[..., list[str]]


@pytest.fixture
def agent(operated: Operated) -> str:
    """An agent whose identity may do all, and that asks before it writes."""
    return high_access(operated.azure)


@pytest.fixture
def types(monkeypatch: pytest.MonkeyPatch) -> Type:
    """Let somebody sit at the terminal and type these lines, None for Ctrl-D, `^C` for Ctrl-C."""

    def sit_down(*lines: str | None) -> list[str]:
        questions: list[str] = []
        typed = iter(lines)

        def ask(question: str) -> str | None:
            questions.append(question)
            line = next(typed)
            if line == "^C":
                raise KeyboardInterrupt
            return line

        monkeypatch.setattr(asking, "is_somebody_there", lambda: True)
        monkeypatch.setattr(asking, "ask_line", ask)
        return questions

    return sit_down


def follow_script(operated: Operated, *steps: dict[str, Any]) -> None:
    put = operated.azure.http.put("/_local/script", content=json.dumps({"turns": [{"steps": steps}]}))
    assert put.is_success, put.text


def said(err: str) -> list[str]:
    """Return what stderr has after which agent it is, without ids."""
    return GUID.sub("GUID", err).splitlines()[1:]


@pytest.mark.usefixtures("agent")
def test_in_a_pipe_stdout_has_the_answer_alone(operated: Operated) -> None:
    """What is said on the way, tools and commands are told beside it; it has no colours, even on demand."""
    assert operated.call("chat", "What is here?", FORCE_COLOR="1", NO_COLOR="").out == f"{ANSWER}\n"
    shown = operated.call("chat", "What is here?")

    assert (shown.code, shown.out) == (0, f"{ANSWER}\n")
    assert said(shown.err) == [
        "Thread: GUID",
        "I look at the resource group first.",
        "[tool] RunAzCliReadCommands",
        "[Running] az resource list --resource-group rg-sre --query [].name",
        "[Completed] az resource list --resource-group rg-sre --query [].name",
        "That is enough for an answer.",
        "Let me see what is in rg-sre.",
        "Go on with --thread GUID",
    ]


@pytest.mark.parametrize("columns", [80, 160])
@pytest.mark.usefixtures("agent")
def test_on_a_terminal_the_answer_is_laid_out(operated: Operated, columns: int) -> None:
    follow_script(
        operated,
        {"say": "First."},
        {"say": ["Some **bold** ", "words.\n\n```sh\na\n\nb", "\n```\n\n- one\n- two"]},
    )
    terminal = {"COLUMNS": str(columns), "SRE_AGENT_FORCE_TTY": "1", "FORCE_COLOR": "1"}
    coloured = operated.call("chat", "Go", **terminal, NO_COLOR="").out
    plain = operated.call("chat", "Go", **terminal, NO_COLOR="1").out

    assert "Some \x1b[1mbold\x1b[0m words." in coloured
    assert [line.rstrip() for line in plain.splitlines()] == [
        *("First.", "", "Some bold words.", ""),
        *("", " a", "", " b", "", ""),
        *("", " • one", " • two", ""),
    ]
    assert max(map(len, plain.splitlines())) == columns


@pytest.mark.usefixtures("agent")
def test_as_json(operated: Operated) -> None:
    shown = operated.call("chat", "restart web-1", "--json")

    assert shown.code == 4
    assert (shown.json["answer"], shown.json["failed"]) == (PROPOSAL, False)
    assert [each["command"] for each in shown.json["waiting"]] == [RESTART]


@pytest.mark.usefixtures("agent")
def test_an_approval_without_a_person_ends_with_4(operated: Operated) -> None:
    shown = operated.call("chat", "restart web-1")
    *_, waits, _ = said(shown.err)

    assert (shown.code, shown.out) == (4, f"{PROPOSAL}\n")
    assert waits == f"`{RESTART}` waits for a word: `sre-agent approval approve GUID`"


@pytest.mark.usefixtures("agent")
def test_a_person_is_asked_about_the_command_to_the_letter(operated: Operated, types: Type) -> None:
    questions = types("y")
    shown = operated.call("chat", "restart web-1", "--user", "uma")

    assert questions == ["Run it? [y/N] "]
    assert (shown.code, shown.out) == (0, f"Done: `{RESTART}` completed.\n")
    assert f"\n    {RESTART}\n" in shown.err
    assert "  agent     sre-one (rg-sre, " in shown.err
    assert "  acts      the agent's identity id-sre\n" in shown.err
    assert said(shown.err)[-5:-2] == [
        f"[Running] {RESTART}",
        f"[Completed] {RESTART}",
        "The command has run. I say so.",
    ]


@pytest.mark.usefixtures("agent")
def test_anything_but_yes_rejects(operated: Operated, types: Type) -> None:
    """The agent goes on without, and says what it makes of that."""
    call = {"call": "RunAzCliWriteCommands", "arguments": {"command": RESTART}}
    follow_script(operated, {**call, "otherwise": [{"say": "Then I leave it."}]}, {"say": "Done."})
    types("")
    shown = operated.call("chat", "Do it")

    assert (shown.code, shown.out) == (0, "Then I leave it.\n")
    assert f"[Cancelled] {RESTART}" in shown.err


def test_permissions_are_lent_in_line(operated: Operated, types: Type) -> None:
    operated.azure.agent()
    questions = types("y", "y")
    shown = operated.call("chat", "restart web-1", "--user", "uma")

    assert questions == ["Run it? [y/N] ", "Lend your permissions for it? [y/N] "]
    assert (shown.code, shown.out) == (0, f"Done: `{RESTART}` completed.\n")
    assert "  acts      you (uma), who lend the agent your permissions\n" in shown.err


def test_what_a_policy_asks_is_asked_too(operated: Operated, agent: str, types: Type) -> None:
    policy = {"permissions": {"ask": ["*"]}}
    assert operated.azure.data("PUT", agent, "/api/v2/agent/settings/global", policy).is_success
    follow_script(
        operated, {"call": "RunInTerminal", "arguments": {"command": "df -h"}}, {"say": "It is full."}
    )
    types("y")
    shown = operated.call("chat", "Is the disk full?")

    assert (shown.code, shown.out) == (0, "It is full.\n")


@pytest.mark.usefixtures("agent")
def test_an_agent_that_fails_ends_with_5(operated: Operated) -> None:
    follow_script(operated, {"say": "I begin."}, {"fail": "The run was aborted."})
    failed = operated.call("chat", "Go")
    follow_script(operated, {"think": "Hm."})
    silent = operated.call("chat", "Go")

    assert (failed.code, silent.code) == (5, 5)
    assert "error: The agent failed: The run was aborted.\n" in failed.err
    assert "error: The agent has said nothing.\n" in silent.err


@pytest.mark.usefixtures("agent")
def test_a_stream_that_is_cut_loses_no_word_and_says_none_twice(operated: Operated) -> None:
    follow_script(operated, {"say": ["I look at ", "it."]}, {"cut": True}, {"say": "It is fine."})
    shown = operated.call("chat", "Go")

    assert (shown.code, shown.out) == (0, "It is fine.\n")
    assert shown.err.count("I look at it.") == 1


@pytest.mark.usefixtures("agent")
def test_a_token_refused_in_the_middle_of_a_turn_is_renewed_once(operated: Operated) -> None:
    operated.azure.fault("unauthorized", path="/messages$", method="GET", times=1, skip=1)
    follow_script(operated, {"say": "I begin."}, {"cut": True}, {"say": "It is fine."})
    shown = operated.call("chat", "Go")

    assert (shown.code, shown.out) == (0, "It is fine.\n")
    assert shown.err.count("I begin.") == 1


def test_what_another_client_says_in_the_thread_is_no_answer(operated: Operated, agent: str) -> None:
    """Each turn is one client's: the other's words and answers are not told as this one's."""
    thread = begin(operated.azure, agent, "restart web-1")
    settled(operated.azure, agent, thread)
    follow_script(operated, {"say": "For the other."})
    other = operated.azure.data("POST", agent, f"/api/v1/threads/{thread}/messages", {"text": "Mine"})
    assert other.status_code == 201, other.text
    settled(operated.azure, agent, thread)
    follow_script(operated, {"say": "For you."})
    shown = operated.call("chat", "And now?", "--thread", thread)

    assert shown.out == "For you.\n"
    assert "For the other." not in shown.err


def test_an_approval_of_another_client_meanwhile_is_not_given_again_and_its_answer_is_told(
    operated: Operated, agent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(_question: str) -> str:
        (waits,) = operated.call("approval", "list", "--json").json
        assert operated.call("approval", "approve", waits["id"], "--yes", "--user", "ada").code == 0
        return "y"

    monkeypatch.setattr(asking, "is_somebody_there", lambda: True)
    monkeypatch.setattr(asking, "ask_line", meanwhile)
    monkeypatch.setattr(asking, "ask", meanwhile)
    shown = operated.call("chat", "restart web-1", "--user", "uma")
    thread = operated.call("thread", "list", "--json").json[0]["id"]
    messages = operated.azure.data("GET", agent, f"/api/v1/threads/{thread}/messages").json()["value"]

    assert (shown.code, shown.out) == (0, f"Done: `{RESTART}` completed.\n")
    assert "waits no more: somebody else has decided." in shown.err
    assert [each["command"] for each in executions(messages) if each["command"] == RESTART] == [RESTART]
    assert [each["status"] for each in executions(messages) if each["command"] == RESTART] == ["Completed"]


def test_it_goes_on_in_a_thread(operated: Operated, agent: str) -> None:
    thread = begin(operated.azure, agent, "What is here?")
    settled(operated.azure, agent, thread)
    shown = operated.call("chat", "And now?", "--thread", thread[:8])

    assert shown.out.startswith('You asked: "And now?".')
    assert f"Go on with --thread {thread}" in shown.err
    assert len(operated.call("thread", "list", "--json").json) == 1


@pytest.mark.usefixtures("agent")
def test_a_conversation_lasts_until_the_input_ends(operated: Operated, types: Type) -> None:
    questions = types("What is here?", "", "restart web-1", "n", None)
    shown = operated.call("chat")

    assert questions == ["> ", "> ", "> ", "Run it? [y/N] ", "> "]
    assert (shown.code, shown.out) == (0, f"{ANSWER}\n{PROPOSAL}\n")
    assert len(operated.call("thread", "list", "--json").json) == 1


@pytest.mark.usefixtures("agent")
def test_ctrl_c_ends_the_listening(operated: Operated, types: Type) -> None:
    types("What is here?", "^C")
    shown = operated.call("chat")

    assert shown.code == 130
    assert said(shown.err)[-1] == "You no longer listen; the agent goes on: sre-agent thread logs -f GUID"


@pytest.mark.usefixtures("agent")
def test_another_mode_than_wanted_is_refused_before_anything_is_said(operated: Operated) -> None:
    refused = operated.call("chat", "Go", "--agent-mode", "autonomous")

    assert refused.code == 2
    assert refused.err.endswith(
        "error: The mode of the agent is Review, not Autonomous: nothing was asked.\n"
    )
    assert operated.call("thread", "list", "--json").json == []
    assert operated.call("chat", "Go", "--agent-mode", "Review").code == 0


@pytest.mark.usefixtures("agent")
def test_a_file_belongs_to_the_question(operated: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    (operated.root / "diff.txt").write_text("- a\n+ b\n")
    shown = operated.call("chat", "Safe?", "--file", "diff.txt")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    nothing = operated.call("chat")

    assert shown.out.startswith('You asked: "Safe?\n\n- a\n+ b"')
    assert (nothing.code, nothing.err.splitlines()[-1]) == (
        2,
        "error: There is no question: give one, or pipe one in.",
    )
    assert "The file nowhere cannot be read" in operated.call("chat", "x", "--file", "nowhere").err


@pytest.mark.parametrize("size", [1, 3, 100])
def test_markdown_is_cut_into_blocks(size: int) -> None:
    """However it comes: between empty lines, and never within a fence."""
    text = "# One\ntwo\n\n\n````sh\n```\n\nx\n````\nafter\n\n- a\n- b"
    blocks = Blocks()
    whole = [block for at in range(0, len(text), size) for block in blocks.add(text[at : at + size])]

    assert [*whole, *blocks.rest()] == ["# One\ntwo", "````sh\n```\n\nx\n````\nafter", "- a\n- b"]
    assert blocks.rest() == []


def test_a_server_that_is_started_anew_in_the_middle_of_a_turn_loses_no_word(tmp_path: Path) -> None:
    port, data = free_port(), tmp_path / "azure"
    with ThreadPoolExecutor(1) as pool:
        with running(data, port=port) as azure:
            operated = Operated(tmp_path / "project", azure)
            high_access(azure)
            azure.switch(operationSeconds=1)
            shown = pool.submit(operated.call, "chat", "What is here?")
            azure.poll(lambda: any(each["path"].endswith("/messages") for each in azure.requests()))
        with running(data, port=port):
            ended = shown.result(60)

    assert (ended.code, ended.out) == (0, f"{ANSWER}\n")
    assert ended.err.count("I look at the resource group first.") == 1


@pytest.mark.usefixtures("agent")
def test_a_token_that_stays_refused_is_told_in_a_sentence(
    operated: Operated, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After seconds, where no role was given lately: here both are cut short."""
    monkeypatch.setattr(limits, "REFUSED", limits.REFUSED._replace(budget=0.2, first=0.1))
    operated.azure.fault("unauthorized", path="/messages$", method="GET", times=1000, skip=1)
    follow_script(operated, {"say": "I begin."}, {"cut": True}, {"say": "It is fine."})
    shown = operated.call("chat", "Go", SRE_AGENT_ROLE_WAIT="0")

    assert (shown.code, shown.out) == (1, "")
    assert "az login --scope" in shown.err
