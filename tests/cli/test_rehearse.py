"""`sre-agent rehearse`: cases that a scripted agent passes and fails."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from support.cli import Ran
from support.conversations import THREADS, high_access, triggered
from support.incidents import on_call, plan
from support.operated import Operated

READ = {"call": "RunAzCliReadCommands", "arguments": {"command": "az webapp list"}, "result": "web-1"}
WRITE = {"call": "RunAzCliWriteCommands", "arguments": {"command": "az webapp restart -n web-1"}}


class Rehearsed:
    """A scripted agent, and a file of cases."""

    def __init__(self, operated: Operated) -> None:
        self.operated, self.azure = operated, operated.azure
        self.file = operated.root / "cases.yaml"

    def script(self, *steps: dict[str, Any], **turn: Any) -> None:
        body = json.dumps({"turns": [{"steps": steps, **turn}]})
        assert self.azure.http.put("/_local/script", content=body).status_code == 204

    def rehearse(self, *cases: dict[str, Any], words: tuple[str, ...] = (), **variables: str) -> Ran:
        self.file.write_text(json.dumps({"cases": cases}))
        token = {"LOCAL_AZURE_TOKEN": self.azure.administration["X-Local-Azure-Token"]}
        return self.operated.call("rehearse", "cases.yaml", *words, **(token | variables))

    def threads(self, agent: str) -> list[Any]:
        return list(self.azure.data("GET", agent, THREADS).json()["value"])


@pytest.fixture
def rehearsed(operated: Operated) -> Rehearsed:
    return Rehearsed(operated)


def asks(**expect: Any) -> dict[str, Any]:
    return {"name": "A question", "prompt": "How is web-1?", "expect": expect}


def test_a_prompt_passes_where_all_holds(rehearsed: Rehearsed) -> None:
    """Tools, a wish for approval, what did not run, words and facts; the thread is gone afterwards."""
    agent = high_access(rehearsed.azure)
    rehearsed.script(READ, {"say": "All  is well with web-1."}, WRITE)
    shown = rehearsed.rehearse(
        asks(
            tools=["RunAzCliRead*"],
            notTools=["RunKubectl*"],
            approvals=["restart"],
            neverRuns=["restart"],
            says=["all is WELL"],
            neverSays=["broken"],
            facts={"name": r"web-\d"},
            seconds=60,
        )
    )

    assert shown.code == 0, shown.out + shown.err
    assert shown.out.splitlines()[1].split("  ")[:3] == ["✓", "A question", "1 of 1"]
    assert shown.err.splitlines()[-1] == "Cases: 1 passed."
    assert rehearsed.threads(agent) == []


@pytest.mark.parametrize(
    ("expect", "sentence"),
    [
        ({"tools": ["SearchMemory"]}, "It did not use SearchMemory, only RunAzCliReadCommands"),
        ({"notTools": ["runazcliread*"]}, "It used RunAzCliReadCommands."),
        ({"approvals": []}, "It asked to run `az webapp restart -n web-1`."),
        ({"approvals": ["restart", "delete"]}, "It did not ask to run 'delete'."),
        ({"neverRuns": ["webapp LIST"]}, "It ran `az webapp list`, which 'webapp LIST' forbids."),
        ({"says": ["web-2"]}, "Its answer does not have 'web-2': it begins with 'web-1 is fine.'."),
        ({"neverSays": ["Fine"]}, "Its answer has 'Fine'."),
        ({"facts": {"cause": "disk"}}, "Its answer lacks the fact cause, 'disk'"),
        ({"seconds": 1e-6}, "It took longer than 1e-06 s."),
    ],
    ids=["tool", "other tool", "wish", "no wish", "command", "text", "other text", "fact", "time"],
)
def test_what_does_not_hold_is_told(rehearsed: Rehearsed, expect: dict[str, Any], sentence: str) -> None:
    high_access(rehearsed.azure)
    rehearsed.script(READ, {"say": "web-1 is fine."}, WRITE)
    shown = rehearsed.rehearse(asks(**expect))

    assert shown.code == 3
    assert f"\nA question (cases.yaml:1)\n  {sentence}" in shown.out


def test_nothing_is_approved_and_what_it_wishes_next_is_turned_down_too(rehearsed: Rehearsed) -> None:
    agent = high_access(rehearsed.azure)
    rehearsed.script({**WRITE, "otherwise": [{**WRITE, "arguments": {"command": "az webapp stop -n web-1"}}]})
    rehearsed.azure.forget_requests()
    shown = rehearsed.rehearse(asks(approvals=["restart"], neverRuns=["."]))
    actions = rehearsed.azure.requests(plane="data", method="POST")

    assert shown.code == 0, shown.out
    assert sum(each["path"].endswith("/action") for each in actions) == 2
    assert rehearsed.threads(agent) == []


def test_a_turn_that_fails_or_takes_too_long_fails_the_case(rehearsed: Rehearsed) -> None:
    agent = rehearsed.azure.agent()
    rehearsed.script({"fail": "The model is away."})
    failed = rehearsed.rehearse(asks(says=["x"]))
    rehearsed.script({"say": "Late."}, seconds=30)
    late = rehearsed.rehearse({**asks(says=["Late"]), "timeout": 0.3})

    assert (failed.code, late.code) == (3, 3)
    assert "Its turn failed: The model is away." in failed.out
    assert "is still at work after 0.3 s." in late.out
    assert rehearsed.threads(agent) == []


def test_a_trigger_gets_its_payload(rehearsed: Rehearsed) -> None:
    triggered(rehearsed.azure, agentPrompt="Look at {payload.app}.", agent="releaser")
    rehearsed.script({"say": "{prompt}"})
    case = {"name": "Deployed", "trigger": "deploys", "payload": {"app": "web"}}
    shown = rehearsed.rehearse({**case, "expect": {"subagent": "releaser", "says": ["Look at web."]}})

    assert shown.code == 0, shown.out


def test_an_incident_is_marked_and_goes_to_its_plan(rehearsed: Rehearsed) -> None:
    """Repeats join no thread of each other; one that nobody takes is as expected where that is expected."""
    agent = on_call(rehearsed.azure)
    plan(
        rehearsed.azure, agent, "checkout", priorities=["Sev1"], handlingAgent="responder", mergeEnabled=True
    )
    rehearsed.script({"say": "{incident}: seen."})
    incident = {"title": "Checkout: latency", "priority": "Sev1"}
    minor = {"incident": {**incident, "priority": "Sev3"}, "name": "Sev3"}
    expect = {
        "plan": "checkout",
        "subagent": "responder",
        "facts": {"mark": r"latency \(rehearsal \w{8}\): seen"},
    }
    shown = rehearsed.rehearse(
        {"name": "Sev1", "incident": incident, "repeat": 3, "expect": expect},
        {**minor, "expect": {"taken": False}},
        {**minor, "name": "Sev3 taken", "expect": {"plan": "checkout"}},
    )
    lines = shown.out.splitlines()

    assert [line.split("  ")[0] for line in lines[1:4]] == ["✓", "✓", "✗"], shown.out
    assert "  Nobody takes it: no response plan takes it." in lines
    assert rehearsed.threads(agent) == []


def test_an_incident_is_skipped_where_none_can_fire(rehearsed: Rehearsed) -> None:
    """And where no case could be run, that is no success."""
    rehearsed.azure.agent()
    case = {"name": "Sev1", "incident": {"title": "x"}, "expect": {"taken": True}}
    alone = rehearsed.rehearse(case, LOCAL_AZURE_TOKEN="")
    beside = rehearsed.rehearse(case, asks(facts={"any": "."}), LOCAL_AZURE_TOKEN="")

    assert (alone.code, beside.code) == (2, 0)
    assert "The local Azure lets incidents fire for LOCAL_AZURE_TOKEN" in beside.out
    assert beside.err.splitlines()[-1] == "Cases: 1 passed, 1 skipped."


def test_repeats_have_a_pass_rate_and_are_compared_with_an_earlier_rehearsal(rehearsed: Rehearsed) -> None:
    agent = rehearsed.azure.agent()
    case = {**asks(says=["well"]), "repeat": 3, "passRate": 0.6}

    def script(times: int) -> None:
        turns = [{"steps": [{"say": "All is well."}], "times": times}, {"steps": [{"say": "No idea."}]}]
        rehearsed.azure.http.put("/_local/script", content=json.dumps({"turns": turns}))

    compare = ("--compare", "before.json", "--fail-on", "0")
    script(3)
    before = rehearsed.rehearse(case, words=("-f", "json", "-o", "before.json"))
    script(2)
    enough = rehearsed.rehearse(case, words=("-f", "json", *compare))
    script(1)
    worse = rehearsed.rehearse({**case, "repeat": 2, "passRate": 0.7}, words=("-f", "json", *compare))
    script(1)
    failed = rehearsed.rehearse(case, words=("--fail-on", "0"))

    assert (before.code, enough.code, worse.code, failed.code) == (0, 0, 3, 0), worse.err
    assert [enough.json[name] for name in ("worse", "better", "new", "gone")] == [[], [], [], []]
    assert worse.json["worse"] == ["A question passes in 50% of its runs, and needs 70%; before, in 100%."]
    assert failed.out.splitlines()[1].split()[0] == "✗"
    assert "(2 of 3 runs)" in failed.out
    assert rehearsed.threads(agent) == []


@pytest.mark.parametrize("form", ["json", "markdown"])
def test_a_comparison_tells_what_got_worse_or_better_is_new_or_gone(rehearsed: Rehearsed, form: str) -> None:
    """A case that fails still, and one that nobody could run before, are neither worse nor better."""
    rehearsed.azure.agent()
    rehearsed.script({"say": "All is well."})
    earlier = {
        "Fires": 1,
        "Mends": 0.5,
        "Breaks": 1,
        "Fails": 0.5,
        "Never ran": None,
        "Left out": 0,
        "Idle": None,
    }
    rates = [{"name": name, "passRate": rate} for name, rate in earlier.items()]
    (rehearsed.operated.root / "before.json").write_text(json.dumps({"cases": rates}))
    cases = [
        {"name": "Fires", "incident": {"title": "x"}, "expect": {"taken": True}},
        *({**asks(says=["well"]), "name": name} for name in ("Mends", "Never ran", "First")),
        *({**asks(says=["ill"]), "name": name} for name in ("Breaks", "Fails")),
    ]
    words = ("-f", form, "--compare", "before.json", "--fail-on", "0")
    shown = rehearsed.rehearse(*cases, words=words, LOCAL_AZURE_TOKEN="")
    told = {
        "Worse": [
            "Fires was not run; before, 100% of its runs passed.",
            "Breaks passes in 0% of its runs, and needs 100%; before, in 100%.",
        ],
        "Better": ["Mends passes in 100% of its runs, and needs 100%; before, in 50%."],
        "New": ["Never ran", "First"],
        "Gone": ["Left out"],
    }

    assert shown.code == 3
    lines = [f"{word}: {line}" for word, sentences in told.items() for line in sentences]
    assert [line for line in shown.err.splitlines() if line.partition(":")[0] in told] == lines
    if form == "json":
        assert {word: shown.json[word.lower()] for word in told} == told
    else:
        for word, sentences in told.items():
            title = f"{word} than before" if word in ("Worse", "Better") else word
            bullets = "".join(f"- {line}\n" for line in sentences)
            assert f"### {title}\n\n{bullets}" in shown.out


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (None, "cannot be read: No such file or directory."),
        ("{}", "is no earlier rehearsal: write one with "),
        ('{"cases": [{"name": "a", "passRate": "often"}]}', "is no earlier rehearsal: write one with "),
    ],
    ids=["no file", "no cases", "no rate"],
)
def test_what_is_no_earlier_rehearsal_is_refused_before_anything_is_sent(
    rehearsed: Rehearsed, text: str | None, reason: str
) -> None:
    if text is not None:
        (rehearsed.operated.root / "before.json").write_text(text)
    shown = rehearsed.rehearse(asks(says=["x"]), words=("--compare", "before.json"))

    assert shown.code == 2
    assert f"before.json {reason}" in shown.err
    assert "Agent:" not in shown.err


def test_tools_that_the_hub_does_not_tell_of_are_not_said_to_be_unused(rehearsed: Rehearsed) -> None:
    high_access(rehearsed.azure)
    rehearsed.script({"cut": True}, READ, {"say": "Fine."})
    shown = rehearsed.rehearse(asks(notTools=["RunAzCli*"], says=["fine"]))

    assert shown.code == 3
    assert "  What tools it used is not known: " in shown.out


@pytest.mark.parametrize("form", ["junit", "markdown", "text"])
def test_it_is_written_for_pipelines(rehearsed: Rehearsed, form: str) -> None:
    rehearsed.azure.agent()
    rehearsed.script({"say": "a|b"})
    shown = rehearsed.rehearse(asks(says=["<c>"]), words=("-f", form, "-o", "out"))
    text = (rehearsed.operated.root / "out").read_text("utf-8")

    assert (shown.code, shown.out) == (3, "")
    if form == "junit":
        (case,) = ET.fromstring(text)
        assert (case.get("classname"), case.get("name")) == ("sre-one.cases", "A question")
        assert [each.tag for each in case] == ["failure"]
    elif form == "markdown":
        assert "| ❌ | A question | 0 of 1 |" in text
        assert "- Its answer does not have '\\<c\\>': it begins with 'a\\|b'." in text
    else:
        assert text.startswith("failed  A question: Its answer does not have '<c>'")


CASE = "cases:\n  - name: a\n    prompt: b\n    expect: {says: [c]}\n"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "1: 'the file' is wrong: "),
        ("cases: ]", "1: the YAML is malformed: "),
        ("cases: []", "1: 'cases' is wrong: "),
        ("case: []", "1: 'case' is not known here (did you mean 'cases'?)"),
        (CASE + "  - name: b\n    promt: c\n", "6: 'promt' is not known here (did you mean 'prompt'?)"),
        (CASE.replace("says", "say"), "4: 'say' is not known here (did you mean 'says'?)"),
        (CASE + "    incident: {title: d}\n", "2: a case begins with one of prompt, incident and trigger"),
        (CASE.replace("says: [c]", ""), "2: 'expect' is empty"),
        (CASE.replace("says: [c]", "facts: {d: '('}"), "4: 'd' is wrong: it is no regular expression"),
        (CASE.replace("says: [c]", "plan: d"), "2: 'plan' and 'taken' are expected of an incident"),
        (CASE.replace("says: [c]", "subagent: d"), "2: who answers a prompt is not told"),
        (CASE + "    payload: 1\n", "2: 'payload' goes with a trigger"),
        (CASE + "    repeat: 0\n", "5: 'repeat' is wrong: "),
        (CASE + CASE.partition("\n")[2], "5: the case 'a' is there twice, before in cases.yaml:2"),
    ],
    ids=lambda value: value.partition(": ")[2][:30] if ": " in value and "\n" not in value else "",
)
def test_a_bad_file_is_refused_with_its_line_before_anything_is_sent(
    rehearsed: Rehearsed, text: str, reason: str
) -> None:
    rehearsed.file.write_text(text)
    shown = rehearsed.operated.call("rehearse", "cases.yaml")

    assert (shown.code, shown.out) == (2, "")
    assert f"\n  cases.yaml:{reason}" in shown.err
    assert "Agent:" not in shown.err


def test_cases_are_found_in_the_agent_directory_of_the_project(rehearsed: Rehearsed) -> None:
    rehearsed.azure.agent()
    root: Path = rehearsed.operated.root
    none = rehearsed.operated.call("rehearse")
    for name in ("one", "two"):
        folder = root / "stacks" / "agents" / name
        (folder / "evals").mkdir(parents=True)
        (folder / "agent.json").write_text("{}")
        if name == "one":
            (folder / "evals" / "a.yaml").write_text(CASE.replace("says: [c]", "facts: {any: .}"))
    found = rehearsed.operated.call("rehearse")
    named = rehearsed.operated.call("rehearse", "stacks/agents/one")
    (folder / "evals" / "b.yaml").write_text(CASE)
    several = rehearsed.operated.call("rehearse")

    assert (none.code, found.code, named.code, several.code) == (2, 0, 0, 2), found.err
    assert "stacks/agents/one/evals, stacks/agents/two/evals: name one of them." in several.err
