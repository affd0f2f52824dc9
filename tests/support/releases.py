"""Stacks as a release has deployed them: saved in `tests/upgrade`, and restored for later releases to find.

    <release>/<project>/project/             what was deployed: Pulumi.yaml, the program, the stack files
    <release>/<project>/<stack>/state.json   the state, as `pulumi stack export` writes it
    <release>/<project>/<stack>/azure.json   what the local Azure had on disk

What differs from run to run stands there as a placeholder: the local Azure's address, and where the
repository and its Python lie, which the state's source positions name. All else is as the release wrote it,
but for the times that the local Azure compares with its clock: those are long past.
"""

import json
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from sre_agent_local.azure_native.install import install
from sre_agent_local.engine.crypt import Crypter
from support.azure import LocalAzure, running
from support.cli import free_port
from support.deployments import ROOT, short
from support.engines import EMBEDDED, Engine, Json, Stack

FOLDER = ROOT / "tests" / "upgrade"
PASSPHRASE = "local"
LOOPBACK = "127.0.0.1"
LONG_AGO = 1_577_836_800.0  # the first second of 2020
OUTSIDE_A_PROJECT = shutil.ignore_patterns("state", "home", "__pycache__", "README.md")
STORE = "azure.sqlite3"
TABLES = ("resources",)
"""All of the store but its log of requests, operations that have ended, and the secret that logs in."""


class ProjectCopy(Stack):
    """A copy of a project, one of whose stacks points at `azure`."""

    def __init__(
        self, folder: Path, azure: LocalAzure, project: Path, stack: str, engine: Engine = EMBEDDED
    ) -> None:
        copy = folder / "project"
        shutil.copytree(project, copy)
        (stack_file,) = copy.rglob(f"Pulumi.{stack}.yaml")
        name = yaml.safe_load((copy / "Pulumi.yaml").read_text())["name"]
        super().__init__(folder, engine, name, stack, PASSPHRASE, copy, stack_file, azure.environ)
        stack_file.write_text(_render(stack_file.read_text(), _placeholders(azure.url, copy)))
        self.state_folder.mkdir()
        install(folder / "home")
        self.initialise()


@dataclass(frozen=True)
class ReleasedStack:
    """One stack of a release."""

    folder: Path

    def __str__(self) -> str:
        return "-".join(self.folder.relative_to(FOLDER).parts)

    @property
    def project(self) -> str:
        return self.folder.parent.name

    @contextmanager
    def restore(self, folder: Path, engine: Engine) -> Iterator[tuple[ProjectCopy, LocalAzure]]:
        """Run the Azure that it was deployed to, copy its project, and import its state."""
        port, state = free_port(), folder / "state.json"
        placeholders = _placeholders(f"http://{LOOPBACK}:{port}", folder / "project")
        _write_store(folder / "azure", json.loads(self._render("azure.json", placeholders)))
        state.write_text(self._render("state.json", placeholders), encoding="utf-8")
        with running(folder / "azure", port=port) as azure:
            stack = ProjectCopy(folder, azure, self.folder.parent / "project", self.folder.name, engine)
            _install_azure_native(stack, json.loads(state.read_text(encoding="utf-8"))["deployment"])
            stack.succeed("stack", "import", "--file", str(state))
            yield stack, azure

    def _render(self, name: str, placeholders: Mapping[str, str]) -> str:
        return _render((self.folder / name).read_text(encoding="utf-8"), placeholders)


def released_stacks() -> list[ReleasedStack]:
    """Return every stack of every release."""
    return [ReleasedStack(file.parent) for file in sorted(FOLDER.glob("*/*/*/state.json"))]


def save(stack: Stack, azure: LocalAzure, folder: Path) -> None:
    """Save a stack and what Azure holds, once the local Azure has stopped: its store is its own before."""
    exported = stack.succeed("stack", "export").json()
    _check_secrets(exported["deployment"])
    project = folder.parent / "project"
    if not project.exists():
        shutil.copytree(stack.program_folder, project, ignore=OUTSIDE_A_PROJECT)
    for file, text in {
        project / stack.stack_file.relative_to(stack.program_folder): stack.stack_file.read_text("utf-8"),
        folder / "state.json": _json(exported),
        folder / "azure.json": _json(_read_store(azure.data_folder)),
    }.items():
        template = _template(text, _placeholders(azure.url, stack.program_folder))
        assert not [place for place in (LOOPBACK, str(ROOT), str(stack.folder)) if place in template]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(template, encoding="utf-8")


