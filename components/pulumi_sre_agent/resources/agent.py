"""The agent itself: the Azure resource that everything else is part of."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, NotRequired

from pulumi import Input, Output, ResourceOptions
from typing_extensions import TypedDict, Unpack

from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.api.versions import AGENT_GA, AGENT_PREVIEW, AgentVersion
from pulumi_sre_agent.schema.annotations import (
    ApiVersion,
    ClientOnly,
    IgnoreCase,
    Immutable,
    NoDiff,
    ReplaceWhole,
    SensitiveField,
    Unordered,
)
from pulumi_sre_agent.schema.choices import (
    ACTION_MODE_ALIASES,
    PLATFORM_ALIASES,
    AccessLevel,
    AgentActionMode,
    AgentPlatformType,
    UpgradeChannel,
)
from pulumi_sre_agent.schema.fields import Field
from pulumi_sre_agent.schema.normalization import is_unknown, member_field
from pulumi_sre_agent.schema.rules import AGENT_NAME, PRESENT, between
from pulumi_sre_agent.schema.validation import FieldPath, Inputs, ValidationError, error_at, get_path

from ._core.agent_crud import AgentCrud
from ._core.azure_hosts import check_allowed_hosts, complete_allowed_hosts
from ._core.model import Model, StackDefaults
from ._core.provider import Resource, TrackedProvider
from ._core.sandbox_args import SandboxConfigurationArgs, VnetConfigurationArgs, check_network
from ._core.tracked_args import ArmId, TrackedArgs, apply_place_defaults, check_identity, check_location
from ._core.tracked_crud import from_arm_body

PREVIEW, GA = ApiVersion(AGENT_PREVIEW), ApiVersion(AGENT_GA)


class KnowledgeGraphConfigurationArgs(TypedDict):
    """What the agent watches, and as whom."""

    identity: ArmId
    """User-assigned identity that reads the resources; the service refuses an agent without."""
    managed_resources: NotRequired[Annotated[Input[list[ArmId]], Unordered()]]
    """ARM ids of what the agent watches: mostly resource groups, also subscriptions and single resources."""


class ActionConfigurationArgs(TypedDict):
    """What the agent may do, and as whom."""

    identity: NotRequired[ArmId]
    """User-assigned identity that acts."""
    mode: NotRequired[Annotated[Input[AgentActionMode], ACTION_MODE_ALIASES]]
    """`Review` asks before it acts, `Autonomous` acts (`Automatic` is the same), `ReadOnly` only looks."""
    access_level: NotRequired[Input[AccessLevel]]
    """`High` lets it change resources."""


class ApplicationInsightsConfigurationArgs(TypedDict):
    """Where the agent's own telemetry goes."""

    app_id: NotRequired[Input[str]]
    """Application id of the Application Insights component."""
    connection_string: NotRequired[Annotated[Input[str], SensitiveField()]]
    """Its connection string; Azure never shows it again."""
    application_insights_resource_id: NotRequired[Annotated[ArmId, PREVIEW]]
    """Its ARM id, which some templates send to the preview version."""


class LogConfigurationArgs(TypedDict):
    """Where the agent's logs go."""

    application_insights_configuration: NotRequired[
        Annotated[Input[ApplicationInsightsConfigurationArgs], ReplaceWhole()]
    ]
    """The Application Insights component."""


class IncidentManagementConfigurationArgs(TypedDict):
    """The platform whose incidents the agent works on; there is one at a time.

    See docs/reference/run-time.md#incident-platforms.
    """

    type: Annotated[Input[AgentPlatformType], PLATFORM_ALIASES]
    """The platform. ARM stores any text here, but only these work."""
    connection_name: NotRequired[Input[str]]
    """`azmonitor`, `pagerduty` or `servicenow`."""
    connection_url: NotRequired[Input[str]]
    """Address of a ServiceNow instance."""
    connection_key: NotRequired[Annotated[Input[str], SensitiveField()]]
    """PagerDuty: a user's API key. ServiceNow: JSON text with `endpoint`, `username`, `password`."""
    api_connection_name: NotRequired[Input[str]]
    """ServiceNow through OAuth: the API connection that the portal made, instead of a key."""
    obo_user: NotRequired[Input[str]]
    """PagerDuty: e-mail address of the key's user, without which PagerDuty refuses writes."""


