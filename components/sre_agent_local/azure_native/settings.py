"""Where the local Azure is and who asks it: azure-native's own configuration, held to loopback."""

import functools
import ipaddress
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from .property_values import Json


class ProviderError(Exception):
    """The stand-in will not do this; the text is a sentence for people."""


@dataclass(frozen=True)
class Settings:
    metadata_host: str
    """Origin that answers `/metadata/endpoints`."""
    subscription_id: str
    tenant_id: str
    client_id: str
    location: str

    @classmethod
    def load(cls, config: Mapping[str, object], environ: Mapping[str, str]) -> "Settings":
        """Read `azure-native:<key>` before `ARM_<KEY>`. Raises ProviderError off loopback."""

        def setting(key: str, variable: str = "") -> str:
            return str(config.get(key) or environ.get(variable, ""))

        host = setting("metadataHost", "ARM_METADATA_HOSTNAME")
        return cls(
            metadata_host=loopback(
                host if "://" in host else f"https://{host}",
                "azure-native:metadataHost (or ARM_METADATA_HOSTNAME)",
            ),
            subscription_id=setting("subscriptionId", "ARM_SUBSCRIPTION_ID"),
            tenant_id=setting("tenantId", "ARM_TENANT_ID"),
            client_id=setting("clientId", "ARM_CLIENT_ID"),
            location=setting("location"),
        )


def provider_config(args: Json, variables: Mapping[str, str]) -> dict[str, object]:
    """Join configuration as engines send it: as arguments, or as variables `azure-native:config:<key>`."""
    keys = {key.rpartition(":")[2]: value for key, value in variables.items()}
    return {**keys, **args}


def loopback(url: str, what: str) -> str:
    """Return the origin of a URL on this machine; `ProviderError` for any other."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host != "localhost" and not _is_loopback_address(host):
        raise ProviderError(
            f"This azure-native stands in for the local Azure and speaks to this machine only, but {what} is "
            f"{json.dumps(host)}: for real Azure, use the real Pulumi CLI and azure-native plugin."
        )
    return f"{parts.scheme}://{parts.netloc}"


@functools.cache
def trusted() -> ssl.SSLContext:
    """Return whom httpx trusts; to read all of them takes longer than a request here."""
    return httpx.create_ssl_context(trust_env=False)


def _is_loopback_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