def changes(preview: Json) -> dict[str, tuple[str, list[str]]]:
    """What a preview would do: operation and changed properties, by type and name."""
    return {
        short(step["urn"]): (step["op"], sorted(step.get("detailedDiff") or {}))
        for step in preview["steps"]
        if step["op"] != "same"
    }


def _install_azure_native(stack: Stack, deployment: Json) -> None:
    """Install the stand-in under the versions that a state names too, as Pulumi downloads those it lacks."""
    plugin = install(stack.folder / "home").parent
    for resource in deployment["resources"]:
        if resource["type"] == "pulumi:providers:azure-native":
            named = plugin.with_name(f"resource-azure-native-v{resource['inputs']['version']}")
            if not named.exists():
                shutil.copytree(plugin, named)


def _placeholders(url: str, project: Path) -> dict[str, str]:
    """Return what each placeholder stands for, what holds another first."""
    return {
        "{{azure}}": url.removeprefix("http://"),
        "{{python}}": os.path.relpath(sys.prefix, project.resolve()),
        "{{repository}}": os.path.relpath(ROOT, project.resolve()),
    }


def _template(text: str, placeholders: Mapping[str, str]) -> str:
    for placeholder, value in placeholders.items():
        assert placeholder not in text
        text = text.replace(value, placeholder)
    return text


def _render(template: str, placeholders: Mapping[str, str]) -> str:
    for placeholder, value in placeholders.items():
        template = template.replace(placeholder, value)
    return template


def _check_secrets(deployment: Json) -> None:
    """Refuse a state with an address in a secret: no placeholder can stand in a ciphertext."""
    crypter = Crypter(PASSPHRASE, deployment["secrets_providers"]["state"]["salt"])
    for ciphertext in _ciphertexts(deployment["resources"]):
        assert LOOPBACK not in crypter.decrypt(ciphertext), crypter.decrypt(ciphertext)


def _ciphertexts(value: Any) -> Iterator[str]:
    match value:
        case {"ciphertext": str(ciphertext)}:
            yield ciphertext
        case dict():
            for member in value.values():
                yield from _ciphertexts(member)
        case list():
            for item in value:
                yield from _ciphertexts(item)


def _write_store(data: Path, content: Json) -> None:
    """Write the store of a local Azure that is not running yet."""
    (data / "files").mkdir(parents=True)
    for name, text in content["files"].items():
        (data / "files" / name).write_text(text, encoding="utf-8")
    with closing(sqlite3.connect(data / STORE)) as store, store:
        for statement in content["schema"]:
            store.execute(statement)
        for table, rows in content["tables"].items():
            for row in rows:
                cells = [json.dumps(cell) if isinstance(cell, dict) else cell for cell in row.values()]
                marks = ", ".join("?" * len(cells))
                store.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", cells)


def _read_store(data: Path) -> Json:
    """Read the store of a local Azure that has stopped."""
    with closing(sqlite3.connect(data / STORE)) as store:
        store.row_factory = sqlite3.Row
        schema = store.execute("SELECT sql FROM sqlite_master WHERE sql NOT NULL AND name NOT LIKE 'sqlite%'")
        return {
            "schema": [row["sql"] for row in schema],
            "tables": {
                table: [_row(row) for row in store.execute(f"SELECT * FROM {table}")] for table in TABLES
            },
            "files": {file.name: file.read_text("utf-8") for file in sorted((data / "files").iterdir())},
        }


def _row(row: sqlite3.Row) -> Json:
    """Return a row by column, with the objects that columns of text hold as objects."""
    cells = {
        column: json.loads(cell) if str(cell).startswith("{") else cell
        for column, cell in zip(row.keys(), row, strict=True)
    }
    return {**cells, "state": _put_back(cells["state"], time.time() - LONG_AGO)}


def _put_back(value: Any, seconds: float) -> Any:
    """Return a value with its moments put back: a machine whose clock is behind would wait for them."""
    match value:
        case dict():
            return {name: _put_back(member, seconds) for name, member in value.items()}
        case float() if value > LONG_AGO:
            return round(value - seconds, 3)
    return value


def _json(value: Json) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
