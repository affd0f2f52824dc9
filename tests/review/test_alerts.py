"""Which plan takes an alert: of a rule, of samples, before a change and after it."""

import json
from typing import Any

import pytest

from pulumi_sre_agent.review import preview as previews
from pulumi_sre_agent.review import report as reports
from pulumi_sre_agent.review.alerts.explain import explain
from pulumi_sre_agent.review.alerts.render import as_json, as_text
from pulumi_sre_agent.review.formats import json_format, markdown, plain_text
from pulumi_sre_agent.review.inventory.inventory import Agent, Inventory, Item
from support.previews import preview, step

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
GROUP = "/subscriptions/s/resourceGroups/rg-shop"
INSIGHTS = f"{GROUP}/providers/microsoft.insights/components/shop"
CHECKOUT = {
    "incident_platform": "AzMonitor",
    "priorities": ["Sev0", "Sev1"],
    "title_contains_any": ["checkout", "payment"],
    "handling_agent": "responder",
    "agent_mode": "Review",
}
DATABASE = {
    "incident_platform": "AzMonitor",
    "priorities": ["Sev1", "Sev2"],
    "title_contains": "database",
    "agent_mode": "Autonomous",
}
RULE = {"ruleName": "checkout-failed", "severity": 1, "scopes": [INSIGHTS]}
METRIC = "azure-native:monitor:MetricAlert"
QUERY = "azure-native:monitor:ScheduledQueryRule"


def stack(*rules: Item, platform: str = "AzMonitor", **plans: dict[str, Any]) -> Inventory:
    items = [Item(kind="IncidentFilter", name=name, properties=each) for name, each in plans.items()]
    items.append(Item(kind="IncidentPlatform", name="", properties={"type": platform}))
    agent = Agent(name="shop", urn="shop", properties={}, items=tuple(items))
    return Inventory(agents=(agent,), surroundings=rules)


def samples(inventory: Inventory) -> dict[str, str]:
    """Return who takes the samples, by what they are about and their priorities."""
    (agent,) = explain(inventory)
    return {f"{each.subject}: {each.priorities_in_words}": str(each.route) for each in agent.samples}


def test_samples_tell_what_plans_tell_apart() -> None:
    assert samples(stack(checkout=CHECKOUT)) == {
        "title with `checkout`: Sev0, Sev1": "`checkout`, by `responder`, in Review",
        "title with `checkout`: Sev2 to Sev4": "no plan",
        "title with `payment`: Sev0, Sev1": "`checkout`, by `responder`, in Review",
        "title with `payment`: Sev2 to Sev4": "no plan",
        "anything else: Sev0 to Sev4": "no plan",
    }


def test_what_two_plans_match_is_ambiguous_and_never_picked() -> None:
    shown = samples(stack(checkout=CHECKOUT, database=DATABASE))

    assert shown["title with `checkout` and `database`: Sev1"] == (
        "ambiguous: `checkout`, by `responder`, in Review; or `database`, by the agent itself, in Autonomous"
    )


def test_of_many_plans_that_match_the_same_alerts_some_pairs_are_told_and_that_there_are_more() -> None:
    plans: Any = {f"plan-{letter}": {**DATABASE, "title_contains": letter * 3} for letter in "abcdefghijkl"}
    agents = explain(stack(**plans))

    assert sum(each.route.outcome == "ambiguous" for each in agents[0].samples) == 30
    assert "More pairs of plans match the same alerts than the 30 that are shown" in as_text(agents)


def test_plans_that_exclude_each_other_share_nothing() -> None:
    apart = {**DATABASE, "title_not_contains": ["checkout", "payment"]}

    assert not any(
        "ambiguous" in route for route in samples(stack(checkout=CHECKOUT, database=apart)).values()
    )


