"""Files that an agent keeps as an archive: its memories, and what it knows of a repository."""

import gzip
import io
import tarfile
from collections.abc import Mapping

from pulumi_sre_agent.api.collections.collection import Collection
from pulumi_sre_agent.api.errors import NotFound, Unavailable
from pulumi_sre_agent.api.http.bodies import Content
from pulumi_sre_agent.api.kinds import SYNTHESIZED_KNOWLEDGE, Json, Kind
from pulumi_sre_agent.api.planes.data_plane import DataPlane

ONLY = "default"


class ArchiveCollection(Collection):
    """The archives of one agent: a spec is `{files: {path: text}}`.

    An agent writes files of its own into them, and what becomes of files that an archive sent lacks is not
    published: so what is sent holds all that is there, with the files of the spec put in, and those that the
    spec says are None left out.

    See docs/reference/data-plane.md#workspace-memory.
    """

    def __init__(self, kind: Kind, data: DataPlane) -> None:
        super().__init__(kind)
        self._path = f"{kind.data}/{kind.segment}"
        self._data = data

    def get(self, name: str) -> Json:
        if files := self._files(name):
            return {"files": {path: content.decode(errors="replace") for path, content in files.items()}}
        raise NotFound(f"{self._data.owner} has no {self.kind.title} {name}.", status=404)

    def put(self, name: str, spec: Json) -> Json:
        ours: Mapping[str, str | None] = spec["files"]
        others = {path: content for path, content in self._files(name).items() if path not in ours}
        files = others | {path: text.encode() for path, text in ours.items() if text is not None}
        packed = pack(files)
        content = Content(media_type="application/gzip", length=len(packed), pieces=lambda: iter([packed]))
        self._data.upload(self._path, content, self._query(name))
        return {"files": {path: content.decode(errors="replace") for path, content in files.items()}}

    def delete(self, name: str) -> None:
        """Leave an empty archive, as there is no way to delete one."""
        self.put(name, {"files": dict.fromkeys(self._files(name))})

    def list(self) -> dict[str, Json]:
        """Return the one archive; those of repositories cannot be listed."""
        try:
            return {ONLY: self.get(ONLY)} if self.kind is SYNTHESIZED_KNOWLEDGE else {}
        except NotFound:
            return {}

    def _files(self, name: str) -> dict[str, bytes]:
        try:
            packed = self._data.download(self._path, self._query(name))
        except NotFound:
            return {}
        try:
            return unpack(packed)
        except (tarfile.TarError, EOFError, OSError):
            raise Unavailable(
                f"{self._data.owner} answered with something that is not an archive of {self.kind.title}."
            ) from None

    def _query(self, name: str) -> dict[str, str]:
        return {} if self.kind is SYNTHESIZED_KNOWLEDGE else {"repo": name}


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return a gzip-compressed tar of the files, the same bytes for the same files."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(filename="", fileobj=packed, mode="wb", mtime=0) as squeezed,
        tarfile.open(fileobj=squeezed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for path, content in sorted(files.items()):
            member = tarfile.TarInfo(path)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def unpack(packed: bytes) -> dict[str, bytes]:
    """Return the files of a gzip-compressed tar by their paths. Raises `TarError`, `EOFError`, `OSError`."""
    if not packed:
        return {}
    with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as archive:
        return {
            member.name.removeprefix("./"): file.read()
            for member in archive
            if member.isreg() and (file := archive.extractfile(member))
        }
