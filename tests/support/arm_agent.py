"""One agent of the local Azure, as ARM has it."""

from typing import Any

from support.azure import PREVIEW, SUBSCRIPTION, Json, LocalAzure

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-sre"
AGENT = f"{GROUP}/providers/Microsoft.App/agents/sre-one"
SUBNET = f"{GROUP}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/agents"
INSIDE: Json = {
    "vnetConfiguration": {"subnetResourceId": SUBNET},
    "sandboxConfiguration": {"egress": {"mode": "AzureVNet", "allowedHosts": ["a.contoso.com"]}},
}


def properties(azure: LocalAzure, version: str = PREVIEW) -> Json:
    found: Json = azure.arm("GET", AGENT, api_version=version).json()["properties"]
    return found


def patch(azure: LocalAzure, **changes: Any) -> Json:
    """PATCH some properties, wait, and return how it ended."""
    answer = azure.arm("PATCH", AGENT, {"properties": changes})
    assert answer.is_success, answer.text
    return azure.settle(answer)
