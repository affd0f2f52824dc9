"""`agent.json`: what the agent itself is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any, Literal, Required

from typing_extensions import TypedDict

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.directory.diagnostics import Diagnostic, Note
from pulumi_sre_agent.directory.documents.document import Document, Where
from pulumi_sre_agent.directory.formats.file_format import SubstitutionRules
from pulumi_sre_agent.directory.formats.object_reader import CommaList, Reading
from pulumi_sre_agent.directory.substitution.prompts import PROVIDERS
from pulumi_sre_agent.schema import validation
from pulumi_sre_agent.schema.annotations import EnumAliases
from pulumi_sre_agent.schema.choices import AccessLevel, EgressMode, ModelProvider, UpgradeChannel
from pulumi_sre_agent.schema.fields import Field, fields_of
from pulumi_sre_agent.schema.normalization import is_unknown, normalize
from pulumi_sre_agent.schema.rules import APP_INSIGHTS_ID, IDENTITY_ID

AGENT_FILE = "agent.json"
DIALECT = SubstitutionRules(
    prose=frozenset({"_prompts", "_description", "_prerequisites", "_scenario", "_recipe"})
)

_DEAD = ("enableDailyHealthCheckTask", "enableDenyProdDeletesHook", "enableSafetyRulesPrompt")
"""Toggles that the templates pass on and nothing takes (`config-directory.md` sections 3 and 9)."""
_EGRESS = ("sandbox_configuration", "egress")


class _Identity(TypedDict, total=False):
    agent_name: Required[str]
    resource_group: Required[str]
    subscription: str
    location: Required[str]
    target_resource_groups: Annotated[list[str], CommaList()]


class _Access(TypedDict, total=False):
    access_level: Required[AccessLevel]
    action_mode: Required[
        Annotated[Literal["Review", "Automatic", "ReadOnly"], EnumAliases({"autonomous": "Automatic"})]
    ]


class _Toggles(TypedDict, total=False):
    enable_webhook_bridge: bool
    webhook_bridge_trigger_url: str
    enable_daily_health_check_task: bool
    enable_deny_prod_deletes_hook: bool
    enable_safety_rules_prompt: bool


class _Network(TypedDict, total=False):
    type: Annotated[EgressMode, EnumAliases({"vnet": "AzureVNet"})]
    subnet_id: str
    resource_group: str
    vnet_name: str
    subnet_name: str
    subnet_prefix: str
    allowed_hosts: list[str]
    allowed_registries: list[str]
    allowed_code_repositories: list[str]
    allow_http_mcp_server_network_access: bool
    use_private_dns_resolution: bool


class _AgentFile(TypedDict, total=False):
    identity: Required[_Identity]
    access: Required[_Access]
    upgrade_channel: UpgradeChannel
    default_model_provider: Annotated[ModelProvider, EnumAliases(PROVIDERS)]
    default_model_name: str
    monthly_agent_unit_limit: int
    tags: dict[str, str]
    existing_uami_id: Annotated[str, IDENTITY_ID]
    existing_agent_app_insights_id: Annotated[str, APP_INSIGHTS_ID]
    toggles: _Toggles
    network_configuration: _Network
    experimental_settings: dict[str, bool]
    feature_flags: dict[str, Any]


_FILE = Field(dict, members=fields_of(_AgentFile))


@dataclass(frozen=True, kw_only=True)
class NetworkSettings:
    """How the agent reaches the network; None: agent.json does not say."""

    egress_mode: EgressMode
    subnet_id: str | None = None
    """ARM id, also where agent.json gives the virtual network and its resource group instead."""
    subnet_prefix: str | None = None
    """Address range for whoever creates the subnet, such as `10.2.0.0/27`."""
    allowed_hosts: list[str] | None = None
    allowed_registries: list[str] | None = None
    allowed_code_repositories: list[str] | None = None
    allow_http_mcp_server_network_access: bool | None = None
    use_private_dns_resolution: bool | None = None


@dataclass(frozen=True, kw_only=True)
class AgentSettings:
    """What agent.json says, in Azure's spelling (`config-directory.md` section 3); None: it does not say."""

    name: str
    resource_group: str
    location: str
    access_level: AccessLevel
    action_mode: Literal["Review", "Automatic", "ReadOnly"]
    subscription: str | None = None
    target_resource_groups: list[str]
    """Names of groups in the agent's subscription."""
    upgrade_channel: UpgradeChannel | None = None
    model_provider: ModelProvider | None = None
    monthly_agent_unit_limit: int | None = None
    tags: Mapping[str, str]
    existing_identity_id: str | None = None
    """ARM id of a user-assigned identity to use instead of a new one."""
    existing_app_insights_id: str | None = None
    """ARM id of an Application Insights component for the agent's own telemetry."""
    network: NetworkSettings | None = None
    webhook_bridge: bool = False
    """Whether callers without a token are to reach an HTTP trigger through a Logic App."""
    webhook_bridge_trigger_url: str | None = None
    """Address of the trigger behind the bridge; None: that of the directory's own trigger."""
    arguments: Mapping[str, Any]
    """The same as arguments of `resources.Agent`, without what the deployment makes: identity,
    telemetry, managed resources."""


