"""What an agent has used, and the models on offer."""

import pytest

from pulumi_sre_agent.api import ApiError, Client, NotFound
from pulumi_sre_agent.api.runtime.usages import Unsupported, supported_models
from support.azure import REGION, SUBSCRIPTION, LocalAzure
from support.scripted import AGENT, Script, refused, reply


def test_usages_and_models(azure: LocalAzure, client: Client) -> None:
    agent = azure.agent(monthlyAgentUnitLimit=1000)
    used = client.agent(agent).usage
    models = list(supported_models(client.control, SUBSCRIPTION, REGION))

    assert [(usage.unit, usage.limit) for usage in used.list()] == [("AgentUnits", 1000), ("Requests", None)]
    assert list(used.daily()) == []
    assert [model.name for model in models if model.properties.default] == ["Automatic"]
    assert models[0].properties.multiplier == "1x"


def test_daily_usages_have_dates(script: Script) -> None:
    day = {"date": "2026-01-20", "name": {"value": "AgentUnits"}, "value": 45.2}
    script.agent().on("GET", "/dailyusages$", reply(200, {"value": [day]}))
    with script.azure() as azure:
        (usage,) = azure.agent(AGENT).usage.daily()

    assert (usage.date, usage.value) == ("2026-01-20", 45.2)


@pytest.mark.parametrize("status", [404, 405])
def test_a_service_that_does_not_tell(script: Script, status: int) -> None:
    script.agent().on("GET", "/usages$", refused(status))
    with script.azure() as azure, pytest.raises(Unsupported) as raised:
        list(azure.agent(AGENT).usage.list())

    assert str(raised.value) == (
        "Azure tells no usages of agents/pay in resource group rg: "
        "look at the agent's page in the portal instead."
    )


def test_an_agent_that_is_not_there(script: Script) -> None:
    """Is not taken for a service that does not tell; nor is another refusal."""
    with script.azure() as azure:
        with pytest.raises(NotFound, match="agents/pay in resource group rg"):
            list(azure.agent(AGENT).usage.list())
        script.on("GET", "/usages$", refused(400, "BadRequest"))
        with pytest.raises(ApiError, match="BadRequest"):
            list(azure.agent(AGENT).usage.list())
