"""Where the azure-native types that components here create are in ARM.

Members of a path are inputs of the same name; `subscriptionId` is the provider's.
See docs/reference/azure-native.md#create.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

GROUP = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"
IDENTITY = GROUP + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}"
INSIGHTS = GROUP + "/providers/Microsoft.Insights"
NETWORK = GROUP + "/providers/Microsoft.Network"
VIRTUAL_NETWORK = NETWORK + "/virtualNetworks/{virtualNetworkName}"
ZONE = NETWORK + "/privateDnsZones/{privateZoneName}"

_PATHS = {
    "applicationinsights:Component": INSIGHTS + "/components/{resourceName}",
    "applicationinsights:Workbook": INSIGHTS + "/workbooks/{resourceName}",
    "authorization:ManagementLockByScope": "/{scope}/providers/Microsoft.Authorization/locks/{lockName}",
    "consumption:Budget": "/{scope}/providers/Microsoft.Consumption/budgets/{budgetName}",
    "logic:Workflow": GROUP + "/providers/Microsoft.Logic/workflows/{workflowName}",
    "managedidentity:FederatedIdentityCredential": IDENTITY
    + "/federatedIdentityCredentials/{federatedIdentityCredentialResourceName}",
    "managedidentity:UserAssignedIdentity": IDENTITY,
    "monitor:ActionGroup": INSIGHTS + "/actionGroups/{actionGroupName}",
    "monitor:ActivityLogAlert": INSIGHTS + "/activityLogAlerts/{activityLogAlertName}",
    "monitor:DiagnosticSetting": "/{resourceUri}/providers/Microsoft.Insights/diagnosticSettings/{name}",
    "monitor:MetricAlert": INSIGHTS + "/metricAlerts/{ruleName}",
    "monitor:ScheduledQueryRule": INSIGHTS + "/scheduledQueryRules/{ruleName}",
    "network:NatGateway": NETWORK + "/natGateways/{natGatewayName}",
    "network:NetworkSecurityGroup": NETWORK + "/networkSecurityGroups/{networkSecurityGroupName}",
    "network:PublicIPAddress": NETWORK + "/publicIPAddresses/{publicIpAddressName}",
    "network:Subnet": VIRTUAL_NETWORK + "/subnets/{subnetName}",
    "network:VirtualNetwork": VIRTUAL_NETWORK,
    "operationalinsights:Workspace": GROUP
    + "/providers/Microsoft.OperationalInsights/workspaces/{workspaceName}",
    "privatedns:PrivateZone": ZONE,
    "privatedns:VirtualNetworkLink": ZONE + "/virtualNetworkLinks/{virtualNetworkLinkName}",
    "resources:ResourceGroup": GROUP,
}
PATHS: Mapping[str, str] = {f"azure-native:{token}": path for token, path in _PATHS.items()}
"""By type, as state names it."""

SCOPES = ("scope", "resourceUri")
"""Members of a path that are ids themselves."""
UNESCAPED = "$&+=:@"
"""What stands in a segment of a path as it is, beside letters, digits, and `-._~`."""


def arm_path(type_: str, inputs: Mapping[str, Any], subscription: str) -> str | None:
    """Return the path of what a create with these inputs makes; None where it cannot be told.

    As azure-native: values are escaped, but scopes only lose slashes at their ends. A secret, which stands in
    the state encrypted, is no part of a path.
    """
    values = {
        name: value.strip("/") if name in SCOPES else quote(value, safe=UNESCAPED)
        for name, value in {**inputs, "subscriptionId": subscription}.items()
        if isinstance(value, str)
    }
    try:
        return PATHS[type_].format_map(values)
    except KeyError:
        return None