class DefaultModelArgs(TypedDict):
    """The language model that the agent thinks with."""

    provider: NotRequired[Input[str]]
    """`Anthropic` or `MicrosoftFoundry`."""
    name: NotRequired[Input[str]]
    """`Automatic` or the id of a model."""


class AgentIdentityArgs(TypedDict):
    """The agent's own identity in Entra."""

    initial_sponsor_group_id: Annotated[Input[str], PRESENT]
    """Entra group that answers for it."""


class GitHubRepositoryArgs(TypedDict):
    """A repository in the legacy configuration."""

    owner: Annotated[Input[str], PRESENT]
    """User or organisation."""
    name: Annotated[Input[str], PRESENT]
    """Name of the repository."""


class GitHubConfigurationArgs(TypedDict):
    """Legacy: repositories that the agent reads; `sre.resources.Repo` is how to give it one."""

    repositories: NotRequired[Annotated[Input[list[Input[GitHubRepositoryArgs]]], Unordered()]]
    """The repositories."""
    pat_token_override: NotRequired[Annotated[Input[str], SensitiveField()]]
    """Token to read them with."""


class AgentOptionsArgs(TypedDict):
    """What an agent is like, but for where it lies and what is around it.

    See docs/reference/control-plane.md#identity, docs/reference/control-plane.md#properties-of-an-agent,
    docs/reference/control-plane.md#sandbox.
    """

    api_version: NotRequired[Annotated[Input[AgentVersion], ClientOnly()]]
    """ARM version to speak. Default: `2025-05-01-preview`, which knows every setting but three."""
    adopt: NotRequired[Annotated[Input[bool], ClientOnly(), NoDiff()]]
    """Whether to take over an agent of that name that is there already, and change what differs.

    Default: false; a create then fails rather than touch an agent that differs.
    """
    upgrade_channel: NotRequired[Input[UpgradeChannel]]
    """How early it gets new versions of the service."""
    default_model: NotRequired[Annotated[Input[DefaultModelArgs], ReplaceWhole()]]
    """The model that it thinks with."""
    vnet_configuration: NotRequired[Input[VnetConfigurationArgs]]
    """The subnet through which its sandbox reaches out."""
    sandbox_configuration: NotRequired[Input[SandboxConfigurationArgs]]
    """What its sandbox may reach and has installed."""
    monthly_agent_unit_limit: NotRequired[Annotated[Input[int], PREVIEW, between(500, 1_000_000)]]
    """Cap on the units that its work may cost in a month, 500 to 1,000,000; its existence costs extra."""
    mcp_servers: NotRequired[Annotated[Input[list[Input[str]]], PREVIEW, Unordered()]]
    """Legacy: addresses of MCP servers; a `Connector` of type `Mcp` is how to give it one."""
    experimental_settings: NotRequired[Annotated[Input[dict[str, Input[bool]]], PREVIEW]]
    """Feature switches such as `EnableWorkspaceTools` and `EnableV2AgentLoop`."""
    git_hub_configuration: NotRequired[Annotated[Input[GitHubConfigurationArgs], PREVIEW, ReplaceWhole()]]
    """Legacy: repositories."""
    agent_space_id: NotRequired[Annotated[ArmId, GA]]
    """ARM id of the agent space whose connectors it shares."""
    agent_identity: NotRequired[Annotated[Input[AgentIdentityArgs], GA]]
    """Its own identity in Entra."""


