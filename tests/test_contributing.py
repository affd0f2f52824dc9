"""The contributor's guide shows a diff that is true."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
LONGEST = 80
OPTIONAL = {
    "components/pulumi_sre_agent/directory/formats/kinds.py",
    "components/pulumi_sre_agent/resources/subagent.py",
}
"""What the guide says of agent directories and of kinds that name a further one."""


def additions() -> dict[str, list[str]]:
    """Return the lines that the guide's diff adds, in blocks, by file."""
    diff = GUIDE.split("```diff\n")[1].split("\n```")[0]
    assert len(diff.splitlines()) <= LONGEST
    files: dict[str, list[str]] = {}
    for section in re.split(r"^--- .*\n\+\+\+ b/", diff, flags=re.MULTILINE)[1:]:
        path, _, hunks = section.partition("\n")
        files[path] = [
            "\n".join(line.removeprefix("+") for line in hunk.strip("\n").splitlines())
            for hunk in re.split(r"^@@\n", hunks, flags=re.MULTILINE)[1:]
        ]
    return files


@pytest.mark.parametrize("path", additions())
def test_what_it_adds_is_in_the_tree(path: str) -> None:
    """So a reader who does the same ends up with a kind that works."""
    text = (ROOT / path).read_text(encoding="utf-8")

    assert additions()[path]
    for block in additions()[path]:
        assert block in text


def test_nothing_else_names_the_kind() -> None:
    """A table of all kinds that a further one had to be entered in would have to be in the guide."""
    words = re.compile(r"\b(COMMON_PROMPT|CommonPrompt|common_prompt)\b")
    sources = [path for folder in ("components", "tests/support") for path in (ROOT / folder).rglob("*.py*")]
    naming = {
        str(path.relative_to(ROOT))
        for path in sources
        if path.suffix in {".py", ".pyi"} and words.search(path.read_text(encoding="utf-8"))
    }

    assert naming == {*additions()} | OPTIONAL
