"""Look-ups: what a program asks Azure while it runs, against the local Azure."""

from collections.abc import Callable, Iterator
from typing import Any

import pulumi
import pytest

import pulumi_sre_agent as sre
from pulumi_sre_agent.api import Settings, connect
from support.azure import SUBSCRIPTION, LocalAzure
from support.mocks import run
from support.scripted import AGENT, Script, reply
from support.stack import stack_config

TAGS = {"team": "payments"}


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def ask(azure: LocalAzure, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[], Any]], Any]]:
    """Run a program in a stack of the local Azure, and return what its function returns."""
    for name, value in azure.environ.items():
        monkeypatch.setenv(name, value)
    config = stack_config(azure)

    def answer(program: Callable[[], Any]) -> Any:
        answers: list[Any] = []
        run(lambda: answers.append(program()), config)
        return answers[0]

    yield answer
    connect(Settings.load(config.get, azure.environ)).close()


def settled(made: Callable[[], "pulumi.Output[Any]"], ask: Callable[..., Any]) -> tuple[Any, bool]:
    """Return what an output of a program turned out to be, and whether it is a secret."""
    seen: list[Any] = []

    def program() -> None:
        output = made()
        secret: Any = output.is_secret()
        pulumi.Output.all(pulumi.Output.unsecret(output), secret).apply(seen.append)

    ask(program)
    value, secret = seen[0]
    return value, bool(secret)


def test_an_agent_is_found_by_its_name(azure: LocalAzure, ask: Callable[..., Any]) -> None:
    agent_id = azure.agent("pay")
    azure.settle(azure.arm("PATCH", agent_id, {"tags": TAGS}))

    found = ask(lambda: sre.get_agent("pay", "rg-sre"))

    assert (found.id, found.name, found.location, found.tags) == (agent_id, "pay", "swedencentral", TAGS)
    assert found.endpoint == azure.endpoint(agent_id)
    assert found.outbound_ip_addresses[0].startswith("20.240.")
    assert found.system_assigned_principal_id
    assert found.user_assigned_identities == [azure.identity()["id"]]
    assert (found.mode, found.access_level, found.upgrade_channel) == ("Review", "Low", "Stable")
    assert (found.incident_platform, found.managed_resources) == (None, [])
    assert (found.power_state, found.provisioning_state) == ("Running", "Succeeded")


def test_the_regions_of_agents_are_found(azure: LocalAzure, ask: Callable[..., Any]) -> None:
    azure.switch(agentRegions=["Sweden Central", "eastus2"])

    found = ask(sre.get_agent_locations)
    later, _ = settled(lambda: sre.get_agent_locations_output(SUBSCRIPTION), ask)

    assert found == later == ["eastus2", "swedencentral"]


def test_what_is_not_there_is_told_in_one_sentence(azure: LocalAzure, ask: Callable[..., Any]) -> None:
    """Without a traceback, as Pulumi shows a `RunError`."""
    azure.group()
    with pytest.raises(pulumi.RunError, match=r"^GET agents/nobody in resource group rg-sre failed with 404"):
        ask(lambda: sre.get_agent("nobody", "rg-sre", SUBSCRIPTION))


def test_outputs_are_looked_up_once_they_are_known(azure: LocalAzure, ask: Callable[..., Any]) -> None:
    """What comes of them can be passed on member by member."""
    agent_id = azure.agent("pay")

    found, secret = settled(
        lambda: sre.get_agent_output(pulumi.Output.from_input("pay"), "rg-sre").endpoint, ask
    )

    assert (found, secret) == (azure.endpoint(agent_id), False)


def test_models_on_offer(azure: LocalAzure, ask: Callable[..., Any]) -> None:
    models = ask(lambda: sre.get_supported_models("swedencentral"))
    later, _ = settled(lambda: sre.get_supported_models_output("swedencentral", SUBSCRIPTION), ask)

    assert models == later
    assert [one.name for one in models if one.is_default] == ["Automatic"]
    assert sre.SupportedModel("MicrosoftFoundry", "gpt-5", False, "GPT-5", "1x") in models


