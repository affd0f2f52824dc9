"""Commands of other packages, and the one that comes with this package but needs an extra."""

import sys
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from pathlib import Path

import pytest
from typer import testing
from typer.main import get_command

from pulumi_sre_agent.cli import plugins
from support.cli import Folder, call, run


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Install a command that is declared but not there, beside those that are."""
    absent = EntryPoint("review", "no_such_package.cli:app", plugins.ENTRY_POINTS)
    installed = entry_points(group=plugins.ENTRY_POINTS)
    monkeypatch.setattr(plugins, "entry_points", lambda group: EntryPoints([*installed, absent]))  # noqa: ARG005
    monkeypatch.setattr(testing, "_get_command", get_command)  # which looks again


@pytest.mark.usefixtures("broken")
def test_a_command_that_cannot_be_loaded_is_one_sentence(folder: Folder) -> None:
    refused = call(folder, "review", "--all")

    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        "error: The command 'review' cannot be loaded (ModuleNotFoundError: No module named "
        "'no_such_package'): install no_such_package.cli anew.\n"
    )


@pytest.mark.usefixtures("broken")
def test_a_command_that_cannot_be_loaded_leaves_the_others_alone(folder: Folder) -> None:
    listing, other = call(folder, "--help"), call(folder, "local", "status")

    assert (listing.code, other.code) == (0, 0)
    assert "The command 'review' cannot be loaded" in listing.out
    assert "An Azure that runs on this machine" in listing.out


@pytest.mark.parametrize("words", [[], ["--help"], ["up"], ["up", "--help"]], ids=" ".join)
def test_without_the_extra_local_says_how_to_get_it(
    folder: Folder, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sre_agent_local.cli.EXTRA", ("no_such_server", "typer"))
    refused = call(folder, "local", *words)

    assert (refused.code, refused.out) == (2, "")
    assert refused.err == (
        "error: `sre-agent local` needs no_such_server: run `pip install 'pulumi-sre-agent[local]'`.\n"
    )
    assert call(folder, "--help").code == 0


def test_a_command_is_loaded_when_it_is_used(folder: Folder) -> None:
    """The root loads no other package's command until it is called, and none of its servers for its help."""
    probe = "import sys, pulumi_sre_agent.cli.app; print(*sys.modules)"
    loaded = run(folder, "-c", probe, program=Path(sys.executable)).out.split()
    probe = "import sys, sre_agent_local.cli; print(*sys.modules)"
    for_help = run(folder, "-c", probe, program=Path(sys.executable)).out.split()

    assert "sre_agent_local" not in loaded
    assert not {"starlette", "uvicorn", "grpc", "httpx", "pydantic"} & set(for_help)
