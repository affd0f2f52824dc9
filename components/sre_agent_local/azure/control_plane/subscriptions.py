"""The tenant, its subscriptions, and the providers that are registered in each."""

from sre_agent_local.azure.errors import InvalidResourceNamespace
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.kinds import AGENT
from sre_agent_local.azure.state.settings import REGIONS
from sre_agent_local.azure.tokens import TENANT

from . import permissions, resource_types
from .request import ArmRequest, ArmRoute, page


def list_tenants(_: ArmRequest) -> Response:
    return page([{"id": f"/tenants/{TENANT}", "tenantId": TENANT, "displayName": "Local Azure"}])


def list_subscriptions(request: ArmRequest) -> Response:
    return page([_subscription(request, each) for each in request.azure.subscriptions])


def get_subscription(request: ArmRequest) -> Response:
    return Response(200, _subscription(request, request.name.lower()))


def list_locations(request: ArmRequest) -> Response:
    subscription = f"/subscriptions/{request.path.subscription}"
    return page(
        [
            {
                "id": f"{subscription}/locations/{name}",
                "name": name,
                "type": "Region",
                "displayName": title,
                "regionalDisplayName": title,
                "metadata": {"regionType": "Physical", "regionCategory": "Recommended"},
            }
            for name, title in REGIONS.items()
        ]
    )


def list_providers(request: ArmRequest) -> Response:
    return page([_provider(request, namespace) for namespace in sorted(resource_types.NAMESPACES.values())])


def get_provider(request: ArmRequest) -> Response:
    namespace = resource_types.NAMESPACES.get(request.name.lower())
    if namespace is None:
        raise InvalidResourceNamespace(request.name)
    return Response(200, _provider(request, namespace))


def _subscription(request: ArmRequest, id_: str) -> Json:
    return {
        "id": f"/subscriptions/{id_}",
        "subscriptionId": id_,
        "displayName": request.azure.subscriptions[id_],
        "state": "Enabled",
        "tenantId": TENANT,
        "authorizationSource": "RoleBased",
        "subscriptionPolicies": {"quotaId": "PayAsYouGo_2014-09-01", "spendingLimit": "Off"},
    }


def _provider(request: ArmRequest, namespace: str) -> Json:
    is_registered = permissions.is_registered(request.azure, namespace)
    known = [kind for kind in resource_types.TYPES if kind.name.startswith(f"{namespace}/")]
    return {
        "id": f"/subscriptions/{request.path.subscription}/providers/{namespace}",
        "namespace": namespace,
        "registrationState": "Registered" if is_registered else "NotRegistered",
        "registrationPolicy": "RegistrationRequired",
        "resourceTypes": [
            {
                "resourceType": kind.name.split("/", 1)[1],
                "apiVersions": sorted(kind.versions, reverse=True),
                "locations": request.azure.settings.agent_regions if kind.name == AGENT else [],
            }
            for kind in known
        ],
    }


ROUTES = [
    ArmRoute("GET", "Microsoft.Resources/tenants", list_tenants),
    ArmRoute("GET", "Microsoft.Resources/subscriptions", list_subscriptions),
    ArmRoute("GET", "Microsoft.Resources/subscriptions/{}", get_subscription),
    ArmRoute("GET", "Microsoft.Resources/locations", list_locations),
    ArmRoute("GET", "Microsoft.Resources/providers", list_providers),
    ArmRoute("GET", "Microsoft.Resources/providers/{}", get_provider),
]
