"""Where engines find the stand-in: by the SDK's version, and by those that a state asks for."""

import json
from pathlib import Path

import pytest

from sre_agent_local.azure_native.install import install, sdk_version

PROVIDERS = "pulumi:providers:azure-native"


def state(*versions: object) -> str:
    resources = [{"type": PROVIDERS, "inputs": {"version": version}} for version in versions]
    others = [
        {"type": "pulumi:pulumi:Stack"},
        {"type": "pulumi:providers:random", "inputs": {"version": "9.9.9"}},
    ]
    return json.dumps({"version": 3, "checkpoint": {"latest": {"resources": [*others, *resources]}}})


def installed(home: Path) -> set[str]:
    """Return the versions of the plugin that can be started."""
    return {each.name.partition("-v")[2] for each in (home / "plugins").glob("resource-azure-native-v*")}


def test_the_plugin_is_there_by_each_version_that_a_state_asks_for(tmp_path: Path) -> None:
    """As after an update of the SDK, on a machine that never had the one before."""
    checkpoint = tmp_path / "dev.json"
    checkpoint.write_text(state("2.80.0", "3.0.0-alpha.1+5", "3.0.0-alpha.1+5"))

    launcher = install(tmp_path, checkpoint)

    assert installed(tmp_path) == {sdk_version(), "2.80.0", "3.0.0-alpha.1+5"}
    old = tmp_path / "plugins" / "resource-azure-native-v2.80.0" / launcher.name
    assert old.read_text() == launcher.read_text()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(None, id="no-state"),
        pytest.param('{"version": 3, "checkpoint": {"latest": null}}', id="never-deployed"),
        pytest.param("{", id="damaged"),
        pytest.param(state("../../../etc", None, 3), id="odd-versions"),
    ],
)
def test_without_a_version_to_read_it_is_there_by_the_sdks(tmp_path: Path, text: str | None) -> None:
    checkpoint = tmp_path / "dev.json"
    if text is not None:
        checkpoint.write_text(text)

    install(tmp_path, checkpoint)

    assert installed(tmp_path) == {sdk_version()}
