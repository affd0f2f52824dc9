"""Finding the project, and refusing what is no local stack."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli.project import find
from support.cli import Folder

HOST = "azure-native:metadataHost"


def test_found_from_a_folder_below(folder: Folder) -> None:
    """The project is the nearest Pulumi.yaml above."""
    project = find(folder.root / "stacks", "local")

    assert (project.root, project.name, project.stack) == (folder.root, "toy", "local")
    assert project.azure_url == folder.url
    assert project.text("azure-native:location") == "swedencentral"


def test_found_from_the_current_folder(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a folder the search begins where the command runs."""
    monkeypatch.chdir(folder.root)

    assert find(None, "local").root == folder.root


def test_without_options_pulumi_yaml_is_beside_the_stack_files(tmp_path: Path) -> None:
    """`stackConfigDir` defaults to the project's own folder."""
    (tmp_path / "Pulumi.yaml").write_text("name: toy\nruntime: python\n")
    (tmp_path / "Pulumi.local.yaml").write_text("config: {}\n")
    project = find(tmp_path, "local")

    assert project.stack_file == tmp_path / "Pulumi.local.yaml"


def test_no_project(tmp_path: Path) -> None:
    """Outside of any project the sentence says how to name one."""
    with pytest.raises(
        ConfigError, match=r"^No Pulumi\.yaml in .* or above it: run this inside the project, or"
    ):
        find(tmp_path, "local")


def test_unknown_stack_names_the_known_ones(folder: Folder) -> None:
    """A misspelt stack is answered with the stacks that there are."""
    with pytest.raises(
        ConfigError, match=r"There is no stack 'lokal': .*lokal\.yaml is missing \(stacks there: local\)"
    ):
        find(folder.root, "lokal")


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (Path.mkdir, "a folder"),
        (os.mkfifo, "a pipe or a device"),
        (lambda path: path.symlink_to(path), "a link that leads nowhere"),
    ],
)
@pytest.mark.parametrize("name", ["Pulumi.yaml", "Pulumi.odd.yaml"])
def test_what_is_no_file_is_named(tmp_path: Path, name: str, make: Callable[[Path], None], kind: str) -> None:
    """Neither is a pipe waited for, nor a stack that is there said to be missing."""
    (tmp_path / "Pulumi.yaml").write_text("name: toy\n")
    (tmp_path / name).unlink(missing_ok=True)
    make(tmp_path / name)
    with pytest.raises(ConfigError) as refused:
        find(tmp_path, "odd")

    assert str(refused.value) == (
        f"{tmp_path / name} is {kind}, where a file is expected: move it out of the way."
    )


def test_stack_name_is_no_path(folder: Folder) -> None:
    """A stack's name cannot lead out of its folder."""
    with pytest.raises(ConfigError, match=r"'\.\./local' is no name of a stack"):
        find(folder.root, "../local")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[" * 3000, r"^stacks/Pulumi\.local\.yaml is nested too deeply to be read\.$"),
        ("config: [\n", r"^stacks/Pulumi\.local\.yaml:2: not YAML: "),
        ("- config\n", r"^stacks/Pulumi\.local\.yaml holds no mapping\.$"),
        ("config: 3\n", r"^stacks/Pulumi\.local\.yaml holds no mapping under `config`\.$"),
        ("config: \xff\n", r"^stacks/Pulumi\.local\.yaml: not YAML: "),
    ],
    ids=["deep", "malformed", "list", "config", "encoding"],
)
def test_unreadable_stack_file(tmp_path: Path, text: str, sentence: str) -> None:
    """A stack file that is no mapping is refused with file and line."""
    folder = Folder(tmp_path)
    folder.stack_file.write_bytes(text.encode("latin-1"))

    with pytest.raises(ConfigError, match=sentence):
        find(folder.root, "local")


@pytest.mark.parametrize(
    "host",
    [
        "https://127.0.0.1:4281",
        "http://management.azure.com",
        "http://10.0.0.1:4281",
        "http://127.0.0.1",
        "127.0.0.1:4281",
        "http://[::1]:4281",
    ],
)
def test_other_azures_are_refused(folder: Folder, host: str) -> None:
    """Only plain http on this machine, with a port, is a local Azure."""
    folder.stack_file.write_text(f"config:\n  {HOST}: {host!r}\n")
    project = find(folder.root, "local")

    with pytest.raises(ConfigError, match="only reaches this machine: write an address such as http://127"):
        _ = project.azure_url


def test_port_that_is_no_number(folder: Folder) -> None:
    """An address that cannot be read is refused."""
    folder.stack_file.write_text(f"config:\n  {HOST}: http://127.0.0.1:many\n")
    project = find(folder.root, "local")

    with pytest.raises(ConfigError, match=rf"^{HOST} in stacks/Pulumi\.local\.yaml is no address \("):
        _ = project.azure_url


def test_real_stack_is_sent_to_pulumi(folder: Folder) -> None:
    """A stack without the setting is one for real Azure."""
    folder.stack_file.write_text("config: {}\n")
    project = find(folder.root, "local")

    with pytest.raises(ConfigError, match=r"is meant for real Azure .* deploy it with `pulumi up -s local`"):
        _ = project.azure_url
