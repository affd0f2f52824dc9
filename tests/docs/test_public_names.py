"""The pages of the API reference name what is public, and nothing else."""

import ast
import importlib
from pathlib import Path

import pytest

from support.site import ROOT, site_hooks


def test_every_public_name_is_documented_once() -> None:
    assert site_hooks().undocumented() == []


@pytest.mark.parametrize(
    "package", ["pulumi_sre_agent", "pulumi_sre_agent.resources", "pulumi_sre_agent.api"]
)
def test_the_stub_is_the_list_of_public_names(package: str) -> None:
    """One place says what a package exports, and that is what it exports."""
    stub = Path(str(importlib.import_module(package).__file__)).with_suffix(".pyi")
    imports = [
        node for node in ast.parse(stub.read_text(encoding="utf-8")).body if isinstance(node, ast.ImportFrom)
    ]
    names = {alias.asname for node in imports for alias in node.names}

    assert names == {*importlib.import_module(package).__all__}


def test_a_name_that_a_page_lacks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    hooks = site_hooks()
    monkeypatch.setattr(hooks, "PUBLIC", {"pulumi_sre_agent.directory": "client.md"})

    told = hooks.undocumented()

    assert "pulumi_sre_agent.directory.read is not in docs/api/client.md" in told
    assert "docs/api/client.md has pulumi_sre_agent.api.connect, which is not public" in told


def test_the_command_lines_help_is_a_page() -> None:
    text = site_hooks().command_line()

    assert text.startswith("# `sre-agent`\n")
    assert "* [`sre-agent local up`](#sre-agent-local-up)" in text
    assert (ROOT / "mkdocs.yml").read_text(encoding="utf-8").count("cli.md") == 1
