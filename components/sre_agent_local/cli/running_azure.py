"""A local Azure that answers, asked over HTTP."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi_sre_agent.api.errors import ConfigError, Unavailable

ANSWER_SECONDS = 10.0
HEALTH_SECONDS = 2.0
ARM = "https://management.azure.com"
MSI_VERSION = "2019-08-01"
SUBSCRIPTIONS_VERSION = "2024-03-01"
AGENTS_VERSION = "2025-05-01-preview"


@dataclass(frozen=True, kw_only=True)
class RunningAzure:
    """The address of a local Azure, and what it takes to log in to it."""

    url: str
    pid: int
    identity_header: str = field(repr=False)
    """What `IDENTITY_HEADER` must be for a login."""
    administration_token: str = field(repr=False)
    """What a request to `/_local` must show."""
    log: Path
    https_url: str = ""
    """Where it speaks https; empty where it does not."""
    certificate_authority: Path | None = None
    """What a client has to trust there."""

    def admin(self, method: str, route: str, body: Any = None, *, seconds: float = ANSWER_SECONDS) -> Any:
        """Call an administration route, such as `faults`, with JSON or a text.

        What of an object is None is not sent. Returns the JSON of the response, its text where it has another
        type, or None.
        """
        headers = {"X-Local-Azure-Token": self.administration_token}
        if isinstance(body, dict):
            body = {name: value for name, value in body.items() if value is not None}
        return self._send(method, f"/_local/{route}", body, headers, seconds)

    def agents(self) -> list[str]:
        """Names of all agents in all subscriptions, sorted."""
        login = f"/msi/token?api-version={MSI_VERSION}&resource={ARM}"
        token = self._send("GET", login, headers={"X-IDENTITY-HEADER": self.identity_header})
        headers = {"Authorization": f"Bearer {token['access_token']}"}

        def resources(path: str, version: str) -> Any:
            return self._send("GET", f"{path}?api-version={version}", headers=headers)["value"]

        return sorted(
            agent["name"]
            for subscription in resources("/subscriptions", SUBSCRIPTIONS_VERSION)
            for agent in resources(f"{subscription['id']}/providers/Microsoft.App/agents", AGENTS_VERSION)
        )

    def _send(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        seconds: float = ANSWER_SECONDS,
    ) -> Any:
        import httpx  # noqa: PLC0415 - --help stays quick

        try:
            with httpx.Client(verify=_is_https(self.url), trust_env=False, timeout=seconds) as client:
                content = {"content": body} if isinstance(body, str) else {"json": body}
                response = client.request(method, f"{self.url}{path}", headers=headers, **content)
        except httpx.HTTPError as error:
            raise Unavailable(
                f"The local Azure at {self.url} does not answer ({type(error).__name__}): see {self.log}."
            ) from error
        if response.is_success:
            is_json = response.headers.get("content-type", "").startswith("application/json")
            return (response.json() if is_json else response.text) if response.content else None
        raise ConfigError(f"The local Azure refuses that: {_message(response.text)}")


def health(url: str) -> int | None:
    """Ask who answers at `url`: the pid of a local Azure, or None."""
    import httpx  # noqa: PLC0415 - --help stays quick

    try:
        with httpx.Client(verify=_is_https(url), trust_env=False, timeout=HEALTH_SECONDS) as client:
            return int(client.get(f"{url}/_local/health").json()["pid"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None


def _is_https(url: str) -> bool:
    """Return whether certificates are needed, which take longer to read than an answer to come."""
    return url.startswith("https:")


def _message(body: str) -> str:
    try:
        return str(json.loads(body)["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return body.strip()[:200]
