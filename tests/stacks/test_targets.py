"""What an agent watches, said in another way: its roles there stay."""

from pathlib import Path

import pytest

from support.azure import SUBSCRIPTION, LocalAzure
from support.engines import BOTH, Engine
from support.programs import Program

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-x"
PROGRAM = """
import pulumi
import pulumi_sre_agent as sre

OFF = {"enabled": False}
agent = sre.Agent("ag", {
    "name": "one-agent", "resource_group_name": "rg-one", "location": "swedencentral",
    "targets": pulumi.Config().require_object("targets"), "dashboard": OFF, "spend": OFF, "alerts": OFF,
})
pulumi.export("principalId", agent.principal_id)
"""


@pytest.mark.parametrize("engine", BOTH)
def test_roles_stay_when_a_target_is_written_in_another_way(
    tmp_path: Path, azure: LocalAzure, engine: Engine
) -> None:
    azure.group("rg-x")
    stack = Program(tmp_path, azure, PROGRAM, engine=engine, targets='["rg-x"]')
    stack.succeed("up")
    before = roles(azure)

    for targets in (f'["{GROUP}"]', '["RG-X"]', '["rg-x"]'):
        stack.configure(targets=targets)
        stack.succeed("up")
        assert roles(azure) == before, targets
        stack.succeed("refresh", "--expect-no-changes")

    assert len(before) == 6  # of both its identities


def roles(azure: LocalAzure) -> set[str]:
    """Ids of the role assignments on the group itself."""
    path = f"{GROUP}/providers/Microsoft.Authorization/roleAssignments"
    listed = azure.arm("GET", path, api_version="2022-04-01").json()["value"]
    return {each["id"].lower() for each in listed if each["properties"]["scope"].lower() == GROUP.lower()}
