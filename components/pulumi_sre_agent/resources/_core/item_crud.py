"""The life of what an agent consists of: look, create, read, update, delete through either plane.

Knows nothing of `pulumi.dynamic`; another front end can drive it as well.
"""

from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.errors import NotFound, SreAgentError
from pulumi_sre_agent.api.kinds import Json, Kind, Plane

from .claims import CLAIMS
from .listing_cache import Listing, ListingCache
from .model import ItemModel, has_secrets

if TYPE_CHECKING:
    from pulumi_sre_agent.api.client import Client
    from pulumi_sre_agent.api.collections.collection import Collection

LISTINGS = ListingCache()
"""One per process: the providers of all kinds share it, and so does the agent's, which empties it."""


class AlreadyExists(SreAgentError):
    """Something of that name is there with another content, and nobody said to adopt it."""

    def __init__(self, what: str, differing: list[str]) -> None:
        super().__init__(
            f"{what} already exists and differs in {', '.join(differing)}: set adopt=True to take it over and"
            " make it what the program says, or remove it first"
        )


class ItemCrud:
    """One kind's life under an agent."""

    parent: ClassVar[str] = "agent_id"
    """The argument that holds the ARM id of what the items live under."""
    parent_title: ClassVar[str] = "agent"

    def __init__(self, model: ItemModel, connect: Callable[[], "Client"]) -> None:
        self._model, self._kind, self._connect = model, model.kind, connect

    def ids(self, inputs: Mapping[str, Any]) -> list[str]:
        """Return what the item is in Azure: its id, and that of what would have its place under its name."""
        places = [self._kind, *([self._kind.stored_among] if self._kind.stored_among else [])]
        return [item_id(inputs[self.parent], kind, self._model.name_of(inputs)) for kind in places]

    def create(self, inputs: Json) -> tuple[str, Json]:
        """Create the item, or take over what is there: our own unfinished create, or what `adopt` names."""
        items, name = self._items(inputs), self._model.name_of(inputs)
        listing = LISTINGS.get(self._listing_key(inputs), items.list)
        existing = self._find_existing(items, listing, inputs)
        differing = self._differing_fields(inputs, existing) if existing is not None else []
        others = [field for field in differing if field not in self._fields_written_last(existing or {})]
        if others and not inputs.get("adopt", False) and not CLAIMS.is_released(self.ids(inputs)):
            parent = f"{self.parent_title} {ArmId(inputs[self.parent]).name}"
            raise AlreadyExists(f"{self._model.display_name(name)} of {parent}", others)
        if existing is None or differing or self._must_rewrite(items, inputs, existing):
            # noted, so that a second resource of that name finds it
            write = items.create if existing is None else items.put
            existing = listing[name] = write(name, self._model.to_wire(inputs))
        return item_id(inputs[self.parent], self._kind, name), self._finish_write(
            items, name, existing, inputs
        )

    def find_created(self, inputs: Json) -> str | None:
        """Return the id of what a create with these inputs has made, where it came to its end."""
        name = self._model.name_of(inputs)
        try:
            items = self._items(inputs)
            existing = self._find_existing(items, items.list(), inputs)
        except NotFound:
            return None  # the agent is not there
        if existing is None or self._differing_fields(inputs, existing):
            return None
        return item_id(inputs[self.parent], self._kind, name)

    def read(self, id_: str, outputs: Mapping[str, Any]) -> tuple[Json, Json] | None:
        """Return inputs and outputs as they are now; None where a real 404 says that it is gone."""
        ours = self._model.inputs_from_outputs(outputs)
        try:
            items = self._items({self.parent: str(ArmId(id_).parent), **ours})
        except NotFound:
            return None  # the agent is gone, and all that was in it
        if not self._kind.readable:
            return ours, dict(outputs)
        try:
            spec = items.get(ArmId(id_).name)
        except NotFound:
            return (ours, dict(outputs)) if self._model.may_be_hidden(ours) else None
        inputs = self._model.merge_remote(ours, spec)
        return inputs, inputs | self._model.outputs(spec)

    def update(self, id_: str, _outputs: Mapping[str, Any], inputs: Json) -> Json:
        """Write the whole item; that is how both planes update one."""
        items, name = self._items(inputs), ArmId(id_).name
        return self._finish_write(items, name, items.put(name, self._model.to_wire(inputs)), inputs)

    def delete(self, id_: str, outputs: Mapping[str, Any]) -> None:
        """Delete the item; one that is gone already counts as deleted."""
        inputs = {self.parent: str(ArmId(id_).parent), **self._model.inputs_from_outputs(outputs)}
        try:
            self._items(inputs).delete(ArmId(id_).name)
        except NotFound:
            return  # the agent is gone, and all that was in it
        LISTINGS.forget(self._listing_key(inputs))

    def _fields_written_last(self, _existing: Json) -> frozenset[str]:
        """Return the arguments that a create writes last, where they look as if that was interrupted."""
        return frozenset()

    def _finish_write(self, items: "Collection", name: str, stored: Json, inputs: Json) -> Json:
        """Wait until what is stored is of use, try it out where the program says so, return the outputs."""
        ready = items.wait_until_ready(name, stored)
        if inputs.get("test_connection"):
            items.test(name)
        return inputs | self._model.outputs(ready)

    def _items(self, inputs: Mapping[str, Any]) -> "Collection":
        return self._connect().items(self._kind, inputs[self.parent], self._plane(inputs))

    def _plane(self, inputs: Mapping[str, Any]) -> Plane:
        return "control" if inputs.get("plane", self._kind.default_plane) == "control" else "data"

    def _listing_key(self, inputs: Mapping[str, Any]) -> tuple[Hashable, ...]:
        return (self._connect(), ArmId(inputs[self.parent]), self._kind.name, self._plane(inputs))

    def _find_existing(self, items: "Collection", listing: Listing, inputs: Json) -> Json | None:
        """Return the listed item; it is asked for by name only where the listing speaks against creating."""
        name = self._model.name_of(inputs)
        listed = next((spec for each, spec in listing.items() if each.lower() == name.lower()), None)
        if items.lists_specs and (listed is None or not self._differing_fields(inputs, listed)):
            return listed
        try:
            return items.get_existing(name)
        except NotFound:
            return None

    def _differing_fields(self, inputs: Json, spec: Json) -> list[str]:
        return self._model.changed_fields(self._model.merge_remote(inputs, spec), inputs)

    def _must_rewrite(self, items: "Collection", inputs: Json, existing: Json) -> bool:
        """Whether what looks like ours must be written again: half-made, or with secrets nobody can see."""
        return not items.is_finished(existing) or has_secrets(self._model.root, inputs)


def item_id(agent_id: str, kind: Kind, name: str) -> str:
    """Return the id of an item below its agent."""
    return str(ArmId(agent_id).child(kind.segment, name))
