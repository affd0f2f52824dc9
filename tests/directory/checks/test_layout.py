"""What lies beside the files that are read."""

from pathlib import Path

import pytest

from pulumi_sre_agent.directory import DirectoryError, read
from pulumi_sre_agent.directory.formats.kinds import FOLDER_FORMATS
from support.directories import LONG, Faults, Read, write


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"roles.yaml": "roles:\n  # - name: x\n"}, id="no-roles"),
        pytest.param({"roles.yaml": ""}, id="empty-roles"),
        pytest.param({"tool-permissions.json": {"allow": [], "ask": [], "deny": []}}, id="no-permissions"),
        pytest.param({"config/hooks/.gitkeep": ""}, id="empty-folder"),
        pytest.param(
            {"data/knowledge.json": [], "data/synthesized-knowledge/.gitkeep": ""}, id="no-knowledge"
        ),
        pytest.param(
            {"data/knowledge-items/a.json": {"a": 1}, "data/synthesized-knowledge.json": [1]}, id="exports"
        ),
        pytest.param(
            {"expected-config.json": {"agent": True}, "admin-settings.json": {"adminUsers": []}},
            id="unread",
        ),
        pytest.param(
            {"deploy-20260810-102605.log": "ok", "connectors.secrets.env.example": "A=\n"}, id="by-products"
        ),
        pytest.param(
            {"README.md": "x", ".gitignore": "x", "agent.md": "x", "docs/x.yml": "a: 1\n"}, id="own-files"
        ),
        pytest.param({"sample-github-workflow.yml": "a: 1\n"}, id="sample"),
        pytest.param(
            {"config/README.md": "x", "config/skills/notes.md": "x", "config/tools/.x": "x"}, id="notes"
        ),
    ],
)
def test_what_carries_nothing_is_no_obstacle(reads: Read, files: dict[str, object]) -> None:
    """Recipes and exports contain all of these."""
    found = reads(files)

    assert (found.items, found.notes) == ((), ())


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("agents.json", "agents.json:1: nothing is read from here (did you mean 'agent.json'?)"),
        ("connectors.yaml", "connectors.yaml:1: nothing is read from here (did you mean 'connectors.json'?)"),
        ("roles.yml", "roles.yml:1: nothing is read from here (did you mean 'roles.yaml'?)"),
        ("automation/skills/s.yaml", "automation:1: nothing is read from here (did you mean 'automations'?)"),
        ("config/skill/s.yaml", "config/skill:1: nothing is read from this folder (did you mean 'skills'?)"),
        ("config/zebra/s.yaml", "config/zebra:1: nothing is read from this folder"),
        (
            "config/plugins/installation/s.yaml",
            "config/plugins/installation:1: nothing is read from this folder",
        ),
        (
            "config/plugins/s.yaml",
            "config/plugins/s.yaml:1: nothing is read from here: items lie in folders such as config/skills",
        ),
        (
            "config/s.yaml",
            "config/s.yaml:1: nothing is read from here: items lie in folders such as config/skills",
        ),
        (
            "config/skills/s.ymal",
            "config/skills/s.ymal:1: nothing is read from here: an item ends in .yaml, .yml, .json",
        ),
    ],
)
def test_what_would_silently_be_ignored_is_refused(faults: Faults, file: str, reason: str) -> None:
    """Most likely a typo."""
    assert faults({file: "name: s\n"}) == [reason]


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("s/SKILL.md", "no item refers to this file: name it in one of config/skills, or take it out"),
        (
            "s/deep/er/notes.md",
            "no item refers to this file: name it in one of config/skills, or take it out",
        ),
        ("team/t.yaml", "nothing is read from here: items lie in config/skills itself"),
    ],
)
def test_what_lies_deeper_belongs_to_an_item(faults: Faults, file: str, reason: str) -> None:
    """Else a skill that was put into a folder would be missing without a word."""
    skill = {"name": "s", "skillContent": LONG, "additionalFiles": [{"name": "a", "content": "s/a.md"}]}
    files = {"config/skills/s.json": skill, "config/skills/s/a.md": "A", f"config/skills/{file}": "name: t\n"}

    assert faults(files) == [f"config/skills/{file}:1: {reason}"]


