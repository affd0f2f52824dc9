"""Pulumi.<stack>.yaml: settings, secrets at any depth, defaults, and the loopback rule."""

import json
from pathlib import Path

import pytest

from sre_agent_local.engine import config, project
from sre_agent_local.engine.crypt import Crypter
from sre_agent_local.engine.errors import EngineError

CRYPTER = Crypter("phrase")
SECRET = f"{{secure: '{CRYPTER.encrypt('hush')}'}}"


def made(folder: Path, stack_file: str, *, schema: str = "{}") -> project.Project:
    (folder / "__main__.py").touch()
    (folder / "Pulumi.yaml").write_text(f"name: toy\nruntime: python\nconfig: {schema}\n")
    (folder / "Pulumi.dev.yaml").write_text(stack_file)
    return project.load(folder / "Pulumi.yaml")


def resolved(folder: Path, settings: str, *, schema: str = "{}", checked: bool = True) -> config.Config:
    found = made(folder, f"config: {settings}", schema=schema)
    return config.resolve(found, "dev", config.read(found, "dev"), CRYPTER, checked=checked)


def test_values_are_text(tmp_path: Path) -> None:
    """Every value is text; objects and lists are JSON, spelt as the real engine spells it."""
    found = resolved(
        tmp_path,
        "{text: a b, number: 5, half: 0.5, whole: 2.0, yes: true, word: yes, day: 2026-11-22, none: null, "
        "aws:config:region: r, other:key: v, map: {z: [1, <&>], a: é}}",
    )

    assert found.values == {
        "toy:text": "a b",
        "toy:number": "5",
        "toy:half": "0.5",
        "toy:whole": "2",
        "toy:yes": "true",
        "toy:word": "yes",
        "toy:day": "2026-11-22",
        "toy:none": "null",
        "aws:region": "r",
        "other:key": "v",
        "toy:map": '{"a":"é","z":[1,"\\u003c\\u0026\\u003e"]}',
    }
    assert found.secret_keys == frozenset()


def test_secrets_are_opened_at_any_depth(tmp_path: Path) -> None:
    """A key that holds a secret anywhere is secret; its value is in no repr."""
    found = resolved(tmp_path, f"{{pw: {SECRET}, deep: {{list: [1, {SECRET}]}}, open: {{secure: 5}}}}")

    assert found.values["toy:pw"] == "hush"
    assert json.loads(found.values["toy:deep"]) == {"list": [1, "hush"]}
    assert json.loads(found.values["toy:open"]) == {"secure": 5}
    assert found.secret_keys == {"toy:pw", "toy:deep"}
    assert "hush" not in repr(found)


def test_project_defaults(tmp_path: Path) -> None:
    """What the stack leaves out comes from the project, by project and by provider namespace."""
    schema = (
        "{size: {type: integer, default: 3}, tags: {type: object, default: {b: 1}}, aws:region: {value: r}}"
    )

    assert resolved(tmp_path, "{}", schema=schema).values == {
        "toy:size": "3",
        "toy:tags": '{"b":1}',
        "aws:region": "r",
    }
    assert resolved(tmp_path, "{size: 4, aws:region: s}", schema=schema).values["aws:region"] == "s"


@pytest.mark.parametrize(
    ("settings", "schema", "sentence"),
    [
        ("{}", "{a: {type: string}}", "Stack 'dev' is missing configuration value 'a'"),
        (
            "{}",
            "{c: {type: string}, a: {type: string}, b: {type: integer}}",
            "Stack 'dev' is missing configuration values 'a', 'b' and 'c'",
        ),
        ("{n: x}", "{n: {type: integer}}", "with configuration key 'n' must be of type 'integer'"),
        ("{n: [1, x]}", "{n: {type: array, items: {type: integer}}}", "must be of type 'array<integer>'"),
        ("{n: x}", "{n: {type: string, secret: true}}", "'n' must be encrypted as it's secret"),
        ("{}", "{n: {type: integer, default: x}}", "'n' must be of type 'integer'"),
        ("{n: {secure: v1:a:b}}", "{}", "cannot be decrypted"),
    ],
)
def test_what_does_not_fit_the_project(settings: str, schema: str, sentence: str, tmp_path: Path) -> None:
    """Missing and mistyped settings are refused in the words of the real CLI."""
    with pytest.raises(EngineError) as refused:
        resolved(tmp_path, settings, schema=schema)

    assert sentence in str(refused.value)


