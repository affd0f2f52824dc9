"""Subscriptions other than the stack's own: azure-native reaches each through a provider of its own."""

from collections.abc import Mapping
from importlib import metadata

from pulumi import Config, ProviderResource, ResourceOptions

PACKAGE = "azure-native"
KEYS = (
    *("environment", "metadataHost", "tenantId", "auxiliaryTenantIds", "disableInstanceDiscovery"),
    *("clientId", "clientSecret", "clientCertificatePath", "clientCertificatePassword"),
    *("useOidc", "oidcToken", "oidcTokenFilePath", "oidcRequestToken", "oidcRequestUrl"),
    *("useMsi", "msiEndpoint", "useDefaultAzureCredential"),
    *("location", "partnerId", "disablePulumiPartnerId"),
)
"""What a stack may say about azure-native besides the subscription.

See docs/reference/azure-native.md#configuration.
"""
SECRET_KEYS = {"clientId", "clientSecret", "clientCertificatePassword", "oidcToken", "oidcRequestToken"}


def provider(name: str, subscription_id: str, opts: ResourceOptions) -> ProviderResource:
    """Make an azure-native provider for a subscription, which logs in as the stack does.

    Engines hand a stack's configuration to default providers only, so it is handed on here; what variables
    say, each provider reads by itself.
    """
    config = Config(PACKAGE)
    settings = {key: config.get_secret(key) if key in SECRET_KEYS else config.get(key) for key in KEYS}
    # Not by the SDK's `Provider`, which wants types: engines and plugins pass configuration on as texts.
    return ProviderResource(
        PACKAGE,
        name,
        {**settings, "subscriptionId": subscription_id},
        ResourceOptions.merge(opts, ResourceOptions(version=metadata.version("pulumi_azure_native"))),
    )


def has_provider(opts: ResourceOptions | None) -> bool:
    """Tell whether options bring a provider for azure-native, themselves or through the parent."""
    if opts is None:
        return False
    others = opts.providers or ()
    providers = [*(others.values() if isinstance(others, Mapping) else others), opts.provider]
    if any(each and each.package == PACKAGE for each in providers):
        return True
    return bool(opts.parent and opts.parent.get_provider(f"{PACKAGE}:resources:ResourceGroup"))