def test_files_of_an_item_that_cannot_be_read_are_not_told(faults: Faults) -> None:
    """Nobody knows whether it refers to them."""
    [fault] = faults({"config/skills/s.yaml": "name: [", "config/skills/s/a.md": "A"})

    assert fault.startswith("config/skills/s.yaml:")


@pytest.mark.parametrize(
    "file",
    [
        "connectors.json",
        "roles.yaml",
        "tool-permissions.json",
        "connectors.secrets.env",
        "data/knowledge.json",
    ],
)
def test_a_folder_in_the_place_of_a_file_is_refused(faults: Faults, file: str) -> None:
    """Else the agent would do without its connectors."""
    assert f"{file}:1: must be a file" in faults({f"{file}/x.md": "x"})


@pytest.mark.parametrize("folder", ["config", "automations", "data"])
def test_a_file_in_the_place_of_a_whole_folder_is_refused(faults: Faults, folder: str) -> None:
    assert faults({folder: "x"}) == [f"{folder}:1: must be a folder"]


def test_links_that_lead_nowhere_are_refused(tmp_path: Path) -> None:
    """Or to themselves."""
    write(tmp_path, {"config/skills/s.yaml": "", "data/a.md": ""})
    links = {"connectors.json": "x", "config/skills/s.yaml": "s.yaml", "data/a.md": "b.md"}
    for link, target in links.items():
        (tmp_path / link).unlink(missing_ok=True)
        (tmp_path / link).symlink_to(target)

    with pytest.raises(DirectoryError) as refused:
        read(tmp_path)

    assert [str(fault) for fault in refused.value.diagnostics] == [
        "config/skills/s.yaml:1: config/skills/s.yaml cannot be opened: Too many levels of symbolic links",
        "connectors.json:1: must be a file",
        "data/a.md:1: there is no data/a.md",
    ]


def test_a_file_in_the_place_of_a_folder_is_refused(faults: Faults) -> None:
    """`config/skills` is a folder."""
    assert faults({"config/skills": "name: s\n"}) == [
        "config/skills:1: nothing is read from here: items lie in folders such as config/skills"
    ]


PLACES = [
    *(
        (f"{file_format.folder}/x.yaml", file_format.folder.partition("/")[0])
        for file_format in FOLDER_FORMATS
    ),
    *((f"{name}/x.md", name) for name in ("knowledge", "session-insights", "synthesized-knowledge")),
    ("knowledge-items/x.json", "knowledge-items"),
    ("repo-instructions/shop/AGENTS.md", "repo-instructions"),
    *((f"{name}.json", f"{name}.json") for name in ("knowledge", "knowledge-items", "repo-instructions")),
]
AUTOMATIONS = {"incident-platforms", "incident-filters", "scheduled-tasks", "http-triggers"}


@pytest.mark.parametrize(
    ("file", "entry", "below"),
    [
        (file, entry, below)
        for file, entry in PLACES
        for below in ("", "data/", "config/", "automations/")
        if not below or (below == "data/") is file.endswith(".yaml")
    ],
)
def test_a_folder_of_the_format_in_another_place_is_named_with_where_it_belongs(
    faults: Faults, file: str, entry: str, below: str
) -> None:
    """Else an agent would be empty without a word."""
    is_kind = file.endswith(".yaml")
    place = f"automations/{entry}" if entry in AUTOMATIONS else f"{'config' if is_kind else 'data'}/{entry}"

    assert faults({f"{below}{file}": "name: x\n"}) == [
        f"{below}{entry}:1: nothing is read from here: it belongs in {place}"
    ]


def test_folders_of_that_name_that_hold_something_else_are_the_users_own(reads: Read) -> None:
    files = {
        "tools/deploy.sh": "x",
        "hooks/pre-commit": "x",
        "knowledge/map.drawio": "x",
        "skills/.x.yaml": "x",
    }

    assert reads(files).notes == ()
