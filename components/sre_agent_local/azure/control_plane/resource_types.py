"""Which resource types there are, and in which api-versions: what ARM knows before any provider is asked."""

from dataclasses import dataclass

from sre_agent_local.azure.kinds import CONNECTORS, KINDS

PREVIEW = "2025-05-01-preview"
GENERAL = "2026-01-01"


@dataclass(frozen=True)
class ResourceType:
    """A type and its api-versions, newest last."""

    name: str
    versions: tuple[str, ...]


_RESOURCES = (
    "2016-06-01", "2019-10-01", "2020-01-01", "2020-10-01", "2021-01-01", "2021-04-01", "2022-09-01",
    "2022-12-01", "2023-07-01", "2024-03-01", "2024-07-01", "2024-11-01", "2025-03-01", "2025-04-01",
)  # fmt: skip
_AUTHORIZATION = (
    "2015-07-01", "2018-01-01-preview", "2018-09-01-preview", "2020-04-01-preview", "2020-08-01-preview",
    "2020-10-01-preview", "2022-04-01",
)  # fmt: skip
_LOGIC = ("2015-02-01-preview", "2016-06-01", "2018-07-01-preview", "2019-05-01")
_BOTH = (PREVIEW, GENERAL)
_ITEMS = (kind.control for kind in KINDS if kind is not CONNECTORS)
_SUB_RESOURCES = ("DataConnectors", *_ITEMS, "usages", "dailyusages")
_NETWORK = (
    "2022-07-01", "2023-02-01", "2023-05-01", "2023-09-01", "2023-11-01", "2024-01-01", "2024-03-01",
    "2024-05-01", "2024-07-01", "2024-10-01", "2025-01-01", "2025-03-01", "2025-05-01", "2025-07-01",
)  # fmt: skip
_PRIVATE_DNS = ("2018-09-01", "2020-01-01", "2020-06-01", "2024-06-01")

