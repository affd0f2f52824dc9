"""What managed connectors there are, and which operations each of them has.

See docs/reference/data-plane.md#managed-connectors, docs/reference/assumptions.md#managed-connectors.
"""

from difflib import get_close_matches
from typing import NamedTuple

from pulumi_sre_agent.api.collections.collection import segment
from pulumi_sre_agent.api.errors import ApiError, ConfigError, Unavailable
from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.api.planes.data_plane import DataPlane

BASE = "/api/v2/connectorV2"


class CatalogueEntry(NamedTuple):
    """A managed connector, or an operation of one."""

    name: str
    """What arguments call it."""
    display_name: str
    """How people see it."""
    description: str


def managed_apis(data: DataPlane) -> list[CatalogueEntry]:
    """Return the connectors that an agent can be given, by name."""
    return _entries(data, f"{BASE}/managedApis")


def operations(data: DataPlane, connector: str) -> list[CatalogueEntry]:
    """Return what a connector can do, by name. Raises `NotFound` for one that there is not."""
    return _entries(data, f"{BASE}/connectors/{segment(connector)}/operations")


def check_operations(data: DataPlane, connector: str, chosen: list[str]) -> None:
    """Raise `ConfigError` for an operation that the connector does not have, with the nearest that it has.

    Without a catalogue to look in the service judges: builds that have none answer with 404, or, as any route
    that is not there, with the web page (docs/reference/assumptions.md#managed-connectors).
    """
    try:
        offered = {operation.name for operation in operations(data, connector)}
    except Unavailable:
        return
    except ApiError as refused:
        if refused.status not in {404, 405}:
            raise
        return
    for name in chosen:
        if offered and name not in offered:
            by_lower_case = {each.lower(): each for each in offered}
            close = get_close_matches(name.lower(), by_lower_case, n=1)
            hint = f" (did you mean {by_lower_case[close[0]]!r}?)" if close else ""
            raise ConfigError(
                f"The connector {connector} has no operation {name!r}{hint}: choose among"
                f" {', '.join(sorted(offered))}."
            )


def _entries(data: DataPlane, path: str) -> list[CatalogueEntry]:
    return sorted(_entry(item) for item in data.list(path))


def _entry(item: Json) -> CatalogueEntry:
    about = {**item, **(item.get("properties") or {})}
    name = str(item.get("name") or "")
    display_name = about.get("displayName") or about.get("summary") or name
    return CatalogueEntry(name, str(display_name), str(about.get("description") or ""))
