"""One service behind one base address: where its paths lead, and whose its tokens are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import unquote, urljoin, urlsplit

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.errors import ConfigError, Unavailable
from pulumi_sre_agent.api.http.urls import origin_of
from pulumi_sre_agent.api.kinds import Plane


class TokenSource(Protocol):
    """Where an endpoint's tokens come from."""

    def token(self) -> str: ...

    def discard(self, token: str) -> None:
        """Have the next call of `token` fetch a fresh one, unless that already happened."""
        ...


@dataclass(frozen=True)
class GivenToken:
    """The one token that somebody gave us for a service."""

    value: str

    def token(self) -> str:
        return self.value

    def discard(self, token: str) -> None:
        """There is no other."""


@dataclass(frozen=True)
class Endpoint:
    """One service behind one base address; its tokens go nowhere else."""

    base: str
    """Origin and path prefix, without a trailing slash."""
    name: str = ""
    """What the service belongs to, such as `agent a`; empty for ARM, whose ids name everything."""
    plane: Plane | None = "control"
    """None for a service beside Azure, whose refusals mean what it says itself."""
    tokens: TokenSource | None = None
    access_age: Callable[[], float | None] = lambda: None
    """How many seconds ago somebody was last given access to the service; None where that is not known."""

    def url(self, link: str) -> str:
        """Return the absolute address of a path below the base, or of a link that the service sent.

        Raises `ConfigError` for a path that is not plain, `Unavailable` for a link that leads elsewhere.
        """
        try:
            is_path = link.startswith("/") and not link.startswith("//")
            url = self.base + link if is_path else urljoin(f"{self.base}/", link)
            path = urlsplit(url).path
        except ValueError:  # such as a host in brackets
            raise Unavailable(f"{self.base} answered with a link that is no address.") from None
        if {".", ".."} & set(path.split("/")):
            raise ConfigError(f"{path!r} is not a path to a resource.")
        if origin_of(url) != origin_of(self.base) or not path.startswith(f"{urlsplit(self.base).path}/"):
            raise Unavailable(
                f"{self.base} answered with a link to {origin_of(url)}, which was not followed."
            )
        return url

    def describe(self, url: str) -> str:
        """Call what is at an address of this service as people call it."""
        path = unquote(urlsplit(url).path)
        if self.plane == "control":
            return ArmId(path).short_name
        below = path.removeprefix(urlsplit(self.base).path)
        if self.plane is None:
            return f"{below.strip('/')} of {self.name}"
        return f"{below.removeprefix('/api/v2').removeprefix('/extendedAgent').strip('/')} of {self.name}"
