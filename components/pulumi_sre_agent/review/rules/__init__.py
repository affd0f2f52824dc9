"""The rules, by subject."""

from pulumi_sre_agent.review.findings import Rule
from pulumi_sre_agent.review.rules import (
    alerts,
    autonomy,
    content,
    egress,
    gates,
    incidents,
    losses,
    rights,
    spending,
    tools,
)

RULES: tuple[Rule, ...] = (
    *losses.RULES,
    *autonomy.RULES,
    *gates.RULES,
    *rights.RULES,
    *egress.RULES,
    *tools.RULES,
    *incidents.RULES,
    *alerts.RULES,
    *spending.RULES,
    *content.RULES,
)
"""Every rule; the page of findings in the docs is made of it."""
