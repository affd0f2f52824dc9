"""What an agent's `properties` may say: types, patterns, limits.

Enumerations are open, as the service's are: it stores a mode or a platform that it does not know. What the
reference gives as a rule of the service is refused here; what is only a wish of the portal's is not.

See docs/reference/control-plane.md#properties-of-an-agent, docs/reference/control-plane.md#sandbox.
"""

import ipaddress
import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints

from sre_agent_local.azure.arm_path import ArmPath, is_arm_id
from sre_agent_local.azure.errors import BadRequest, InvalidRequestContent
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.validation import StrictModel, settable_properties
from sre_agent_local.azure.state.settings import LocalSettings

from .network_common import SUBNET
from .resource_types import GENERAL, PREVIEW

READ_ONLY = ("provisioningState", "agentEndpoint", "outboundIpAddresses", "runningState", "powerState")

ONLY_IN = {
    PREVIEW: (
        "monthlyAgentUnitLimit",
        "mcpServers",
        "experimentalSettings",
        "permissions",
        "gitHubConfiguration",
    ),
    GENERAL: ("agentSpaceId", "agentIdentity"),
}
"""Members that one api-version has and the other lacks."""

_RESTRICTED = ("Limited", "AzureVNet")
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"(\*\.(?=[^.]+\.))?{_LABEL}(\.{_LABEL})*")


def _arm_id(value: str) -> str:
    if not is_arm_id(value):
        raise ValueError("is not an ARM id")
    return value


def _subnet_id(value: str) -> str:
    path = ArmPath.parse(value)
    is_subnet = f"{path.namespace}/{path.kind}".lower() == SUBNET.lower() and len(path.rest) == 4
    if not (is_arm_id(value) and is_subnet and path.group):
        raise ValueError("is not the ARM id of a subnet")
    return value


def _host(value: str) -> str:
    if len(value) > 253 or not _HOST.fullmatch(value):
        raise ValueError("is neither a DNS name nor a wildcard such as *.contoso.com")
    return value


def _registry(value: str) -> str:
    if value.lower() not in ("pypi", "npmjs", "nuget-org", "ubuntu"):
        raise ValueError("is not one of pypi, npmjs, nuget-org, ubuntu")
    return value


def _proxy_url(value: str) -> str:
    if value:
        parts = urlsplit(value)
        extras = (
            parts.username or parts.password or parts.query or parts.fragment or parts.path not in ("", "/")
        )
        if parts.scheme != "http" or not parts.hostname or extras or _port(value) in (0, 80, 443):
            raise ValueError("is not http://host[:port] with a port other than 0, 80 and 443")
    return value


def _no_proxy(value: str) -> str:
    host = value.removeprefix("*").removeprefix(".")
    if not host or not (_HOST.fullmatch(host.rsplit(":", 1)[0]) or _is_network(value)):
        raise ValueError("is not a host, a suffix, an address or a network")
    return value


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError:
        return 0


def _is_network(value: str) -> bool:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False
    return True


class InvalidVnetConfiguration(BadRequest):
    """What Microsoft.App says of a subnet that does not suit an agent; no reference names its code."""

    code = "InvalidVnetConfiguration"


ArmId = Annotated[str, AfterValidator(_arm_id)]


class _KnowledgeGraph(StrictModel):
    identity: ArmId | None = None
    managed_resources: list[ArmId] | None = None


class _Action(StrictModel):
    identity: ArmId | None = None
    mode: str | None = None
    access_level: str | None = None


class _ApplicationInsights(StrictModel):
    app_id: str | None = None
    connection_string: str | None = None
    application_insights_resource_id: ArmId | None = None


class _Log(StrictModel):
    application_insights_configuration: _ApplicationInsights | None = None


class _IncidentManagement(StrictModel):
    type: str
    connection_name: str | None = None
    connection_url: str | None = None
    connection_key: str | None = None
    obo_user: str | None = None
    api_connection_name: str | None = None


class _Model(StrictModel):
    provider: str | None = None
    name: str | None = None


class _Vnet(StrictModel):
    subnet_resource_id: Annotated[str, AfterValidator(_subnet_id)] | None = None


class _HttpProxy(StrictModel):
    http_url: Annotated[str, AfterValidator(_proxy_url)] | None = None
    https_url: Annotated[str, AfterValidator(_proxy_url)] | None = None
    no_proxy: list[Annotated[str, AfterValidator(_no_proxy)]] | None = None


class _EgressVnet(StrictModel):
    use_private_dns_resolution: bool | None = None


