"""`agent.json`: what the agent itself is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Required

from typing_extensions import TypedDict

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.directory.diagnostics import Diagnostic, Note
from pulumi_sre_agent.directory.documents.document import Document
from pulumi_sre_agent.directory.formats.file_format import SubstitutionRules
from pulumi_sre_agent.directory.formats.object_reader import CommaList, ObjectReader
from pulumi_sre_agent.directory.substitution.prompts import PROVIDERS
from pulumi_sre_agent.schema import validation
from pulumi_sre_agent.schema.annotations import Annotation, EnumAliases
from pulumi_sre_agent.schema.choices import AccessLevel, EgressMode, ModelProvider, UpgradeChannel
from pulumi_sre_agent.schema.fields import Field, fields_of
from pulumi_sre_agent.schema.normalization import is_unknown, normalize
from pulumi_sre_agent.schema.rules import APP_INSIGHTS_ID, IDENTITY_ID
from pulumi_sre_agent.schema.validation import FieldPath

AGENT_FILE = "agent.json"
RULES = SubstitutionRules(
    literal_fields=frozenset({"_prompts", "_description", "_prerequisites", "_scenario", "_recipe"})
)

_DEAD = ("enableDailyHealthCheckTask", "enableDenyProdDeletesHook", "enableSafetyRulesPrompt")
"""Toggles that the templates pass on and nothing takes (docs/reference/directory-format.md#agent-file)."""


class ArgumentOf(Annotation):
    """The member is an argument of `resources.Agent`, at this path."""

    def __init__(self, *path: str) -> None:
        self.path = path


def _egress(*path: str) -> ArgumentOf:
    return ArgumentOf("sandbox_configuration", "egress", *path)


class _Identity(TypedDict, total=False):
    agent_name: Required[Annotated[str, ArgumentOf("name")]]
    resource_group: Required[Annotated[str, ArgumentOf("resource_group_name")]]
    subscription: Annotated[str, ArgumentOf("subscription_id")]
    location: Required[Annotated[str, ArgumentOf("location")]]
    target_resource_groups: Annotated[list[str], CommaList()]


class _Access(TypedDict, total=False):
    access_level: Required[Annotated[AccessLevel, ArgumentOf("action_configuration", "access_level")]]
    action_mode: Required[
        Annotated[
            Literal["Review", "Automatic", "ReadOnly"],
            EnumAliases({"autonomous": "Automatic"}),
            ArgumentOf("action_configuration", "mode"),
        ]
    ]


class _Toggles(TypedDict, total=False):
    enable_webhook_bridge: bool
    webhook_bridge_trigger_url: str
    enable_daily_health_check_task: bool
    enable_deny_prod_deletes_hook: bool
    enable_safety_rules_prompt: bool


class _Network(TypedDict, total=False):
    type: Annotated[EgressMode, EnumAliases({"vnet": "AzureVNet"}), _egress("mode")]
    subnet_id: Annotated[str, ArgumentOf("vnet_configuration", "subnet_resource_id")]
    resource_group: str
    vnet_name: str
    subnet_name: str
    subnet_prefix: str
    allowed_hosts: Annotated[list[str], _egress("allowed_hosts")]
    allowed_registries: Annotated[list[str], _egress("allowed_registries")]
    allowed_code_repositories: Annotated[list[str], _egress("allowed_code_repositories")]
    allow_http_mcp_server_network_access: Annotated[bool, _egress("allow_http_mcp_server_network_access")]
    use_private_dns_resolution: Annotated[bool, _egress("vnet_configuration", "use_private_dns_resolution")]


class _AgentFile(TypedDict, total=False):
    identity: Required[_Identity]
    access: Required[_Access]
    upgrade_channel: Annotated[UpgradeChannel, ArgumentOf("upgrade_channel")]
    default_model_provider: Annotated[
        ModelProvider, EnumAliases(PROVIDERS), ArgumentOf("default_model", "provider")
    ]
    default_model_name: Annotated[str, ArgumentOf("default_model", "name")]
    monthly_agent_unit_limit: Annotated[int, ArgumentOf("monthly_agent_unit_limit")]
    tags: Annotated[dict[str, str], ArgumentOf("tags")]
    existing_uami_id: Annotated[str, IDENTITY_ID]
    existing_agent_app_insights_id: Annotated[str, APP_INSIGHTS_ID]
    toggles: _Toggles
    network_configuration: _Network
    experimental_settings: Annotated[dict[str, bool], ArgumentOf("experimental_settings")]
    feature_flags: dict[str, Any]


_FILE = Field(dict, members=fields_of(_AgentFile))


@dataclass(frozen=True, kw_only=True)
class AgentSettings:
    """What agent.json says, in Azure's spelling (docs/reference/directory-format.md#agent-file)."""

    arguments: Mapping[str, Any]
    """Arguments of `resources.Agent`, without what the deployment makes: identity, telemetry, managed
    resources."""
    lines: Mapping[FieldPath, int] = field(default_factory=dict, compare=False, repr=False)
    """Where the arguments are written in agent.json."""
    target_resource_groups: Sequence[str] = ()
    """Names of groups in the agent's subscription."""
    existing_identity_id: str | None = None
    """ARM id of a user-assigned identity to use instead of a new one."""
    existing_app_insights_id: str | None = None
    """ARM id of an Application Insights component for the agent's own telemetry."""
    webhook_bridge: bool = False
    """Whether callers without a token are to reach an HTTP trigger through a Logic App."""
    webhook_bridge_trigger_url: str | None = None
    """Address of the trigger behind the bridge; None: that of the directory's own trigger."""

    @property
    def name(self) -> str:
        return str(self.arguments["name"])

    @property
    def subscription(self) -> str | None:
        """None: agent.json does not say."""
        return self.arguments.get("subscription_id")


def read_settings(
    document: Document, subscription: str | None
) -> tuple[AgentSettings | None, list[Diagnostic]]:
    """Read agent.json, stamped; `subscription` is where it is deployed if it does not say so itself."""
    reader = ObjectReader(document, blank_is_absent=True)
    file = normalize(_FILE, reader.object(_FILE.members or {}, (), AGENT_FILE))
    rules = (_subnet_is_whole, _subnet_goes_with_its_mode)
    reader.add(validation.validate(_FILE, rules, file), (), file)
    lines = {each.line for each in reader.diagnostics}
    if not lines:
        _complete_subnet(reader, file, subscription)
    arguments, origins, errors = _arguments(reader, file)
    diagnostics = reader.diagnostics + [each for each in errors if each.line not in lines]
    if lines:
        return None, diagnostics
    toggles = file.get("toggles", {})
    settings = AgentSettings(
        arguments=arguments,
        lines={argument: document.line(path) for argument, path in origins.items()},
        target_resource_groups=file["identity"].get("target_resource_groups", []),
        existing_identity_id=file.get("existing_uami_id"),
        existing_app_insights_id=file.get("existing_agent_app_insights_id"),
        webhook_bridge=toggles.get("enable_webhook_bridge", False),
        webhook_bridge_trigger_url=toggles.get("webhook_bridge_trigger_url"),
    )
    return settings, diagnostics


def notes(document: Document) -> list[Note]:
    """Say which members of agent.json are without effect, in Microsoft's own scripts as here."""
    problems = []
    toggles = document.value.get("toggles")
    for toggle in _DEAD:
        if isinstance(toggles, dict) and toggles.get(toggle):
            line = document.line(("toggles", toggle))
            problems.append(
                Note(document.file, line, f"{toggle} does nothing: describe what it is to switch on")
            )
    if document.value.get("featureFlags"):
        line = document.line(("featureFlags",))
        problems.append(Note(document.file, line, "featureFlags do nothing: experimentalSettings do"))
    return problems


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
    subnet_keys = [key for key in ("subnet_id", "vnet_name") if network.get(key) is not None]
    is_vnet = network.get("type") == "AzureVNet"
    if subnet_keys and not is_vnet:
        yield validation.error_at(
            ("network_configuration", subnet_keys[0]),
            "needs the type AzureVNet, no other egress uses a subnet",
        )
    if is_vnet and not subnet_keys:
        yield validation.error_at(
            ("network_configuration", "type"), "AzureVNet needs a subnet: give subnetId"
        )


def _complete_subnet(reader: ObjectReader, file: Any, subscription: str | None) -> None:
    """Turn a subnet that is given by names into its id."""
    network = file.get("network_configuration", {})
    if "vnet_name" not in network or "subnet_id" in network:
        return
    path: FieldPath = ("network_configuration", "vnet_name")
    owner = file["identity"].get("subscription") or subscription
    if not owner:
        reader.report(reader.origins[path], "identity.subscription must say whose virtual network this is")
        return
    group = ArmId.scope(owner, network["resource_group"])
    virtual_network = group.child("providers/Microsoft.Network/virtualNetworks", network["vnet_name"])
    network["subnet_id"] = str(virtual_network.child("subnets", network.get("subnet_name", "agent-subnet")))
    reader.origins["network_configuration", "subnet_id"] = reader.origins[path]


def _arguments(
    reader: ObjectReader, file: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[FieldPath, FieldPath], list[Diagnostic]]:
    """Collect the arguments that agent.json has for the agent, where it has them, and what is refused."""
    arguments: dict[str, Any] = {}
    origins: dict[FieldPath, FieldPath] = {}
    for source, target in _targets(fields_of(_AgentFile)):
        value = validation.get_path(file, *source)
        if value is None:
            continue
        holder = arguments
        for step in target[:-1]:
            holder = holder.setdefault(step, {})
        holder[target[-1]] = value
        origins |= {
            (*target, *argument[len(source) :]): path
            for argument, path in reader.origins.items()
            if argument[: len(source)] == source
        }
    known = {path[0] for path in origins}
    errors = [each for each in resources.validate("Agent", arguments) if each.path and each.path[0] in known]
    argument_reader = ObjectReader(reader.document, origins=origins)
    argument_reader.add(errors, (), arguments)
    return arguments, origins, argument_reader.diagnostics


def _targets(
    fields: Mapping[str, Field], source: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield which members of agent.json are which arguments, by their paths."""
    for name, member in fields.items():
        if argument := member.annotation(ArgumentOf):
            yield (*source, name), argument.path
        yield from _targets(member.members or {}, (*source, name))
