"""Response plans: their platform, their handler, and the plan that the service makes."""

import pytest

from pulumi_sre_agent.resources.incident_filter import IncidentFilterProvider
from pulumi_sre_agent.resources.incident_platform import IncidentPlatformProvider
from pulumi_sre_agent.resources.quickstart_plan import QuickstartPlanProvider
from support.azure import LocalAzure
from support.provider_process import ProviderError, ProviderProcess
from support.samples import Json
from support.samples.incidents import FILTER, patch

HANDLERS = "/api/v1/incidentPlayground/handlers"


def test_a_filter_put_right_after_its_platform_waits_for_it(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str
) -> None:
    """Somebody else has just connected it; the agent does not see it yet."""
    provider = IncidentFilterProvider()
    cloud.switch(platformSeconds=0.5)
    try:
        block = {"incidentManagementConfiguration": {"type": "AzMonitor"}}
        cloud.arm("PATCH", new_agent_id, {"properties": block})
        cloud.forget_requests()
        id_, outputs, inputs = providers.made(provider, new_agent_id, **FILTER)
    finally:
        cloud.switch(platformSeconds=0.02)

    assert [entry["status"] for entry in cloud.requests(method="PUT")][-1] == 202
    assert 400 in [entry["status"] for entry in cloud.requests(method="PUT")]
    assert providers.read(provider, id_, outputs, inputs).inputs == inputs


@pytest.mark.parametrize("plane", ["data", "control"])
def test_a_filter_without_its_platform_says_what_to_do(
    providers: ProviderProcess, new_agent_id: str, plane: str
) -> None:
    provider = IncidentFilterProvider()
    inputs = providers.check(provider, {"agent_id": new_agent_id, "plane": plane, **FILTER}).inputs

    with pytest.raises(ProviderError, match="with an IncidentPlatform that this depends on"):
        providers.create(provider, inputs)


def test_filters_go_with_a_platform_and_a_refresh_says_so(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str
) -> None:
    """And they are made again once it is there."""
    platform, plan = IncidentPlatformProvider(), IncidentFilterProvider()
    platform_id, outputs, platform_inputs = providers.made(platform, new_agent_id, type="AzMonitor")
    id_, filter_outputs, inputs = providers.made(plan, new_agent_id, **FILTER, custom_instructions="Look.")
    providers.delete(platform, platform_id, outputs)

    assert providers.read(plan, id_, filter_outputs, inputs).id == ""
    providers.delete(plan, id_, filter_outputs)
    providers.create(platform, platform_inputs)
    made = providers.create(plan, inputs)

    assert providers.read(plan, id_, made.outputs, inputs).inputs == inputs
    assert [one["id"] for one in cloud.data("GET", new_agent_id, HANDLERS).json()] == ["urgent-handler"]


@pytest.mark.parametrize("plane", ["data", "control"])
def test_a_plan_has_one_handler_which_goes_with_it(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str, plane: str
) -> None:
    """It is made when the plan first says something for it, and goes when that is taken out."""
    provider = IncidentFilterProvider()
    patch(cloud, new_agent_id, {"type": "AzMonitor"})

    def handlers() -> list[Json]:
        found: list[Json] = cloud.data("GET", new_agent_id, HANDLERS).json()
        return found

    id_, outputs, inputs = providers.made(provider, new_agent_id, plane=plane, **FILTER)
    assert handlers() == []

    told = providers.check(provider, inputs | {"custom_instructions": "Look.", "tools": ["Task"]}).inputs
    outputs = providers.update(provider, id_, outputs, told)
    assert [one["customInstructions"] for one in handlers()] == ["Look."]

    outputs = providers.update(provider, id_, outputs, inputs)
    assert handlers() == []
    assert providers.read(provider, id_, outputs, inputs).inputs == inputs

    outputs = providers.update(provider, id_, outputs, told)
    providers.delete(provider, id_, outputs)
    assert handlers() == []


@pytest.mark.parametrize("processed", [False, True])
def test_a_plan_whose_handler_fails_is_finished_by_the_next_run(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str, processed: bool
) -> None:
    """The filter that is there already is no reason to refuse."""
    provider = IncidentFilterProvider()
    patch(cloud, new_agent_id, {"type": "AzMonitor"})
    args = {"agent_id": new_agent_id, **FILTER, "custom_instructions": "Look.", "tools": ["Task"]}
    inputs = providers.check(provider, args).inputs
    cloud.fault(
        "status", method="PUT", path="/handlers/", status=400, code="BadThing", times=1, processed=processed
    )
    with pytest.raises(ProviderError, match="BadThing"):
        providers.create(provider, inputs)

    made = providers.create(provider, inputs)

    assert providers.read(provider, made.id, made.outputs, inputs).inputs == inputs


def test_a_quickstart_plan_that_may_not_be_there_is_kept_away(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str
) -> None:
    """Reconnecting the platform brings it back: a refresh shows it, an update deletes it."""
    provider = QuickstartPlanProvider()
    filters = "/api/v1/incidentPlayground/filters"
    patch(cloud, new_agent_id, {"type": "AzMonitor"})
    id_, outputs, inputs = providers.made(provider, new_agent_id, present=False)
    assert cloud.data("GET", new_agent_id, filters).json() == []

    patch(cloud, new_agent_id, {"type": "AzMonitor"})
    read = providers.read(provider, id_, outputs, inputs)
    assert read.inputs == inputs | {"present": True}
    assert providers.diff(provider, id_, read.outputs, inputs).changes is None
    outputs = providers.update(provider, id_, read.outputs, inputs)

    assert cloud.data("GET", new_agent_id, filters).json() == []
    assert providers.read(provider, id_, outputs, inputs).inputs == inputs


@pytest.mark.parametrize("connected", [True, False])
def test_a_quickstart_plan_that_may_be_there_is_left_alone(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str, connected: bool
) -> None:
    """There or not: neither is drift, and nothing is written."""
    provider = QuickstartPlanProvider()
    if connected:
        patch(cloud, new_agent_id, {"type": "AzMonitor"})
    cloud.forget_requests()
    id_, outputs, inputs = providers.made(provider, new_agent_id, present=True)

    assert providers.read(provider, id_, outputs, inputs).inputs == inputs
    providers.delete(provider, id_, outputs)
    assert [entry for entry in cloud.requests() if entry["method"] != "GET"] == []
