"""Which plan takes an alert: what the toolkit foretells is what the local Azure does, by code of its own."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_sre_agent.resources._core.registry import model_of
from pulumi_sre_agent.review.alerts.alert import Alert
from pulumi_sre_agent.review.alerts.matching import takes
from pulumi_sre_agent.review.alerts.samples import subjects
from pulumi_sre_agent.review.inventory.inventory import Item
from sre_agent_local.azure.data_plane.incidents.incident import PRIORITIES, Incident
from sre_agent_local.azure.data_plane.incidents.plans import first_miss

GROUP = "/subscriptions/s/resourceGroups/rg"
SITE = f"{GROUP}/providers/Microsoft.Web/sites/shop"
PLATFORMS = st.sampled_from([*PRIORITIES])
WORDS = st.sampled_from(["checkout", "Checkout", "pay", "payment", "disk", "all"])
SERVICES = st.sampled_from(["pay", "Pay", "shop", "all"])
TYPES = st.sampled_from(["Microsoft.Web/sites", "microsoft.web/sites", "Microsoft.Compute/virtualMachines"])
RESOURCES = st.sampled_from([GROUP, SITE, SITE.upper(), f"{SITE}-2", f"{SITE}/slots/blue"])
SOME_WORDS = st.lists(WORDS, max_size=2)


def plans(platform: str) -> st.SearchStrategy[dict[str, Any]]:
    target = st.fixed_dictionaries({}, optional={"target_resource": RESOURCES, "target_resource_type": TYPES})
    return st.fixed_dictionaries(
        {"name": st.just("plan"), "incident_platform": st.sampled_from([platform, platform, "PagerDuty"])},
        optional={
            "is_enabled": st.just(False) | st.just(True),
            "priorities": st.lists(st.sampled_from(PRIORITIES[platform]), max_size=3, unique=True),
            "title_contains": WORDS | st.just(""),
            "title_contains_all": SOME_WORDS,
            "title_contains_any": SOME_WORDS,
            "title_not_contains": SOME_WORDS,
            "impacted_service": SERVICES,
            "incident_type": st.sampled_from(["major", "security", "All"]),
            "alert_id": st.sampled_from(["a", "A", "b"]),
            "az_monitor_filter_settings": target,
        },
    )


def alerts(platform: str) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries(
        {
            "platform": st.just(platform),
            "priority": st.sampled_from(PRIORITIES[platform]),
            "title": st.lists(WORDS, min_size=1, max_size=3).map(" ".join),
            "service": SERVICES,
            "incident_type": st.sampled_from(["default", "major"]),
            "alert_id": st.sampled_from(["a", "b"]),
            "resource": RESOURCES,
            "resource_type": TYPES,
        }
    )


def is_taken_locally(plan: dict[str, Any], alert: dict[str, str]) -> bool:
    """Ask the local Azure, in the words of the wire."""
    members = {name: value for name, value in alert.items() if name != "alert_id"}
    incident = Incident.of({**members, "id": alert["alert_id"]})
    return first_miss(model_of("IncidentFilter").to_wire(plan), incident) is None


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_both_take_the_same_alerts(data: st.DataObject) -> None:
    platform = data.draw(PLATFORMS)
    plan, alert = data.draw(plans(platform)), data.draw(alerts(platform))
    item = Item(kind="IncidentFilter", name="plan", properties=plan)

    assert takes(item, Alert(**alert)) == is_taken_locally(plan, alert)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_plan_that_takes_anything_takes_one_of_its_samples(data: st.DataObject) -> None:
    """So the samples leave out no plan."""
    platform = data.draw(PLATFORMS)
    plan, alert = data.draw(plans(platform)), data.draw(alerts(platform))
    item = Item(kind="IncidentFilter", name="plan", properties=plan)
    samples = [
        subject.alert(priority)
        for subject in subjects(platform, [item]).each
        for priority in PRIORITIES[platform]
    ]

    assert not takes(item, Alert(**alert)) or any(takes(item, sample) for sample in samples)
