"""The contributor's guide shows a diff that is true."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "components" / "README.md").read_text(encoding="utf-8")
LONGEST = 80


def shown() -> dict[str, list[str]]:
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


@pytest.mark.parametrize("path", shown())
def test_what_it_adds_is_in_the_tree(path: str) -> None:
    """So a reader who does the same ends up with a kind that works."""
    text = (ROOT / path).read_text(encoding="utf-8")

    assert shown()[path]
    for block in shown()[path]:
        assert block in text