TYPES = (
    ResourceType("Microsoft.Resources/tenants", _RESOURCES),
    ResourceType("Microsoft.Resources/subscriptions", _RESOURCES),
    ResourceType("Microsoft.Resources/locations", _RESOURCES),
    ResourceType("Microsoft.Resources/deployments", _RESOURCES),
    ResourceType("Microsoft.Resources/tags", _RESOURCES),
    ResourceType("Microsoft.Resources/resourceGroups", _RESOURCES),
    ResourceType("Microsoft.Resources/resourceGroups/resources", _RESOURCES),
    ResourceType("Microsoft.Resources/resources", _RESOURCES),
    ResourceType("Microsoft.Resources/providers", _RESOURCES),
    ResourceType("Microsoft.Resources/operationresults", _RESOURCES),
    ResourceType(
        "Microsoft.ResourceGraph/resources",
        ("2018-09-01-preview", "2019-04-01", "2020-04-01-preview", "2021-03-01", "2022-10-01", "2024-04-01"),
    ),
    ResourceType(
        "Microsoft.ManagedIdentity/userAssignedIdentities",
        (
            "2018-11-30", "2022-01-31-preview", "2023-01-31", "2023-07-31-preview", "2024-11-30",
            "2025-01-31-preview", "2025-05-31-preview",
        ),
    ),
    ResourceType(
        "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials",
        (
            "2022-01-31-preview", "2023-01-31", "2023-07-31-preview", "2024-11-30", "2025-01-31-preview",
            "2025-05-31-preview",
        ),
    ),
    ResourceType("Microsoft.Authorization/locks", ("2015-01-01", "2016-09-01", "2017-04-01", "2020-05-01")),
    ResourceType("Microsoft.Authorization/roleAssignments", _AUTHORIZATION),
    ResourceType("Microsoft.Authorization/roleDefinitions", (*_AUTHORIZATION, "2022-05-01-preview")),
    ResourceType("Microsoft.Authorization/permissions", _AUTHORIZATION),
    ResourceType(
        "Microsoft.OperationalInsights/workspaces",
        (
            "2015-11-01-preview", "2020-03-01-preview", "2020-08-01", "2020-10-01", "2021-06-01",
            "2021-12-01-preview", "2022-10-01", "2023-09-01", "2025-02-01", "2025-07-01",
        ),
    ),
    ResourceType(
        "microsoft.insights/components",
        ("2015-05-01", "2018-05-01-preview", "2020-02-02-preview", "2020-02-02"),
    ),
    ResourceType("microsoft.insights/components/query", ("2018-04-20",)),
    ResourceType("microsoft.insights/diagnosticSettings", ("2017-05-01-preview", "2021-05-01-preview")),
    *(
        ResourceType(f"Microsoft.Network/{kind}", _NETWORK)
        for kind in (
            "virtualNetworks", "virtualNetworks/subnets", "networkSecurityGroups", "natGateways",
            "publicIPAddresses",
        )
    ),
    ResourceType("Microsoft.Network/privateDnsZones", _PRIVATE_DNS),
    ResourceType("Microsoft.Network/privateDnsZones/virtualNetworkLinks", _PRIVATE_DNS),
    ResourceType(
        "microsoft.insights/actionGroups",
        (
            "2018-03-01", "2018-09-01", "2019-03-01", "2019-06-01", "2021-09-01", "2022-04-01", "2022-06-01",
            "2023-01-01", "2023-05-01", "2023-09-01-preview", "2024-10-01-preview",
        ),
    ),
    ResourceType("microsoft.insights/metricAlerts", ("2018-03-01", "2024-03-01-preview")),
    ResourceType(
        "microsoft.insights/scheduledQueryRules",
        (
            "2018-04-16", "2020-05-01-preview", "2021-02-01-preview", "2021-08-01", "2022-06-15",
            "2022-08-01-preview", "2023-03-15-preview", "2023-12-01", "2024-01-01-preview",
            "2025-01-01-preview",
        ),
    ),
    ResourceType(
        "microsoft.insights/activityLogAlerts",
        ("2017-03-01-preview", "2017-04-01", "2020-10-01", "2023-01-01-preview"),
    ),
    ResourceType(
        "microsoft.insights/workbooks",
        ("2018-06-17-preview", "2020-10-20", "2021-03-08", "2021-08-01", "2022-04-01", "2023-06-01"),
    ),
    ResourceType("Microsoft.Logic/workflows", _LOGIC),
    ResourceType("Microsoft.Logic/workflows/triggers", _LOGIC),
    ResourceType(
        "Microsoft.Consumption/budgets",
        (
            "2018-03-31", "2018-06-30", "2018-10-01", "2019-01-01", "2019-05-01", "2019-10-01", "2021-05-01",
            "2021-10-01", "2023-03-01", "2023-05-01", "2023-11-01", "2024-08-01",
        ),
    ),
    ResourceType("Microsoft.App/agents", _BOTH),
    ResourceType("Microsoft.App/agents/connectors", _BOTH),
    ResourceType("Microsoft.App/agentSpaces", (GENERAL,)),
    ResourceType("Microsoft.App/agentSpaces/connectors", (GENERAL,)),
    *(ResourceType(f"Microsoft.App/agents/{kind}", (PREVIEW,)) for kind in _SUB_RESOURCES),
    ResourceType("Microsoft.App/locations/supportedAgentModels", _BOTH),
    ResourceType("Microsoft.App/locations/operationStatuses", _BOTH),
    ResourceType("Microsoft.App/locations/operationResults", _BOTH),
)  # fmt: skip

_BY_NAME = {known.name.lower(): known for known in TYPES}
NAMESPACES = {known.name.split("/")[0].lower(): known.name.split("/")[0] for known in TYPES}


def find(namespace: str, kind: str) -> ResourceType | None:
    return _BY_NAME.get(f"{namespace}/{kind}".lower())
