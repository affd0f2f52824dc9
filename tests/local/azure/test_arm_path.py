"""ARM ids: what they say, and how they are made."""

import pytest

from sre_agent_local.azure.arm_path import ArmPath, is_arm_id, resource_id

SUBSCRIPTION = "/subscriptions/s"
GROUP = f"{SUBSCRIPTION}/resourceGroups/g"
AGENT = f"{GROUP}/providers/Microsoft.App/agents/a"


def test_a_resource_lies_in_a_group_of_a_subscription() -> None:
    path = ArmPath.parse(AGENT)

    assert (path.subscription, path.subscription_id) == ("s", SUBSCRIPTION)
    assert (path.group, path.group_id, path.scope_id) == ("g", GROUP, GROUP)
    assert (path.namespace, path.kind, path.names, path.id) == ("Microsoft.App", "agents", ("a",), AGENT)


def test_a_child_names_its_parent() -> None:
    assert ArmPath.parse(f"{AGENT}/connectors/c").parent_id == AGENT


def test_what_lies_on_a_resource_has_it_as_its_scope() -> None:
    lock = ArmPath.parse(f"{AGENT}/providers/Microsoft.Authorization/locks/l")

    assert (lock.scope_id, lock.group_id) == (AGENT, GROUP)


@pytest.mark.parametrize("text", [SUBSCRIPTION, GROUP, AGENT])
def test_an_id_is_one(text: str) -> None:
    assert is_arm_id(text)


@pytest.mark.parametrize("text", ["", "agents/a", f"{AGENT}/connectors"])
def test_any_other_text_is_no_id(text: str) -> None:
    assert not is_arm_id(text)


def test_an_id_is_made_of_a_type_and_names() -> None:
    assert resource_id(GROUP, "Microsoft.App/agents/connectors", ("a", "c")) == f"{AGENT}/connectors/c"
