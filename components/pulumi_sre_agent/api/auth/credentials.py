"""Logging in: the one method that the settings choose, and tokens kept until shortly before they expire.

azure-identity is imported when the first token is asked for: that takes longer than a request.
"""

import importlib
import re
import threading
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.auth.clouds import Cloud
from pulumi_sre_agent.api.errors import ConfigError, SreAgentError, Unavailable
from pulumi_sre_agent.api.http.clock import Clock
from pulumi_sre_agent.api.settings import Settings

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken, TokenCredential

DATA_SCOPES = ("https://azuresre.dev/.default", "59f0a04a-b322-4310-adc9-39ac41e9631e/.default")
"""The data plane's audience: its documented name, then its application id, for tenants that lack it."""

UNKNOWN_AUDIENCE = re.compile(
    r"AADSTS(500011|50001|650057|65001|65002|70011)\b|invalid_resource|invalid_scope"
)
"""What Entra says when a tenant does not know the resource that a token is asked for."""


def import_ahead() -> None:
    """Begin to import azure-identity, for who has to wait for something else first."""
    threading.Thread(target=importlib.import_module, args=("azure.identity",), daemon=True).start()


class UnknownAudience(ConfigError):
    """The tenant does not know the resource that a token was asked for."""


class Login:
    """The chosen credential, made when the first token is asked for. Thread-safe."""

    def __init__(self, settings: Settings, make: "Callable[[], TokenCredential]", clock: Clock) -> None:
        self._settings = settings
        self._make = make
        self._clock = clock
        self._lock = threading.Lock()
        self._credential: TokenCredential | None = None

    def tokens(self, *scopes: str) -> "Tokens":
        """Keep tokens for the first of `scopes` that the tenant knows."""
        return Tokens(self._fetch, scopes, self._clock)

    def close(self) -> None:
        with self._lock:
            close = getattr(self._credential, "close", None)
            self._credential = None
        if close:
            close()

    def _fetch(self, scope: str, fresh: bool) -> "AccessToken":
        """Have the credential make a token; `fresh` goes round the cache that azure-identity keeps in it."""
        from azure.core.exceptions import AzureError, ClientAuthenticationError  # noqa: PLC0415 -- see above

        try:
            with self._lock:
                if fresh or self._credential is None:
                    self._credential = self._make()
                credential = self._credential
            return credential.get_token(scope)
        except ClientAuthenticationError as failure:
            unknown = UNKNOWN_AUDIENCE.search(failure.message)
            raise self._failed(UnknownAudience if unknown else ConfigError, failure.message) from None
        except AzureError as failure:
            raise self._failed(Unavailable, failure.message) from None
        except ValueError as failure:  # how azure-identity refuses malformed settings
            raise self._failed(ConfigError, str(failure)) from None

    def _failed(self, kind: type[SreAgentError], message: str) -> SreAgentError:
        sentence = re.split(r"\.\s|\n", message.strip(), maxsplit=1)[0].rstrip(". ")
        for secret in _secret_values(self._settings):
            sentence = sentence.replace(secret, "***")
        return kind(f"Cannot log in to Azure with {self._settings.method}: {sentence}.")


