"""One kind of thing under one agent, through either plane. Only this module knows the planes' envelopes."""

import base64
import binascii
import json
from abc import ABC, abstractmethod
from typing import Any, ClassVar
from urllib.parse import quote

from pulumi_sre_agent.api.errors import ApiError, ConfigError, NotFound, Unavailable
from pulumi_sre_agent.api.http.operations import FAILED
from pulumi_sre_agent.api.kinds import Json, Kind
from pulumi_sre_agent.api.planes.control_plane import ControlPlane
from pulumi_sre_agent.api.planes.data_plane import DataPlane
from pulumi_sre_agent.api.versions import AGENT_PREVIEW


class Collection(ABC):
    """The items of one kind. A spec is the item's members in camelCase, without its name.

    What a spec holds is what the plane returns: ARM hides the secrets of connectors, and both planes add
    members that the service sets itself. Errors are those of the plane.
    """

    lists_specs: ClassVar[bool] = True
    """Whether `list` shows every item as `get` does; else one is looked at by its name."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    @abstractmethod
    def get(self, name: str) -> Json:
        """Return the stored spec. Raises `NotFound`."""

    @abstractmethod
    def put(self, name: str, spec: Json) -> Json:
        """Create or replace, and return the spec as stored."""

    def create(self, name: str, spec: Json) -> Json:
        """Make one of a name that is known to be free, and return the spec as stored."""
        return self.put(name, spec)

    def get_existing(self, name: str) -> Json:
        """Return what a `put` would replace, which may be more than `get` shows. Raises `NotFound`."""
        return self.get(name)

    def is_finished(self, spec: Json) -> bool:
        """Whether a spec as listed is of an item that this plane made and that nothing is amiss with."""
        return str(spec.get("provisioningState")).lower() not in FAILED

    def wait_until_ready(self, _name: str, spec: Json) -> Json:
        """Wait until what is stored is of use, as a repository is once it is cloned; return its spec."""
        return spec

    def test(self, _name: str) -> None:
        """Have the service try an item out, if it can. Raises `OperationFailed` with its reason."""
        return

    @abstractmethod
    def delete(self, name: str) -> None:
        """Delete; gone already counts as deleted."""

    @abstractmethod
    def list(self) -> dict[str, Json]:
        """Return every item's spec, by name."""


class ArmCollection(Collection):
    """Through ARM: `properties.value` holds the spec as base64 of JSON; connectors are plain `properties`."""

    def __init__(
        self, kind: Kind, agent_id: str, control: ControlPlane, version: str = AGENT_PREVIEW
    ) -> None:
        super().__init__(kind)
        self._control, self._version = control, version
        self._path = f"{agent_id}/{kind.control}"

    def get(self, name: str) -> Json:
        return self._decode(self._control.get(self._at(name), self._version))[1]

    def put(self, name: str, spec: Json) -> Json:
        plain = {"name": name, **spec} if self._version == AGENT_PREVIEW else spec  # GA does not repeat it
        properties = {"value": encode_spec(plain)} if self.kind.encoded else plain
        body = {"properties": properties}
        return self._decode(self._control.put(self._at(name), self._version, body, redact=plain))[1]

    def delete(self, name: str) -> None:
        self._control.delete(self._at(name), self._version)

    def list(self) -> dict[str, Json]:
        return dict(map(self._decode, self._control.list(self._path, self._version)))

    def _at(self, name: str) -> str:
        return f"{self._path}/{segment(name)}"

    def _decode(self, resource: Json) -> tuple[str, Json]:
        name = str(resource.get("name", "")).rpartition("/")[2]
        properties = resource.get("properties") or {}
        return name, _without_name(
            decode_spec(properties.get("value"), name) if self.kind.encoded else properties
        )


class DataPlaneCollection(Collection):
    """Through the data plane: the envelope `{name, type, tags, properties}`."""

    def __init__(self, kind: Kind, data: DataPlane) -> None:
        super().__init__(kind)
        self._collection = str(kind.data)
        self._data = data

    def get(self, name: str) -> Json:
        return self._decode(self._data.get(self._at(name)))[1]

    def put(self, name: str, spec: Json) -> Json:
        envelope: Json = {"name": name, "type": self.kind.envelope, "tags": [], "properties": spec}
        try:
            stored = self._data.put(self._at(name), envelope)
        except ApiError as refused:
            if refused.status != 405 or not self._holds(name, spec):
                raise
            stored = None  # a 405 that hid a success (docs/reference/data-plane.md#general-behaviour)
        return self._decode(stored)[1] if stored else self.get(name)

    def delete(self, name: str) -> None:
        try:
            self._data.delete(self._at(name))
        except NotFound:
            return

    def list(self) -> dict[str, Json]:
        return dict(map(self._decode, self._data.list(self._collection)))

    def _at(self, name: str) -> str:
        return f"{self._collection}/{segment(name)}"

    def _decode(self, envelope: Json | None) -> tuple[str, Json]:
        if envelope is None or not isinstance(envelope.get("properties"), dict):
            raise Unavailable(
                f"{self._data.endpoint} answered with something that is not {self.kind.with_article}."
            )
        return str(envelope.get("name", "")), _without_name(envelope["properties"])

    def _holds(self, name: str, spec: Json) -> bool:
        try:
            return covers(self.get(name), spec)
        except NotFound:
            return False


def encode_spec(spec: Json) -> str:
    """Wrap a spec as ARM wants it: base64 of UTF-8 JSON."""
    return base64.b64encode(json.dumps(spec, ensure_ascii=False).encode()).decode()


def decode_spec(value: Any, name: str) -> Json:
    """Unwrap, also from the URL-safe alphabet, without padding, or with a byte-order mark."""
    try:
        text = "".join(str(value).split()).replace("-", "+").replace("_", "/").rstrip("=")
        spec = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode("utf-8-sig"))
    except (binascii.Error, ValueError):
        spec = None
    if not isinstance(spec, dict):
        raise Unavailable(f"ARM holds a value for {name} that is not base64 of a JSON object.")
    return spec


def segment(name: str) -> str:
    """Return a name as one segment of a path."""
    if name in {"", ".", ".."}:
        raise ConfigError(f"{name!r} is not a name.")
    return quote(name, safe="")


def covers(stored: Any, sent: Any) -> bool:
    """Tell whether everything sent is stored, whatever the service added to it."""
    if isinstance(sent, dict):
        return isinstance(stored, dict) and all(
            key in stored and covers(stored[key], sent[key]) for key in sent
        )
    if isinstance(sent, list):
        return isinstance(stored, list) and len(stored) == len(sent) and all(map(covers, stored, sent))
    return bool(stored == sent)


def _without_name(spec: Json) -> Json:
    return {key: value for key, value in spec.items() if key != "name"}