@pytest.mark.parametrize(
    ("platform", "plan", "taken"),
    [
        ("PagerDuty", {"priorities": ["P1"], "impacted_service": "PSHOP"}, "service `PSHOP`: P1"),
        ("ServiceNow", {"priorities": ["1", "2"], "incident_type": "major"}, "incident type `major`: 1, 2"),
        ("ServiceNow", {"impacted_service": "All"}, "anything else: 1 to 5"),
        (
            "AzMonitor",
            {"az_monitor_filter_settings": {"target_resource": GROUP}},
            f"resource `{GROUP}`: Sev0 to Sev4",
        ),
        ("AzMonitor", {"incident_platform": "AzureMonitor"}, "anything else: Sev0 to Sev4"),
    ],
)
def test_each_platform_has_its_priorities_and_conditions(
    platform: str, plan: dict[str, Any], taken: str
) -> None:
    plan = {"incident_platform": platform, "handling_agent": "meta_agent", "agent_mode": "Review", **plan}
    shown = samples(stack(platform=platform, one=plan))

    assert [label for label, route in shown.items() if route != "no plan"] == [taken]
    assert shown[taken] == "`one`, by the agent itself, in Review"


@pytest.mark.parametrize(
    "plan", [{**CHECKOUT, "is_enabled": False}, {**CHECKOUT, "incident_platform": "PagerDuty"}]
)
def test_a_plan_that_is_off_or_for_another_platform_takes_nothing(plan: dict[str, Any]) -> None:
    assert {*samples(stack(one=plan)).values()} == {"no plan"}


@pytest.mark.parametrize(
    ("kind", "properties", "label"),
    [
        (METRIC, RULE, "Sev1 `checkout-failed`"),
        ("azure-native:insights/v20220615:ScheduledQueryRule", RULE, "Sev1 `checkout-failed`"),
        (
            "azure-native:alertsmanagement:SmartDetectorAlertRule",
            {"alertRuleName": "checkout-odd", "severity": "Sev1", "scope": [INSIGHTS], "state": "Enabled"},
            "Sev1 `checkout-odd`",
        ),
        (
            "azure-native:monitor:ActivityLogAlert",
            {"activityLogAlertName": "checkout-health", "scopes": [GROUP]},
            "Sev4 `checkout-health`",
        ),
    ],
)
def test_an_alert_rule_goes_by_its_severity_and_its_name(
    kind: str, properties: dict[str, Any], label: str
) -> None:
    """Alerts of the activity log are Sev4, whatever their rule says."""
    rule = Item(kind=kind, name="one", properties=properties)
    (agent,) = explain(stack(rule, checkout=CHECKOUT))

    assert [each.rule.label for each in agent.rules] == [label]
    assert agent.rules[0].route.outcome == ("taken" if "Sev1" in label else "untaken")


def test_a_rule_that_is_off_does_not_fire() -> None:
    rule = Item(kind=METRIC, name="one", properties={**RULE, "enabled": False})

    assert "  Sev1 checkout-failed: off\n" in as_text(explain(stack(rule, checkout=CHECKOUT)))


def test_what_is_not_known_is_perhaps() -> None:
    rule = Item(kind=METRIC, name="one", properties={**RULE, "scopes": [UNKNOWN]})
    plan = {**CHECKOUT, "az_monitor_filter_settings": {"target_resource": INSIGHTS}}
    (agent,) = explain(stack(rule, checkout=plan))

    assert str(agent.rules[0].route) == "perhaps `checkout`, by `responder`, in Review"
    assert "Perhaps: it depends on what only the deployment will know" in as_text([agent])


def test_as_text_and_as_json() -> None:
    agents = explain(stack(Item(kind=METRIC, name="one", properties=RULE), checkout=CHECKOUT))

    assert as_text(agents).startswith(
        "shop: incidents of AzMonitor\n\n"
        "Alert rules of the stack\n  Sev1 checkout-failed: checkout, by responder, in Review\n\n"
        "Samples\n  title with checkout\n    Sev0, Sev1: checkout, by responder, in Review\n"
    )
    assert max(map(len, as_text(agents).splitlines())) <= 80
    (agent,) = as_json(agents)["agents"]
    assert agent["alertRules"] == [
        {
            "name": "checkout-failed",
            "severity": "Sev1",
            "isEnabled": True,
            "route": {
                "outcome": "taken",
                "plans": [
                    {"name": "checkout", "handlers": ["responder"], "mode": "Review", "isCertain": True}
                ],
            },
        }
    ]


