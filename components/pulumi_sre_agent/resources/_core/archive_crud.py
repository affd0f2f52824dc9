"""Files inside an archive that an agent keeps, and that others write to as well."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any

from pulumi import Input

from pulumi_sre_agent.api.errors import NotFound
from pulumi_sre_agent.schema.annotations import TEXT, Rule
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, error_at, get_path

from .item_crud import ItemCrud
from .listing_cache import Listing

if TYPE_CHECKING:
    from pulumi_sre_agent.api.collections.collection import Collection
    from pulumi_sre_agent.api.kinds import Json

NOT_EMPTY = Rule(lambda files: None if files else "must hold at least one file")
Files = Annotated[Input[dict[str, Annotated[Input[str], TEXT]]], NOT_EMPTY]
"""Text by path; line ends are written as LF."""


def check_paths(inputs: Inputs) -> Iterator[ValidationError]:
    """Demand paths that stay inside the archive, each written in the one way that archives have."""
    files = get_path(inputs, "files")
    for path in files if isinstance(files, Mapping) else ():
        if not path or path.startswith("/") or {"", ".", ".."} & set(path.split("/")):
            tidy = str(PurePosixPath(path)).lstrip("/")
            hint = f", such as {tidy}" if tidy.strip(".") and ".." not in tidy else ""
            yield error_at(("files", path), f"must be a path inside the archive, without . and ..{hint}")


class ArchiveCrud(ItemCrud):
    """The files that the program names are its own; all others in the archive are left alone."""

    def update(self, _id: str, outputs: Mapping[str, Any], inputs: "Json") -> "Json":
        """Write the files, and take out those that the program no longer names."""
        dropped = self._model.inputs_from_outputs(outputs).get("files", {}).keys() - inputs["files"].keys()
        self._write(inputs, inputs["files"] | dict.fromkeys(dropped))
        return inputs

    def delete(self, _id: str, outputs: Mapping[str, Any]) -> None:
        """Take the program's files out of the archive."""
        ours = self._model.inputs_from_outputs(outputs)
        try:
            self._write(ours, dict.fromkeys(ours.get("files", {})))
        except NotFound:
            return  # the agent is gone, and all that was in it

    def _write(self, inputs: Mapping[str, Any], files: Mapping[str, str | None]) -> None:
        self._items(inputs).put(self._model.name_of(inputs), {"files": files})

    def _find_existing(self, items: "Collection", _listing: Listing, inputs: "Json") -> "Json | None":
        """Look at the archive itself: those of repositories cannot be listed."""
        try:
            return items.get(self._model.name_of(inputs))
        except NotFound:
            return None

    def _differing_fields(self, inputs: "Json", spec: "Json") -> list[str]:
        """Compare only files that are there: one that is missing is no reason not to write it."""
        overlap = {path: text for path, text in spec["files"].items() if path in inputs["files"]}
        return super()._differing_fields(inputs, {"files": inputs["files"] | overlap})

    def _must_rewrite(self, _items: "Collection", inputs: "Json", existing: "Json") -> bool:
        return not inputs["files"].keys() <= existing["files"].keys()
