"""HTTP triggers: the service keys them by an id of its own, so a name has to be looked for.

See docs/reference/data-plane.md#http-triggers.
"""

from contextlib import suppress

from pulumi_sre_agent.api.collections.collection import Collection, segment
from pulumi_sre_agent.api.errors import Conflict, NotFound
from pulumi_sre_agent.api.kinds import Json, Kind
from pulumi_sre_agent.api.planes.data_plane import DataPlane
from pulumi_sre_agent.api.planes.idempotent_post import post_until_done


class HttpTriggerCollection(Collection):
    """The HTTP triggers of one agent, by name. A spec says `triggerId` and `triggerUrl` besides what was put.

    A name that several triggers bear raises `Conflict`, since nobody can tell which of them is meant.
    """

    def __init__(self, kind: Kind, data: DataPlane) -> None:
        super().__init__(kind)
        self._path = str(kind.data)
        self._data = data

    def get(self, name: str) -> Json:
        trigger_id = self._id_of(name)
        if trigger_id is None:
            raise NotFound(f"{self.kind.title} {name} of {self._data.owner} is not there.", status=404)
        return self._decode(self._data.get(self._at(trigger_id)) or {})

    def put(self, name: str, spec: Json) -> Json:
        trigger_id = self._id_of(name)
        if trigger_id is None:
            return self.create(name, spec)
        return self._set_enabled(self._data.put(self._at(trigger_id), _body(name, spec)), trigger_id, spec)

    def create(self, name: str, spec: Json) -> Json:
        """Make one, and no second one where the answer is lost."""
        path, body = f"{self._path}/create", _body(name, spec)
        trigger = post_until_done(
            self._data, lambda: self._data.post(path, body), lambda: self._id_of(name) is not None
        )
        trigger_id = self._decode(trigger)["triggerId"] if trigger else self._id_of(name)
        return self._set_enabled(None, str(trigger_id), spec)  # the answer holds its address and no more

    def delete(self, name: str) -> None:
        trigger_id = self._id_of(name)
        if trigger_id is not None:
            with suppress(NotFound):
                self._data.delete(self._at(trigger_id))

    def list(self) -> dict[str, Json]:
        """Return every trigger; `{}` under a name that several bear, which `get` tells of."""
        triggers: dict[str, Json] = {}
        for trigger in self._data.list(self._path):
            name = str(trigger.get("name"))
            triggers[name] = {} if name in triggers else self._decode(trigger)
        return triggers

    def _id_of(self, name: str) -> str | None:
        matches = [self._decode(one) for one in self._data.list(self._path) if one.get("name") == name]
        if len(matches) > 1:
            ids = ", ".join(sorted(str(one["triggerId"]) for one in matches))
            raise Conflict(
                f"{len(matches)} HTTP triggers of {self._data.owner} are named {name}: "
                f"delete all but one of {ids}, or give this one another name.",
                status=409,
            )
        return str(matches[0]["triggerId"]) if matches else None

    def _set_enabled(self, stored: Json | None, trigger_id: str, spec: Json) -> Json:
        """Turn a trigger on or off, which its body cannot say, and return it."""
        trigger = self._decode(stored or self._data.get(self._at(trigger_id)) or {})
        if trigger["isEnabled"] == spec.get("isEnabled", True):
            return trigger
        action = "enable" if spec.get("isEnabled", True) else "disable"
        post_until_done(self._data, lambda: self._data.post(f"{self._at(trigger_id)}/{action}"))
        return self._decode(self._data.get(self._at(trigger_id)) or {})

    def _decode(self, trigger: Json) -> Json:
        """Return a trigger in one spelling; a list may leave its address out."""
        trigger_id = trigger.get("triggerId") or trigger.get("id")
        url = f"{self._data.endpoint}{self._path}/trigger/{trigger_id}"
        return {
            **trigger,
            "triggerId": trigger_id,
            "triggerUrl": trigger.get("triggerUrl") or url,
            "isEnabled": trigger.get("isEnabled", trigger.get("enabled", True)),
        }

    def _at(self, trigger_id: str) -> str:
        return f"{self._path}/{segment(trigger_id)}"


def _body(name: str, spec: Json) -> Json:
    return {"name": name, **{member: value for member, value in spec.items() if member != "isEnabled"}}
