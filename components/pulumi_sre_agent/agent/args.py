"""What `sre.Agent` takes: options of the agent and of each child, something existing, or a refusal."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, NotRequired

from pulumi import Input
from typing_extensions import TypedDict

from pulumi_sre_agent.identity.access import (
    ExtraRoleArgs,
    PersonArgs,
    RoleAssignmentInterfaceArgs,
    one_type_each,
)
from pulumi_sre_agent.identity.federation import FederatedCredentialArgs
from pulumi_sre_agent.lock import LockInterfaceArgs
from pulumi_sre_agent.monitoring.alerts import AlertsOptionsArgs, windows_without_gaps
from pulumi_sre_agent.monitoring.dashboard import DashboardOptionsArgs
from pulumi_sre_agent.monitoring.diagnostics import UNIQUE_NAMES, DiagnosticSettingArgs
from pulumi_sre_agent.monitoring.spend import SpendOptionsArgs
from pulumi_sre_agent.network.network import NetworkArgs, one_way_out
from pulumi_sre_agent.resources import (
    AdoptableArgs,
    AgentOptionsArgs,
    HttpTriggerOptionsArgs,
    IncidentPlatformLoginArgs,
)
from pulumi_sre_agent.schema.choices import AgentPlatformType
from pulumi_sre_agent.schema.validation import (
    Inputs,
    ValidationError,
    error_at,
    get_path,
    nested,
    validate_args,
)
from pulumi_sre_agent.webhook_bridge import WebhookBridgeOptionsArgs


class ManagedIdentitiesArgs(TypedDict):
    """The identities of the agent as Azure Verified Modules describe them."""

    system_assigned: NotRequired[bool]
    """Whether it has one of its own, which connectors log in as; True by default."""
    user_assigned_resource_ids: NotRequired[Sequence[Input[str]]]
    """ARM ids of identities to use instead of a new one; the agent acts as the first of them."""


class Switch(TypedDict):
    """Whether there is a part at all."""

    enabled: NotRequired[bool]
    """False: it stays away."""


class AgentIncidentPlatformArgs(IncidentPlatformLoginArgs, AdoptableArgs):
    """The incident platform of an agent."""

    type: AgentPlatformType
    """The platform, as for `sre.resources.IncidentPlatform`."""


class AgentHttpTriggerArgs(HttpTriggerOptionsArgs, AdoptableArgs):
    """An HTTP trigger of an agent."""


class AgentAlertsArgs(AlertsOptionsArgs, Switch):
    """The alerts around an agent."""


class AgentDashboardArgs(DashboardOptionsArgs, Switch):
    """The dashboard of an agent."""


class AgentSpendArgs(SpendOptionsArgs, Switch):
    """The warning of an agent's limit."""


class AgentWebhookBridgeArgs(WebhookBridgeOptionsArgs):
    """The webhook bridge of an agent, and which trigger it runs: one of these."""

    trigger: NotRequired[str]
    """Name of one of its HTTP triggers."""
    trigger_url: NotRequired[Input[str]]
    """URL of a trigger that is made elsewhere."""


