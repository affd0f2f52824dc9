"""Alerts that nobody takes (docs/reference/product.md#which-plan-takes-it)."""

from collections.abc import Iterator

from pulumi_sre_agent.review.alerts.compare import reroutes
from pulumi_sre_agent.review.alerts.routes import route
from pulumi_sre_agent.review.findings import Match, Rule, Severity
from pulumi_sre_agent.review.inventory.of_preview import of_preview
from pulumi_sre_agent.review.preview import Preview


def _untaken(preview: Preview) -> Iterator[Match]:
    agents = of_preview(preview, "after").agents
    changed = {each.rule.urn: each.rule for each in reroutes(preview) if each.rule and each.after}
    for urn, rule in changed.items():
        if any(route(agent, rule.alert).takers for agent in agents):
            continue
        change = next(change for change in preview.changes if change.urn == urn)
        is_new = change.op == "create"
        yield Match(
            change,
            f"Alerts {rule.label}: no response plan takes them{'' if is_new else ' any more'}.",
            Severity.LOW if is_new and rule.has_action_group else None,
        )


RULES = (
    Rule(
        "alert-untaken",
        "Alerts that no plan takes",
        Severity.MEDIUM,
        "What no plan matches waits for a person, and nothing says so.",
        "Let a plan match the rule's severity and name, or see that its action group tells somebody.",
        _untaken,
        is_standing=True,
        needs_stack=True,
    ),
)
