"""How to log in and where to, read from the same keys and variables as azure-native reads.

See docs/reference/azure-native.md#configuration.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import NamedTuple, Self, cast, get_args

from pulumi_sre_agent.api import stack_file
from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.api.http.urls import require_origin
from pulumi_sre_agent.api.kinds import Plane
from pulumi_sre_agent.api.limits import ROLE_SPREADING

AZURE_CLI = "the Azure CLI"
TRUE = frozenset({"true", "1", "yes"})
FALSE = frozenset({"false", "0", "no", ""})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Whom to log in as, in which cloud, and which hosts may be spoken to. Secrets stay out of `repr`."""

    subscription_id: str | None = None
    tenant_id: str | None = None
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    client_certificate_path: str | None = None
    client_certificate_password: str | None = field(default=None, repr=False)
    use_oidc: bool = False
    oidc_token: str | None = field(default=None, repr=False)
    oidc_token_file_path: str | None = None
    oidc_request_token: str | None = field(default=None, repr=False)
    oidc_request_url: str | None = None
    oidc_audience: str = "api://AzureADTokenExchange"
    use_msi: bool = False
    use_default_azure_credential: bool = False
    auxiliary_tenant_ids: tuple[str, ...] = ()
    disable_instance_discovery: bool = False
    environment: str | None = None
    """Name of the cloud; None leaves it to the Azure CLI, or else means public."""
    metadata_host: str | None = None
    """Origin that describes the cloud, such as `https://management.azure.com`; wins over `environment`."""
    allowed_endpoints: frozenset[str] = frozenset()
    """Origins that an agent's data plane may have besides `https://*.azuresre.ai`."""
    plane: Plane | None = None
    """The plane for kinds that live on both; None: each kind's own default."""
    role_wait: float = ROLE_SPREADING.budget
    """Seconds for which an agent's refusals are waited out: a new role takes minutes to spread."""
    pager_duty: str = "https://api.pagerduty.com"
    """Origin of PagerDuty's REST API; accounts in Europe have `https://api.eu.pagerduty.com`."""
    traceback: bool = False
    """Whether errors keep their Python traceback."""

    def __post_init__(self) -> None:
        origins = (require_origin(origin, "allowed_endpoints") for origin in self.allowed_endpoints)
        object.__setattr__(self, "allowed_endpoints", frozenset(origins))

    @property
    def method(self) -> str:
        """How these settings log in: the first configured method, in azure-native's order."""
        methods = {
            "the default Azure credential": self.use_default_azure_credential,
            "a client certificate": self.client_certificate_path,
            "a client secret": self.client_secret,
            "OIDC": self.use_oidc,
            "a managed identity": self.use_msi,
        }
        return next((method for method, configured in methods.items() if configured), AZURE_CLI)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read variables alone: `ARM_…`, as azure-native does, and `SRE_AGENT_…`.

        Without any it is public Azure, through the Azure CLI's login. Raises `ConfigError` as `load`.
        """
        return cls.load(lambda _key: None, environ)

    @classmethod
    def from_stack(
        cls, stack: str, project: Path | str | None = None, environ: Mapping[str, str] = os.environ
    ) -> Self:
        """Read `Pulumi.<stack>.yaml`, then variables. `project`: its folder, or one below; by default here.

        What the file has encrypted comes from its variable. Raises `ConfigError` where that is not set, where
        there is no such stack, and as `load`.
        """
        root = stack_file.root_of(Path(project) if project is not None else None)
        file = stack_file.read(root, stack)
        return cls.load(file.text, environ)

    @classmethod
    def load(cls, config: Callable[[str], str | None], environ: Mapping[str, str]) -> Self:
        """Read stack config (`config("azure-native:tenantId")`), then variables (`ARM_TENANT_ID`).

        Raises `ConfigError`, naming the key, where a value is malformed.
        """
        source = _Source(config, environ)
        return cls(
            subscription_id=source.text("subscriptionId", "ARM_SUBSCRIPTION_ID"),
            tenant_id=source.text("tenantId", "ARM_TENANT_ID"),
            client_id=source.text("clientId", "ARM_CLIENT_ID"),
            client_secret=source.text("clientSecret", "ARM_CLIENT_SECRET"),
            client_certificate_path=source.text("clientCertificatePath", "ARM_CLIENT_CERTIFICATE_PATH"),
            client_certificate_password=source.text(
                "clientCertificatePassword", "ARM_CLIENT_CERTIFICATE_PASSWORD"
            ),
            use_oidc=source.flag("useOidc", "ARM_USE_OIDC"),
            oidc_token=source.text("oidcToken", "ARM_OIDC_TOKEN"),
            oidc_token_file_path=source.text("oidcTokenFilePath", "ARM_OIDC_TOKEN_FILE_PATH"),
            oidc_request_token=source.text(
                "oidcRequestToken", "ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
            ),
            oidc_request_url=source.text(
                "oidcRequestUrl", "ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL"
            ),
            oidc_audience=source.text("oidcAudience", "ARM_OIDC_AUDIENCE") or cls.oidc_audience,
            use_msi=source.flag("useMsi", "ARM_USE_MSI"),
            use_default_azure_credential=source.flag(
                "useDefaultAzureCredential", "ARM_USE_DEFAULT_AZURE_CREDENTIAL"
            ),
            auxiliary_tenant_ids=source.texts("auxiliaryTenantIds", "ARM_AUXILIARY_TENANT_IDS"),
            disable_instance_discovery=source.flag("disableInstanceDiscovery"),
            environment=source.text("environment", "ARM_ENVIRONMENT", "AZURE_ENVIRONMENT"),
            metadata_host=_metadata_host(source.text("metadataHost", "ARM_METADATA_HOSTNAME")),
            allowed_endpoints=frozenset(
                require_origin(origin, "sre:allowedEndpoints")
                for origin in source.texts("sre:allowedEndpoints", "SRE_AGENT_ALLOWED_ENDPOINTS")
            ),
            plane=source.plane("sre:plane", "SRE_AGENT_PLANE"),
            role_wait=source.seconds("sre:roleWait", "SRE_AGENT_ROLE_WAIT", cls.role_wait),
            pager_duty=require_origin(
                source.text("sre:pagerDuty", "PAGERDUTY_API_HOST") or cls.pager_duty,
                "sre:pagerDuty or PAGERDUTY_API_HOST",
            ),
            traceback=source.flag("sre:traceback", "SRE_AGENT_TRACEBACK"),
        )


class _Source(NamedTuple):
    """Stack config first, then each variable in turn; what is empty counts as not set."""

    config: Callable[[str], str | None]
    environ: Mapping[str, str]

    def text(self, key: str, *variables: str) -> str | None:
        given = next(filter(None, map(self.environ.get, variables)), None)
        try:
            return self.config(_qualified(key)) or given
        except stack_file.EncryptedError as encrypted:
            if given:
                return given
            how = f": set {' or '.join(variables)} in the environment" if variables else ""
            raise ConfigError(f"{encrypted}{how}.") from None

    def flag(self, key: str, *variables: str) -> bool:
        value = (self.text(key, *variables) or "").strip().lower()
        if value not in TRUE | FALSE:
            raise ConfigError(f"{_named(key, *variables)} must be true or false, not {value!r}.")
        return value in TRUE

    def seconds(self, key: str, variable: str, default: float) -> float:
        raw = self.text(key, variable)
        try:
            value = default if raw is None else float(raw)
        except ValueError:
            value = -1.0
        if not 0 <= value < inf:
            raise ConfigError(f"{self.where(key, variable)} must be a number of seconds, not {raw!r}.")
        return value

    def plane(self, key: str, variable: str) -> Plane | None:
        value = self.text(key, variable)
        if value is not None and value not in get_args(Plane):
            raise ConfigError(f'{self.where(key, variable)} must be "data" or "control", not {value!r}.')
        return cast("Plane | None", value)

    def where(self, key: str, variable: str) -> str:
        """Say which of the two a value is from."""
        return _qualified(key) if self.config(_qualified(key)) else variable

    def texts(self, key: str, *variables: str) -> tuple[str, ...]:
        raw = self.text(key, *variables)
        try:
            values = json.loads(raw) if raw else []
        except ValueError:
            values = None
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise ConfigError(f"{_named(key, *variables)} must be a JSON list of strings.")
        return tuple(values)


def _qualified(key: str) -> str:
    return key if ":" in key else f"azure-native:{key}"


def _named(key: str, *variables: str) -> str:
    return " or ".join([_qualified(key), *variables])


def _metadata_host(value: str | None) -> str | None:
    if value is None:
        return None
    return require_origin(value if "://" in value else f"https://{value}", "azure-native:metadataHost")
