"""The root of the command line: help, version, exit codes, and what every command shares."""

import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from support.cli import Folder, call, run


def test_version(folder: Folder) -> None:
    """The version is that of the installed package."""
    shown = call(folder, "--version")

    assert (shown.code, shown.out, shown.err) == (0, f"sre-agent {version('pulumi-sre-agent')}\n", "")


@pytest.mark.parametrize("words", [[], ["local"]], ids=["root", "local"])
def test_help_documents_exit_codes(folder: Folder, words: list[str]) -> None:
    """Both levels of help say what the exit codes mean."""
    shown = call(folder, *words, "--help")

    assert shown.code == 0
    assert "Exit codes: 0 fine · 1 failed · 2 wrong usage or bad input · 130 interrupted" in shown.out


def test_help_is_quick_because_it_imports_little(folder: Folder) -> None:
    """Help loads no Pulumi, no HTTP client, no azure-identity, no YAML, no hashes, and no command."""
    probe = (
        "import atexit, sys; before = set(sys.modules);"  # what measures coverage has loaded some, too
        "from pulumi_sre_agent.cli import main; sys.argv[1:] = ['--help'];"
        "atexit.register(lambda: print(*sorted(set(sys.modules) - before))); main()"
    )
    shown = run(folder, "-c", probe, program=Path(sys.executable))
    loaded = shown.out.splitlines()[-1].split()

    assert "typer" in loaded
    assert not {
        *("pulumi", "httpx", "azure", "azure.identity", "yaml", "pydantic", "grpc"),
        *("pulumi_sre_agent.cli.target", "pulumi_sre_agent.cli.incident", "sre_agent_local.cli.up"),
        *("concurrent.futures", "hashlib", "typing_extensions", "zoneinfo"),
    } & set(loaded)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["local", "upp"], "No such command 'upp'"),
        (["local", "up", "--engine", "terraform"], "'terraform' is not one of 'pulumi', 'embedded'"),
        (["local", "faults", "add"], "Missing option '--kind'"),
        (["local", "up", "-C", "nowhere"], "'--project' / '-C': dir 'nowhere' does not exist"),
    ],
    ids=["command", "engine", "kind", "folder"],
)
def test_wrong_usage_ends_with_2(folder: Folder, words: list[str], sentence: str) -> None:
    """What cannot be understood is refused with code 2, on stderr."""
    refused = call(folder, *words)

    assert (refused.code, refused.out) == (2, "")
    assert sentence in " ".join(refused.err.replace("│", " ").split())
