"""How incident platforms, response plans and triggers meet each other and Azure."""

from typing import Any

import pytest

from pulumi_sre_agent.resources._core.registry import model_of
from pulumi_sre_agent.resources.agent import AgentProvider
from pulumi_sre_agent.resources.agent_power import AgentPowerProvider
from pulumi_sre_agent.resources.global_tool_permissions import GlobalToolPermissionsProvider
from pulumi_sre_agent.resources.http_trigger import HttpTriggerProvider
from pulumi_sre_agent.resources.incident_indexing import IncidentIndexingProvider
from pulumi_sre_agent.resources.incident_platform import IncidentPlatform, IncidentPlatformProvider
from support import mocks
from support.azure import LocalAzure
from support.provider_process import ProviderError, ProviderProcess
from support.samples import AGENT_ID, Json
from support.samples.incidents import OAUTH, PAGER, SNOW, TRIGGER, patch, triggers_named

INDEXING: Json = {"platform": "servicenow"}


def without(args: Json, *names: str) -> Json:
    return {name: value for name, value in args.items() if name not in names}


def block_of(cloud: LocalAzure, agent_id: str) -> Json:
    found = cloud.arm("GET", agent_id).json()["properties"].get("incidentManagementConfiguration")
    return dict(found or {})


@pytest.mark.parametrize("args", [{"type": "AzMonitor"}, PAGER, OAUTH, {"type": "None"}])
def test_every_type_of_platform_lives(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str, args: Json
) -> None:
    """Connected, seen by the agent, read without a change, disconnected."""
    provider = IncidentPlatformProvider()
    id_, outputs, inputs = providers.made(provider, new_agent_id, **args)

    assert cloud.platform(new_agent_id) == args["type"]
    read = providers.read(provider, id_, outputs, inputs)
    assert (read.inputs, read.outputs) == (inputs, outputs)
    assert providers.diff(provider, id_, read.outputs, inputs).changes is False

    providers.delete(provider, id_, outputs)
    assert block_of(cloud, new_agent_id) == {}
    assert providers.read(provider, id_, outputs, inputs).id == ""


@pytest.mark.parametrize("other", [PAGER, {"type": "AzMonitor"}, {"type": "None"}])
def test_another_type_of_platform_is_one_update(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str, other: Json
) -> None:
    """It disconnects the old one, of which nothing stays, and awaits the new one."""
    provider = IncidentPlatformProvider()
    id_, outputs, _ = providers.made(provider, new_agent_id, **SNOW)
    news = providers.check(provider, {"agent_id": new_agent_id, **other}).inputs

    diff = providers.diff(provider, id_, outputs, news)
    cloud.forget_requests()
    outputs = providers.update(provider, id_, outputs, news)

    assert (diff.changes, diff.replaces) == (None, [])
    assert len(cloud.requests(method="PATCH")) == 2
    assert cloud.platform(new_agent_id) == other["type"]
    stored = model_of("IncidentPlatform").to_wire(news)
    assert block_of(cloud, new_agent_id) == without(stored, "connectionKey")
    assert providers.read(provider, id_, outputs, news).inputs == news


@pytest.mark.parametrize(
    ("args", "change"),
    [
        (PAGER, {"connection_key": "u+another-user-key"}),
        (PAGER, {"obo_user": "you@contoso.com"}),
        (OAUTH, {"api_connection_name": "other"}),
    ],
)
def test_other_settings_of_a_platform_change_in_place(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str, args: Json, change: Json
) -> None:
    """Without disconnecting it: its filters stay."""
    provider = IncidentPlatformProvider()
    id_, outputs, inputs = providers.made(provider, new_agent_id, **args)
    news = providers.check(provider, inputs | change, inputs).inputs

    assert providers.diff(provider, id_, outputs, news).replaces == []
    cloud.forget_requests()
    outputs = providers.update(provider, id_, outputs, news)

    assert len(cloud.requests(method="PATCH")) == 1
    assert providers.read(provider, id_, outputs, news).inputs == news
    if cloud_shows := without(change, "connection_key"):
        patch(cloud, new_agent_id, model_of("IncidentPlatform").to_wire(inputs))
        drifted = providers.read(provider, id_, outputs, news).inputs
        assert [name for name in news if drifted[name] != news[name]] == list(cloud_shows)


def test_a_platform_that_somebody_changes_shows_as_its_type(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str
) -> None:
    """Also `AzureMonitor`, which ARM takes and which connects nothing."""
    provider = IncidentPlatformProvider()
    id_, outputs, inputs = providers.made(provider, new_agent_id, type="AzMonitor")
    body = {"properties": {"incidentManagementConfiguration": {"type": "AzureMonitor"}}}
    cloud.settle(cloud.arm("PATCH", new_agent_id, body))

    read = providers.read(provider, id_, outputs, inputs)
    assert read.inputs == inputs | {"type": "AzureMonitor"}

    providers.update(provider, id_, read.outputs, inputs)
    assert cloud.platform(new_agent_id) == "AzMonitor"