_ARGUMENTS: tuple[tuple[Where, Where], ...] = (
    (("identity", "agent_name"), ("name",)),
    (("identity", "resource_group"), ("resource_group_name",)),
    (("identity", "subscription"), ("subscription_id",)),
    (("identity", "location"), ("location",)),
    (("access", "access_level"), ("action_configuration", "access_level")),
    (("access", "action_mode"), ("action_configuration", "mode")),
    (("upgrade_channel",), ("upgrade_channel",)),
    (("default_model_provider",), ("default_model", "provider")),
    (("default_model_name",), ("default_model", "name")),
    (("experimental_settings",), ("experimental_settings",)),
    (("monthly_agent_unit_limit",), ("monthly_agent_unit_limit",)),
    (("tags",), ("tags",)),
    (("network_configuration", "subnet_id"), ("vnet_configuration", "subnet_resource_id")),
    (("network_configuration", "type"), (*_EGRESS, "mode")),
    (("network_configuration", "allowed_hosts"), (*_EGRESS, "allowed_hosts")),
    (("network_configuration", "allowed_registries"), (*_EGRESS, "allowed_registries")),
    (("network_configuration", "allowed_code_repositories"), (*_EGRESS, "allowed_code_repositories")),
    (
        ("network_configuration", "allow_http_mcp_server_network_access"),
        (*_EGRESS, "allow_http_mcp_server_network_access"),
    ),
    (
        ("network_configuration", "use_private_dns_resolution"),
        (*_EGRESS, "vnet_configuration", "use_private_dns_resolution"),
    ),
)
"""Which value of agent.json is which argument of `resources.Agent`."""


def read_settings(
    document: Document, subscription: str | None
) -> tuple[AgentSettings | None, list[Diagnostic]]:
    """Read agent.json, stamped; `subscription` is where it is deployed if it does not say so itself."""
    reading = Reading(document, blank_is_absent=True)
    file = normalize(_FILE, reading.object(_FILE.members or {}, (), AGENT_FILE))
    rules = (_subnet_is_whole, _subnet_goes_with_its_mode)
    reading.add(validation.validate(_FILE, rules, file), (), file)
    if told := {fault.line for fault in reading.faults}:
        known = len(reading.faults)
        _arguments(reading, file)
        further = (fault for fault in reading.faults[known:] if fault.line not in told)
        return None, [*reading.faults[:known], *further]
    _complete_subnet(reading, file, subscription)
    arguments = _arguments(reading, file)
    return _settings(file, arguments), reading.faults


def notes(document: Document) -> list[Note]:
    """Say which members of agent.json are without effect, in Microsoft's own scripts as here."""
    found = []
    toggles = document.value.get("toggles")
    for toggle in _DEAD:
        if isinstance(toggles, dict) and toggles.get(toggle):
            line = document.line(("toggles", toggle))
            found.append(
                Note(document.file, line, f"{toggle} does nothing: describe what it is to switch on")
            )
    if document.value.get("featureFlags"):
        line = document.line(("featureFlags",))
        found.append(Note(document.file, line, "featureFlags do nothing: experimentalSettings do"))
    return found


