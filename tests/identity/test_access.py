"""sre.Access: what the agent may do in Azure, and what people may do with the agent."""

import pulumi
import pytest

import pulumi_sre_agent as sre
from pulumi_sre_agent.identity.access import AccessArgs, PersonArgs
from pulumi_sre_agent.schema.choices import AccessLevel
from support.mocks import SUBSCRIPTION, Made, run

TYPE = "pulumi-python:dynamic/sre:RoleAssignment"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-payments"
HOME = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-oncall"
AGENT = f"{HOME}/providers/Microsoft.App/agents/oncall"
ADA = "00000000-0000-0000-0000-00000000ada0"

IDENTITY: AccessArgs = {
    "principal_id": "00000000-0000-0000-0000-0000000000ee",
    "targets": {"rg-payments": GROUP},
}


def assigned(args: AccessArgs) -> dict[str, Made]:
    return run(lambda: sre.Access("oncall", args)).of(TYPE)


@pytest.mark.parametrize(
    ("level", "roles"),
    [
        pytest.param("Low", {"reader", "log-analytics-reader", "monitoring-reader"}, id="low-reads"),
        pytest.param(
            "High", {"reader", "log-analytics-reader", "monitoring-reader", "contributor"}, id="high-changes"
        ),
    ],
)
def test_the_identity_gets_what_its_access_level_needs(level: AccessLevel, roles: set[str]) -> None:
    made = assigned({**IDENTITY, "access_level": level})

    assert made.keys() == {f"oncall-rg-payments-{role}" for role in roles}
    assert {each.inputs["scope"] for each in made.values()} == {GROUP}
    assert {each.inputs["principal_id"] for each in made.values()} == {IDENTITY["principal_id"]}
    assert {each.inputs["principal_type"] for each in made.values()} == {"ServicePrincipal"}
    assert {each.parent for each in made.values()} == {"oncall"}


def test_a_role_is_given_by_its_guid() -> None:
    made = assigned(IDENTITY)["oncall-rg-payments-reader"]

    assert made.inputs["role"] == "acdd72a7-3385-48ef-bd42-f606fba81ae7"


def test_it_works_on_the_alerts_of_subscriptions() -> None:
    """Also of others than its own."""
    theirs = "/subscriptions/00000000-0000-0000-0000-000000000002"
    (made,) = assigned({**IDENTITY, "targets": {}, "alert_subscriptions": {"shop": theirs}}).values()

    assert made.name == "oncall-shop-monitoring-contributor"
    assert (made.inputs["scope"], made.inputs["role"]) == (theirs, "749f88d5-cbae-40b8-bcfc-e573ddc772fa")


def test_further_roles_are_given_by_name_or_guid() -> None:
    registry = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/shop"
    made = assigned(
        {**IDENTITY, "targets": {}, "extra_roles": {"pull": {"role": "AcrPull", "scope": registry}}}
    )

    assert made["oncall-pull"].inputs == {
        "scope": registry,
        "role": "AcrPull",
        "principal_id": IDENTITY["principal_id"],
        "principal_type": "ServicePrincipal",
    }


def test_at_home_it_reads_its_own_telemetry() -> None:
    made = assigned({**IDENTITY, "targets": {}, "home_id": HOME})

    assert {name: each.inputs["scope"] for name, each in made.items()} == {
        "oncall-home-monitoring-reader": HOME
    }


@pytest.mark.parametrize(
    ("role", "guid"),
    [
        ("SRE Agent Administrator", "e79298df-d852-4c6d-84f9-5d13249d1e55"),
        ("SRE Agent Standard User", "2d84a65a-63b2-4343-bbb6-31105d857bc1"),
        ("SRE Agent Reader", "a4b156ac-253f-4a1a-9851-96d62b71b047"),
        ("SRE Agent Author", "eb64ab4c-23eb-4f63-a9c2-27da365f04e7"),
    ],
)
def test_people_get_their_role_on_the_agent(role: str, guid: str) -> None:
    (made,) = assigned({"agent_id": AGENT, "people": [{"principal_id": ADA, "role": role}]}).values()

    assert made.name == f"oncall-{ADA}-{role.lower().replace(' ', '-')}"
    assert made.inputs == {
        "scope": AGENT,
        "role": guid,
        "principal_id": ADA,
        "principal_type": "User",
    }


def test_somebody_who_is_named_twice_has_a_role_once() -> None:
    """Whatever the letter case, and in either of the lists."""
    role = "SRE Agent Reader"
    made = assigned(
        {
            "agent_id": AGENT,
            "people": [{"principal_id": ADA, "role": role}, {"principal_id": ADA.upper(), "role": role}],
            "role_assignments": [{"principal_id": ADA, "role_definition_id_or_name": role}],
        }
    )

    assert made.keys() == {f"oncall-{ADA}-sre-agent-reader"}


def test_ids_that_are_outputs_are_called_by_their_number_among_them() -> None:
    def access() -> None:
        eve = pulumi.Output.from_input("00000000-0000-0000-0000-00000000ee0e")
        role = "SRE Agent Reader"
        people: list[PersonArgs] = [{"principal_id": each, "role": role} for each in (ADA, eve)]
        sre.Access("oncall", {"agent_id": AGENT, "people": people})

    made = run(access).of(TYPE)

    assert made.keys() == {f"oncall-{ADA}-sre-agent-reader", "oncall-people[0]"}
    assert made["oncall-people[0]"].inputs["principal_id"] == "00000000-0000-0000-0000-00000000ee0e"


def test_groups_and_service_principals_are_people_too() -> None:
    people: list[PersonArgs] = [
        {"principal_id": ADA, "role": "SRE Agent Reader", "principal_type": kind}
        for kind in ("Group", "ServicePrincipal")
    ]

    for person in people:
        (made,) = assigned({"agent_id": AGENT, "people": [person]}).values()
        assert made.inputs["principal_type"] == person["principal_type"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        pytest.param(
            {"agent_id": AGENT, "people": [{"principal_id": ADA, "role": "SRE Agent User"}]},
            "people[0].role must be one of SRE Agent Administrator, SRE Agent Standard User, "
            "SRE Agent Reader, SRE Agent Author (did you mean 'SRE Agent Reader'?).",
            id="role",
        ),
        pytest.param(
            {
                "agent_id": AGENT,
                "people": [{"principal_id": ADA, "role": "SRE Agent Reader", "principal_type": "App"}],
            },
            "people[0].principal_type must be one of User, Group, ServicePrincipal.",
            id="principal-type",
        ),
        pytest.param(
            {**IDENTITY, "access_level": "Medium"},
            "access_level must be one of Low, High.",
            id="level",
        ),
    ],
)
def test_what_there_is_none_of_is_refused_in_a_sentence(args: AccessArgs, said: str) -> None:
    with pytest.raises(pulumi.RunError) as refused:
        run(lambda: sre.Access("oncall", args))

    assert str(refused.value) == f"The access cannot be: {said}"
