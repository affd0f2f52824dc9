"""What tokens come to in units (docs/reference/product.md#units-of-a-month)."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Tokens:
    """What a piece of work takes, in thousands of tokens."""

    input: float
    output: float
    cache_read: float
    cache_write: float

    def units(self, rates: "Tokens") -> float:
        """Return what they come to at rates in units a million tokens."""
        tokens = self.input * rates.input + self.output * rates.output
        caches = self.cache_read * rates.cache_read + self.cache_write * rates.cache_write
        return (tokens + caches) / 1000


QUESTION = Tokens(20, 2, 15, 5)
INCIDENT = Tokens(200, 15, 150, 50)
REPAIR = Tokens(500, 40, 400, 100)

RATES: Mapping[str, Tokens] = {
    "Anthropic": Tokens(100, 500, 10, 125),
    "MicrosoftFoundry": Tokens(35, 280, 3.5, 0),
}
"""Units a million tokens, by provider: of Claude Opus 4.6 and of GPT-5.3-Codex, for want of others."""


@dataclass(frozen=True)
class Range:
    """Units a month, at least and at most."""

    low: float = 0
    high: float = 0

    def __add__(self, other: "Range") -> "Range":
        return Range(self.low + other.low, self.high + other.high)

    def __mul__(self, factor: float) -> "Range":
        return Range(self.low * factor, self.high * factor)

    def __str__(self) -> str:
        low, high = f"{self.low:,.0f}", f"{self.high:,.0f}"
        return low if low == high else f"{low} to {high}"

    def up_to(self, limit: float | None) -> "Range":
        """Return what of it a limit leaves."""
        return self if limit is None else Range(min(self.low, limit), min(self.high, limit))


NOTHING = Range()


def _rates_of(provider: str) -> list[Tokens]:
    """Return the rates that may hold: of a provider, else of all."""
    return [RATES[provider]] if provider in RATES else [*RATES.values()]


def units_of(input_tokens: int, output_tokens: int, provider: str) -> Range:
    """Return what tokens come to where nobody tells how many of them caches took.

    At least: all input came from the cache. At most: caches come on top, as much as in the published profile.
    """
    caches = (INCIDENT.cache_read, INCIDENT.cache_write)
    read, written = (part * input_tokens / INCIDENT.input for part in caches)
    least = Tokens(0, output_tokens / 1000, input_tokens / 1000, 0)
    most = Tokens(input_tokens / 1000, output_tokens / 1000, read / 1000, written / 1000)
    return between(least, most, provider)


def between(least: Tokens, most: Tokens, provider: str) -> Range:
    """Return what a piece of work takes, by the rates that may hold."""
    rates = _rates_of(provider)
    return Range(min(map(least.units, rates)), max(map(most.units, rates)))
