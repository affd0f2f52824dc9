"""What is wrong with an item, with file and line."""

from typing import Any

import pytest

from support.directories import AGENT, LONG, Faults


def test_two_spellings_of_one_member_must_agree(faults: Faults) -> None:
    """Else one of them would get lost."""
    written = "name: s\nskillContent: x\nskill_content: y\n"

    assert (
        "config/skills/s.yaml:3: 'skillContent' is given twice with different values, before in line 2"
        in faults({"config/skills/s.yaml": written})
    )


@pytest.mark.parametrize(
    ("folder", "written", "reason"),
    [
        pytest.param(
            "skills",
            {"metadata": {"description": "x"}, "skillContent": LONG},
            "the skill has no name: give it one as metadata.name or name",
            id="skill-without-name",
        ),
        pytest.param(
            "skills",
            {"name": "", "skillContent": LONG},
            "the skill has no name: give it one as metadata.name or name",
            id="blank-name",
        ),
        pytest.param(
            "skills",
            {"name": ["a"], "skillContent": LONG},
            "the skill has no name: give it one as metadata.name or name",
            id="name-of-another-type",
        ),
        pytest.param("skills", {"name": "s"}, "skillContent is missing", id="no-content"),
        pytest.param(
            "skills",
            {"name": "s", "skillContent": "Look."},
            "skillContent must be longer than 50",
            id="too-short",
        ),
        pytest.param(
            "skills",
            {"metadata": {"name": "s", "descripton": "x"}, "skillContent": LONG},
            "'descripton' is no member of a skill (did you mean 'description'?)",
            id="typo",
        ),
        pytest.param(
            "skills",
            {"name": "s", "skillContent": LONG, "additionalFiles": [{"filePath": "a", "contents": "x"}]},
            "'contents' is no member of additionalFiles[0]",
            id="typo-deep-inside",
        ),
        pytest.param(
            "skills",
            {"name": "s", "skillContent": LONG, "additionalFiles": [{"content": "x"}]},
            "additionalFiles[0].filePath is missing",
            id="file-without-path",
        ),
        pytest.param(
            "skills",
            {"name": "s", "skillContent": LONG, "tools": "A, B"},
            "tools must be a list",
            id="text-for-list",
        ),
        pytest.param(
            "skills",
            {"metadata": {"name": "s"}, "name": "t", "skillContent": LONG},
            "the skill has two names, 's' and 't'",
            id="two-names",
        ),
        pytest.param(
            "skills",
            {"metadata": {"name": "s", "description": "a"}, "description": "b", "skillContent": LONG},
            "'description' is given twice with different values, before in line ",
            id="two-values",
        ),
        pytest.param(
            "skills",
            {"kind": "ExtendedAgent", "name": "s", "skillContent": LONG},
            "'ExtendedAgent' is not the type of a skill",
            id="wrong-kind",
        ),
        pytest.param(
            "skills",
            {"metadata": {"name": "s"}, "type": "CommonPrompt", "skillContent": LONG},
            "'CommonPrompt' is not the type of a skill",
            id="wrong-folder",
        ),
        pytest.param(
            "skills",
            {"metadata": "s", "skillContent": LONG},
            "'metadata' must be an object",
            id="metadata-of-text",
        ),
        pytest.param(
            "skills", {"name": "s", "skillContent": LONG, "plane": "data"}, "'plane' is no member", id="plane"
        ),
        pytest.param(
            "skills",
            {"name": "a/b", "skillContent": LONG},
            "name must have 1 to 128 characters",
            id="bad-name",
        ),
        pytest.param(
            "tools",
            {"name": "t", "spec": {"descripton": "x"}},
            "'descripton' is no member of a tool (did you mean 'description'?)",
            id="typo-where-others-are-handed-on",
        ),
        pytest.param(
            "tools",
            {"name": "t", "spec": {"type": "KustoTool", "query": "T"}},
            "connector is missing",
            id="kusto",
        ),
        pytest.param("repos", {"name": "r", "spec": {"url": ""}}, "url must be an address", id="blank-url"),
        pytest.param(
            "repos",
            {"name": "r", "spec": {"url": "https://github.com/o/r", "type": "svn"}},
            "type must be one of GitHub, AzureDevOps",
            id="unknown-host",
        ),
        pytest.param(
            "common-prompts", {"name": "p", "spec": {"prompt": None}}, "prompt is missing", id="no-prompt"
        ),
    ],
)
def test_what_is_refused(faults: Faults, folder: str, written: dict[str, Any], reason: str) -> None:
    """One sentence each, in the words of the file."""
    found = faults({f"config/{folder}/item.json": written})

    assert any(reason in fault for fault in found)


