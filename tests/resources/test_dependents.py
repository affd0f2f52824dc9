"""What the program still names is not deleted; what is renamed, replaced or destroyed with all else is."""

from typing import Any

import pytest

from pulumi_sre_agent.resources._core.registry import provider_of
from support.azure import LocalAzure
from support.checked import checked
from support.provider_process import Found, ProviderError, ProviderProcess
from support.samples.incidents import TRIGGER

LONG = "Look at the dashboards first, then at the deployments of the last hours. "
LEAD = {"name": "lead", "instructions": LONG}


def create(providers: ProviderProcess, kind: str, agent_id: str, **args: Any) -> Found:
    return providers.create(provider_of(kind), checked(kind, {"agent_id": agent_id, **args})[0])


def trigger(handler: str) -> dict[str, Any]:
    return {**{key: value for key, value in TRIGGER.items() if key != "agent_id"}, "agent": handler}


def test_what_an_item_names_is_kept_until_it_names_another(
    providers: ProviderProcess, new_agent_id: str
) -> None:
    lead = create(providers, "Subagent", new_agent_id, **LEAD)
    providers.begin_run()
    found = create(providers, "HttpTrigger", new_agent_id, **trigger("lead"))

    with pytest.raises(
        ProviderError, match=r"subagent lead is not deleted, since .* names it in agent: take it out"
    ):
        providers.delete(provider_of("Subagent"), lead.id, lead.outputs, in_same_run=True)

    other = checked("HttpTrigger", {"agent_id": new_agent_id, **trigger("default")})[0]
    assert providers.diff(provider_of("HttpTrigger"), found.id, found.outputs, other).changes is not False
    providers.update(provider_of("HttpTrigger"), found.id, found.outputs, other)
    providers.delete(provider_of("Subagent"), lead.id, lead.outputs, in_same_run=True)


def test_a_destroy_asks_nobody(providers: ProviderProcess, new_agent_id: str) -> None:
    lead = create(providers, "Subagent", new_agent_id, **LEAD)
    create(providers, "HttpTrigger", new_agent_id, **trigger("lead"))

    providers.delete(provider_of("Subagent"), lead.id, lead.outputs)


def test_an_item_that_another_resource_stands_for_is_no_deletion(
    providers: ProviderProcess, new_agent_id: str, cloud: LocalAzure
) -> None:
    """As when a resource has another name in the program: the old one's delete is left out, not refused."""
    provider = provider_of("Subagent")
    lead = create(providers, "Subagent", new_agent_id, **LEAD)
    create(providers, "HttpTrigger", new_agent_id, **trigger("lead"))
    inputs = checked("Subagent", {"agent_id": new_agent_id, **LEAD})[0]
    assert providers.diff(provider, lead.id, lead.outputs, inputs).changes is False

    providers.delete(provider, lead.id, lead.outputs, in_same_run=True)

    assert "lead" in cloud.data("GET", new_agent_id, "/api/v2/extendedAgent/agents").text


def test_a_replacement_that_no_diff_decides_is_no_deletion(
    providers: ProviderProcess, new_agent_id: str
) -> None:
    """As with `--replace` and for what is tainted: the engine checks it, and deletes it without a diff."""
    provider = provider_of("Subagent")
    lead = create(providers, "Subagent", new_agent_id, **LEAD)
    providers.begin_run()
    create(providers, "HttpTrigger", new_agent_id, **trigger("lead"))
    inputs = providers.check(provider, {"agent_id": new_agent_id, **LEAD}).inputs

    providers.delete(provider, lead.id, lead.outputs, in_same_run=True)

    assert providers.create(provider, inputs).id == lead.id


def test_a_replacement_is_no_deletion(providers: ProviderProcess, new_agent_id: str) -> None:
    provider = provider_of("Subagent")
    lead = create(providers, "Subagent", new_agent_id, **LEAD)
    providers.begin_run()
    create(providers, "HttpTrigger", new_agent_id, **trigger("lead"))
    inputs = checked("Subagent", {"agent_id": new_agent_id, **LEAD, "name": "other"})[0]
    assert providers.diff(provider, lead.id, lead.outputs, inputs).replaces == ["name"]

    providers.delete(provider, lead.id, lead.outputs, in_same_run=True)