class Tokens:
    """The current token for one audience. Thread-safe."""

    def __init__(
        self, fetch: "Callable[[str, bool], AccessToken]", scopes: tuple[str, ...], clock: Clock
    ) -> None:
        self._fetch = fetch
        self._scopes = scopes
        self._clock = clock
        self._lock = threading.Lock()
        self._current: AccessToken | None = None
        self._distrusted = False
        self._failed: tuple[float, SreAgentError] | None = None
        """When the last login failed, and how."""

    def token(self) -> str:
        """Return a token with some minutes to live.

        Raises `ConfigError` when the login is refused, `Unavailable` when nobody answers it.
        """
        asked = self._clock.monotonic()
        with self._lock:
            if self._failed and asked < self._failed[0]:
                raise self._failed[1]  # it was waited for, and is not better for being asked again
            current = self._current
            if current is None or current.expires_on - self._clock.wall() < limits.TOKEN_MARGIN:
                try:
                    current = self._current = self._login()
                except SreAgentError as failure:
                    self._failed = (self._clock.monotonic(), failure)
                    raise
                self._distrusted = False
            return current.token

    def discard(self, token: str) -> None:
        """Make the next token a fresh one, unless `token` is no longer the current one."""
        with self._lock:
            if self._current and self._current.token == token:
                self._current = None
                self._distrusted = True

    def _login(self) -> "AccessToken":
        *others, last = self._scopes
        for scope in others:
            try:
                token = self._fetch(scope, self._distrusted)
            except UnknownAudience:
                continue
            self._scopes = (scope,)
            return token
        token = self._fetch(last, self._distrusted)
        self._scopes = (last,)
        return token


def credential_for(settings: Settings, cloud: Cloud, exchange: Callable[[], str]) -> "TokenCredential":
    """Make the credential of the one method that is configured, `settings.method`; there is no second try.

    `exchange` fetches a CI system's OIDC token. Raises `ConfigError` where the method lacks a setting.
    """
    from azure import identity  # noqa: PLC0415 -- see above

    method = settings.method
    shared: dict[str, Any] = {
        "authority": cloud.authority,
        "disable_instance_discovery": settings.disable_instance_discovery
        or settings.metadata_host is not None,
        "additionally_allowed_tenants": list(settings.auxiliary_tenant_ids),
    }
    match method:
        case "the default Azure credential":
            return identity.DefaultAzureCredential(**shared)
        case "a client certificate":
            tenant, client = _application(settings, method)
            path, password = settings.client_certificate_path, settings.client_certificate_password
            return identity.CertificateCredential(tenant, client, path, password=password or None, **shared)
        case "a client secret":
            tenant, client = _application(settings, method)
            return identity.ClientSecretCredential(tenant, client, settings.client_secret or "", **shared)
        case "OIDC":
            tenant, client = _application(settings, method)
            return identity.ClientAssertionCredential(
                tenant, client, _assertion(settings, exchange), **shared
            )
        case "a managed identity":
            return identity.ManagedIdentityCredential(client_id=settings.client_id)
    return identity.AzureCliCredential(
        tenant_id=settings.tenant_id or "",
        subscription=None if settings.tenant_id else settings.subscription_id,
        additionally_allowed_tenants=list(settings.auxiliary_tenant_ids),
        process_timeout=int(limits.AZ_TIMEOUT),
    )


def _application(settings: Settings, method: str) -> tuple[str, str]:
    """Tenant and client id, which every way to log in as an application needs."""
    if not settings.tenant_id or not settings.client_id:
        missing = "azure-native:clientId" if settings.tenant_id else "azure-native:tenantId"
        raise ConfigError(f"{missing} is not set, which logging in with {method} needs.")
    return settings.tenant_id, settings.client_id


def _assertion(settings: Settings, exchange: Callable[[], str]) -> Callable[[], str]:
    """Return what fetches the proof of who we are, anew each time: such tokens live for minutes."""
    if token := settings.oidc_token:
        return lambda: token
    if path := settings.oidc_token_file_path:
        return lambda: _read_token(Path(path))
    if settings.oidc_request_url and settings.oidc_request_token:
        return exchange
    raise ConfigError(
        "azure-native:useOidc is set, but neither azure-native:oidcToken, nor oidcTokenFilePath, nor "
        "oidcRequestUrl with oidcRequestToken (GitHub sets these for jobs with permission id-token: write)."
    )


def _read_token(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as failure:
        raise ConfigError(f"Cannot read the OIDC token from {path}: {failure.strerror}.") from None


def _secret_values(settings: Settings) -> list[str]:
    return [
        str(getattr(settings, f.name)) for f in fields(settings) if not f.repr and getattr(settings, f.name)
    ]
