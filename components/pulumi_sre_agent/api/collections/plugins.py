"""Plugins: marketplaces, and what is installed from them or straight from a repository.

A POST writes and nothing promises that two of one name are one, so each looks whether it arrived before it is
sent again.

See docs/reference/data-plane.md#plugins.
"""

import hashlib

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
SKILLS = "/api/v2/extendedAgent/skills"
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

    def get(self, name: str) -> Json:
        """Return one with what it has brought: the commit, and a SHA-256 of each skill's text."""
        spec = super().get(name)
        if not spec.get("importedSkills"):
            return spec
        skills = {skill: self._sha256(skill) for skill in spec["importedSkills"]}
        return spec | {"pin": {"commit": spec.get("commit"), "skills": skills}}

    def wait_until_ready(self, name: str, spec: Json) -> Json:
        """Return what it brought, too. Raises `OperationFailed` where that is not what it is pinned to."""
        if "spec" in spec and "pin" not in spec:
            return spec
        try:
            brought = self.get(name)
        except NotFound:
            return spec  # under a name of its repository
        if other := _differing_content(spec.get("pin") or {}, brought.get("pin") or {}):
            raise OperationFailed(
                f"{self.kind.title} {name} of {self._data.owner} brought {other} than it is pinned to: look"
                " at what changed, and write the pin anew with `sre-agent lock-plugins` if it is right.",
                status=200,
                message="",
            )
        return spec | {key: value for key, value in brought.items() if key != "pin"}

    def _sha256(self, skill: str) -> str | None:
        try:
            stored = (self._data.get(f"{SKILLS}/{segment(skill)}") or {}).get("properties") or {}
        except NotFound:
            return None
        text = str(stored.get("skillContent") or stored.get("skillMdContent") or "")
        return hashlib.sha256(text.encode()).hexdigest()

    def put(self, name: str, spec: Json) -> Json:
        self._install(name, {key: value for key, value in spec.items() if key != "pin"})
        return spec

    def _install(self, name: str, spec: Json) -> Json:
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


def _differing_content(wanted: Json, found: Json) -> str:
    """Say what an installation brought that it is not pinned to; empty where it is, or is not pinned."""
    if not wanted:
        return ""
    pinned, brought = wanted.get("skills") or {}, found.get("skills") or {}
    if skills := [name for name in sorted({*pinned, *brought}) if pinned.get(name) != brought.get(name)]:
        return f"other content of {', '.join(skills)}"
    commits = wanted.get("commit"), found.get("commit")
    return f"another commit, {commits[1]}," if None not in commits and commits[0] != commits[1] else ""


def _installation(item: Json) -> Json:
    spec = item.get("spec") or {}
    source = {key: spec[key] for key in ("sourceUrl", "pathInRepo") if key in spec}
    about = {**item, **spec}
    if about.get("marketplaceName"):
        source["marketplace"] = about["marketplaceName"]
    if isinstance(brought := about.get("importedSkills"), list):
        source["importedSkills"] = [each.get("skillName") for each in brought if isinstance(each, dict)]
    if about.get("commit"):
        source["commit"] = str(about["commit"]).lower()
    return {**source, "spec": spec}
