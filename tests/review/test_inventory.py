"""What agents are to be, or are, as data: the same from whichever place it is read."""

from pathlib import Path
from typing import Any

import pytest

from pulumi_sre_agent import directory as directories
from pulumi_sre_agent.api import Client, ConfigError
from pulumi_sre_agent.api.secrets import SECRET
from pulumi_sre_agent.review import preview as previews
from pulumi_sre_agent.review.changes import UNKNOWN
from pulumi_sre_agent.review.inventory.inventory import Agent, Inventory
from pulumi_sre_agent.review.inventory.of_directory import of_directory
from pulumi_sre_agent.review.inventory.of_preview import of_preview
from pulumi_sre_agent.review.inventory.of_service import of_service
from pulumi_sre_agent.review.inventory.of_state import of_state
from support.azure import LocalAzure
from support.clients import settings_for
from support.directories import agent, described, write
from support.previews import preview, step, urn

SHOP = "/subscriptions/0/resourceGroups/rg/providers/Microsoft.App/agents/shop"
REVIEW: dict[str, Any] = {"name": "shop", "action_configuration": {"mode": "Review"}}
GATE = {
    "name": "gate",
    "event_type": "PreToolUse",
    "hook": {"type": "prompt", "prompt": "May it?", "matcher": "Run.*"},
}
ENCRYPTED = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}


def only(inventory: Inventory) -> Agent:
    (found,) = inventory.agents
    return found


def state_of(kind: str, inputs: Any, name: str = "one", **more: Any) -> dict[str, Any]:
    address = urn(kind, name)
    type_ = address.split("$")[-1].split("::")[0]
    return {"urn": address, "custom": True, "type": type_, "inputs": inputs, **more}


def test_each_side_of_a_preview_has_what_is_there_then() -> None:
    text = preview(
        step("Agent", REVIEW, {**REVIEW, "action_configuration": {"mode": "Autonomous"}}, id=SHOP),
        step("Hook", {**GATE, "agent_id": SHOP}, None, name="shop-gate"),
        step("IncidentFilter", None, {"name": "down", "agent_id": SHOP.upper()}),
        step("RoleAssignment", None, {"scope": SHOP, "role": "Reader"}),
    )
    before, after = (of_preview(previews.read(text), side) for side in ("before", "after"))

    assert [(item.kind, item.name) for item in only(before).items] == [("Hook", "gate")]
    assert [(item.kind, item.name) for item in only(after).items] == [("IncidentFilter", "down")]
    assert [only(each).value("action_configuration", "mode") for each in (before, after)] == [
        "Review",
        "Autonomous",
    ]
    assert [item.value("role") for item in after.around("RoleAssignment")] == ["Reader"]
    assert before.surroundings == ()


def test_an_item_of_an_agent_that_is_to_come_goes_by_what_it_depends_on() -> None:
    one, two = urn("Agent", "one"), urn("Agent", "two")
    text = preview(
        step("Agent", None, {"name": "a"}, name="one"),
        step("Agent", None, {"name": "b"}, name="two"),
        step("Hook", None, {**GATE, "agent_id": UNKNOWN}, dependencies={"agent_id": [two], "hook": [one]}),
        step("CommonPrompt", None, {"name": "p", "agent_id": UNKNOWN}, dependencies={"agent_id": [one]}),
    )
    found = of_preview(previews.read(text), "after")

    assert [(each.name, [item.name for item in each.items]) for each in found.agents] == [
        ("a", ["p"]),
        ("b", ["gate"]),
    ]
    assert found.is_whole
    assert not of_preview(previews.read(preview(step("Hook", None, GATE))), "after").is_whole


def test_an_agent_that_a_preview_leaves_out_is_named_and_not_whole() -> None:
    text = preview(step("Hook", {**GATE, "agent_id": SHOP}, {**GATE, "agent_id": SHOP, "description": "x"}))
    found = of_preview(previews.read(text), "after")

    assert (only(found).name, only(found).is_whole, found.is_whole) == ("shop", False, False)
    assert only(found).value("action_configuration", "mode") is None


