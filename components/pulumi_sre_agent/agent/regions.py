"""Where agents can be: known before anything is made, since what lies around an agent would move with it."""

from typing import Any
from weakref import WeakKeyDictionary

from pulumi import RunError, log
from pulumi.runtime.settings import get_monitor

from pulumi_sre_agent.lookups import get_agent_locations
from pulumi_sre_agent.schema.secrecy import refusal
from pulumi_sre_agent.schema.validation import did_you_mean

# fmt: off
KNOWN = frozenset({
    "australiaeast", "canadacentral", "centralus", "eastasia", "eastus2", "francecentral", "italynorth",
    "japaneast", "koreacentral", "northcentralus", "polandcentral", "southafricanorth", "southcentralus",
    "southeastasia", "spaincentral", "swedencentral", "uksouth", "westcentralus", "westus2", "westus3",
})
# fmt: on
"""Regions that have agents, by November 2026; there may be more, and only Azure knows them.

See docs/reference/control-plane.md#regions.
"""

_warned: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
"""What was warned of, by the engine that a program speaks to, and so by program."""


def validate_location(location: str, subscription_id: str | None) -> str:
    """Return a region, or refuse it where it has no agents; Azure is asked about what is not known.

    Raises `pulumi.RunError`. Where Azure does not tell, a warning says so.
    """
    region = location.replace(" ", "").lower()
    if region in KNOWN:
        return location
    try:
        offered = get_agent_locations(subscription_id)
    except RunError as error:
        hint = did_you_mean(region, sorted(KNOWN))
        _warn_once(f"Whether there can be an agent in {region}{hint} could not be asked: {error}")
        return location
    if offered and region not in offered:
        hint = did_you_mean(region, offered)
        raise refusal(
            f"Azure has no SRE Agents in {region}{hint}: choose a location among {', '.join(offered)}; what"
            " the agent watches may be anywhere."
        )
    return location


def _warn_once(message: str) -> None:
    """Warn, though every agent of a fleet asks."""
    engine = get_monitor()
    told = _warned.setdefault(engine, set()) if engine else set()
    if message not in told:
        told.add(message)
        log.warn(message)
