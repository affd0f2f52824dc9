"""What an agent watches: however it is written, its roles are called the same and stay."""

from collections.abc import Callable
from typing import Any

import pulumi
import pytest

import pulumi_sre_agent as sre
from pulumi_sre_agent.agent.spec import AgentSpec
from pulumi_sre_agent.agent.targets import canonical_name
from support.agents import ASSIGNMENT, AZURE_MONITOR, SMALL
from support.mocks import SUBSCRIPTION, run

OTHER = "00000000-0000-0000-0000-000000000002"
OWN = f"/subscriptions/{SUBSCRIPTION}"


def roles(targets: Callable[[], list[Any]], **args: Any) -> dict[str, str]:
    """Return where the agent's identity may read logs, by what the target is called; made as it runs."""
    made = run(lambda: sre.Agent("it", {**SMALL, "targets": targets(), **args})).of(ASSIGNMENT)  # type: ignore[typeddict-item] # any
    start, end = "it-access-", "-log-analytics-reader"
    access = {name: each for name, each in made.items() if name.startswith(start) and name.endswith(end)}
    return {name[len(start) : -len(end)]: each.inputs["scope"] for name, each in access.items()}


def output(value: str) -> pulumi.Output[str]:
    return pulumi.Output.from_input(value)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        pytest.param("rg-shop", "rg-shop", id="name"),
        pytest.param("RG-Shop", "rg-shop", id="name-in-other-case"),
        pytest.param(f"{OWN}/resourceGroups/rg-shop", "rg-shop", id="id"),
        pytest.param(f"{OWN.upper()}/RESOURCEGROUPS/RG-SHOP/", "rg-shop", id="id-in-other-case"),
        pytest.param(OWN, OWN, id="own-subscription"),
        pytest.param(
            f"/subscriptions/{OTHER}/resourceGroups/Shop",
            f"/subscriptions/{OTHER}/resourcegroups/shop",
            id="elsewhere",
        ),
        pytest.param(
            f"{OWN}/resourceGroups/rg-shop/providers/Microsoft.Web/sites/Shop",
            f"{OWN}/resourcegroups/rg-shop/providers/microsoft.web/sites/shop",
            id="resource",
        ),
    ],
)
def test_a_target_has_one_name_however_it_is_written(written: str, name: str) -> None:
    assert canonical_name(written, SUBSCRIPTION) == name


def test_nobody_knows_whose_group_an_id_names_where_only_azure_knows_the_subscription() -> None:
    assert canonical_name(f"{OWN}/resourceGroups/RG", None) == f"{OWN}/resourcegroups/rg"


def test_one_target_written_in_several_ways_is_one() -> None:
    group = f"{OWN}/resourceGroups/rg-shop"

    assert roles(lambda: ["rg-shop", "RG-Shop", group]) == {"rg-shop": group}


def test_outputs_are_called_by_their_number_among_them() -> None:
    """So a target that is known comes and goes without a change of theirs."""
    group = f"{OWN}/resourceGroups/b"

    assert roles(lambda: [output("rg-shop"), "rg-pay", output(group)]) == {
        "targets[0]": f"{OWN}/resourceGroups/rg-shop",
        "rg-pay": f"{OWN}/resourceGroups/rg-pay",
        "targets[1]": group,
    }


@pytest.mark.parametrize(
    "args",
    [
        pytest.param({}, id="without-alerts"),
        pytest.param(
            {
                "incident_platform": AZURE_MONITOR,
                "alert_subscriptions": {"own": OWN},
                "alerts": {"health_scopes": []},
            },
            id="with-alerts-of-others",
        ),
    ],
)
def test_an_output_may_be_from_elsewhere(args: dict[str, Any]) -> None:
    other = f"/subscriptions/{OTHER}/resourceGroups/rg-shop"

    assert roles(lambda: [output(other)], **args) == {"targets[0]": other}


@pytest.mark.parametrize("target", [f"/subscriptions/{OTHER}/resourceGroups/rg-shop", OWN])
def test_an_output_is_refused_where_alerts_would_come_of_it_and_cannot(target: str) -> None:
    """Once it is known: before, nobody can tell."""
    args: sre.AgentArgs = {**SMALL, "incident_platform": AZURE_MONITOR}
    with pytest.raises(pulumi.RunError) as refused:
        run(lambda: AgentSpec.of(args).target_id(SUBSCRIPTION, target))

    assert str(refused.value) == (
        f"The agent oncall watches {target}, which is no resource group or resource of its subscription: "
        "say whose alerts it works on in alert_subscriptions and alerts.health_scopes."
    )


def test_alerts_come_of_an_output_too() -> None:
    made = run(
        lambda: sre.Agent("it", {**SMALL, "targets": [output("rg-shop")], "incident_platform": AZURE_MONITOR})
    )

    assert made.one("azure-native:monitor:ActivityLogAlert").inputs["scopes"] == [
        f"{OWN}/resourceGroups/rg-shop"
    ]
    assert "it-access-subscription-monitoring-contributor" in made.of(ASSIGNMENT)
