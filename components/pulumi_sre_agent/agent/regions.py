"""Where agents can be: known before anything is made, since what lies around an agent would move with it."""

from pulumi import RunError, log

from pulumi_sre_agent.lookups import get_agent_locations

KNOWN = frozenset({"australiaeast", "canadacentral", "eastus2", "francecentral", "swedencentral", "uksouth"})
"""Regions that have agents; there may be more, and only Azure knows them.

See docs/reference/control-plane.md#regions.
"""


def validate_location(location: str, subscription_id: str | None) -> None:
    """Refuse a region where there are no agents; Azure is asked about what is not known.

    Raises `pulumi.RunError`. Where Azure does not tell, a warning says so.
    """
    region = location.replace(" ", "").lower()
    if region in KNOWN:
        return
    try:
        offered = get_agent_locations(subscription_id)
    except RunError as error:
        log.warn(f"Whether there can be an agent in {region} could not be asked: {error}")
        return
    if offered and region not in offered:
        raise RunError(
            f"Azure has no SRE Agents in {region}: choose a location among {', '.join(offered)}; what the "
            "agent watches may be anywhere."
        )
