"""Whatever is edited in a directory, the report of its preview names it, hides secrets and stays whole."""

import os
import random
import re
import shutil
from collections.abc import Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import Any

import pulumi
import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pulumi_sre_agent.directory import DirectoryError
from pulumi_sre_agent.review import preview as previews
from pulumi_sre_agent.review import report as reports
from pulumi_sre_agent.review.formats import html, json_format, markdown, plain_text
from pulumi_sre_agent.review.text import code
from support import sample
from support.directory_edits import edit

EDITS = int(os.environ.get("EDITS", "6"))
"""Changes of up to four edits each; EDITS=200 makes more of them."""
NOT_TOLD = {"plane"}
"""This toolkit's own, of what is new or gone."""
PARSER = MarkdownIt("commonmark", {"html": True}).enable("table")
NOT_SHOWN = re.compile(r"\*\*[\d,]+ more changes? (?:is|are) not shown here\*\*")


@pytest.fixture(scope="module")
def as_it_is() -> sample.Stack:
    return sample.stack()


@pytest.mark.parametrize("seed", range(EDITS))
def test_every_property_that_an_edit_changes_is_named(
    seed: int, tmp_path: Path, as_it_is: sample.Stack
) -> None:
    edits, after = deployable(tmp_path / "agent", random.Random(seed))
    print(*edits, sep="\n")
    report = reports.make(previews.read(sample.preview(as_it_is, after)))
    texts = [each.render(report) for each in (markdown, html, json_format, plain_text)]

    assert not any(sample.MARKER in text for text in texts)
    by_key = {(each.kind, each.logical_name): each for each in report.changes}
    expected = {key: [*changed(as_it_is.get(key), after.get(key))] for key in {**as_it_is, **after}}
    assert by_key.keys() == {key for key, paths in expected.items() if paths}
    for key, change in by_key.items():
        named = [each.path for each in change.shown]
        for path in expected[key]:
            assert any(is_within(each, path) for each in named), (key, path)
        for path in named if change.has_both_sides else ():
            assert any(is_within(path, each) for each in expected[key]), (key, path)
        block = "\n".join(markdown.change_lines(change, change.op))
        assert block in texts[0] or NOT_SHOWN.search(texts[0])
        for path in named:
            assert f"- {code('.'.join(path))}:" in block
            assert f"  {'.'.join(path)}:" in texts[3]
    assert_whole(texts[0], report)


def deployable(root: Path, random_: random.Random) -> tuple[list[str], sample.Stack]:
    """Return edits that the toolkit takes, and what they come to."""
    while True:
        shutil.copytree(sample.DIRECTORY, root)
        token = f"{sample.MARKER}-{random_.choice(['one', 'two'])}"
        edits = [edit(root, random_) for _ in range(random_.randint(1, 4))]
        try:
            return edits, sample.stack(root, token=token)
        except (DirectoryError, pulumi.RunError):
            shutil.rmtree(root)


def changed(before: sample.Deployed | None, after: sample.Deployed | None) -> Iterator[tuple[str, ...]]:
    """Yield where two states of a resource differ, found by the inputs alone."""
    if before is None or after is None:
        each = before or after
        yield from ((name,) for name in (each.inputs if each else ()) if name not in NOT_TOLD)
    else:
        yield from differing((), before.inputs, after.inputs)


def differing(path: tuple[str, ...], before: Any, after: Any) -> Iterator[tuple[str, ...]]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in {**before, **after}:
            yield from differing((*path, name), before.get(name), after.get(name))
    elif before != after:
        yield path


def is_within(path: tuple[str, ...], outer: tuple[str, ...]) -> bool:
    return path[: len(outer)] == outer


def assert_whole(text: str, report: reports.Report) -> None:
    """See that it fits, and that every row, fold, fence and heading is one of the report's own."""
    assert len(text) < markdown.LONGEST
    tokens = [*all_tokens(PARSER.parse(text))]
    rows = sum(token.type == "tr_open" for token in tokens)
    assert rows == (len(report.findings) + 1 if report.findings else 0)
    headings = ["h2", *["h3"] * (bool(report.findings) + bool(report.changes))]
    assert [token.tag for token in tokens if token.type == "heading_open"] == headings
    folds = "".join(token.content for token in tokens if token.type in ("html_block", "html_inline"))
    assert len(re.findall("<details", folds)) == folds.count("</details>") == text.count("\n</details>")
    assert "script" not in unescape(folds) or "<script" not in folds
    fences = [token for token in tokens if token.type == "fence"]
    assert len(fences) == len(re.findall(r"^ *`{3,}diff$", text, re.MULTILINE))
    for fence in fences:
        assert all(line[:1] in "+-! …" for line in fence.content.splitlines())


def all_tokens(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from all_tokens(token.children or [])
