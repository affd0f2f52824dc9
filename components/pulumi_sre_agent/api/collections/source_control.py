"""How an agent logs in to source code: GitHub by domain, Azure DevOps by organisation.

See docs/reference/data-plane.md#code-logins.
"""

import logging
from typing import Any

from pulumi_sre_agent.api.collections.undocumented import UndocumentedCollection
from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.api.planes.idempotent_post import post_until_done

log = logging.getLogger(__name__)

OAUTH_CONFIG = "/api/v2/github/oauth/config"
AZURE_DEVOPS = "/api/v1/AzureDevOps"


class GitHubDomainCollection(UndocumentedCollection):
    """Domains such as `github.com`. OAuth is somebody's consent at an address, which no API can give."""

    def get(self, name: str) -> Json:
        return _spec(self._data.get(self._at(name)) or {})

    def list(self) -> dict[str, Json]:
        """Ask for each domain too: the list holds only name and kind of login."""
        listed = self._data.list(self._collection)
        names = [str(domain.get("name")).replace("_", ".").lower() for domain in listed]
        return {name: self.get(name) for name in names}

    def put(self, name: str, spec: Json) -> Json:
        if spec["authType"] == "OAuth":
            return spec | {"oauthUrl": self._oauth_url(name)}
        self._data.put(self._at(name), spec)
        return spec

    def _oauth_url(self, name: str) -> str:
        """Return where to consent, and say so: the answer's member is spelled in two ways."""
        config = self._data.get(OAUTH_CONFIG) or {}
        url = str(config.get("oAuthUrl") or config.get("OAuthUrl") or "")
        log.warning("GitHub domain %s of %s: consent at %s", name, self._data.owner, url)
        return url

    def _at(self, name: str) -> str:
        return super()._at(name.replace(".", "_"))


class AzureDevOpsAuthenticationCollection(UndocumentedCollection):
    """Logins by organisation: setting one replaces the former, none can be read or deleted."""

    def put(self, name: str, spec: Json) -> Json:
        route, body = _azure_devops(spec)
        post_until_done(
            self._data, lambda: self._data.post(f"{AZURE_DEVOPS}/{route}", body, {"organization": name})
        )
        return spec

    def delete(self, name: str) -> None:
        self._leave(name)


def _azure_devops(spec: Json) -> tuple[str, Json | None]:
    """Return below which route a login is set, and with what."""
    match spec["authType"]:
        case "Pat":
            return "auth/pat", {"accessToken": spec["accessToken"]}
        case "Entra":
            return "aadauth/complete", {"aadAccessToken": spec["accessToken"]}
    return "auth/mi", None


def _spec(domain: dict[str, Any]) -> Json:
    """Return the members in camelCase: some answers begin them with a capital."""
    return {key[:1].lower() + key[1:]: value for key, value in domain.items() if key.lower() != "name"}
