"""Virtual networks with what belongs to them, and private DNS.

Of what may be written within another resource, such as a route table within a subnet, the tables name what a
reference to it needs.
"""

from .definition import (
    FIXED_LOCATION,
    GROUP,
    LOCATION,
    NAME_AND_TYPE,
    TAGS,
    Field,
    ListOf,
    ResourceType,
    default_properties,
    object_fields,
    optional_properties,
    property_outputs,
    sub_resources,
)

VERSION = "2024-05-01"
DNS_VERSION = "2024-06-01"
_PROVIDER = GROUP + "/providers/Microsoft.Network"
_REFERENCE = object_fields(id=str)
_SKU = {"sku": Field(shape=object_fields(name=str), at="sku")}
_POOL = {
    "id": Field(shape=str, at="pool.id"),
    "numberOfIpAddresses": Field(shape=str, at="numberOfIpAddresses"),
}
_ADDRESS_SPACE = object_fields(addressPrefixes=ListOf(str), ipamPoolPrefixAllocations=ListOf(_POOL))
_ID = {"id": Field(shape=str, at="id")}
_EXTENDED_LOCATION = {
    "extendedLocation": Field(shape=object_fields(name=str, type=str), at="extendedLocation")
}
_ZONES = {"zones": Field(shape=ListOf(str), at="zones")}
_MADE = {**NAME_AND_TYPE, "etag": "etag", **property_outputs("provisioningState", "resourceGuid")}

_SUBNET_FIELDS = {
    **object_fields(id=str, name=str, type=str),
    **optional_properties(
        addressPrefix=str,
        addressPrefixes=ListOf(str),
        applicationGatewayIPConfigurations=ListOf(
            {**object_fields(id=str, name=str), **optional_properties(subnet=_REFERENCE)}
        ),
        defaultOutboundAccess=bool,
        delegations=ListOf({**object_fields(name=str), **optional_properties(serviceName=str)}),
        ipAllocations=ListOf(_REFERENCE),
        ipamPoolPrefixAllocations=ListOf(_POOL),
        natGateway=_REFERENCE,
        networkSecurityGroup=_REFERENCE,
        routeTable=_REFERENCE,
        serviceEndpointPolicies=ListOf(_REFERENCE),
        serviceEndpoints=ListOf(object_fields(service=str, locations=ListOf(str))),
        sharingScope=str,
    ),
    **default_properties(
        privateEndpointNetworkPolicies="Disabled", privateLinkServiceNetworkPolicies="Enabled"
    ),
}

_PEERING = {
    **object_fields(id=str, name=str, type=str),
    **optional_properties(
        allowForwardedTraffic=bool,
        allowGatewayTransit=bool,
        allowVirtualNetworkAccess=bool,
        doNotVerifyRemoteGateways=bool,
        enableOnlyIPv6Peering=bool,
        localAddressSpace=_ADDRESS_SPACE,
        localSubnetNames=ListOf(str),
        localVirtualNetworkAddressSpace=_ADDRESS_SPACE,
        peerCompleteVnets=bool,
        peeringState=str,
        peeringSyncLevel=str,
        remoteAddressSpace=_ADDRESS_SPACE,
        remoteBgpCommunities=object_fields(virtualNetworkCommunity=str),
        remoteSubnetNames=ListOf(str),
        remoteVirtualNetwork=_REFERENCE,
        remoteVirtualNetworkAddressSpace=_ADDRESS_SPACE,
        useRemoteGateways=bool,
    ),
}

