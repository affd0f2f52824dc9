"""Plugins: marketplaces, and what is installed from them or straight from a repository.

A POST writes and nothing promises that two of one name are one, so each looks whether it arrived before it is
sent again.

See docs/reference/data-plane.md#plugins.
"""

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.collections.collection import covers, segment
from pulumi_sre_agent.api.collections.undocumented import UndocumentedCollection
from pulumi_sre_agent.api.errors import NotFound, OperationFailed
from pulumi_sre_agent.api.http.retry import StillPending, poll
from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.api.planes.idempotent_post import post_until_done
from pulumi_sre_agent.api.secrets import mask

INSTALL_DIRECT = "/api/v2/plugins/install-direct"
MARKETPLACES = "/api/v2/plugins/marketplaces"
FAILED, CLONING = "Failed", "Cloning"


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


class MarketplaceCollection(PluginCollection):
    """Marketplaces, which the service clones once they are written."""

    deletes_installations = False
    """Whether a delete takes along what was installed from it."""

    def wait_until_ready(self, name: str, spec: Json) -> Json:
        """Wait until it is cloned. Raises `OperationFailed` with the service's reason if that fails."""

        def attempt() -> Json:
            shown = (self._data.get(self._at(name)) or {}).get("spec") or {}
            status = shown.get("cloneStatus")
            if status == FAILED:
                reason = mask(" ".join(str(shown.get("cloneError") or "").split()), spec).rstrip(". ")
                why = f": {reason}" if reason else ""
                sentence = f"{self.kind.title} {name} of {self._data.owner} could not be cloned{why}."
                raise OperationFailed(sentence, status=200, message=reason)
            if status == CLONING:
                raise StillPending(status)
            return spec

        what = f"{self.kind.title} {name} of {self._data.owner}"
        return poll(attempt, what=what, deadline=limits.CLONE_DEADLINE, clock=self._data.clock)

    def delete(self, name: str) -> None:
        if not self.deletes_installations:
            super().delete(name)
            return
        try:
            self._data.delete(f"{self._at(name)}?deleteInstallations=true")
        except NotFound:
            return


class PluginInstallationCollection(PluginCollection):
    """What is installed. Straight from a repository, the service names it itself."""

    def list(self) -> dict[str, Json]:
        return {
            str((item.get("metadata") or {}).get("name")): _installation(item)
            for item in self._data.list(self._collection)
        }

    def wait_until_ready(self, name: str, spec: Json) -> Json:
        """Return what it brought with it, too."""
        return spec if "spec" in spec else spec | self.list().get(name, {})

    def put(self, name: str, spec: Json) -> Json:
        if "marketplace" in spec:
            marketplace = f"{MARKETPLACES}/{segment(spec['marketplace'])}"
            self._post(f"{marketplace}/plugins/{segment(name)}/install", {}, name, spec)
            return spec
        if "sourceUrl" not in spec:
            return super().put(name, spec)
        visible = {"sourceUrl": spec["sourceUrl"], "pathInRepo": spec.get("pathInRepo", "")}
        login = {"credentials": {"authMethod": "pat", "pat": spec["pat"]}} if spec.get("pat") else {}
        self._post(INSTALL_DIRECT, visible | login, name, visible)
        return spec


def _installation(item: Json) -> Json:
    spec = item.get("spec") or {}
    source = {key: spec[key] for key in ("sourceUrl", "pathInRepo") if key in spec}
    about = {**item, **spec}
    if about.get("marketplaceName"):
        source["marketplace"] = about["marketplaceName"]
    if isinstance(brought := about.get("importedSkills"), list):
        source["importedSkills"] = [each.get("skillName") for each in brought if isinstance(each, dict)]
    return {**source, "spec": spec}
