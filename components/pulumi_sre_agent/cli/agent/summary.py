"""What commands say of an agent."""

from typing import TYPE_CHECKING, Any

from pulumi_sre_agent.api.arm_id import ArmId

if TYPE_CHECKING:
    from pulumi_sre_agent.api.runtime.agents import FoundAgent

STYLES = {"Running": "green", "Failed": "red", "Canceled": "red", "Autonomous": "yellow", "High": "yellow"}
"""Of words that a reader is to see first."""


def summary(agent: "FoundAgent") -> dict[str, Any]:
    """Return an agent for programs; what Azure does not say is None."""
    properties = agent.properties
    return {
        "id": agent.id,
        "name": agent.name,
        "resourceGroup": agent.resource_group,
        "subscriptionId": agent.subscription_id,
        "location": agent.location,
        "provisioningState": agent.provisioning_state,
        "powerState": agent.power_state,
        "actionMode": agent.action_mode,
        "accessLevel": agent.access_level,
        "incidentPlatform": agent.incident_platform,
        "egressMode": agent.egress_mode,
        "subnetId": agent.subnet_id,
        "outboundIpAddresses": properties.get("outboundIpAddresses"),
        "upgradeChannel": properties.get("upgradeChannel"),
        "defaultModel": properties.get("defaultModel"),
        "monthlyAgentUnitLimit": properties.get("monthlyAgentUnitLimit"),
        "endpoint": agent.endpoint,
        "portalUrl": agent.portal_url,
    }


def state(agent: "FoundAgent") -> str:
    """Say in a word how an agent is: whether it runs, once it is made."""
    made = agent.provisioning_state in {None, "Succeeded"}
    return (agent.power_state if made else agent.provisioning_state) or "unknown"


def network(agent: "FoundAgent") -> str:
    """Say what an agent may reach."""
    egress = agent.egress_mode or "Unrestricted by default"
    if not agent.subnet_id:
        return egress
    subnet = ArmId(agent.subnet_id)
    return f"{egress}, through subnet {subnet.parent.name}/{subnet.name}"


def model(agent: "FoundAgent") -> str:
    chosen = agent.properties.get("defaultModel")
    if not isinstance(chosen, dict):
        return "chosen by Azure"
    return " ".join(str(chosen[key]) for key in ("provider", "name") if chosen.get(key)) or "chosen by Azure"
