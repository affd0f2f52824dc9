"""`sre-agent thread`: to the letter, but for ids and times."""

import re
from pathlib import Path

import pytest

from pulumi_sre_agent.cli import watching
from support.conversations import begin, settled
from support.incidents import fire, on_call, plan
from support.operated import Operated

LONG = "restart deployment/checkout please, it is slow"
AS_A_PERSON = {"COLUMNS": "80", "SRE_AGENT_FORCE_TTY": "1", "FORCE_COLOR": "1"}
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SHORT = re.compile(r"^[0-9a-f]{8} ", re.MULTILINE)


@pytest.fixture
def threads(operated: Operated) -> Operated:
    """An agent with a thread that is over, one that waits, and one about an incident."""
    azure = operated.azure
    agent = on_call(azure)
    plan(azure, agent, "checkout")
    for text in ("What is in the group?", LONG):
        settled(azure, agent, begin(azure, agent, text))
    (fired,) = fire(azure, title="Checkout: latency", platform="AzMonitor")
    settled(azure, agent, fired["thread"])
    return operated


def anonymous(text: str) -> str:
    text = GUID.sub("GUID", text)
    return re.sub(r"\d\d:\d\d:\d\d", "HH:MM:SS", SHORT.sub("00000000 ", text))


NARROW = """\
ID        TITLE                            AGE  WAITS FOR      INCIDENT
00000000  restart deployment/checkout pl…  now  Approval, now
00000000  [Sev3] Checkout: latency         now                 Sev3 acknowledged
00000000  What is in the group?            now
"""
WIDE = """\
ID        TITLE                                           AGE  WAITS FOR      INCIDENT
00000000  restart deployment/checkout please, it is slow  now  Approval, now
00000000  [Sev3] Checkout: latency                        now                 Sev3 acknowledged
00000000  What is in the group?                           now
"""


@pytest.mark.parametrize(("columns", "table"), [(80, NARROW), (160, WIDE)], ids=["80", "160"])
def test_what_waits_comes_first_then_the_newest(threads: Operated, columns: int, table: str) -> None:
    shown = threads.call("thread", "list", COLUMNS=str(columns))

    assert (shown.code, anonymous(shown.out)) == (0, table)
    assert anonymous(threads.call("thread", "list", "--waiting").out).count("00000000 ") == 1
    first, *others = threads.call("thread", "list", "--json", "--limit", "1").json
    assert [each["pendingOn"] for each in first["needsAttention"]] == ["Approval"]
    assert [each["title"] for each in others] == ["[Sev3] Checkout: latency"]


def test_waiting_is_seen_at_once(threads: Operated) -> None:
    shown = threads.call("thread", "list", COLUMNS="160", FORCE_COLOR="1", NO_COLOR="")

    assert "\x1b[33mApproval, now\x1b[0m" in shown.out
    assert "\x1b[1mTITLE\x1b[0m" in shown.out


def test_no_threads(operated: Operated) -> None:
    operated.azure.agent()

    assert operated.call("thread", "list").err.endswith("\nThere is no thread.\n")
    assert operated.call("thread", "list", "--json").json == []


CONVERSATION = """\
# What is in the group?

- Thread: `GUID`
- Began: DAY HH:MM:SS
- Mode: Review

## User, DAY HH:MM:SS

What is in the group?

## Azure SRE Agent, DAY HH:MM:SS

> *Reasoning:* I look at the resource group first.

## Azure SRE Agent, DAY HH:MM:SS

Let me see what is in rg-sre.

## SRE Agent, DAY HH:MM:SS

**Command** (Completed): List the resources of rg-sre

```sh
az resource list --resource-group rg-sre --query [].name
```

Output:

```text
["sre-one", "id-sre"]
```

## Azure SRE Agent, DAY HH:MM:SS

> *Reasoning:* That is enough for an answer.

## Azure SRE Agent, DAY HH:MM:SS

You asked: "What is in the group?". Resource group rg-sre holds 2 resources: id-sre, sre-one.
"""
LOGS = """\
HH:MM:SS  User: What is in the group?
HH:MM:SS  Azure SRE Agent (reasoning): I look at the resource group first.
HH:MM:SS  Azure SRE Agent: Let me see what is in rg-sre.
HH:MM:SS  SRE Agent: [Completed] az resource list --resource-group rg-sre --query [].name
HH:MM:SS  Azure SRE Agent (reasoning): That is enough for an answer.
HH:MM:SS  Azure SRE Agent: You asked: "What is in the group?". Resource group rg-sre holds 2 \
resources: id-sre, sre-one.
"""


