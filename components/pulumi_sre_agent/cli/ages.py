"""Times, as people read them."""

import time
from datetime import UTC, datetime

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


def clock_time(timestamp: str | None) -> str:
    """Say when something was, in UTC: `2026-11-30 21:07:03`; empty where that is not known."""
    moment = parse(timestamp)
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S") if moment else ""