def test_what_an_agent_has_used(azure: LocalAzure, ask: Callable[..., Any]) -> None:
    agent_id = azure.agent("pay", monthlyAgentUnitLimit=10000)

    usages = ask(lambda: sre.get_usages(agent_id))
    later, _ = settled(lambda: sre.get_usages_output(agent_id), ask)

    assert usages == later
    assert sre.Usage("AgentUnits", "AgentUnits", 0.0, 10000) in usages


def test_what_an_agent_has_used_day_by_day(azure: LocalAzure, ask: Callable[..., Any]) -> None:
    agent_id = azure.agent("pay")

    assert ask(lambda: sre.get_daily_usages(agent_id)) == []
    assert settled(lambda: sre.get_daily_usages_output(agent_id), ask) == ([], False)


def test_a_day_is_told_as_the_service_tells_it(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the example of the draft that has it (docs/reference/control-plane.md#usages)."""
    day = {
        "date": "2026-01-20",
        "name": {"value": "AgentUnits", "localizedValue": "Agent Units"},
        "value": 45.2,
    }
    script.on("GET", "/dailyusages$", reply(200, {"value": [day]}))
    with script.azure() as azure:
        monkeypatch.setattr("pulumi_sre_agent.api.client.connect", lambda _settings: azure)

        assert sre.get_daily_usages(AGENT) == [sre.DailyUsage("2026-01-20", "AgentUnits", 45.2)]


@pytest.mark.parametrize(
    ("status", "told"), [(404, "Azure tells no usages of "), (405, "Azure tells no usages"), (403, "403")]
)
def test_usages_that_azure_does_not_tell(
    azure: LocalAzure, ask: Callable[..., Any], status: int, told: str
) -> None:
    """Other versions have none; what is refused for another reason says that reason."""
    agent_id = azure.agent("pay")
    azure.fault("status", path="/usages$", status=status, code="No", times=1)

    with pytest.raises(pulumi.RunError, match=told):
        ask(lambda: sre.get_usages(agent_id))


def test_usages_of_an_agent_that_is_not_there(azure: LocalAzure, ask: Callable[..., Any]) -> None:
    """Say that it is not."""
    agent_id = f"{azure.group()}/providers/Microsoft.App/agents/nobody"
    with pytest.raises(pulumi.RunError, match="agents/nobody in resource group rg-sre failed with 404"):
        ask(lambda: sre.get_daily_usages(agent_id))


def test_a_connectors_secrets_come_as_a_secret(azure: LocalAzure, ask: Callable[..., Any]) -> None:
    agent_id = azure.agent("pay")
    extended = {"type": "http", "endpoint": "https://mcp", "bearerToken": "s3cret"}
    properties = {"dataConnectorType": "Mcp", "dataSource": "here", "extendedProperties": extended}
    azure.settle(azure.arm("PUT", f"{agent_id}/connectors/mcp", {"properties": properties}))

    found, secret = settled(lambda: sre.get_connector_secrets_output(agent_id, "mcp"), ask)

    assert found == {"data_source": "here", "extended_properties": extended}
    assert secret is True


def test_what_an_agent_can_be_connected_to_is_asked_of_it(azure: LocalAzure, ask: Callable[..., Any]) -> None:
    """Services and their operations (docs/reference/data-plane.md#managed-connectors)."""
    agent_id = azure.agent("pay")

    apis = ask(lambda: sre.get_managed_apis(agent_id))
    operations, is_secret = settled(lambda: sre.get_connector_operations_output(agent_id, "jira"), ask)

    assert sre.ManagedApi("jira", "Jira", "") in apis
    assert sre.ConnectorOperation("GetIssue", "Get Issue", "Get Issue.") in operations
    assert not is_secret
    with pytest.raises(pulumi.RunError, match="nothing"):
        ask(lambda: sre.get_connector_operations(agent_id, "nothing"))