class _Egress(StrictModel):
    mode: Literal["Unrestricted", "Limited", "AzureVNet"] | None = None
    allow_http_mcp_server_network_access: bool | None = None
    allowed_hosts: Annotated[list[Annotated[str, AfterValidator(_host)]], Field(max_length=100)] | None = None
    allowed_registries: list[Annotated[str, AfterValidator(_registry)]] | None = None
    allowed_code_repositories: list[Literal["Github", "GithubEnterprise", "AzureDevOps", "GitLab"]] | None = (
        None
    )
    http_proxy: _HttpProxy | None = None
    vnet_configuration: _EgressVnet | None = None


class _Package(StrictModel):
    name: Annotated[
        str,
        StringConstraints(
            max_length=214, pattern=r"^@?[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?$"
        ),
    ]
    version: (
        Annotated[str, StringConstraints(max_length=64, pattern=r"^[A-Za-z0-9._+\-~^<>=,*\[\]()]+$")] | None
    ) = None
    package_manager: Literal["pip", "npm", "nuget"]


class _Sandbox(StrictModel):
    egress: _Egress | None = None
    packages: Annotated[list[_Package], Field(max_length=200)] | None = None


class _Repository(StrictModel):
    owner: str
    name: str


class _GitHub(StrictModel):
    repositories: list[_Repository] | None = None
    pat_token_override: str | None = None


class _AgentIdentity(StrictModel):
    enabled: bool | None = None
    client_id: str | None = None
    initial_sponsor_group_id: str


class AgentProperties(StrictModel):
    """`properties` of an agent, without what only the service sets."""

    agent_space_id: ArmId | None = None
    knowledge_graph_configuration: _KnowledgeGraph | None = None
    action_configuration: _Action | None = None
    log_configuration: _Log | None = None
    incident_management_configuration: _IncidentManagement | None = None
    upgrade_channel: str | None = None
    agent_identity: _AgentIdentity | None = None
    default_model: _Model | None = None
    vnet_configuration: _Vnet | None = None
    sandbox_configuration: _Sandbox | None = None
    monthly_agent_unit_limit: Annotated[float, Field(ge=0)] | None = None
    mcp_servers: list[str] | None = None
    experimental_settings: dict[str, bool] | None = None
    permissions: None = None
    git_hub_configuration: _GitHub | None = None


def settable_agent_properties(properties: Json, version: str) -> Json:
    """Return the members that a caller may set, as sent. Raises InvalidRequestContent, BadRequest."""
    check_api_version_members(properties, version)
    settable = settable_properties(AgentProperties, {"properties": properties}, READ_ONLY)
    _check_network(settable)
    return settable


def with_seeded_hosts(before: Json, properties: Json, settings: LocalSettings) -> Json:
    """Return properties with the hosts that Azure allows where egress becomes restricted and none are named.

    See docs/reference/control-plane.md#egress.
    """
    sandbox = properties.get("sandboxConfiguration") or {}
    egress = sandbox.get("egress") or {}
    mode_before = ((before.get("sandboxConfiguration") or {}).get("egress") or {}).get("mode")
    restricts = egress.get("mode") in _RESTRICTED and mode_before not in _RESTRICTED
    if not restricts or egress.get("allowedHosts") is not None:
        return properties
    egress = {**egress, "allowedHosts": [*settings.seeded_hosts]}
    return {**properties, "sandboxConfiguration": {**sandbox, "egress": egress}}


def check_api_version_members(properties: Json, version: str) -> None:
    """Refuse members that only the other api-version has. Raises InvalidRequestContent."""
    other = GENERAL if version == PREVIEW else PREVIEW
    foreign = sorted(set(properties) & set(ONLY_IN[other]))
    if foreign:
        raise InvalidRequestContent(
            f"could not find member '{foreign[0]}' in api-version {version}; {other} has it"
        )


def _check_network(properties: Json) -> None:
    egress = (properties.get("sandboxConfiguration") or {}).get("egress") or {}
    subnet = (properties.get("vnetConfiguration") or {}).get("subnetResourceId")
    if bool(subnet) != (egress.get("mode") == "AzureVNet"):
        raise InvalidVnetConfiguration(
            "vnetConfiguration.subnetResourceId and egress mode 'AzureVNet' need each other: "
            f"the subnet is {'set' if subnet else 'not set'} and the mode is {egress.get('mode')!r}."
        )
    proxy = egress.get("httpProxy")
    if proxy is not None and not (proxy.get("httpUrl") or proxy.get("httpsUrl")):
        raise BadRequest("egress.httpProxy needs an httpUrl or an httpsUrl.", code="InvalidHttpProxy")
