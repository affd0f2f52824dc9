"""The inventory of a preview's either side."""

from typing import Literal

from pulumi_sre_agent.review.changes import Change
from pulumi_sre_agent.review.inventory.inventory import Inventory, Item, Resource, assemble
from pulumi_sre_agent.review.inventory.names import azure_name
from pulumi_sre_agent.review.preview import Preview


def of_preview(preview: Preview, side: Literal["before", "after"]) -> Inventory:
    """Return what is there before a preview's changes, or after them.

    A preview shows what changes, and all else with `--show-sames` only.
    """
    resources = [each for change in preview.changes if (each := _resource(change, side))]
    return assemble(resources, is_whole=preview.is_whole)


def _resource(change: Change, side: Literal["before", "after"]) -> Resource | None:
    values = change.before if side == "before" else change.after
    if values is None:
        return None
    id_ = "" if side == "after" and change.op == "replace" else change.id
    name = azure_name(change.kind, values, change.logical_name)
    item = Item(kind=change.kind, name=name, properties=values, urn=change.urn, id=id_)
    return Resource(item, change.dependencies)
