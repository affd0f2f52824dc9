"""An agent in another subscription than the stack's, through a provider of the program's own."""

from typing import Any

import pulumi
import pulumi_azure_native
import pytest

import pulumi_sre_agent as sre
from pulumi_sre_agent.agent.args import AgentArgs
from pulumi_sre_agent.identity import subscriptions
from support.mocks import SUBSCRIPTION, Registered, Secret, run

OTHER = "00000000-0000-0000-0000-000000000002"
AGENT = "pulumi-python:dynamic/sre:Agent"
PROVIDER = "pulumi:providers:azure-native"
SMALL: AgentArgs = {"name": "oncall", "resource_group_name": "rg-oncall", "location": "swedencentral"}


def deployed(args: AgentArgs, **config: str) -> Registered:
    """Deploy an agent with a provider for the other subscription."""

    def program() -> None:
        theirs = subscriptions.provider("theirs", OTHER, pulumi.ResourceOptions())
        sre.Agent("it", args, pulumi.ResourceOptions(providers=[theirs]))

    return run(program, {f"azure-native:{name}": value for name, value in config.items()})


def test_all_of_an_agent_lies_in_the_subscription_that_is_named() -> None:
    seen = deployed({**SMALL, "subscription_id": OTHER, "targets": ["rg-shop"]})

    assert seen.one(AGENT).inputs["subscription_id"] == OTHER
    made = [each for each in seen.made if each.type.startswith("azure-native:")]
    assert {each.provider for each in made} == {"theirs"}
    watched = seen.one(AGENT).inputs["knowledge_graph_configuration"]["managed_resources"]
    assert watched == [f"/subscriptions/{OTHER}/resourceGroups/rg-shop"]


def test_where_only_the_provider_knows_the_subscription_it_is_asked() -> None:
    """For the resource group, which the mocks make in their own."""
    assert deployed(SMALL).one(AGENT).inputs["subscription_id"] == SUBSCRIPTION


@pytest.mark.parametrize(
    "bring",
    [
        pytest.param(lambda given: pulumi.ResourceOptions(provider=given), id="provider"),
        pytest.param(lambda given: pulumi.ResourceOptions(providers={"azure-native": given}), id="mapping"),
        pytest.param(
            lambda given: pulumi.ResourceOptions(
                parent=pulumi.ComponentResource("x:y:Z", "p", None, pulumi.ResourceOptions(providers=[given]))
            ),
            id="parent",
        ),
    ],
)
def test_a_provider_comes_in_any_way_that_pulumi_knows(bring: Any) -> None:
    def program() -> None:
        given = pulumi_azure_native.Provider("theirs", subscription_id=OTHER)
        sre.Agent("it", {**SMALL, "subscription_id": OTHER}, bring(given))

    assert run(program).one(AGENT).inputs["subscription_id"] == OTHER


def test_without_a_provider_another_subscription_is_refused() -> None:
    with pytest.raises(pulumi.RunError, match="bring a provider for it in the agent's options"):
        run(lambda: sre.Agent("it", {**SMALL, "subscription_id": OTHER}))


def test_the_login_is_handed_on_and_its_secrets_stay_secret() -> None:
    """As texts, which is how engines hand configuration to default providers."""
    seen = deployed(
        {**SMALL, "subscription_id": OTHER}, tenantId="t", useOidc="true", clientId="c", clientSecret="hush"
    )

    assert seen.one(PROVIDER).inputs == {
        "subscriptionId": OTHER,
        "tenantId": "t",
        "useOidc": "true",
        "clientId": Secret("c"),
        "clientSecret": Secret("hush"),
    }


def test_no_key_of_the_sdks_is_forgotten() -> None:
    settings = vars(pulumi_azure_native.ProviderArgs).items()
    known = {name.replace("_", "").lower() for name, value in settings if isinstance(value, property)}

    assert {key.lower() for key in subscriptions.KEYS} == known - {"subscriptionid"}
