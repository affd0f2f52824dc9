"""Origins and ids: what may be spoken to, and how a resource is called in front of people."""

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit

from pulumi_sre_agent.api.errors import ConfigError

PORTS = {"https": 443, "http": 80}


def origin_of(url: str) -> str | None:
    """Return `scheme://host:port` in one spelling; None where there is none or a user name hides in it."""
    try:
        parts = urlsplit(url)
        default, port = PORTS[parts.scheme], parts.port
    except (ValueError, KeyError):
        return None
    if not parts.hostname or parts.username is not None:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != default else "")


def require_origin(url: str, setting: str) -> str:
    """Return the origin of a configured URL. Raises `ConfigError` unless it is https, or http on loopback."""
    origin = origin_of(url)
    parts = urlsplit(url) if origin else SplitResult("", "", "", "", "")
    if origin is None or parts.path.strip("/") or parts.query or parts.fragment:
        raise ConfigError(f"{setting} must hold hosts or origins such as https://example.net, not {url!r}.")
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise ConfigError(f"{setting} says {url!r}: plain http is for 127.0.0.1 only, write https.")
    return origin


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def where_to_look(url: str) -> str:
    """Say what to do where nobody answers at an address."""
    is_here = is_loopback(urlsplit(url).hostname or "")
    return "start what is to listen there (`sre-agent local start`)" if is_here else "check the network"


def with_query(path: str, parameters: Mapping[str, str]) -> str:
    """Add a query to a path. Raises `ConfigError` where the path brings a query or fragment of its own."""
    if "?" in path or "#" in path:
        raise ConfigError(f"{path!r} is not a path to a resource.")
    return f"{path}?{urlencode(parameters)}" if parameters else path


def with_parameter(link: str, name: str, value: str) -> str:
    """Set one parameter of a link's query."""
    path, _, query = link.partition("?")
    return f"{path}?{urlencode({**dict(parse_qsl(query)), name: value})}"


def with_api_version(link: str, api_version: str) -> str:
    """Add an api-version to a link that names none."""
    query = link.partition("#")[0].partition("?")[2]
    if any(name.lower() == "api-version" for name, _ in parse_qsl(query)):
        return link
    return f"{link}{'&' if query else '?'}api-version={api_version}"
