"""Virtual networks with what belongs to them, and private DNS.

A network's own list of subnets is left out: subnets are resources of their own here, and azure-native lets a
network alone that does not list them.
"""

from .definition import (
    GROUP,
    LOCATION,
    NAME_AND_TYPE,
    TAGS,
    Field,
    ListOf,
    ResourceType,
    object_fields,
    optional_properties,
    property_outputs,
)

VERSION = "2024-05-01"
DNS_VERSION = "2024-06-01"
_PROVIDER = GROUP + "/providers/Microsoft.Network"
_REFERENCE = object_fields(id=str)
_SKU = {"sku": Field(shape=object_fields(name=str), at="sku")}
_ZONES = {"zones": Field(shape=ListOf(str), at="zones")}
_MADE = {**NAME_AND_TYPE, "etag": "etag", **property_outputs("provisioningState", "resourceGuid")}

_VIRTUAL_NETWORK = ResourceType(
    token="azure-native:network:VirtualNetwork",  # noqa: S106 - a type token, no password
    path=_PROVIDER + "/virtualNetworks/{virtualNetworkName}",
    api_version=VERSION,
    fields={
        **LOCATION,
        **TAGS,
        **optional_properties(
            addressSpace=object_fields(addressPrefixes=ListOf(str)),
            dhcpOptions=object_fields(dnsServers=ListOf(str)),
            enableDdosProtection=bool,
            enableVmProtection=bool,
            flowTimeoutInMinutes=int,
        ),
    },
    outputs=_MADE,
)

_LINK = {
    **object_fields(id=str, name=str),
    **optional_properties(linkedResourceType=str, provisioningState=str),
}

_SUBNET = ResourceType(
    token="azure-native:network:Subnet",  # noqa: S106 - as above
    path=_PROVIDER + "/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}",
    api_version=VERSION,
    fields=optional_properties(
        addressPrefix=str,
        addressPrefixes=ListOf(str),
        defaultOutboundAccess=bool,
        delegations=ListOf({**object_fields(name=str), **optional_properties(serviceName=str)}),
        natGateway=_REFERENCE,
        networkSecurityGroup=_REFERENCE,
        privateEndpointNetworkPolicies=str,
        privateLinkServiceNetworkPolicies=str,
        serviceEndpoints=ListOf(object_fields(service=str, locations=ListOf(str))),
        sharingScope=str,
    ),
    outputs={
        "name": "name",
        "etag": "etag",
        "serviceAssociationLinks": Field(shape=ListOf(_LINK), at="properties.serviceAssociationLinks"),
        **property_outputs(
            "ipConfigurations", "privateEndpoints", "provisioningState", "purpose", "resourceNavigationLinks"
        ),
    },
)

_RULE = {
    **object_fields(name=str),
    **optional_properties(
        access=str,
        description=str,
        destinationAddressPrefix=str,
        destinationAddressPrefixes=ListOf(str),
        destinationPortRange=str,
        destinationPortRanges=ListOf(str),
        direction=str,
        priority=int,
        protocol=str,
        sourceAddressPrefix=str,
        sourceAddressPrefixes=ListOf(str),
        sourcePortRange=str,
        sourcePortRanges=ListOf(str),
    ),
}

_SECURITY_GROUP = ResourceType(
    token="azure-native:network:NetworkSecurityGroup",  # noqa: S106 - as above
    path=_PROVIDER + "/networkSecurityGroups/{networkSecurityGroupName}",
    api_version=VERSION,
    fields={**LOCATION, **TAGS, **optional_properties(flushConnection=bool, securityRules=ListOf(_RULE))},
    outputs=_MADE,
)

_NAT_GATEWAY = ResourceType(
    token="azure-native:network:NatGateway",  # noqa: S106 - as above
    path=_PROVIDER + "/natGateways/{natGatewayName}",
    api_version=VERSION,
    fields={
        **LOCATION,
        **TAGS,
        **_SKU,
        **_ZONES,
        **optional_properties(idleTimeoutInMinutes=int, publicIpAddresses=ListOf(_REFERENCE)),
    },
    outputs=_MADE,
)

_PUBLIC_ADDRESS = ResourceType(
    token="azure-native:network:PublicIPAddress",  # noqa: S106 - as above
    path=_PROVIDER + "/publicIPAddresses/{publicIpAddressName}",
    api_version=VERSION,
    fields={
        **LOCATION,
        **TAGS,
        **_ZONES,
        "sku": Field(shape=object_fields(name=str, tier=str), at="sku"),
        **optional_properties(
            idleTimeoutInMinutes=int, publicIPAddressVersion=str, publicIPAllocationMethod=str
        ),
    },
    outputs={**_MADE, **property_outputs("ipAddress")},
)

_ZONE = ResourceType(
    token="azure-native:privatedns:PrivateZone",  # noqa: S106 - as above
    path=_PROVIDER + "/privateDnsZones/{privateZoneName}",
    api_version=DNS_VERSION,
    fields={**LOCATION, **TAGS},
    outputs={**NAME_AND_TYPE, "etag": "etag", **property_outputs("provisioningState")},
)

_ZONE_LINK = ResourceType(
    token="azure-native:privatedns:VirtualNetworkLink",  # noqa: S106 - as above
    path=_PROVIDER + "/privateDnsZones/{privateZoneName}/virtualNetworkLinks/{virtualNetworkLinkName}",
    api_version=DNS_VERSION,
    fields={
        **LOCATION,
        **TAGS,
        **optional_properties(registrationEnabled=bool, resolutionPolicy=str, virtualNetwork=_REFERENCE),
    },
    outputs={
        **NAME_AND_TYPE,
        "etag": "etag",
        **property_outputs("provisioningState", "virtualNetworkLinkState"),
    },
)

NETWORK = (
    _VIRTUAL_NETWORK,
    _SUBNET,
    _SECURITY_GROUP,
    _NAT_GATEWAY,
    _PUBLIC_ADDRESS,
    _ZONE,
    _ZONE_LINK,
)