def test_an_agent_without_a_platform_of_its_own_leaves_it_alone(
    providers: ProviderProcess, cloud: LocalAzure, fresh: str
) -> None:
    """It reads without a change, and an update of something else keeps the platform."""
    agent, platform = AgentProvider(), IncidentPlatformProvider()
    identity = cloud.identity("id-incidents")["id"]
    args: Json = {
        "name": fresh,
        "resource_group_name": "rg-sre",
        "identity": {"type": "UserAssigned", "user_assigned_identities": [identity]},
        "knowledge_graph_configuration": {"identity": identity},
    }
    inputs = providers.check(agent, args).inputs
    made = providers.create(agent, inputs)
    id_, outputs, platform_inputs = providers.made(platform, made.id, **PAGER)

    read = providers.read(agent, made.id, made.outputs, inputs)
    assert read.inputs == inputs
    assert providers.diff(agent, made.id, read.outputs, inputs).changes is False
    news = providers.check(agent, inputs | {"tags": {"team": "payments"}}, inputs).inputs
    providers.update(agent, made.id, read.outputs, news)

    assert providers.read(platform, id_, outputs, platform_inputs).inputs == platform_inputs
    assert cloud.platform(made.id) == "PagerDuty"


def test_deleting_a_power_state_leaves_the_agent_as_it_is(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str
) -> None:
    """Stopped, and awaited: it is stopped when the create returns."""
    provider = AgentPowerProvider()
    id_, outputs, _ = providers.made(provider, new_agent_id, state="Stopped")
    assert cloud.arm("GET", new_agent_id).json()["properties"]["powerState"] == "Stopped"

    providers.delete(provider, id_, outputs)

    assert cloud.arm("GET", new_agent_id).json()["properties"]["powerState"] == "Stopped"


def test_an_agent_that_cannot_be_stopped_is_told(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str
) -> None:
    provider = AgentPowerProvider()
    agent = new_agent_id.rsplit("/", 1)[-1]
    cloud.fault("operationFailed", method="POST", path=f"/{agent}/stop$", code="NoCapacity", times=1)

    with pytest.raises(ProviderError, match="NoCapacity"):
        providers.made(provider, new_agent_id, state="Stopped")


def test_deleting_an_indexing_configuration_leaves_it(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str
) -> None:
    """There is no published way to delete one."""
    provider = IncidentIndexingProvider()
    id_, outputs, _ = providers.made(provider, new_agent_id, **INDEXING, lookback_days=60)

    providers.delete(provider, id_, outputs)

    path = "/api/v2/incidents/indexing/servicenow/configuration"
    assert cloud.data("GET", new_agent_id, path).json() == {"lookbackDays": 60}


def test_a_trigger_says_its_id_and_its_address(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str
) -> None:
    """Both stay over an update."""
    provider = HttpTriggerProvider()
    id_, outputs, inputs = providers.made(provider, new_agent_id, **TRIGGER)
    (trigger_id,) = triggers_named(cloud, new_agent_id, "deploys")

    assert id_ == f"{new_agent_id}/httpTriggers/deploys"
    assert outputs["trigger_id"] == trigger_id
    assert outputs["trigger_url"] == (
        f"{cloud.endpoint(new_agent_id)}/api/v1/httptriggers/trigger/{trigger_id}"
    )
    updated = providers.update(provider, id_, outputs, inputs | {"description": "new"})
    assert {name: updated[name] for name in ("trigger_id", "trigger_url")} == {
        name: outputs[name] for name in ("trigger_id", "trigger_url")
    }


def test_two_triggers_of_one_name_are_an_error(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str
) -> None:
    """Of every operation, until one of them is gone; nothing is written meanwhile."""
    provider = HttpTriggerProvider()
    body = {"name": "deploys", "agentPrompt": "Look."}
    for _ in range(2):
        cloud.data("POST", new_agent_id, "/api/v1/httptriggers/create", body)
    args = {"agent_id": new_agent_id, **TRIGGER, "adopt": True}
    inputs = providers.check(provider, args).inputs
    id_ = f"{new_agent_id}/httpTriggers/deploys"
    cloud.forget_requests()

    for call in (
        lambda: providers.create(provider, inputs),
        lambda: providers.read(provider, id_, inputs, inputs),
        lambda: providers.update(provider, id_, inputs, inputs),
        lambda: providers.delete(provider, id_, inputs),
    ):
        with pytest.raises(ProviderError, match="HTTP triggers of agent"):
            call()

    assert [entry for entry in cloud.requests() if entry["method"] != "GET"] == []
    for trigger_id in triggers_named(cloud, new_agent_id, "deploys")[1:]:
        cloud.data("DELETE", new_agent_id, f"/api/v1/httptriggers/{trigger_id}")
    assert providers.read(provider, id_, inputs, inputs).id == id_


@pytest.mark.parametrize(
    ("args", "warned"),
    [
        (PAGER, []),
        (
            without(PAGER, "obo_user"),
            ["obo_user is missing: PagerDuty refuses what the agent writes until it is there"],
        ),
    ],
)
def test_pagerduty_without_its_user_is_warned_of(
    caplog: pytest.LogCaptureFixture, args: Json, warned: list[str]
) -> None:
    """It reads incidents, but cannot acknowledge them."""
    with caplog.at_level("WARNING"):
        mocks.run(lambda: IncidentPlatform("one", agent_id=AGENT_ID, **args) and None)

    assert caplog.messages == warned


@pytest.mark.parametrize(
    ("provider", "args"),
    [
        *(
            (IncidentIndexingProvider(), {"platform": each})
            for each in ("azmonitor", "pagerduty", "servicenow")
        ),
        (GlobalToolPermissionsProvider(), {}),
    ],
)
def test_what_says_nothing_of_its_own_is_there_until_somebody_says_something(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str, provider: Any, args: Json
) -> None:
    id_, outputs, inputs = providers.made(provider, new_agent_id, **args)

    read = providers.read(provider, id_, outputs, inputs)

    assert (read.id, read.inputs, read.outputs) == (id_, inputs, outputs)
    assert providers.diff(provider, id_, read.outputs, inputs).changes is False
