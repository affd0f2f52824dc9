"""Plugins: marketplaces, and what is installed from them or straight from a repository.

A POST writes and nothing promises that two of one name are one, so each looks whether it arrived before it is
sent again.

See docs/reference/data-plane.md#plugins.
"""

from pulumi_sre_agent.api.collections.collection import covers
from pulumi_sre_agent.api.collections.undocumented import UndocumentedCollection
from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.api.planes.idempotent_post import post_until_done

INSTALL_DIRECT = "/api/v2/plugins/install-direct"


class PluginCollection(UndocumentedCollection):
    """Items as `{metadata: {name}, spec}`, read from the list."""

    def list(self) -> dict[str, Json]:
        return {
            str((item.get("metadata") or {}).get("name")): {"spec": item.get("spec") or {}}
            for item in self._data.list(self._collection)
        }

    def put(self, name: str, spec: Json) -> Json:
        body = {"metadata": {"name": name}, **spec}
        self._post(self._collection, body, name, spec)
        return spec

    def _post(self, path: str, body: Json, name: str, spec: Json) -> None:
        post_until_done(
            self._data,
            lambda: self._data.post(path, body),
            lambda: covers(self.list().get(name, {}), spec),
        )


class PluginInstallationCollection(PluginCollection):
    """What is installed. Straight from a repository, the service names it itself."""

    def list(self) -> dict[str, Json]:
        return {name: _from_repository(item["spec"]) | item for name, item in super().list().items()}

    def put(self, name: str, spec: Json) -> Json:
        if "sourceUrl" not in spec:
            return super().put(name, spec)
        visible = {"sourceUrl": spec["sourceUrl"], "pathInRepo": spec.get("pathInRepo", "")}
        login = {"credentials": {"authMethod": "pat", "pat": spec["pat"]}} if spec.get("pat") else {}
        self._post(INSTALL_DIRECT, visible | login, name, visible)
        return spec


def _from_repository(spec: Json) -> Json:
    return {key: spec[key] for key in ("sourceUrl", "pathInRepo") if key in spec}