def test_a_conversation(threads: Operated, tmp_path: Path) -> None:
    """As Markdown, JSON, lines and a page, by the beginning of its id."""
    *_, thread = threads.call("thread", "list", "--json").json
    beginning = thread["id"][:8]
    shown = threads.call("thread", "show", beginning)
    page = tmp_path / "page.html"
    exported = threads.call("thread", "export", thread["id"], "-o", str(page))

    assert re.sub(r"\d{4}-\d\d-\d\d", "DAY", anonymous(shown.out)) == CONVERSATION
    messages = threads.call("thread", "show", beginning, "--json").json["messages"]
    assert messages[0]["text"] == "What is in the group?"
    assert anonymous(threads.call("thread", "logs", beginning, "-f").out) == LOGS
    assert threads.call("thread", "logs", beginning, "--json").out.count("\n") == 6
    assert (exported.out, exported.err.splitlines()[-1]) == ("", f"Wrote {page}.")
    assert "<title>What is in the group?</title>" in page.read_text()
    assert "<strong>Command</strong> (Completed)" in page.read_text()


def test_a_conversation_is_laid_out_for_a_person(threads: Operated) -> None:
    *_, thread = threads.call("thread", "list", "--json").json
    shown = threads.call("thread", "show", thread["id"], **AS_A_PERSON, NO_COLOR="")
    plain = threads.call("thread", "show", thread["id"], **AS_A_PERSON)

    assert "\x1b[1mCommand\x1b[0m (Completed): List the resources of rg-sre" in shown.out
    assert "\x1b" not in plain.out
    assert "**" not in plain.out
    assert max(map(len, plain.out.splitlines())) == 80


def test_what_is_said_is_no_markup_on_a_page(operated: Operated, tmp_path: Path) -> None:
    azure = operated.azure
    agent = azure.agent()
    settled(
        azure,
        agent,
        begin(azure, agent, "<script>x</script> ![p](http://tracker) \x1b[31m ```` [a](javascript:b)"),
    )
    page = operated.call("thread", "export", operated.call("thread", "list", "--json").json[0]["id"]).out

    assert "<script" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page
    assert "\x1b" not in page
    assert "&lt;script&gt;x&lt;/script&gt;" in page


def test_search_looks_in_titles_messages_and_commands(threads: Operated) -> None:
    found = threads.call("thread", "search", "KUBECTL", COLUMNS="80")

    assert anonymous(found.out) == (
        "ID        TITLE                            AGE  FOUND\n"
        "00000000  restart deployment/checkout pl…  now  I propose to run `kubectl rollo…\n"
    )
    assert found.err.endswith("Looked in 3 threads, found it in 1.\n")
    assert [each["title"] for each in threads.call("thread", "search", "latency", "--json").json] == [
        "[Sev3] Checkout: latency"
    ]
    assert threads.call("thread", "search", "nothing of this").out == ""


def test_delete_asks_where_somebody_can_be_asked(threads: Operated) -> None:
    thread = threads.call("thread", "list", "--json").json[0]["id"]
    refused = threads.call("thread", "delete", thread)

    assert (refused.code, refused.out) == (2, "")
    assert refused.err.endswith("error: Delete this thread? Nobody is there to ask: say --yes.\n")
    assert threads.call("thread", "delete", thread[:8], "--yes").out == f"Deleted {thread}.\n"
    assert len(threads.call("thread", "list", "--json").json) == 2
    assert threads.call("thread", "show", thread).code == 1


def test_a_beginning_must_name_one(operated: Operated) -> None:
    azure = operated.azure
    agent = azure.agent()
    for number in range(17):  # more than there are first letters of an id
        begin(azure, agent, f"What about {number}?")
    ids = [each["id"] for each in operated.call("thread", "list", "--json").json]
    twice = next(each[0] for each in ids if sum(other[0] == each[0] for other in ids) > 1)
    refused = operated.call("thread", "show", twice)

    assert refused.code == 2
    assert f"threads begin with '{twice}': give more of it." in refused.err
    assert "There is no thread whose id begins with 'x'." in operated.call("thread", "show", "x").err


def test_watching_says_what_changes(threads: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere than on a terminal, a look that shows nothing new prints nothing; Ctrl-C is no failure."""
    looks = []

    def sleep(_seconds: float) -> None:
        looks.append(1)
        if len(looks) == 2:
            agent = threads.call("show", "--json").json["id"]
            settled(threads.azure, agent, begin(threads.azure, agent, "restart web-1"))
        elif len(looks) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(watching, "sleep", sleep)
    shown = threads.call("thread", "list", "--waiting", "--watch", "--json")

    assert shown.code == 0
    assert [line.count("pendingOn") for line in shown.out.splitlines()] == [1, 2]
