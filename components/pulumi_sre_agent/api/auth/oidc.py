"""The OIDC token of a CI job, from the address that the CI system tells the job, as GitHub Actions does."""

from urllib.parse import urlencode, urlsplit

from pulumi_sre_agent.api.errors import ApiError, ConfigError
from pulumi_sre_agent.api.http.endpoint import Endpoint, GivenToken
from pulumi_sre_agent.api.http.transport import Transport
from pulumi_sre_agent.api.http.urls import is_loopback, origin_of
from pulumi_sre_agent.api.settings import Settings


def exchange(settings: Settings, transport: Transport) -> str:
    """Ask `oidcRequestUrl` for a token that Entra accepts. Raises `ConfigError` where it gives none."""
    url = settings.oidc_request_url or ""
    origin, parts = origin_of(url), urlsplit(url)
    if origin is None or (parts.scheme != "https" and not is_loopback(parts.hostname or "")):
        raise ConfigError(f"azure-native:oidcRequestUrl must be an https address, not {url!r}.")
    endpoint = Endpoint(origin, tokens=GivenToken(settings.oidc_request_token or ""))
    query = "&".join(filter(None, [parts.query, urlencode({"audience": settings.oidc_audience})]))
    try:
        answer = transport.send(endpoint, "GET", f"{parts.path or '/'}?{query}").object()
    except ApiError as refused:
        raise ConfigError(f"{origin} gave no OIDC token: it answered with {refused.status}.") from None
    value = answer.get("value")
    if not isinstance(value, str) or not value:
        raise ConfigError(f"{origin} gave no OIDC token: its answer has no value.")
    return value
