"""Interrupted operations of a state: looked up in Azure, then imported or cleared."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from .deployment import (
    Json,
    Operation,
    pending_operations,
    references,
    resources_of,
    without_operations,
)
from .lookup import Finding, Lookup

CHANGES = ("updating", "deleting")
"""Operations on what the state has already: it is read anew, so that the next run does what is left."""


class StackEngine(Protocol):
    """What recovery asks of an engine."""

    def export(self) -> Json: ...
    def replace(self, exported: Json) -> None: ...
    def refresh(self, urns: Iterable[str]) -> None: ...


@dataclass(frozen=True)
class Recovered:
    """What has become of one operation."""

    operation: str
    """`creating`, `updating`, `deleting`, `reading` or `importing`."""
    urn: str
    action: str
    """`imported`, `refreshed` or `cleared`."""
    detail: str
    """The id of what was imported, else why."""


def recover(
    engine: StackEngine, lookup: Callable[[list[Json]], Lookup], *, preview: bool = False
) -> list[Recovered]:
    """Settle every pending operation of a stack, and say what was done with each.

    Azure is asked about all of them before anything is changed. Raises `SreAgentError`.
    """
    exported = engine.export()
    operations = pending_operations(exported)
    if not operations:
        return []
    stored = resources_of(exported)
    azure = lookup(stored)
    findings = {
        index: azure.find_created(operation.resource)
        for index, operation in enumerate(operations)
        if operation.type == "creating"
    }
    made = [operations[index].resource for index, finding in findings.items() if finding.id]
    findings = {
        index: _checked(finding, operations[index].resource, stored, made)
        for index, finding in findings.items()
    }
    changing = [each for each in operations if each.type in CHANGES and _is_stored(each, stored)]
    for operation in changing:
        azure.settle(operation.resource)
    if not preview:
        if changing:
            engine.refresh(sorted({operation.urn for operation in changing}))
            exported = engine.export()
        created = {
            finding.id: operations[index].resource for index, finding in findings.items() if finding.id
        }
        if pending_operations(exported):
            engine.replace(without_operations(exported, created))
    return [
        _recovered(operation, findings.get(index), is_changing=operation in changing)
        for index, operation in enumerate(operations)
    ]


def _checked(finding: Finding, resource: Json, stored: list[Json], made: list[Json]) -> Finding:
    """Leave out what something else in the state stands for, and what rests on nothing that there is."""
    twin = next((each["urn"] for each in stored if each.get("id", "").lower() == finding.id.lower()), None)
    if finding.id and twin:
        return Finding(reason=f"{finding.id} is {_name(twin)} in the state already")
    known = {each["urn"] for each in (*stored, *made)}
    if finding.id and not known.issuperset(references(resource)):
        return Finding(reason=f"{finding.id} rests on what the state lacks: delete it by hand")
    return finding


def _is_stored(operation: Operation, stored: list[Json]) -> bool:
    return operation.resource.get("custom", False) and any(each["urn"] == operation.urn for each in stored)


def _recovered(operation: Operation, finding: Finding | None, *, is_changing: bool) -> Recovered:
    action, detail = "cleared", "nothing of it is left to do"
    if finding and finding.id:
        action, detail = "imported", finding.id
    elif finding:
        detail = finding.reason
    elif is_changing:
        action, detail = "refreshed", "the state is as Azure is; the next update does what is left"
    return Recovered(operation.type, operation.urn, action, detail)


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]