class AgentArgs(TrackedArgs, AgentOptionsArgs):
    """Arguments of `Agent`: what it is like, where it lies, and what is around it."""

    name: Annotated[Input[str], Immutable(), IgnoreCase(), ClientOnly(), AGENT_NAME]
    """Name of the agent. A change replaces it."""
    knowledge_graph_configuration: Input[KnowledgeGraphConfigurationArgs]
    """What the agent watches."""
    action_configuration: NotRequired[Input[ActionConfigurationArgs]]
    """What the agent may do."""
    log_configuration: NotRequired[Input[LogConfigurationArgs]]
    """Where its logs go."""
    incident_management_configuration: NotRequired[
        Annotated[Input[IncidentManagementConfigurationArgs], ReplaceWhole()]
    ]
    """Its incident platform. Leaving it out where it was set disconnects it, and its filters disappear."""


def _apply_defaults(inputs: Json, defaults: StackDefaults) -> None:
    inputs.setdefault("api_version", AGENT_PREVIEW)
    apply_place_defaults(inputs, defaults)


def _check_acting_identities(inputs: Inputs) -> Iterator[ValidationError]:
    """Demand that whom the agent reads and acts as is assigned to it; else ARM says InvalidIdentity."""
    assigned = get_path(inputs, "identity", "user_assigned_identities")
    if not isinstance(assigned, list) or not assigned or any(map(is_unknown, assigned)):
        return
    assigned_ids = {str(one).lower() for one in assigned}
    for block in ("knowledge_graph_configuration", "action_configuration"):
        used = get_path(inputs, block, "identity")
        if isinstance(used, str) and used.lower() not in assigned_ids:
            yield error_at((block, "identity"), "must be one of identity.user_assigned_identities")


def _check_api_version(inputs: Inputs) -> Iterator[ValidationError]:
    """Refuse what the chosen api-version does not know, since ARM would refuse or drop it."""
    version = get_path(inputs, "api_version")
    if isinstance(version, str):
        yield from _foreign_members(AgentProvider.model.root, inputs, version, ())


def _foreign_members(field: Field, value: Any, version: str, path: FieldPath) -> Iterator[ValidationError]:
    for key, inner in value.items() if isinstance(value, Mapping) else ():
        member = member_field(field, key)
        only = member.annotation(ApiVersion)
        if only and only.api_version != version:
            yield error_at((*path, key), f"needs api_version {only.api_version}: {version} does not know it")
        else:
            yield from _foreign_members(member, inner, version, (*path, key))


def _check_platform_login(inputs: Inputs) -> Iterator[ValidationError]:
    block = "incident_management_configuration"
    if (
        get_path(inputs, block, "connection_key") is not None
        and get_path(inputs, block, "api_connection_name") is not None
    ):
        yield error_at((block, "api_connection_name"), "and connection_key exclude each other")


class AgentProvider(TrackedProvider):
    """Pickled into state by this path."""

    model = Model(
        title="agent",
        args=AgentArgs,
        rules=(
            check_location,
            _check_api_version,
            check_identity,
            _check_acting_identities,
            _check_platform_login,
            check_network,
            check_allowed_hosts,
        ),
        apply_defaults=_apply_defaults,
        complete=complete_allowed_hosts,
        decode=from_arm_body,
    )

    crud_type = AgentCrud


class Agent(Resource):
    """An SRE agent. Its `id` is its ARM id, which is what everything under it asks for as `agent_id`."""

    provider = AgentProvider

    agent_endpoint: Output[str]
    """Base address of its data plane."""
    outbound_ip_addresses: Output[list[str]]
    """Addresses from which it calls out, for firewalls."""
    system_assigned_principal_id: Output[str | None]
    """Object id of its system-assigned identity; None without one."""
    agent_identity_client_id: Output[str | None]
    """Client id of its own identity in Entra; None without `agent_identity`."""
    monthly_agent_unit_limit: Output[int]
    """As in the arguments; said here too since a whole number would come back from the engine as a float."""

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[AgentArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
