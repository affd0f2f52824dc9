"""`sre-agent approval`: what is shown, what is refused, what is kept."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from pulumi_sre_agent.cli import asking, watching
from pulumi_sre_agent.cli.approval.risk import Risk, risk_of
from support.conversations import begin, high_access, settled
from support.operated import Operated

RESTART = "az webapp restart --name web-1 --resource-group rg-sre"
KUBECTL = "kubectl rollout restart deployment/checkout"
SHORT = re.compile(r"\b[0-9a-f]{8}\b")
Answer = Callable[..., None]


@pytest.fixture
def waiting(operated: Operated) -> Operated:
    """An agent whose identity may do all, and that asks about two commands."""
    agent = high_access(operated.azure)
    for text in ("restart web-1", "restart deployment/checkout"):
        settled(operated.azure, agent, begin(operated.azure, agent, text))
    return operated


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Let somebody sit at the terminal and answer each question, once `before` has happened."""

    def sit_down(word: str, before: Callable[[], Any] = lambda: None) -> None:
        def read(_question: str) -> str:
            before()
            return word

        monkeypatch.setattr(asking, "is_somebody_there", lambda: True)
        monkeypatch.setattr(asking, "ask", read)

    return sit_down


def listed(operated: Operated) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = operated.call("approval", "list", "--json").json
    return found


def decisions(operated: Operated) -> list[dict[str, Any]]:
    file = operated.home / "sre-agent" / "decisions.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_one_is_shown_whole(waiting: Operated) -> None:
    first = listed(waiting)[0]
    shown = waiting.call("approval", "show", first["id"][:8])
    by_thread = waiting.call("approval", "list", "--thread", first["threadId"][:8], "--json").json

    assert (
        shown.out
        == f"""\
  approval  {first["id"]}
  thread    {first["threadId"]}
  agent     sre-one (rg-sre, 00000000-0000-0000-0000-000000000001)
  asks to   Run {RESTART}
  acts      the agent's identity id-sre
  risk      medium
  waits     now

    {RESTART}
"""
    )
    assert by_thread == [first]


def test_what_is_approved_is_shown_again_runs_and_is_kept(waiting: Operated, answer: Answer) -> None:
    first = listed(waiting)[0]
    answer("y")
    approved = waiting.call("approval", "approve", first["id"][:8], "--reason", "runbook 7", "--user", "uma")

    assert (approved.code, approved.out) == (0, f"Completed: {RESTART}\n")
    assert f"\n    {RESTART}\n" in approved.err
    assert "acts      the agent's identity id-sre" in approved.err
    assert [each["command"] for each in listed(waiting)] == [KUBECTL]
    (kept,) = decisions(waiting)
    assert (kept["decision"], kept["reason"], kept["user"]) == ("approved", "runbook 7", "uma")
    assert (kept["approvalId"], kept["commandSha256"]) == (first["id"], first["commandSha256"])
    assert RESTART not in json.dumps(kept)


def test_anything_but_yes_is_no(waiting: Operated, answer: Answer) -> None:
    first = listed(waiting)[0]
    answer("")
    asked = waiting.call("approval", "approve", first["id"])

    assert (asked.code, asked.out) == (1, "")
    assert asked.err.endswith("Nothing was done.\n")
    assert len(listed(waiting)) == 2
    assert decisions(waiting) == []


def test_without_anybody_to_ask_only_what_was_seen_is_approved(waiting: Operated) -> None:
    """What nobody has listed here takes the digest of the command that is meant."""
    first, second = listed(waiting)
    (waiting.home / "sre-agent" / "approvals-seen.json").unlink()
    unseen = waiting.call("approval", "approve", first["id"], "--yes")
    other = waiting.call("approval", "approve", first["id"], "--yes", "--expect", second["commandSha256"])
    unasked = waiting.call("approval", "approve", first["id"])

    assert (unseen.code, other.code, unasked.code) == (2, 2, 2)
    assert f"error: Nobody has seen {first['id']} here yet" in unseen.err
    assert f"is another command than was listed: it is now `{RESTART}`" in other.err
    assert unasked.err.endswith("error: Approve this command? Nobody is there to ask: say --yes.\n")
    assert len(listed(waiting)) == 2
    assert waiting.call("approval", "approve", first["id"], "--yes").code == 0
    (waiting.home / "sre-agent" / "approvals-seen.json").unlink()
    expected = ("--expect", second["commandSha256"])
    assert waiting.call("approval", "approve", second["id"], "--yes", *expected).code == 0
    assert listed(waiting) == []


def test_what_has_changed_since_it_was_listed_is_refused(waiting: Operated, answer: Answer) -> None:
    first = listed(waiting)[0]
    seen = waiting.home / "sre-agent" / "approvals-seen.json"
    seen.write_text(json.dumps({first["id"]: "0" * 64}))
    answer("y")
    refused = waiting.call("approval", "approve", first["id"])

    assert refused.code == 2
    assert "is another command than was listed" in refused.err
    assert len(listed(waiting)) == 2


def test_what_somebody_else_decides_meanwhile_is_left(waiting: Operated, answer: Answer) -> None:
    first = listed(waiting)[0]
    answer("y", lambda: waiting.call("approval", "reject", first["id"]))
    refused = waiting.call("approval", "approve", first["id"])

    assert (refused.code, refused.out) == (2, "")
    assert f"{first['id']} waits no more: somebody else has decided. Nothing was done." in refused.err


