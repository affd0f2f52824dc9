"""What is there, as if all of it were new: what the rules that need no change to look at are given."""

from collections.abc import Iterable, Iterator

from pulumi_sre_agent.review.changes import DYNAMIC_TYPE, Change
from pulumi_sre_agent.review.findings import Finding, Rule, find
from pulumi_sre_agent.review.inventory.inventory import Inventory, Item
from pulumi_sre_agent.review.preview import Preview


def as_new(inventory: Inventory) -> Preview:
    """Return the preview that would create an inventory."""
    return Preview(stack="", project="", changes=tuple(change for _, change in changes_of(inventory)))


def find_standing(preview: Preview, rules: Iterable[Rule]) -> list[Finding]:
    """Return what rules find in what is there.

    What a rule takes for less grave than usual, such as a role that only reads, is worth a look where it
    changes, not every day.
    """
    return [each for each in find(preview, tuple(rules)) if each.severity >= each.rule.severity]


def changes_of(inventory: Inventory) -> Iterator[tuple[Item, Change]]:
    """Yield everything that an inventory has, and how it would be created."""
    for agent in inventory.agents:
        if agent.is_whole:
            yield agent, _created(agent)
        urn = address(agent)
        for item in agent.items:
            yield item, _created(item, (urn,) if agent.is_whole else ())
    for item in inventory.surroundings:
        yield item, _created(item)


def address(item: Item) -> str:
    """Return the URN of an item, or one that a stack could give it."""
    type_ = item.kind if ":" in item.kind else f"{DYNAMIC_TYPE}{item.kind}"
    file = f"{item.source.file}#" if item.source else ""
    return item.urn or f"urn:pulumi:::: {type_}::{file}{item.name or item.kind}".replace(" ", "")


def _created(item: Item, dependencies: tuple[str, ...] = ()) -> Change:
    return Change(
        urn=address(item),
        op="create",
        before=None,
        after=item.properties,
        id=item.id,
        dependencies=dependencies,
    )
