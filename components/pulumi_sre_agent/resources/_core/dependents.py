"""Which items of this run name which others, so that none is deleted from under another.

An engine deletes what a program no longer has after it has compared, created and updated what it has, all in
one provider process; a destroy compares nothing, and so refuses nothing.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.errors import SreAgentError
from pulumi_sre_agent.api.kinds import Kind
from pulumi_sre_agent.schema.references import Reference, references
from pulumi_sre_agent.schema.validation import format_path

from .model import ItemModel


class StillNamedError(SreAgentError):
    """The program has an item that names the one to delete."""


class Dependents:
    """What items under agents name of each other, by the ids of those that name."""

    def __init__(self) -> None:
        self._references: dict[str, tuple[str, list[Reference]]] = {}
        self._declared: set[str] = set()

    def note(self, model: ItemModel, id_: str, inputs: Mapping[str, Any]) -> None:
        """Note what an item names from now on."""
        title = model.display_name(ArmId(id_).name)
        self._references[id_.lower()] = title, [*references(model.args, inputs)]

    def declare(self, ids: Iterable[str]) -> None:
        """Note what the program has: deleted, it is about to be replaced, whatever the engine's reason."""
        self._declared |= {id_.lower() for id_ in ids}

    def refuse(self, model: ItemModel, id_: str) -> None:
        """Raise `StillNamedError` where another item under the same agent names this one."""
        if id_.lower() in self._declared:
            return
        agent, name = ArmId(id_).parent, ArmId(id_).name
        for dependent, (title, found) in dict(self._references).items():
            if dependent == id_.lower() or ArmId(dependent).parent != agent:
                continue
            for reference in found:
                if _names(reference, model.kind, name):
                    raise StillNamedError(
                        f"{model.display_name(name)} is not deleted, since {title} of this program names it"
                        f" in {format_path(reference.path)}: take it out there, or keep the {model.title}"
                    )

    def clear(self) -> None:
        """Begin a new run."""
        self._references.clear()
        self._declared.clear()


def _names(reference: Reference, kind: Kind, name: str) -> bool:
    """Whether a reference says an item's name, and not only something that the item may be meant by."""
    return any(
        target.kind == kind
        and target.may_mistype(reference.value)
        and target.matches(reference.value, [name])
        for target in reference.targets
    )


DEPENDENTS = Dependents()
"""One per process, and so per run, as the claims are."""