def test_rejected_with_a_reason_that_the_agent_hears(waiting: Operated) -> None:
    first = listed(waiting)[0]
    rejected = waiting.call("approval", "reject", first["id"][:8], "--reason", "use the slot", "--tell")

    assert (rejected.code, rejected.out) == (0, f"Rejected: {RESTART}\n")
    assert f"I rejected `{RESTART}`: use the slot" in waiting.call("thread", "show", first["threadId"]).out
    assert [each["decision"] for each in decisions(waiting)] == ["rejected"]
    assert "--tell says the reason" in waiting.call("approval", "reject", "x", "--tell").err


def test_permissions_are_lent_once_they_are_asked_for(operated: Operated, answer: Answer) -> None:
    """Approving what the agent may not do ends with 4; lending shows the scopes and who acts."""
    agent = operated.azure.agent()
    settled(operated.azure, agent, begin(operated.azure, agent, "restart web-1"))
    (first,) = listed(operated)
    early = operated.call("approval", "lend", first["id"])
    approved = operated.call("approval", "approve", first["id"], "--yes")
    again = operated.call("approval", "approve", first["id"], "--yes")
    answer("yes")
    lent = operated.call("approval", "lend", first["id"], "--user", "uma")

    assert (early.code, approved.code, again.code, lent.code) == (2, 4, 2, 0)
    assert approved.out == f"PendingAuthorization: {RESTART}\n"
    assert f"sre-agent approval lend {first['id']}" in approved.err
    assert "acts      you (uma), who lend the agent your permissions" in lent.err
    assert "scopes    https://management.azure.com/.default" in lent.err
    assert lent.out == f"Completed: {RESTART}\n"
    assert [each["decision"] for each in decisions(operated)] == ["approved", "lent"]


def test_all_takes_a_filter_and_an_answer(waiting: Operated, answer: Answer) -> None:
    listed(waiting)
    refused = [
        waiting.call("approval", "approve", *words)
        for words in (
            [],
            ["--all"],
            ["--all", "--match", "x", "--yes"],
            ["x", "--match", "x"],
            ["x", "--all"],
        )
    ]
    answer("y")
    approved = waiting.call("approval", "approve", "--all", "--match", "kubectl")

    assert [each.code for each in refused] == [2] * 5
    assert (approved.code, approved.out) == (0, f"Completed: {KUBECTL}\n")
    assert [each["command"] for each in listed(waiting)] == [RESTART]


def test_nothing_waits(operated: Operated) -> None:
    operated.azure.agent()

    assert operated.call("approval", "list").err.endswith("\nNothing waits for a word.\n")
    assert "no approval that waits whose id begins with 'x'" in operated.call("approval", "show", "x").err


@pytest.mark.parametrize(
    ("command", "risk"),
    [
        ("az webapp restart --name a", Risk("medium")),
        ("az group delete --name a", Risk("high", "delete")),
        ("az role assignment create --role Owner", Risk("high", "assignment")),
        ("kubectl delete pod a --force", Risk("high", "delete")),
        ("az webapp list", Risk("low", "list")),
        ("kubectl get pods", Risk("low", "get")),
        ("az webapp list; rm -rf /", Risk("high", "rm")),
        ("az webapp list && az webapp restart", Risk("medium")),
        ("SELECT 1;", Risk("low", "select")),
        ("VACUUM ANALYZE orders;", Risk("medium")),
    ],
)
def test_the_words_of_a_command_tell_its_risk(command: str, risk: Risk) -> None:
    assert risk_of(command) == risk


def test_what_a_policy_asks_is_decided_about_like_commands(operated: Operated) -> None:
    """Its reason goes to the service, too."""
    agent = high_access(operated.azure)
    policy = {"permissions": {"ask": ["*"]}}
    assert operated.azure.data("PUT", agent, "/api/v2/agent/settings/global", policy).is_success
    steps = [{"call": "RunInTerminal", "arguments": {"command": "df -h"}}, {"say": "It is full."}]
    put = operated.azure.http.put("/_local/script", content=json.dumps({"turns": [{"steps": steps}]}))
    assert put.is_success, put.text
    for _ in range(3):
        settled(operated.azure, agent, begin(operated.azure, agent, "Is the disk full?"))
    first, second, third = listed(operated)

    assert (first["kind"], "df -h" in first["command"]) == ("policy", True)
    assert operated.call("approval", "approve", first["id"], "--yes").code == 0
    assert operated.call("approval", "approve", second["id"], "--yes", "--reason", "fine").code == 0
    assert operated.call("approval", "reject", third["id"], "--reason", "no").code == 0
    assert listed(operated) == []
    sent = [
        each for each in operated.azure.requests(plane="data", method="POST") if "/decision" in each["path"]
    ]
    assert len(sent) == 2


def test_watching_tells_what_is_new(waiting: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a person watches there counts as seen."""
    looks: list[float] = []

    def sleep(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) > 2:
            raise KeyboardInterrupt
        if len(looks) == 2:
            waiting.call("approval", "reject", listed(waiting)[0]["id"])

    monkeypatch.setattr(watching, "sleep", sleep)
    first, second = waiting.call("approval", "list", "--watch", "--json").out.splitlines()

    assert [each["command"] for each in json.loads(first)] == [RESTART, KUBECTL]
    assert [each["command"] for each in json.loads(second)] == [KUBECTL]
    assert waiting.call("approval", "approve", json.loads(first)[1]["id"], "--yes").code == 0
