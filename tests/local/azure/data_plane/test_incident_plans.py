"""Which response plan takes an incident (docs/reference/product.md#which-plan-takes-it)."""

import pytest

from support.azure import Json, LocalAzure
from support.incidents import RESOURCE, fire, on_call, plan


@pytest.fixture(scope="module")
def shop(azure_server: LocalAzure) -> tuple[LocalAzure, str]:
    """Make one agent for all cases, which put another plan in the place of the last one."""
    azure_server.reset()
    graph = {"identity": azure_server.identity()["id"], "managedResources": [azure_server.group("rg-shop")]}
    return azure_server, on_call(azure_server, knowledgeGraphConfiguration=graph)


@pytest.mark.parametrize(
    ("members", "incident", "takes"),
    [
        pytest.param({}, {}, True, id="no-condition"),
        pytest.param({"priorities": ["Sev1", "Sev2"]}, {"priority": "sev2"}, True, id="one-priority-of-two"),
        pytest.param({"priorities": ["Sev1"]}, {"priority": "2"}, False, id="other-priority"),
        pytest.param({"titleContains": "Checkout"}, {}, True, id="title"),
        pytest.param({"titleContains": "checkout"}, {}, False, id="title-in-other-case"),
        pytest.param({"titleContainsAll": ["Checkout", "latency"]}, {}, True, id="all-words"),
        pytest.param({"titleContainsAll": ["Checkout", "disk"]}, {}, False, id="not-all-words"),
        pytest.param({"titleContainsAny": ["disk", "latency"]}, {}, True, id="any-word"),
        pytest.param({"titleContainsAny": ["disk", "memory"]}, {}, False, id="no-word"),
        pytest.param({"titleNotContains": ["latency"]}, {}, False, id="excluded-word"),
        pytest.param({"titleNotContains": ["disk"]}, {}, True, id="excluded-word-of-others"),
        pytest.param({"impactedService": "all"}, {"service": "pay"}, True, id="all-services"),
        pytest.param({"impactedService": "pay"}, {"service": "shop"}, False, id="other-service"),
        pytest.param({"incidentType": "major"}, {"incidentType": "security"}, False, id="other-type"),
        pytest.param(
            {"azMonitorFilterSettings": {"targetResource": RESOURCE.upper()}},
            {"resource": RESOURCE},
            True,
            id="resource",
        ),
        pytest.param(
            {"azMonitorFilterSettings": {"targetResource": RESOURCE[:-1]}},
            {"resource": RESOURCE},
            False,
            id="resource-with-a-longer-name",
        ),
        pytest.param(
            {"azMonitorFilterSettings": {"targetResourceType": "microsoft.web/sites"}},
            {"resource": RESOURCE},
            True,
            id="resource-type",
        ),
        pytest.param(
            {"azMonitorFilterSettings": {"targetResourceType": "Microsoft.Web/sites"}},
            {},
            False,
            id="no-resource",
        ),
        pytest.param(
            {"titleContains": "Checkout", "priorities": ["Sev0"]},
            {"priority": "Sev1"},
            False,
            id="one-of-two",
        ),
        pytest.param({"isEnabled": False}, {}, False, id="off"),
    ],
)
def test_all_conditions_of_a_plan_must_hold(
    shop: tuple[LocalAzure, str], members: Json, incident: Json, takes: bool
) -> None:
    azure, agent = shop
    plan(azure, agent, "the-plan", **members)
    (result,) = fire(azure, agent=agent, **incident)

    assert (result["outcome"] != "ignored", result["matching"]) == (takes, ["the-plan"] if takes else [])
    assert set(result["missed"]) == (set() if takes else {"the-plan"})
