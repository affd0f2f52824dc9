"""Times, as people read them."""

import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from pulumi_sre_agent.api.errors import ConfigError

LONGEST_AGE = 6
UNITS = (("d", 86400), ("h", 3600), ("m", 60))


def parse(timestamp: str | None) -> datetime | None:
    """Read a time of the service's, which is UTC where it does not say; None for none, or for the year 1."""
    try:
        moment = datetime.fromisoformat(timestamp or "")
    except ValueError:
        return None
    return None if moment.year == 1 else moment.replace(tzinfo=moment.tzinfo or UTC)


def age(timestamp: str | None) -> str:
    """Say how long ago something was: `now`, `5m`, `3h`, `12d`; empty where that is not known."""
    moment = parse(timestamp)
    if moment is None:
        return ""
    seconds = time.time() - moment.timestamp()
    return next((f"{seconds // size:.0f}{unit}" for unit, size in UNITS if seconds >= size), "now")


def since(text: str, now: datetime) -> datetime:
    """Read how far back to look: `90m`, `24h`, `30d`, or a day or time, which is UTC where it does not say.

    Raises `ConfigError`.
    """
    sizes = dict(UNITS)
    if text[:-1].isdecimal() and text[-1:] in sizes and len(text) <= LONGEST_AGE:
        with suppress(OverflowError):
            return now - timedelta(seconds=int(text[:-1]) * sizes[text[-1]])
    moment = parse(text)
    if moment is None:
        raise ConfigError(
            f"{text!r} says no time: give an age, such as 24h or 30d, or a day, such as 2026-11-01."
        )
    return moment


def clock_time(timestamp: str | None) -> str:
    """Say when something was, in UTC: `2026-11-30 21:07:03`; empty where that is not known."""
    moment = parse(timestamp)
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if moment else ""
