"""The clouds that Azure has: where ARM is, who gives out tokens, and for which audience."""

from dataclasses import dataclass
from typing import Any

from pulumi_sre_agent.api import versions
from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.api.http.urls import require_origin


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """One cloud."""

    name: str
    resource_manager: str
    authority: str
    audience: str

    @property
    def scope(self) -> str:
        """What to ask a token for, to speak to ARM."""
        return f"{self.audience.rstrip('/')}/.default"


PUBLIC = Cloud(
    name="AzureCloud",
    resource_manager="https://management.azure.com",
    authority="https://login.microsoftonline.com",
    audience="https://management.azure.com",
)
US_GOVERNMENT = Cloud(
    name="AzureUSGovernment",
    resource_manager="https://management.usgovcloudapi.net",
    authority="https://login.microsoftonline.us",
    audience="https://management.usgovcloudapi.net",
)
CHINA = Cloud(
    name="AzureChinaCloud",
    resource_manager="https://management.chinacloudapi.cn",
    authority="https://login.chinacloudapi.cn",
    audience="https://management.chinacloudapi.cn",
)

NAMES = {
    "usgovernment": US_GOVERNMENT,
    "usgov": US_GOVERNMENT,
    "azureusgovernment": US_GOVERNMENT,
    "azureusgovernmentcloud": US_GOVERNMENT,
    "china": CHINA,
    "azurechina": CHINA,
    "azurechinacloud": CHINA,
}

METADATA_PATH = f"/metadata/endpoints?api-version={versions.METADATA}"


def cloud_named(environment: str | None) -> Cloud:
    """Return the cloud of a name; any other name means the public one, as it does to azure-native."""
    return NAMES.get((environment or "").lower(), PUBLIC)


def cloud_from_metadata(host: str, metadata: Any) -> Cloud:
    """Return the cloud that a metadata host describes. Raises `ConfigError` where it describes none."""
    try:
        resource_manager = require_origin(metadata["resourceManager"], f"resourceManager of {host}")
        login = metadata["authentication"]
        audiences = [str(audience).rstrip("/") for audience in login["audiences"]]
        return Cloud(
            name=str(metadata.get("name") or host),
            resource_manager=resource_manager,
            authority=str(login["loginEndpoint"]).rstrip("/"),
            audience=next((a for a in audiences if resource_manager.startswith(a)), audiences[0]),
        )
    except (KeyError, TypeError, IndexError, AttributeError):
        raise ConfigError(
            f"azure-native:metadataHost is {host}, which does not describe a cloud "
            "(resourceManager, authentication.loginEndpoint and .audiences are missing)."
        ) from None
