"""`sre-agent verify`: a live agent against what declares it."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from support import directories
from support.cli import Ran
from support.operated import Operated

SKILLS = "/api/v2/extendedAgent/skills"
SKILL = {"description": "When checkout fails.", "skillContent": directories.LONG.strip(), "tools": []}


class Verified:
    """An agent with one skill, and the directory that declares both."""

    def __init__(self, operated: Operated, folder: Path) -> None:
        self.operated, self.azure = operated, operated.azure
        self.agent = operated.azure.agent("oncall")
        self.folder = directories.write(folder, {"config/skills/triage.yaml": directories.SKILL})
        self.describe_skill()

    def describe_skill(self, **changes: str) -> None:
        body = {"name": "triage", "type": "Skill", "properties": {**SKILL, **changes}}
        answer = self.azure.data("PUT", self.agent, f"{SKILLS}/triage", body)
        assert answer.is_success, answer.text

    def verify(self, *words: str) -> Ran:
        return self.operated.call("verify", str(self.folder), "--agent", "oncall", *words, COLUMNS="100")


@pytest.fixture
def verified(operated: Operated, tmp_path: Path) -> Verified:
    return Verified(operated, tmp_path / "oncall")


def test_what_is_as_declared_passes(verified: Verified) -> None:
    shown = verified.verify()

    assert shown.code == 0, shown.out
    assert [line.split()[:3] for line in shown.out.splitlines()[1:5]] == [
        ["✓", "declared", "Agent"],
        ["✓", "declared", "Skill"],
        ["✓", "agent", "runs"],
        ["✓", "agent", "answers"],
    ]
    assert shown.err.splitlines()[-1] == "Nothing is wrong with it."


def test_what_differs_is_named_with_both_values(verified: Verified) -> None:
    verified.describe_skill(description="Changed by hand")
    shown = verified.verify()

    assert shown.code == 3
    assert (
        "\ndeclared Skill triage: description is 'Changed by hand', declared is 'When checkout fails.'.\n"
        in shown.out
    )


def test_long_texts_are_shown_where_they_differ(verified: Verified) -> None:
    verified.describe_skill(skillContent=directories.LONG.replace("last hours", "last days").strip())

    assert "skill_content is '…oyments of the last days.', declared is" in verified.verify().out


def test_what_is_gone_is_told(verified: Verified) -> None:
    verified.azure.data("DELETE", verified.agent, f"{SKILLS}/triage")
    result = verified.verify("--format", "json")
    (failure,) = [each for each in result.json["checks"] if each["outcome"] == "failed"]

    assert (failure["name"], failure["detail"]) == ("Skill triage", "It is not there.")


def test_junit_has_a_test_for_each_check(verified: Verified, tmp_path: Path) -> None:
    verified.azure.data("DELETE", verified.agent, f"{SKILLS}/triage")
    file = tmp_path / "verify.xml"
    shown = verified.verify("--format", "junit", "--output", str(file))
    suite = ET.parse(file).getroot()
    (failed,) = [case for case in suite if case.find("failure") is not None]

    assert shown.code == 3
    assert (suite.get("failures"), suite.get("tests")) == ("1", str(len(suite)))
    assert (failed.get("classname"), failed.get("name")) == ("oncall.declared", "Skill triage")


def test_a_question_is_asked_and_its_thread_deleted(verified: Verified) -> None:
    fine = verified.verify("--question", "Are you there?")
    wrong = verified.verify("--question", "Are you there?", "--answer-matches", "zebra")

    assert fine.code == 0, fine.out
    assert "chat question: Its answer does not have 'zebra'" in wrong.out
    assert verified.operated.call("thread", "list", "--json").json == []


def test_a_stopped_agent_and_a_connector_that_is_not_connected_fail(verified: Verified) -> None:
    verified.operated.call("stop", "--agent", "oncall")
    shown = verified.verify()

    assert shown.code == 3
    assert "agent runs: It is stopped: `sre-agent start` starts it." in shown.out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--answer-matches", "x"), "--answer-matches is about the answer to a question"),
        (("--question", "x", "--answer-matches", "("), "--answer-matches is no regular expression"),
        (("--format", "xml"), "xml"),
    ],
    ids=["without a question", "no pattern", "format"],
)
def test_bad_options_are_refused(verified: Verified, words: tuple[str, ...], sentence: str) -> None:
    shown = verified.verify(*words)

    assert (shown.code, sentence in shown.err) == (2, True)
