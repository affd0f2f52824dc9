"""The configuration of a stack that deploys to a local Azure."""

from support.azure import SUBSCRIPTION, TENANT, LocalAzure


def stack_config(azure: LocalAzure) -> dict[str, str]:
    """Say what the stack `local` says."""
    return {
        "azure-native:metadataHost": azure.url,
        "azure-native:subscriptionId": SUBSCRIPTION,
        "azure-native:tenantId": TENANT,
        "azure-native:useMsi": "true",
        "azure-native:location": "swedencentral",
        "sre:allowedEndpoints": f'["{azure.url}"]',
        "sre:pagerDuty": azure.url,
    }
