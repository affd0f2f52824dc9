"""The rules over an agent directory: findings with file and line."""

from dataclasses import dataclass

from pulumi_sre_agent.directory.item import Source
from pulumi_sre_agent.review.findings import Finding
from pulumi_sre_agent.review.inventory.inventory import Inventory
from pulumi_sre_agent.review.policy.config import PolicyConfig
from pulumi_sre_agent.review.policy.standing import as_new, changes_of, find_standing


@dataclass(frozen=True)
class Located:
    """A finding, and where what it is about is written."""

    finding: Finding
    source: Source | None
    """None outside directories."""


def lint(inventory: Inventory, config: PolicyConfig) -> list[Located]:
    """Return what the rules find in what is there, by file and line, the gravest of a line first."""
    items = {change.urn: item for item, change in changes_of(inventory)}
    found = [
        Located(finding, items[finding.change.urn].place(*finding.path))
        for finding in find_standing(as_new(inventory), config.standing())
    ]
    return sorted(found, key=_order)


def _order(each: Located) -> tuple[str, int, int]:
    source = each.source or Source("", 0)
    return source.file, source.line, -each.finding.severity