def _subnet_is_whole(file: validation.Inputs) -> Iterator[validation.ValidationError]:
    """Want a virtual network named together with its resource group, or not at all."""
    group = validation.get_path(file, "network_configuration", "resource_group")
    network = validation.get_path(file, "network_configuration", "vnet_name")
    if (group is None) != (network is None) and not validation.get_path(
        file, "network_configuration", "subnet_id"
    ):
        path = ("network_configuration", "vnet_name" if group is None else "resource_group")
        yield validation.error_at(path, "needs its companion: give resourceGroup and vnetName, or subnetId")


def _subnet_goes_with_its_mode(file: validation.Inputs) -> Iterator[validation.ValidationError]:
    """Want a subnet, as Azure does, exactly where egress goes through a virtual network."""
    network = validation.get_path(file, "network_configuration")
    if not isinstance(network, Mapping) or is_unknown(network.get("type")):
        return
    named = [key for key in ("subnet_id", "vnet_name") if network.get(key) is not None]
    is_vnet = network.get("type") == "AzureVNet"
    if named and not is_vnet:
        yield validation.error_at(
            ("network_configuration", named[0]), "needs the type AzureVNet, no other egress uses a subnet"
        )
    if is_vnet and not named:
        yield validation.error_at(
            ("network_configuration", "type"), "AzureVNet needs a subnet: give subnetId"
        )


def _complete_subnet(reading: Reading, file: Any, subscription: str | None) -> None:
    """Turn a subnet that is given by names into its id."""
    network = file.get("network_configuration", {})
    if "vnet_name" not in network or "subnet_id" in network:
        return
    where: Where = ("network_configuration", "vnet_name")
    owner = file["identity"].get("subscription") or subscription
    if not owner:
        reading.fault(reading.origins[where], "identity.subscription must say whose virtual network this is")
        return
    group = ArmId.scope(owner, network["resource_group"])
    virtual_network = group.child("providers/Microsoft.Network/virtualNetworks", network["vnet_name"])
    network["subnet_id"] = str(virtual_network.child("subnets", network.get("subnet_name", "agent-subnet")))
    reading.origins["network_configuration", "subnet_id"] = reading.origins[where]


def _arguments(reading: Reading, file: Mapping[str, Any]) -> dict[str, Any]:
    """Collect the arguments that agent.json has for the agent, as the agent's own check accepts them."""
    arguments: dict[str, Any] = {}
    checked = Reading(reading.document, faults=reading.faults)
    for source, target in _ARGUMENTS:
        value = validation.get_path(file, *map(str, source))
        if value is None:
            continue
        holder = arguments
        for step in target[:-1]:
            holder = holder.setdefault(str(step), {})
        holder[str(target[-1])] = value
        checked.origins |= {
            (*target, *way[len(source) :]): where
            for way, where in reading.origins.items()
            if way[: len(source)] == source
        }
    ours = [
        each
        for each in resources.validate("Agent", arguments)
        if each.path[:1] in {way[:1] for way in checked.origins}
    ]
    checked.add(ours, (), arguments)
    return arguments


def _settings(file: Mapping[str, Any], arguments: Mapping[str, Any]) -> AgentSettings:
    identity, access = file["identity"], file["access"]
    return AgentSettings(
        name=identity["agent_name"],
        resource_group=identity["resource_group"],
        location=identity["location"],
        access_level=access["access_level"],
        action_mode=access["action_mode"],
        subscription=identity.get("subscription"),
        target_resource_groups=identity.get("target_resource_groups", []),
        upgrade_channel=file.get("upgrade_channel"),
        model_provider=file.get("default_model_provider"),
        monthly_agent_unit_limit=file.get("monthly_agent_unit_limit"),
        tags=file.get("tags", {}),
        existing_identity_id=file.get("existing_uami_id"),
        existing_app_insights_id=file.get("existing_agent_app_insights_id"),
        network=_network(file.get("network_configuration")),
        webhook_bridge=file.get("toggles", {}).get("enable_webhook_bridge", False),
        webhook_bridge_trigger_url=file.get("toggles", {}).get("webhook_bridge_trigger_url"),
        arguments=arguments,
    )


def _network(network: Mapping[str, Any] | None) -> NetworkSettings | None:
    if network is None:
        return None
    kept = {
        each.name: network.get(each.name) for each in fields(NetworkSettings) if each.name != "egress_mode"
    }
    return NetworkSettings(egress_mode=network.get("type", "Unrestricted"), **kept)
