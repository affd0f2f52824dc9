"""ARM ids."""

import pytest

from pulumi_sre_agent.api.arm_id import ArmId, form
from pulumi_sre_agent.api.errors import ConfigError

GROUP = ArmId.scope("s", "g")
AGENT = GROUP.child("providers/Microsoft.App/agents", "a")


def test_an_id_is_made_of_its_parts() -> None:
    assert str(ArmId.scope("s")) == "/subscriptions/s"
    assert str(GROUP) == "/subscriptions/s/resourceGroups/g"
    assert str(AGENT) == "/subscriptions/s/resourceGroups/g/providers/Microsoft.App/agents/a"
    assert str(AGENT.child("skills", "x")) == f"{AGENT}/skills/x"


def test_an_id_says_its_parts() -> None:
    skill = ArmId(f"{AGENT}/skills/x")

    assert (skill.subscription_id, skill.resource_group, skill.name) == ("s", "g", "x")
    assert skill.parent == AGENT


@pytest.mark.parametrize("name", ["a/b", "100%", "%2F", "plain"])
def test_any_name_comes_back(name: str) -> None:
    child = AGENT.child("repos", name)

    assert child.name == name
    assert child.parent == AGENT


def test_case_means_nothing() -> None:
    other = ArmId(str(AGENT).upper())

    assert other == AGENT
    assert len({other, AGENT}) == 1
    assert (other.subscription_id, other.resource_group) == ("S", "G")
    assert other.is_a("Microsoft.App/agents")
    assert AGENT != GROUP
    assert str(AGENT) != AGENT


@pytest.mark.parametrize("text", ["", "/", "a", "/subscriptions", "/providers/Microsoft.Management/x"])
def test_what_a_text_does_not_say_is_empty(text: str) -> None:
    assert (ArmId(text).subscription_id, ArmId(text).resource_group) == ("", "")


def test_a_trailing_slash_is_no_name() -> None:
    assert ArmId(f"{AGENT}/").name == "a"


@pytest.mark.parametrize(
    ("text", "resource_type"),
    [
        (f"{AGENT}/skills/x", "Microsoft.App/agents"),
        (f"{AGENT}/", "Microsoft.App/agents"),
        (f"{AGENT} b", "Microsoft.App/agents"),
        (str(AGENT), "Microsoft.App/agentSpaces"),
        (str(AGENT), "MicrosoftxApp/agents"),
        (str(GROUP), "Microsoft.App/agents"),
        ("a", "Microsoft.App/agents"),
    ],
)
def test_an_id_of_something_else_is_refused(text: str, resource_type: str) -> None:
    with pytest.raises(ConfigError, match="which looks like /subscriptions/<subscription>/resourceGroups/"):
        ArmId.parse(text, resource_type)


def test_an_id_of_the_type_is_taken() -> None:
    assert ArmId.parse(str(AGENT), "microsoft.app/agents") == AGENT
    assert ArmId(f"{AGENT}/skills/x").is_a("Microsoft.App/agents/skills")
    assert form("Microsoft.App/agents/skills").endswith("/Microsoft.App/agents/<name>/skills/<name>")


@pytest.mark.parametrize(
    ("text", "short"),
    [
        (
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.App/agents/a/skills/x",
            "agents/a/skills/x in resource group g",
        ),
        ("/subscriptions/s/resourceGroups/g", "subscriptions/s/resourceGroups/g"),
        (
            "/subscriptions/s/providers/Microsoft.App/locations/l/operationStatuses/1",
            "locations/l/operationStatuses/1",
        ),
        ("/subscriptions/s/providers/Microsoft.App", "subscriptions/s/providers/Microsoft.App"),
        ("/metadata/endpoints", "metadata/endpoints"),
    ],
)
def test_people_read_an_id_from_its_type_on(text: str, short: str) -> None:
    assert ArmId(text).short_name == short


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("/subscriptions/s/resourceGroups/g/providers/Microsoft.App/agents/a", "Microsoft.App/agents"),
        ("/subscriptions/s/providers/Microsoft.A/b/c/d/e", "Microsoft.A/b/d"),
        ("/subscriptions/s/providers/A.B/c/d/providers/E.F/g/h", "E.F/g"),
        ("/subscriptions/s/resourceGroups/g", ""),
    ],
)
def test_its_type_is_that_of_the_last_provider(text: str, type_: str) -> None:
    assert ArmId(text).type == type_
