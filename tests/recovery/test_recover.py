"""What a killed run has left in a state, settled by `sre-agent recover`, on either engine."""

import json
from pathlib import Path

import pytest

from pulumi_sre_agent.recovery import file_backend
from support.azure import SUBSCRIPTION, LocalAzure
from support.engines import BOTH, PULUMI, Engine
from support.programs import Program

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-new"
PROGRAM = """
import pulumi, pulumi_azure_native as azure, pulumi_sre_agent as sre

names = pulumi.Config().get_object("names") or {}
tags = {"team": pulumi.Config().get("team") or "a"}
group = azure.resources.ResourceGroup(
    names.get("rg", "rg"), resource_group_name="rg-new", location="swedencentral", tags=tags
)
pulumi.export("group", group.id)
identity = azure.managedidentity.UserAssignedIdentity(
    "identity", resource_group_name=group.name, resource_name_="id-new", location="swedencentral"
)
sre.resources.RoleAssignment(
    "role", scope=group.id, role="Reader", principal_id=identity.principal_id,
    principal_type="ServicePrincipal",
)
action = azure.monitor.ActionGroup(
    "action", resource_group_name=group.name, action_group_name="ag-new", group_short_name="ag",
    location="global", enabled=True, webhook_receivers=[{
        "name": "hook", "service_uri": pulumi.Output.secret("https://hook.example/s3cret-of-the-hook"),
    }],
)
sre.resources.Agent(
    "agent", name="agent-new", resource_group_name=group.name, location="swedencentral",
    identity={"type": "UserAssigned", "user_assigned_identities": [identity.id]},
    knowledge_graph_configuration={"identity": identity.id, "managed_resources": []},
    action_configuration={"identity": identity.id, "mode": "Review", "access_level": "Low"},
)
"""
GROUP_ALONE = """
import pulumi_azure_native as azure

azure.resources.ResourceGroup("rg", resource_group_name="rg-new", location="swedencentral")
"""
SECRET = "s3cret-of-the-hook"


class Interrupted(Program):
    """A small stack, and what a kill leaves in its state."""

    def interrupt(self, *operations: tuple[str, str]) -> None:
        """Rewrite the state as if the engine was killed within these operations: type and resource's name.

        What was being created is in no state; all else is there as it was before.
        """
        whole = json.loads(self.state_file.read_bytes())
        latest = whole["checkpoint"]["latest"]
        by_name = {each["urn"].rpartition("::")[2]: each for each in latest["resources"]}
        begun = [(type_, by_name[name]) for type_, name in operations]
        creating = [resource for type_, resource in begun if type_ == "creating"]
        latest["resources"] = [each for each in latest["resources"] if each not in creating]
        latest["pending_operations"] = [
            {"type": type_, "resource": {k: v for k, v in resource.items() if k not in ("id", "outputs")}}
            if type_ == "creating"
            else {"type": type_, "resource": resource}
            for type_, resource in begun
        ]
        self.state_file.write_text(json.dumps(whole))

    def recovered(self) -> dict[str, tuple[str, str]]:
        """Recover, and return what was done and why, by the resource's name."""
        result = self.recover("--json")
        assert result.code == 0, result.text
        return {
            each["urn"].rpartition("::")[2]: (each["action"], each["detail"])
            for each in json.loads(result.stdout)
        }


@pytest.mark.parametrize("engine", BOTH)
def test_what_was_created_is_imported_and_the_next_run_finishes_it(
    tmp_path: Path, azure: LocalAzure, engine: Engine
) -> None:
    """Of azure-native and of this toolkit; secrets stay encrypted, and nothing is made twice."""
    stack = Interrupted(tmp_path, azure, PROGRAM, engine=engine)
    stack.succeed("up")
    before = stack.resources()
    names = ("rg", "identity", "role", "action", "agent")
    stack.interrupt(*(("creating", name) for name in names))

    found = stack.recovered()

    assert {name: action for name, (action, _) in found.items()} == dict.fromkeys(names, "imported")
    assert found["rg"][1] == before["rg"]["id"]
    assert not stack.deployment().get("pending_operations")
    assert {name: each["id"] for name, each in stack.resources().items() if name in names} == {
        name: before[name]["id"] for name in names
    }
    assert SECRET not in stack.state_file.read_text()
    result = stack.succeed("up")
    assert "pending" not in result.text
    assert "interrupted" not in result.text
    stack.succeed("refresh", "--expect-no-changes")
    stack.succeed("preview", "--expect-no-changes")
    after = stack.resources()
    plain = set(names) - {"action"}  # whose secrets are encrypted anew
    assert {name: after[name]["inputs"] for name in plain} == {name: before[name]["inputs"] for name in plain}
    assert {name: after[name]["outputs"].keys() for name in names} == {
        name: before[name]["outputs"].keys() for name in names
    }


@pytest.mark.parametrize("engine", BOTH)
def test_what_a_kill_has_cut_off_beside_the_state_is_removed(
    tmp_path: Path, azure: LocalAzure, engine: Engine
) -> None:
    """Pulumi writes it in place, and refuses every command on the stack while it is cut off."""
    stack = Interrupted(tmp_path, azure, GROUP_ALONE, engine=engine)
    stack.succeed("up")
    cut = stack.state_file.with_name(f"{stack.state_file.name}.attrs")
    cut.write_bytes(b"")

    looked = stack.recover("--preview")
    recovered = stack.recover()

    assert (looked.code == 0) is (engine.name != PULUMI.name)
    assert f"Removed {cut.name}, which a kill had cut off" in recovered.text
    assert recovered.code == 0, recovered.text
    assert not cut.exists()
    stack.succeed("preview", "--expect-no-changes")


@pytest.mark.parametrize(
    ("settings", "variables", "credentials"),
    [
        ("", {"PULUMI_BACKEND_URL": "file://{state}"}, None),
        ("backend: {url: 'file://./state'}", {}, None),
        ("", {}, {"current": "file://{state}"}),
    ],
    ids=["variable", "project", "login"],
)
def test_the_backend_is_found_as_pulumi_finds_it(
    tmp_path: Path, settings: str, variables: dict[str, str], credentials: dict[str, str] | None
) -> None:
    state = tmp_path / "state"
    stacks = state / ".pulumi" / "stacks" / "toy"
    stacks.mkdir(parents=True)
    (tmp_path / "Pulumi.yaml").write_text(f"name: toy\n{settings}\n")
    (tmp_path / "credentials.json").write_text(json.dumps(credentials or {}).replace("{state}", str(state)))
    for name, content in (("cut.json.attrs", '{"user'), ("whole.json.attrs", "{}"), ("cut.json", "")):
        (stacks / name).write_text(content)
    environ = {name: text.replace("{state}", str(state)) for name, text in variables.items()}

    removed = file_backend.repair(tmp_path, {"PULUMI_HOME": str(tmp_path), **environ})

    assert [file.name for file in removed] == ["cut.json.attrs"]
    assert {file.name for file in stacks.iterdir()} == {"whole.json.attrs", "cut.json"}
    assert file_backend.repair(tmp_path, {"PULUMI_BACKEND_URL": "azblob://states"}) == []
