"""The arguments of a new network."""

from typing import Any

NEW_NETWORK: Any = {
    "resource_group_name": "rg",
    "location": "swedencentral",
    "virtual_network_name": "vnet",
    "network_security_group_name": "nsg",
    "nat_gateway_name": "ng",
    "public_ip_address_name": "pip",
}
