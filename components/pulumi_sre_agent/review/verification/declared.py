"""Whether Azure has what is declared, property by property."""

from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import Any

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.client import Client
from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.api.secrets import SECRET
from pulumi_sre_agent.resources._core.item_crud import item_id
from pulumi_sre_agent.resources._core.model import SINGLETON_NAME, ItemModel, StackDefaults
from pulumi_sre_agent.resources._core.registry import provider_of
from pulumi_sre_agent.review.changes import ABSENT, UNKNOWN, Change, PropertyChange
from pulumi_sre_agent.review.inventory.inventory import AGENT, Inventory, Item
from pulumi_sre_agent.review.verification.checks import Check, Failed, Skipped

GROUP = "declared"
SHOWN = 60
"""Characters of a value in a sentence."""
CONTEXT = 20
"""Characters that are shown before the first that differs."""


def checks(client: Client, agent_id: str, declared: Inventory) -> Iterator[Check]:
    """Yield a check for the agent, for each of its items, and for each role that a stack has given.

    Only what is declared is compared: what a declaration leaves out is not its business, nor are secrets,
    which Azure does not show, nor are other agents of the same stack. Raises nothing.
    """
    for agent in declared.agents:
        if agent.id and ArmId(agent.id) != ArmId(agent_id):
            continue
        if agent.is_whole:
            yield Check(GROUP, f"{AGENT} {agent.name}", _comparison(client, agent, agent_id))
        for item in agent.items:
            yield Check(GROUP, f"{item.kind} {item.name}".rstrip(), _item(client, agent_id, item))
    for item in declared.around("RoleAssignment"):
        if item.id:
            yield Check(GROUP, f"role {item.name}", _comparison(client, item, item.id))


def _item(client: Client, agent_id: str, item: Item) -> Callable[[], str]:
    model = provider_of(item.kind).model
    kind = model.kind if isinstance(model, ItemModel) else None
    id_ = item.id or (item_id(agent_id, kind, item.name or SINGLETON_NAME) if kind else "")
    return _comparison(client, item, id_, agent_id=agent_id)


def _comparison(client: Client, item: Item, id_: str, **place: Any) -> Callable[[], str]:
    def compare() -> str:
        provider: Any = provider_of(item.kind)
        declared = _inputs(provider.model, {**item.properties, **place}, checked=bool(item.urn))
        live = provider.crud_type(provider.model, lambda: client).read(id_, declared)
        if live is None:
            raise Failed("It is not there.")
        differing = provider.model.changed_fields(live[0], declared)
        if differing:
            before = {name: live[0].get(name) for name in differing if live[0].get(name) is not None}
            after = {name: declared.get(name) for name in differing if declared.get(name) is not None}
            changes = Change(urn="a::b::c::d", op="update", before=before, after=after).properties
            raise Failed("; ".join(map(_describe, changes)) + ".")
        return "as declared"

    return compare


def _inputs(model: Any, properties: Json, *, checked: bool) -> Json:
    """Return canonical inputs; those of a state have been checked. Raises `Skipped` for what is not whole."""
    if not _is_whole(properties):
        raise Skipped("It holds what only a deployment knows.")
    known = {name: value for name, value in properties.items() if name in model.fields and value != SECRET}
    if checked:
        return dict(model.inputs(known))
    inputs, errors = model.check({}, known, StackDefaults())
    if errors and not isinstance(model, ItemModel):  # an agent, whose place a program says
        wrong = {error.path[0] for error in errors if error.path}
        inputs = {name: value for name, value in inputs.items() if name not in wrong}
    elif errors:
        raise Skipped(f"A deployment completes it: {errors[0].reason}")
    return dict(inputs)


def _is_whole(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(_is_whole, value.values()))
    return all(map(_is_whole, value)) if isinstance(value, list) else value != UNKNOWN


def _describe(change: PropertyChange) -> str:
    """Say how Azure differs: `before` is what it has."""
    before, after = change.before, change.after
    start = 0
    if isinstance(before, str) and isinstance(after, str):
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
        start = max(0, same - CONTEXT) if max(len(before), len(after)) > SHOWN else 0
    return f"{change.name} is {_excerpt(before, start)}, declared is {_excerpt(after, start)}"


def _excerpt(value: Any, start: int) -> str:
    """Quote a value, long ones from shortly before they differ."""
    if value is ABSENT:
        return "nothing"
    text = str(value)
    cut = text[start : start + SHOWN]
    before, after = "…" if start else "", "…" if start + SHOWN < len(text) else ""
    return repr(f"{before}{cut}{after}")
