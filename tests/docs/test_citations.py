"""What docstrings, comments and pages cite is in the repository."""

import re
from collections.abc import Iterator
from pathlib import Path
from posixpath import dirname, normpath

import pytest

from support.site import FENCE, ROOT, anchors, texts

SOURCES = (
    "components/**/*.py",
    "components/**/*.pyi",
    "tests/**/*.py",
    "stacks/*.py",
    "stacks/*.yaml",
    "Pulumi.yaml",
)
PAGES = ("*.md", "docs/**/*.md", "stacks/*.md", "components/*.md", "examples/**/*.md")

CITATION = re.compile(
    r"(?<![\w/])(docs/(?:(?:reference|how-to|api)/[\w-]+|architecture|glossary|values|index)\.md)(?:#([\w-]+))?"
)
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)")
UNKEPT = re.compile(
    r"(?<![\w/-])(?:api|config-directory|engine|peer-tools|style|design)\.md\b"
    r"|(?<![/\w-])(?:pulumi|product|azure-native)\.md (?:section )?\d"
    r"|[(\s](?:[A-EI]\.\d+|H-\d+|H \d+)(?:,? (?:[A-I]\.\d+|to [A-I]\.\d+))*[).,;: ]"
    r"|\([DFG]\)|\(section \d"
)
"""Pages and sections of notes outside of the repository, as citations named them before there was docs/."""
MODULE = re.compile(r"`((?:components/\w+/)?[a-z_]+(?:/[\w<>]+)*\.(?:pyi?|kql|yaml|json))`")
BUILT = {
    "docs/cli.md",
    "docs/changelog.md",
    "docs/security.md",
    "docs/how-to/contributing.md",
    "docs/how-to/environments.md",
}
"""Pages that exist on the site alone."""


def _citations() -> Iterator[tuple[str, str, str]]:
    for file, text in texts(*SOURCES, *PAGES):
        yield from ((file, page, anchor or "") for page, anchor in CITATION.findall(text))


def _links() -> Iterator[tuple[str, str, str]]:
    for file, text in texts(*PAGES):
        for target, anchor in LINK.findall(FENCE.sub("", text)):
            yield file, normpath(f"{dirname(file)}/{target}" if target else file).lstrip("/"), anchor


@pytest.mark.parametrize("found", [_citations, _links])
def test_citations_and_links_lead_somewhere(found: "type[Iterator[tuple[str, str, str]]]") -> None:
    """A page that is gone and an anchor that was renamed are found here, with who names them."""
    dead = [
        f"{file}: {page}#{anchor}"
        for file, page, anchor in found()
        if page not in BUILT
        and not (
            (ROOT / page).exists()
            and (not anchor or Path(page).suffix != ".md" or anchor in anchors(ROOT / page))
        )
    ]

    assert dead == []


def test_nothing_cites_notes_that_are_not_here() -> None:
    told = [
        f"{file}: {match[0].strip()}"
        for file, text in texts(*SOURCES)
        if file != Path(__file__).relative_to(ROOT).as_posix()
        for match in UNKEPT.finditer(text)
    ]

    assert told == []


def test_modules_that_pages_name_exist() -> None:
    """The way of a value goes through files: one that was moved is found here."""
    bases = (ROOT, ROOT / "components/pulumi_sre_agent", ROOT / "components/sre_agent_local")
    gone = [
        f"{file}: {name}"
        for file, text in texts("README.md", "docs/*.md")
        for name in MODULE.findall(text)
        if "<" not in name and "/" in name and not any((base / name).exists() for base in bases)
    ]

    assert gone == []


def test_facts_are_cited() -> None:
    """The reference is what the code rests on: most of its pages are named by code."""
    pages = {page for file, page, _ in _citations() if file.endswith(".py")}

    assert {
        f"docs/reference/{name}.md"
        for name in ("control-plane", "data-plane", "run-time", "directory-format")
    } <= pages