class AgentArgs(TypedDict):
    """What the agent is; whatever is said here wins over the directory.

    Without a directory, `name`, `resource_group_name` and `location` are needed.
    """

    directory: NotRequired[Any]
    """An agent directory: its path, or what `sre.directory.read` returned."""
    name: NotRequired[Input[str]]
    """Name of the agent in Azure: 2 to 32 letters, digits and hyphens, a letter first."""
    resource_group_name: NotRequired[Input[str]]
    """Resource group of the agent and of all that is made for it."""
    existing_resource_group: NotRequired[bool]
    """Whether that group is there already, and neither made nor deleted here; False by default."""
    location: NotRequired[Input[str]]
    """Region, such as `swedencentral`."""
    subscription_id: NotRequired[str]
    """Subscription of the agent and of all that is made for it; by default that of the login.

    For another one, the component's options must bring an azure-native provider, as `sre.Fleet` does.
    """
    tags: NotRequired[Input[Mapping[str, Input[str]]]]
    """Azure tags of everything that is made here."""
    settings: NotRequired[AgentOptionsArgs]
    """What else `sre.resources.Agent` takes, such as `upgrade_channel` or `sandbox_configuration`."""
    protect: NotRequired[bool]
    """Whether Pulumi refuses to delete what could not be made again as it was; by default as the component.

    That is the agent with what it has learned, its identity, its telemetry, its network and its group.
    """
    lock: NotRequired[LockInterfaceArgs]
    """A lock on the agent, against deletion by anyone; none by default."""

    access_level: NotRequired[str]
    """`Low` (default): the agent reads what it watches; `High`: it may change it too."""
    action_mode: NotRequired[Input[str]]
    """`Review` (default): people approve what it does; `Automatic`; `ReadOnly`."""
    targets: NotRequired[Sequence[Input[str]]]
    """What it watches: names of resource groups in its subscription, or ARM ids of anything anywhere.

    Its roles are called by them in lower case in Pulumi, those in its subscription by the group's name, so
    that nothing changes with the way in which they are written. Outputs are called by their number:
    `targets[0]` is the first output among them; it is for something in the agent's subscription unless
    `alert_subscriptions` and `alerts.health_scopes` say what is to be done about its alerts.
    """
    make_targets: NotRequired[bool]
    """Whether to make the groups that are named, for trying an agent out where nothing runs yet.

    Default: False.
    """
    extra_roles: NotRequired[Mapping[str, ExtraRoleArgs]]
    """Roles of the agent besides those of its access level, by their names in Pulumi."""
    alert_subscriptions: NotRequired[Mapping[str, Input[str]]]
    """ARM ids of the subscriptions whose alerts it works on, by names for its role there.

    By default those of its targets where Azure Monitor is the incident platform, and none elsewhere.
    """
    people: NotRequired[Sequence[PersonArgs]]
    """Who may use it, and how far; whoever deploys it is its administrator anyway."""
    role_assignments: NotRequired[Sequence[RoleAssignmentInterfaceArgs]]
    """Any other role of anyone on the agent."""

    managed_identities: NotRequired[ManagedIdentitiesArgs]
    """Which identities it has; by default a new user-assigned one beside the system-assigned one."""
    existing_identity_id: NotRequired[Input[str]]
    """ARM id of a user-assigned identity to use instead of a new one, as in `managed_identities`."""
    federated_credentials: NotRequired[Mapping[str, FederatedCredentialArgs]]
    """Who may log in as the new identity, such as a pipeline, by names in Azure; nobody by default."""

    network: NotRequired[NetworkArgs]
    """How it reaches out: a new network (`{}` will do), an existing subnet, or limits.

    By default as the directory says, and without limits where that says nothing.
    """

    existing_app_insights_id: NotRequired[Input[str]]
    """ARM id of an Application Insights component to use instead of a new one."""
    existing_workspace_id: NotRequired[Input[str]]
    """ARM id of a Log Analytics workspace for a new Application Insights component to write to."""
    diagnostic_settings: NotRequired[Annotated[Sequence[DiagnosticSettingArgs], UNIQUE_NAMES]]
    """Where Azure sends the agent's own logs, its workspace where nothing is named; nowhere by default."""

    incident_platform: NotRequired[AgentIncidentPlatformArgs]
    """Where its incidents come from; by default as the directory says, and from nowhere without."""
    quickstart_plan: NotRequired[Input[bool]]
    """Whether it keeps the response plan that comes with the platform; left alone by default."""
    alerts: NotRequired[AgentAlertsArgs]
    """Alerts on what it watches, or `{"enabled": False}`.

    By default, where Azure Monitor is its incident platform, on the health of its target groups; also on
    failures and latency where `app_insights` is named here.
    """
    dashboard: NotRequired[AgentDashboardArgs]
    """The workbook about its incidents and units, or `{"enabled": False}`."""
    spend: NotRequired[AgentSpendArgs]
    """The warning at a share of its `monthly_agent_unit_limit`, or `{"enabled": False}`."""
    http_triggers: NotRequired[Mapping[str, AgentHttpTriggerArgs]]
    """Addresses that make it work on what is sent there, by name."""
    webhook_bridge: NotRequired[AgentWebhookBridgeArgs]
    """A way in for callers that cannot log in; none by default.

    Whoever knows its URL may run its trigger. Alerts are told to it, but where Azure Monitor is the incident
    platform.
    """


def validate(args: AgentArgs) -> AgentArgs:
    """Return the arguments, canonical. Raises `pulumi.RunError`."""
    return validate_args(
        "The agent",
        AgentArgs,
        args,
        nested("network", one_way_out),
        nested("alerts", windows_without_gaps),
        nested("webhook_bridge", _one_trigger),
        one_type_each,
        _triggers_told_apart,
    )


def _triggers_told_apart(args: Inputs) -> Iterator[ValidationError]:
    names: dict[str, str] = {}
    for name in get_path(args, "http_triggers") or {}:
        if (other := names.setdefault(name.lower(), name)) != name:
            yield error_at(("http_triggers",), f"has {other!r} and {name!r}, which are one name in Azure")


def _one_trigger(args: Inputs) -> Iterator[ValidationError]:
    if ("trigger" in args) == ("trigger_url" in args):
        yield ValidationError((), "say either its trigger or its trigger_url")