def test_the_quickstart_plan_is_told_of_unless_it_is_kept_away() -> None:
    with_it = stack(checkout=CHECKOUT)
    (agent,) = with_it.agents
    gone = Item(kind="QuickstartPlan", name="", properties={"present": False})
    without = Inventory(agents=(Agent(name="shop", properties={}, items=(*agent.items, gone)),))

    assert "The quickstart plan" in as_text(explain(with_it))
    assert "The quickstart plan" not in as_text(explain(without))


def test_an_agent_without_a_platform_takes_nothing() -> None:
    agents = explain(Inventory(agents=(Agent(name="shop", properties={}),)))

    assert as_text(agents) == "shop: no incident platform, so it takes no alerts.\n"


AGENT = {"name": "shop", "incident_management_configuration": {"type": "AzMonitor"}}
WATCHED = (
    step("Agent", AGENT, AGENT, op="same", name="shop"),
    step(
        "IncidentFilter",
        {**CHECKOUT, "name": "checkout"},
        {**CHECKOUT, "name": "checkout", "priorities": ["Sev0"]},
    ),
)


OTHER_PLAN = step("IncidentFilter", None, {"name": "all", "incident_platform": "AzMonitor"}, name="all")


def report(*steps: Any) -> reports.Report:
    return reports.make(previews.read(preview(*steps)))


def test_the_report_tells_which_alerts_go_another_way() -> None:
    made = report(*WATCHED, step(METRIC, RULE, RULE, op="same"))

    assert (
        "Alerts: 3 kinds would go another way, 3 to no plan\n"
        "  Sev1 `checkout-failed`: `checkout`, by `responder`, in Review → no plan\n"
        "  Sev1, title with `checkout`: `checkout`, by `responder`, in Review → no plan\n"
    ) in plain_text.render(made)
    assert "<summary>Alerts: 3 kinds would go another way" in markdown.render(made)
    assert json.loads(json_format.render(made))["alerts"]["changed"][0]["after"]["outcome"] == "untaken"


@pytest.mark.parametrize(
    ("steps", "severity", "sentence"),
    [
        (
            (*WATCHED, step(METRIC, RULE, RULE, op="same")),
            "medium",
            "Alerts Sev1 `checkout-failed`: no response plan takes them any more.",
        ),
        (
            (WATCHED[0], step(METRIC, None, RULE)),
            "medium",
            "Alerts Sev1 `checkout-failed`: no response plan takes them.",
        ),
        (
            (WATCHED[0], step(METRIC, None, {**RULE, "actions": [{"actionGroupId": UNKNOWN}]})),
            "low",
            "Alerts Sev1 `checkout-failed`: no response plan takes them.",
        ),
        (
            (WATCHED[0], step(QUERY, None, {**RULE, "actions": {"actionGroups": [UNKNOWN]}})),
            "low",
            "Alerts Sev1 `checkout-failed`: no response plan takes them.",
        ),
        ((WATCHED[0], step(METRIC, None, {**RULE, "enabled": False})), None, ""),
        ((*WATCHED, OTHER_PLAN, step(METRIC, RULE, RULE, op="same")), None, ""),
        ((step("Agent", None, {"name": "shop"}), step(METRIC, None, RULE)), None, ""),
        ((WATCHED[1],), None, ""),
    ],
    ids=["lost", "new", "new-told", "new-query-told", "off", "by-another", "no-platform", "too-little-shown"],
)
def test_alerts_that_no_plan_takes_are_found(steps: Any, severity: str | None, sentence: str) -> None:
    findings = [each for each in report(*steps).findings if each.rule.id == "alert-untaken"]

    assert [(each.severity.label, each.sentence) for each in findings] == (
        [(severity, sentence)] if severity else []
    )


def test_a_preview_without_what_stays_the_same_says_so() -> None:
    (section,) = [each for each in report(WATCHED[1]).sections if each.id == "alerts"]

    assert (section.rows, section.data) == ((), {"isKnown": False})
    assert "--show-sames" in section.notes[0]