_VIRTUAL_NETWORK = ResourceType(
    token="azure-native:network:VirtualNetwork",  # noqa: S106 - a type token, no password
    path=_PROVIDER + "/virtualNetworks/{virtualNetworkName}",
    api_version=VERSION,
    long_running=("write", "delete"),
    fields={
        **LOCATION,
        **TAGS,
        **_ID,
        **_EXTENDED_LOCATION,
        **optional_properties(
            addressSpace=_ADDRESS_SPACE,
            bgpCommunities=object_fields(virtualNetworkCommunity=str),
            ddosProtectionPlan=_REFERENCE,
            dhcpOptions=object_fields(dnsServers=ListOf(str)),
            encryption=object_fields(enabled=bool, enforcement=str),
            flowTimeoutInMinutes=int,
            ipAllocations=ListOf(_REFERENCE),
            privateEndpointVNetPolicies=str,
        ),
        **default_properties(enableDdosProtection=False, enableVmProtection=False),
        **sub_resources(subnets=_SUBNET_FIELDS, virtualNetworkPeerings=_PEERING),
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
    long_running=("write", "delete"),
    fields=_SUBNET_FIELDS,
    outputs={
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
    long_running=("write", "delete"),
    fields={
        **FIXED_LOCATION,
        **TAGS,
        **_ID,
        **optional_properties(flushConnection=bool),
        **sub_resources(securityRules=_RULE),
    },
    outputs={
        **_MADE,
        "defaultSecurityRules": Field(shape=ListOf(_RULE), at="properties.defaultSecurityRules"),
    },
)

_NAT_GATEWAY = ResourceType(
    token="azure-native:network:NatGateway",  # noqa: S106 - as above
    path=_PROVIDER + "/natGateways/{natGatewayName}",
    api_version=VERSION,
    long_running=("write", "delete"),
    fields={
        **FIXED_LOCATION,
        **TAGS,
        **_ID,
        **_SKU,
        **_ZONES,
        **optional_properties(
            idleTimeoutInMinutes=int,
            publicIpAddresses=ListOf(_REFERENCE),
            publicIpPrefixes=ListOf(_REFERENCE),
        ),
    },
    outputs=_MADE,
)

_PUBLIC_ADDRESS = ResourceType(
    token="azure-native:network:PublicIPAddress",  # noqa: S106 - as above
    path=_PROVIDER + "/publicIPAddresses/{publicIpAddressName}",
    api_version=VERSION,
    long_running=("write", "delete"),
    fields={
        **LOCATION,
        **TAGS,
        **_ZONES,
        **_ID,
        **_EXTENDED_LOCATION,
        "sku": Field(shape=object_fields(name=str, tier=str), at="sku", replaces=True),
        "publicIPAddressVersion": Field(shape=str, at="properties.publicIPAddressVersion", replaces=True),
        "publicIPPrefix": Field(shape=_REFERENCE, at="properties.publicIPPrefix", replaces=True),
        **optional_properties(
            ddosSettings=object_fields(ddosProtectionPlan=_REFERENCE, protectionMode=str),
            deleteOption=str,
            dnsSettings=object_fields(
                domainNameLabel=str, domainNameLabelScope=str, fqdn=str, reverseFqdn=str
            ),
            idleTimeoutInMinutes=int,
            ipAddress=str,
            ipTags=ListOf(object_fields(ipTagType=str, tag=str)),
            linkedPublicIPAddress=_REFERENCE,
            migrationPhase=str,
            natGateway=_REFERENCE,
            publicIPAllocationMethod=str,
            servicePublicIPAddress=_REFERENCE,
        ),
    },
    outputs=_MADE,
)

_ZONE = ResourceType(
    token="azure-native:privatedns:PrivateZone",  # noqa: S106 - as above
    path=_PROVIDER + "/privateDnsZones/{privateZoneName}",
    api_version=DNS_VERSION,
    long_running=("write", "delete"),
    fields={**LOCATION, **TAGS},
    outputs={
        **NAME_AND_TYPE,
        "etag": "etag",
        **property_outputs(
            "internalId",
            "maxNumberOfRecordSets",
            "maxNumberOfVirtualNetworkLinks",
            "maxNumberOfVirtualNetworkLinksWithRegistration",
            "numberOfRecordSets",
            "numberOfVirtualNetworkLinks",
            "numberOfVirtualNetworkLinksWithRegistration",
            "provisioningState",
        ),
    },
)

_ZONE_LINK = ResourceType(
    token="azure-native:privatedns:VirtualNetworkLink",  # noqa: S106 - as above
    path=_PROVIDER + "/privateDnsZones/{privateZoneName}/virtualNetworkLinks/{virtualNetworkLinkName}",
    api_version=DNS_VERSION,
    long_running=("write", "delete"),
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