def test_unchecked_config_may_be_incomplete(tmp_path: Path) -> None:
    """What does not run the program does not ask for its settings."""
    found = resolved(tmp_path, "{n: x}", schema="{a: {type: string}, n: {type: integer}}", checked=False)

    assert found.values == {"toy:n": "x"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("environment: [prod]", "does not know the setting 'environment'"),
        ("secretsprovider: awskms://k", "secrets provider 'awskms://k' is not known"),
        ("config: [a]", "'config' must be a mapping"),
        ("config: {a:b:c:d: 1}", "could not parse a:b:c:d"),
    ],
)
def test_stack_files_that_are_refused(text: str, sentence: str, tmp_path: Path) -> None:
    """What the embedded engine does not know in a stack file is named."""
    found = made(tmp_path, text)

    with pytest.raises(EngineError) as refused:
        config.read(found, "dev")

    assert sentence in str(refused.value)


def test_a_missing_stack_file_is_empty(tmp_path: Path) -> None:
    """As with Pulumi, a stack needs no file; writing a salt makes it."""
    found = made(tmp_path, "")
    absent = config.read(found, "other")
    assert (absent.config, absent.salt) == ({}, None)
    assert config.read(found, "dev") == config.StackFile(path=found.stack_file("dev"), salt=None, config={})

    config.write_salt(absent, "v1:a:v1:b:c")

    assert config.read(found, "other").salt == "v1:a:v1:b:c"


def test_a_salt_leaves_the_rest_of_the_file_alone(tmp_path: Path) -> None:
    """Comments and order stay as they are."""
    before = "# ours\nconfig:\n  toy:a: 1 # one\n"
    found = made(tmp_path, before)

    config.write_salt(config.read(found, "dev"), "v1:a:v1:b:c")

    assert found.stack_file("dev").read_text() == f"encryptionsalt: v1:a:v1:b:c\n{before}"


@pytest.mark.parametrize("host", ["http://127.0.0.1:4281", "127.9.9.9", "localhost:80", "https://[::1]:443"])
def test_loopback_hosts(host: str, tmp_path: Path) -> None:
    """An Azure on this machine may be spelt with or without scheme and port."""
    found = made(tmp_path, f"config: {{azure-native:metadataHost: '{host}'}}")

    config.check_loopback(found, "dev", config.read(found, "dev"))


@pytest.mark.parametrize(
    "host", ["management.azure.com", "http://10.0.0.1", "localhost.example.com", "", "5", "[x"]
)
def test_other_hosts_are_refused(host: str, tmp_path: Path) -> None:
    """Anything else is for the real engine; the sentence says how to get it."""
    found = made(tmp_path, f"config: {{azure-native:metadataHost: '{host}'}}")

    with pytest.raises(EngineError, match="install Pulumi"):
        config.check_loopback(found, "dev", config.read(found, "dev"))


def test_a_stack_without_host_is_refused_unless_the_project_has_one(tmp_path: Path) -> None:
    """No host means real Azure."""
    found = made(tmp_path, "config: {}")
    with pytest.raises(EngineError, match="not set"):
        config.check_loopback(found, "dev", config.read(found, "dev"))

    for_all = made(
        tmp_path, "config: {}", schema="{azure-native:metadataHost: {value: 'http://127.0.0.1:1'}}"
    )
    config.check_loopback(for_all, "dev", config.read(for_all, "dev"))