def test_a_nameless_item_tells_its_other_faults_too(faults: Faults) -> None:
    """Whoever mends the name should not find the next fault only then."""
    found = faults({"config/skills/s.yaml": "metadata:\n  descripton: x\n"})

    assert [fault.partition(": ")[2].partition(" ")[0] for fault in found] == [
        "skillContent",
        "the",
        "'descripton'",
    ]


def test_what_one_item_of_several_lacks_is_told_at_its_line(faults: Faults) -> None:
    """Also where only what becomes of the item shows that it is missing."""
    written = "- name: tickets\n  apiName: jira\n- name: chat\n  displayName: Chat\n"

    assert faults({"config/connectorv2/all.yaml": written}) == [
        "config/connectorv2/all.yaml:3: apiName is missing: say which service, such as jira"
    ]


TASK = {"description": "d", "schedule": "0 8 * * *", "prompt": "look", "mode": "Review"}


@pytest.mark.parametrize(
    ("folder", "written", "meant"),
    [
        *(
            ("scheduled-tasks", *pair)
            for pair in (("enabeld", "enabled"), ("promt", "prompt"), ("Prompt", "prompt"))
        ),
        *(("scheduled-tasks", *pair) for pair in (("end_date", "endDate"), ("shedule", "schedule"))),
        ("scheduled-tasks", "timeZon", "timeZone"),
        *(
            ("scheduled-tasks", *pair)
            for pair in (("cronExpresion", "cronExpression"), ("metdata", "metadata"))
        ),
        *(("http-triggers", *pair) for pair in (("handlingAgnet", "handlingAgent"), ("promtp", "prompt"))),
        *(("incident-filters", *pair) for pair in (("enabeld", "enabled"), ("platfromType", "platformType"))),
        ("tools", "propertis", "properties"),
    ],
)
@pytest.mark.parametrize("wrapped", [True, False])
def test_a_misspelt_member_is_refused_with_the_one_that_is_meant(
    faults: Faults, folder: str, written: str, meant: str, wrapped: bool
) -> None:
    """Also where a kind takes members that nobody has described, and where it has other names for some."""
    needed = {"scheduled-tasks": TASK, "http-triggers": {"agentPrompt": "x"}}.get(folder, {})
    spec = {**{name: value for name, value in needed.items() if name != meant}, written: "x"}

    found = faults({f"config/{folder}/x.json": {"name": "x", **({"spec": spec} if wrapped else spec)}})

    assert any(
        f"{written!r} is no member of" in line and f"(did you mean {meant!r}?)" in line for line in found
    )


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        (
            {"agent.json": {**AGENT, "_prompts": {"pw": {"ask": "?", "secrte": True}}}},
            "'secrte' is no member of a prompt (did you mean 'secret'?)",
        ),
        ({"roles.yaml": "rolse: []\n"}, "'rolse' is no member of roles.yaml (did you mean 'roles'?)"),
    ],
)
def test_a_misspelt_member_of_other_files_is_refused(
    faults: Faults, files: dict[str, Any], fault: str
) -> None:
    [found] = faults(files)

    assert found.endswith(fault)
