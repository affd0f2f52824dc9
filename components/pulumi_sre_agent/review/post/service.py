"""Requests to a code host, by the token that it gives a job."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from pulumi_sre_agent.api.errors import AccessDenied, ConfigError, NotFound
from pulumi_sre_agent.api.http.clock import Clock
from pulumi_sre_agent.api.http.endpoint import Endpoint, GivenToken
from pulumi_sre_agent.api.http.transport import Reply, Transport, open_client
from pulumi_sre_agent.api.http.urls import origin_of, require_origin


class Service:
    """One API and one token. Closes its connections as a context."""

    def __init__(self, base: str, name: str, token: str, headers: Mapping[str, str], clock: Clock) -> None:
        self.clock = clock
        self._headers = headers
        self._transport = Transport(open_client(), clock)
        self._endpoint = Endpoint(base.rstrip("/"), name, plane=None, tokens=GivenToken(token))

    def send(self, method: str, link: str, body: Any = None, *, right: str, **headers: str) -> Reply:
        """Send a request; `right` says what the token needs for it, should it be refused."""
        try:
            return self._transport.send(
                self._endpoint, method, link, body=body, headers={**self._headers, **headers}
            )
        except (AccessDenied, NotFound) as refused:
            refused.args = (f"{str(refused).removesuffix('.')}; {right}.",)
            raise

    def close(self) -> None:
        self._transport.close()


def required(environ: Mapping[str, str], names: Sequence[str], hint: str) -> list[str]:
    """Return the variables of a job. Raises ConfigError that names those which are not set."""
    if missing := [name for name in names if not environ.get(name)]:
        verb = "is" if len(missing) == 1 else "are"
        raise ConfigError(f"{' and '.join(missing)} {verb} not set: {hint}.")
    return [environ[name] for name in names]


def checked_base(url: str, variable: str) -> str:
    """Return the address of an API. Raises ConfigError unless it is https, or on loopback."""
    require_origin(origin_of(url) or url, variable)
    return urlsplit(url)._replace(query="", fragment="").geturl().rstrip("/")
