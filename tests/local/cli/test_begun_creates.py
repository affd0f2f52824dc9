"""Creates that failed without an answer are noted in the state; `pulumi` is a fake that writes a state."""

import json
from typing import Any

import pytest

from support.cli import FakePulumi, Folder, run

URN = "urn:pulumi:local::toy::azure-native:resources:ResourceGroup::rg"
GROUP = {
    "urn": URN,
    "custom": True,
    "type": "azure-native:resources:ResourceGroup",
    "inputs": {"resourceGroupName": "rg-x", "location": "swedencentral"},
}
ID = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-x"
RUN = """\
import time
state = Path(os.environ["PULUMI_BACKEND_URL"][7:]) / ".pulumi/stacks/toy/local.json"
def write(**latest):
    state.parent.mkdir(parents=True, exist_ok=True)
    written = state.with_suffix(".new")
    written.write_text(json.dumps({"version": 3, "checkpoint": {"latest": latest}}))
    written.replace(state)
if "init" in sys.argv:
    write()
if "up" in sys.argv:
    write(pending_operations=[{"type": "creating", "resource": %(group)s}])
    time.sleep(0.5)
    write(resources=%(resources)s)
    print("%(told)s")
    sys.exit(1)
"""


def begin(folder: Folder, pulumi: FakePulumi, told: str, *resources: dict[str, Any]) -> list[Any]:
    """Run an `up` that begins a create and fails, and return what is pending then."""
    state = folder.root / ".local" / "state" / ".pulumi" / "stacks" / "toy" / "local.json"
    state.unlink(missing_ok=True)
    values = {"group": json.dumps(GROUP), "resources": json.dumps(resources), "told": told}
    pulumi.does((RUN % values).replace("true", "True"))
    assert run(folder, "local", "up", path=pulumi.path).code == 1
    pending: list[Any] = json.loads(state.read_text())["checkpoint"]["latest"].get("pending_operations", [])
    return pending


def test_a_create_without_an_answer_is_pending(running: Folder, pulumi: FakePulumi) -> None:
    """The engine forgets it: a provider that dies is a failed step."""
    told = "error: the provider ended in the middle"

    assert begin(running, pulumi, told) == [{"resource": GROUP, "type": "creating"}]


@pytest.mark.parametrize(
    ("told", "resources"),
    [
        pytest.param(f"error: cannot create already existing resource '{ID}'", [], id="refused"),
        pytest.param("error: something else", [GROUP | {"id": ID}], id="made"),
    ],
)
def test_a_create_with_an_answer_is_not(
    running: Folder, pulumi: FakePulumi, told: str, resources: list[dict[str, Any]]
) -> None:
    """What exists already is somebody else's, and what was made is in the state."""
    assert begin(running, pulumi, told, *resources) == []