def test_a_state_has_its_agents_without_secrets_and_without_what_is_being_deleted() -> None:
    exported = {
        "version": 3,
        "deployment": {
            "resources": [
                {"urn": urn("pulumi:pulumi:Stack", "s"), "custom": False, "type": "pulumi:pulumi:Stack"},
                state_of("Agent", REVIEW, id=SHOP),
                state_of("Connector", {"name": "ops", "agent_id": SHOP, "data_source": ENCRYPTED}),
                state_of("GlobalToolPermissions", {"agent_id": SHOP, "deny": ["*"]}),
                state_of("Hook", {**GATE, "agent_id": SHOP}, delete=True),
                state_of("azure-native:monitor:MetricAlert", {"ruleName": "alert-slow"}, id="/x"),
            ]
        },
    }
    found = of_state(exported)

    assert [(item.kind, item.name) for item in only(found).items] == [
        ("Connector", "ops"),
        ("GlobalToolPermissions", ""),
    ]
    assert only(found).items[0].properties["data_source"] == SECRET
    assert only(found).items[0].value("data_source", default="?") == "?"
    assert [(item.kind, item.id) for item in found.surroundings] == [
        ("azure-native:monitor:MetricAlert", "/x")
    ]


def test_a_stack_without_resources_has_no_agents_and_what_is_no_state_is_refused() -> None:
    assert of_state({"deployment": {}}).agents == ()
    with pytest.raises(ConfigError, match="no state of a stack"):
        of_state({"steps": []})


def test_a_directory_has_its_agent_with_file_and_line_of_each_property(tmp_path: Path) -> None:
    role = {"name": "r", "type": "azure-role", "role": "Reader", "scope": "/subscriptions/1/resourceGroups/r"}
    files = {
        "agent.json": agent(identity={"targetResourceGroups": ["rg-shop"]}),
        "config/hooks/gate.yaml": described(
            "gate", eventType="PreToolUse", hook={"type": "prompt", "prompt": "May it?", "matcher": "*"}
        ),
        "roles.yaml": {"roles": [role]},
    }
    found = of_directory(directories.read(write(tmp_path, files)))
    (hook,) = only(found).of("Hook")

    assert only(found).value("action_configuration", "mode") == "Review"
    assert str(only(found).place("action_configuration", "mode")).startswith("agent.json:1")
    assert str(hook.place("hook", "matcher")) == "config/hooks/gate.yaml:10"
    assert str(hook.place("hook", "model")) == "config/hooks/gate.yaml:7"
    assert [(item.value("role"), str(item.source)) for item in found.around("RoleAssignment")] == [
        ("Reader", "roles.yaml:3")
    ]


def test_an_agent_as_it_lives_has_what_both_planes_tell(
    azure: LocalAzure, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent_id = azure.agent("shop")
    hook = {"eventType": "PreToolUse", "hook": {**GATE["hook"]}}  # type: ignore[dict-item]
    body = {"name": "gate", "type": "GlobalHook", "properties": hook}
    assert azure.data("PUT", agent_id, "/api/v2/extendedAgent/hooks/gate", body).is_success
    connectors = "/api/v2/extendedAgent/connectors"
    for type_ in ("Kusto", "KnowledgeText"):
        spec = {
            "dataConnectorType": type_,
            "dataSource": "https://k.example.com",
            "extendedProperties": {"displayName": "x", "content": "y"},
        }
        body = {"name": type_.lower(), "type": "AgentConnector", "properties": spec}
        assert azure.data("PUT", agent_id, f"{connectors}/{type_.lower()}", body).is_success
    with Client(settings_for(azure, monkeypatch)) as client:
        found = only(of_service(client, "shop"))

    assert (found.id, found.value("action_configuration", "mode")) == (agent_id, "Review")
    (gate,) = found.of("Hook")
    assert (gate.name, gate.value("hook", "matcher")) == ("gate", "Run.*")
    assert found.by_kind["ToolEnablement"][0].value("overrides")
    assert [(item.kind, item.name) for item in found.of("Connector", "KnowledgeItem")] == [
        ("Connector", "kusto"),
        ("KnowledgeItem", "knowledgetext"),
    ]
