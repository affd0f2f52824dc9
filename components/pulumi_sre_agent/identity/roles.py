"""Azure's built-in roles that agents and people have, name to GUID."""

from collections.abc import Mapping
from types import MappingProxyType

PEOPLES_ROLES: Mapping[str, str] = MappingProxyType(
    {
        "SRE Agent Administrator": "e79298df-d852-4c6d-84f9-5d13249d1e55",
        "SRE Agent Standard User": "2d84a65a-63b2-4343-bbb6-31105d857bc1",
        "SRE Agent Reader": "a4b156ac-253f-4a1a-9851-96d62b71b047",
        "SRE Agent Author": "eb64ab4c-23eb-4f63-a9c2-27da365f04e7",
    }
)
"""Built-in roles on an agent, name to GUID (docs/reference/control-plane.md#roles-on-an-agent)."""

READING: Mapping[str, str] = MappingProxyType(
    {
        "Reader": "acdd72a7-3385-48ef-bd42-f606fba81ae7",
        "Log Analytics Reader": "73c42c96-874c-492b-b04d-ab87d138a893",
        "Monitoring Reader": "43d0d8ad-25c7-4714-9337-8ba259a9fe05",
    }
)
"""Roles that an agent needs on everything that it watches.

See docs/reference/control-plane.md#roles-of-the-identity.
"""

ACTING: Mapping[str, str] = MappingProxyType({"Contributor": "b24988ac-6180-42a0-ab88-20f7382dd24c"})
"""Roles that access level `High` adds."""

ALERTING: Mapping[str, str] = MappingProxyType(
    {"Monitoring Contributor": "749f88d5-cbae-40b8-bcfc-e573ddc772fa"}
)
"""Roles that it needs where it reads, acknowledges and closes the alerts of Azure Monitor."""

NAMES: Mapping[str, str] = MappingProxyType(
    {guid: name for table in (PEOPLES_ROLES, READING, ACTING, ALERTING) for name, guid in table.items()}
    | {
        "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
        "f58310d9-a9f6-439a-9e8d-f62e7b41a168": "Role Based Access Control Administrator",
    }
)
"""All of these, and those that let others give roles, GUID to name."""
