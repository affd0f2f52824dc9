"""What the site holds besides docs/: the repository's own pages, the commands' help, links out of docstrings.

Nothing that is made here is written to the repository.
"""

import importlib.util
import posixpath
import re
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import typer.main
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from typer.cli import get_docs_for_click

ROOT = Path(__file__).parents[2]

PAGES = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "how-to/contributing.md",
    "SECURITY.md": "security.md",
    "stacks/README.md": "how-to/environments.md",
}
"""Pages of the repository that are pages of the site, too."""

PUBLIC = {
    "pulumi_sre_agent": "index.md",
    "pulumi_sre_agent.resources": "resources.md",
    "pulumi_sre_agent.api": "client.md",
    "pulumi_sre_agent.directory": "directory.md",
}
"""Where each package's public names are documented, below docs/api."""
FURTHER = "<!-- kinds without a section -->"
"""Where `api/resources.md` gets the kinds that it does not place itself."""

FINDINGS = "<!-- findings -->"
"""Where `reference/findings.md` gets the rules, each with a heading of its own."""

COVERAGE = "<!-- coverage -->"
"""Where `reference/coverage.md` gets a row for every operation that the local Azure serves, or does not."""

LINK = re.compile(r"(\]\()([^)#\s]+)((?:#[^)\s]*)?\))")
CITATION = re.compile(r"docs/([\w/-]+)\.md(#[\w-]+)?")
DIRECTIVE = re.compile(r"^::: (\S+)$", re.MULTILINE)
LOADED = re.compile(r"""<(?:script|link|img|iframe)\b[^>]*?\b(?:src|href)=["']?((?:https?:)?//[^"'\s>]+)""")


def undocumented() -> list[str]:
    """Return what differs between the public names and the pages of the API reference, in sentences."""
    errors = []
    for package, page in PUBLIC.items():
        names = {f"{package}.{name}" for name in importlib.import_module(package).__all__}
        names -= PUBLIC.keys()  # packages among the names have a page of their own
        text = (ROOT / "docs/api" / page).read_text(encoding="utf-8")
        documented = DIRECTIVE.findall(with_every_kind(text))
        errors += [f"{name} is not in docs/api/{page}" for name in sorted(names - {*documented})]
        errors += [
            f"docs/api/{page} has {name}, which is not public" for name in sorted({*documented} - names)
        ]
        errors += [
            f"docs/api/{page} has {n} twice"
            for n in sorted({n for n in documented if documented.count(n) > 1})
        ]
    return errors


def with_every_kind(markdown: str) -> str:
    """Return a page of the API reference with a directive for each kind that it lacks."""
    package = "pulumi_sre_agent.resources"
    names = importlib.import_module(package).__all__
    kinds = [
        f"{package}.{name}" for kind in names if f"{kind}Args" in names for name in (kind, f"{kind}Args")
    ]
    lacking = [name for name in kinds if name not in DIRECTIVE.findall(markdown)]
    return markdown.replace(FURTHER, "\n\n".join(f"::: {name}" for name in lacking))


def with_findings(markdown: str) -> str:
    """Return a page with every rule of `sre-agent report` at the place that it leaves for them."""
    from pulumi_sre_agent.review.policy.requirements import REQUIREMENTS  # noqa: PLC0415 - not needed to compare names
    from pulumi_sre_agent.review.rules import RULES  # noqa: PLC0415 - as above

    also = {False: " · also lint and policy pack", True: " · also policy pack (not lint: it takes a stack)"}
    kinds = {rule.id: also[rule.needs_stack] for rule in RULES if rule.is_standing}
    kinds |= {each.id: f" · with the parameter `{each.parameter}`" for each in REQUIREMENTS}
    sections = (
        f"## {rule.id}\n\n**{rule.title}** · {rule.severity.label}{kinds.get(rule.id, '')}\n\n{rule.why}\n\n"
        f"*What to do:* {rule.remedy}"
        for rule in (*RULES, *REQUIREMENTS)
    )
    return markdown.replace(FINDINGS, "\n\n".join(sections))


def with_coverage(markdown: str) -> str:
    """Return a page with the table of operations at the place that it leaves for them."""
    return markdown.replace(COVERAGE, served().tables()) if COVERAGE in markdown else markdown


def served() -> ModuleType:
    """Import what lies beside this file, outside of every package."""
    spec = importlib.util.spec_from_file_location("served", Path(__file__).with_name("served.py"))
    if spec is None or spec.loader is None:
        raise PluginError("docs/site/served.py cannot be imported")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def command_line() -> str:
    """Return the help of every command as one page."""
    from pulumi_sre_agent.cli.app import app  # noqa: PLC0415 - not needed to compare names

    command = typer.main.get_command(app)
    context = command.make_context("sre-agent", [], resilient_parsing=True)
    text = get_docs_for_click(obj=command, ctx=cast("Any", context), name="sre-agent")
    parts = re.split(r"^(?=#+ `)", text, flags=re.MULTILINE)
    return "".join(_with_links(part) for part in parts)


def _with_links(part: str) -> str:
    """Link a group's commands to their own help, instead of the shortened help that Typer prints."""
    head, marker, commands = part.partition("**Commands**:\n")
    if not marker:
        return part
    group = re.findall(r"`([^`]+)`", head)[0]
    paths = [f"{group} {name}" for name in re.findall(r"^\* `([^`]+)`", commands, re.MULTILINE)]
    links = "\n".join(f"* [`{path}`](#{path.replace(' ', '-')})" for path in paths)
    return f"{head}{marker}\n{links}\n\n"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Refuse to build a reference that lacks a public name."""
    if errors := undocumented():
        raise PluginError("; ".join(errors))
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that lie elsewhere, and the command line's help."""
    for source, page in PAGES.items():
        if not (ROOT / source).exists():
            continue
        text = (ROOT / source).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=_relinked(text, source, page)))
    files.append(File.generated(config, "cli.md", content=command_line()))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Lead links out of docs/ to the site's copy of what they name."""
    source = page.file.src_uri
    if source in PAGES.values():
        return markdown
    return _relinked(with_coverage(with_findings(with_every_kind(markdown))), f"docs/{source}", source)


def on_page_content(html: str, page: Page, **_: Any) -> str:
    """Make links of the citations in docstrings."""
    here = posixpath.dirname(page.url)

    def link(match: re.Match[str]) -> str:
        target = posixpath.relpath(f"{match[1]}.html", here or ".")
        return f'<a href="{target}{match[2] or ""}">{match[1].rpartition("/")[2]}{match[2] or ""}</a>'

    return CITATION.sub(link, html)


def on_post_build(config: MkDocsConfig) -> None:
    """Fail where a page would load anything from elsewhere: the site has to work without a network."""
    for path in sorted(Path(config.site_dir).rglob("*.html")):
        if found := LOADED.search(path.read_text(encoding="utf-8")):
            raise PluginError(f"{path.relative_to(config.site_dir)} loads {found[1]}")


def _relinked(text: str, source: str, page: str) -> str:
    """Return `text` of a file of the repository with links that hold at its place in the site."""

    def link(match: re.Match[str]) -> str:
        if "://" in match[2]:
            return match[0]
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source), match[2]))
        if target in PAGES:
            target = PAGES[target]
        elif target.startswith("docs/"):
            target = target.removeprefix("docs/")
        else:
            return match[0]
        return f"{match[1]}{posixpath.relpath(target, posixpath.dirname(page) or '.')}{match[3]}"

    return LINK.sub(link, text)
