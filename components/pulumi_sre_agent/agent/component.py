"""An SRE Agent with everything around it."""

from collections.abc import Mapping
from importlib import metadata
from typing import TYPE_CHECKING, Any

from pulumi import Alias, ComponentResource, Input, InvokeOutputOptions, Output, Resource, ResourceOptions
from pulumi.runtime import invoke_output

from pulumi_sre_agent import resources
from pulumi_sre_agent.agent import children, regions
from pulumi_sre_agent.agent.args import AgentArgs
from pulumi_sre_agent.agent.children import DeploymentScope
from pulumi_sre_agent.agent.extensions import Extensions, ExtensionsArgs, child_name, former_aliases
from pulumi_sre_agent.agent.spec import AgentSpec
from pulumi_sre_agent.agent.targets import Target
from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.kinds import INCIDENT_PLATFORM, SUBAGENT
from pulumi_sre_agent.api.portal import PORTAL
from pulumi_sre_agent.identity.access import Access, AccessArgs
from pulumi_sre_agent.identity.identity import Identity
from pulumi_sre_agent.identity.subscriptions import has_provider
from pulumi_sre_agent.lock import Lock
from pulumi_sre_agent.monitoring.alerts import Alerts
from pulumi_sre_agent.monitoring.dashboard import Dashboard
from pulumi_sre_agent.monitoring.diagnostics import DiagnosticSettings, DiagnosticSettingsArgs
from pulumi_sre_agent.monitoring.spend import Spend
from pulumi_sre_agent.monitoring.telemetry import Telemetry
from pulumi_sre_agent.network.network import Network, is_new
from pulumi_sre_agent.schema.outputs import lift
from pulumi_sre_agent.schema.references import Key
from pulumi_sre_agent.schema.secrecy import guarding
from pulumi_sre_agent.webhook_bridge import WebhookBridge

if TYPE_CHECKING:
    from pulumi_azure_native.resources import ResourceGroup

PLATFORM: Key = (INCIDENT_PLATFORM.name, "")


class Agent(ComponentResource):
    """An SRE Agent: the agent itself, what its directory says, and everything around it.

    Always there: resource group, identity, telemetry, and the roles of its access level; each may be one that
    exists. There unless switched off: the dashboard, the warning before a unit limit is used up, and on Azure
    Monitor as the incident platform its role for alerts and rules on the health of what it watches. Only
    where asked for, since it costs money, opens a door or may get in the way: network, alerts elsewhere,
    webhook bridge, diagnostic settings, lock. Any of it can change later; the agent stays the same.

    It acts as its user-assigned identity, which gets the roles of its access level. Its connectors log in as
    its system-assigned one, which may only read what the agent watches, at access level `High` too.

    Before anything is registered, it raises `sre.directory.DirectoryError` for a directory with faults and
    `pulumi.RunError` for wrong arguments.

    ```python
    agent = sre.Agent("oncall", {
        "name": "oncall",
        "resource_group_name": "rg-oncall",
        "location": "swedencentral",
        "targets": ["rg-shop"],
        "network": {},  # a new one, with an address of its own
        "incident_platform": {"type": "AzMonitor"},
        "dashboard": {"enabled": False},
    })
    pulumi.export("portalUrl", agent.portal_url)
    ```
    """

    agent_id: Output[str]
    """ARM id."""
    endpoint: Output[str]
    """Where the agent's data plane answers."""
    portal_url: Output[str]
    """The agent in the SRE Agent portal."""
    identity_id: Output[str]
    """ARM id of the user-assigned identity that it acts as."""
    principal_id: Output[str]
    """Object id of that identity, to give it further roles."""
    outbound_ip_addresses: Output[list[str]]
    """What others see of it, for their firewalls: of a network made here, else what Azure says."""
    dashboard_url: Output[str | None]
    """The dashboard in the Azure portal; None without."""
    trigger_urls: dict[str, Output[str]]
    """Where to post to for each HTTP trigger, of the directory and of `http_triggers`, by name."""
    callback_url: Output[str | None]
    """Where callers of the webhook bridge post to, secret; None without."""

    def __init__(self, name: str, args: AgentArgs, opts: ResourceOptions | None = None) -> None:
        spec = AgentSpec.of(args, has_provider=has_provider(opts))
        spec = spec.at(lift(regions.validate_location, spec.location, spec.subscription))
        super().__init__("sre:index:Agent", name, None, guarding(opts))
        child = ResourceOptions(parent=self)
        protected = ResourceOptions(parent=self, protect=spec.args.get("protect"))
        scope = self._deployment_scope(name, spec)
        targets = {target.name: self._target_id(name, spec, scope, target) for target in spec.targets}

        identity = Identity(f"{name}-identity", children.identity_args(spec, scope), protected)
        telemetry = Telemetry(f"{name}-telemetry", children.telemetry_args(spec, scope), protected)
        network_args = children.network_args(spec, scope)
        network = Network(f"{name}-network", network_args, protected) if network_args else None
        access = Access(f"{name}-access", children.access_args(spec, scope, identity, targets), child)
        agent = resources.Agent(
            name,
            ResourceOptions.merge(protected, ResourceOptions(depends_on=[access])),
            **children.agent_args(spec, scope, identity, telemetry, network, [*targets.values()]),
        )

        self.agent_id = agent.id
        self.endpoint = agent.agent_endpoint
        self.portal_url = Output.format("{}/{}/{}/{}", PORTAL, scope.subscription, spec.group, spec.name)
        self.identity_id, self.principal_id = identity.identity_id, identity.principal_id
        sender = network if network_args and network and is_new(network_args) else agent
        self.outbound_ip_addresses = sender.outbound_ip_addresses
        below = self._access(name, spec, agent, targets)
        items = self._items(name, spec, agent)
        self._automations(name, spec, agent, items)
        below += items.values()
        below += self._monitoring(name, spec, scope, telemetry, targets)
        if "lock" in spec.args:
            # Last, and so the first to go: while it stands, Azure lets nothing below the agent be deleted.
            after = ResourceOptions(parent=self, depends_on=below)
            Lock(f"{name}-lock", {**spec.args["lock"], "scope": agent.id}, after)
        self.register_outputs({output: getattr(self, output) for output in Agent.__annotations__})

    def _access(
        self, name: str, spec: AgentSpec, agent: resources.Agent, targets: Mapping[str, Input[str]]
    ) -> list[Resource]:
        """Grant what its connectors may read and people may do; return what hangs on the agent."""
        child = ResourceOptions(parent=self)
        # Nothing waits for these: a role takes minutes to work in Azure, so coming first would help no item.
        if spec.system_assigned:
            principal_id = self._system_principal_id(agent)
            args: AccessArgs = {
                "principal_id": principal_id,
                "targets": targets,
                "former_names": children.former_names(spec),
            }
            Access(f"{name}-system-access", args, child)
        people = children.people_args(spec, agent.id)
        return [Access(f"{name}-people", people, child)] if people else []

    def _items(self, name: str, spec: AgentSpec, agent: resources.Agent) -> Mapping[Key, Resource]:
        """Make what the agent knows and can do, and where its incidents come from; return all of it."""
        below = ResourceOptions(parent=self, deleted_with=agent)
        args: ExtensionsArgs = {"agent_id": agent.id, "directory": spec.directory}
        items: dict[Key, Resource] = {}
        self.trigger_urls = {}
        if "incident_platform" in spec.args:
            options: Any = {**spec.args["incident_platform"], "agent_id": agent.id}
            platform = resources.IncidentPlatform(f"{name}-incidents", below, **options)
            items[PLATFORM] = args["incident_platform"] = platform
        if spec.directory:
            extensions = Extensions(name, args, below)
            items |= extensions.resources
            self.trigger_urls |= extensions.trigger_urls
        return items

    def _automations(
        self, name: str, spec: AgentSpec, agent: resources.Agent, items: Mapping[Key, Resource]
    ) -> None:
        """Make what starts its work besides the directory; each waits for the one item that it names."""

        def after(key: Key) -> ResourceOptions:
            item = [items[key]] if key in items else []
            return ResourceOptions(parent=self, deleted_with=agent, depends_on=item)

        if "quickstart_plan" in spec.args:  # which comes with the platform, wherever that is declared
            plan: Any = {"agent_id": agent.id, "present": spec.args["quickstart_plan"]}
            resources.QuickstartPlan(f"{name}-quickstart", after(PLATFORM), **plan)
        for trigger_name, trigger in spec.args.get("http_triggers", {}).items():
            options: Any = {"name": trigger_name, **trigger, "agent_id": agent.id}
            subagent = trigger.get("agent")
            key = SUBAGENT.name, subagent if isinstance(subagent, str) else ""
            aliases = ResourceOptions(aliases=former_aliases(name, trigger_name))
            opts = ResourceOptions.merge(after(key), aliases)
            resource = resources.HttpTrigger(child_name(name, trigger_name), opts, **options)
            self.trigger_urls[trigger_name] = resource.trigger_url

    def _monitoring(
        self,
        name: str,
        spec: AgentSpec,
        scope: DeploymentScope,
        telemetry: Telemetry,
        targets: Mapping[str, Input[str]],
    ) -> list[Resource]:
        """Make what watches the agent and the webhook bridge; return what hangs on the agent."""
        child = ResourceOptions(parent=self)
        below: list[Resource] = []
        self.dashboard_url = self.callback_url = Output.from_input(None)
        if settings := [*children.diagnostic_settings(spec, telemetry.workspace_id)]:
            diagnostics: DiagnosticSettingsArgs = {"resource_id": self.agent_id, "settings": settings}
            below.append(DiagnosticSettings(f"{name}-diagnostics", diagnostics, child))
        if dashboard := children.dashboard_args(spec, scope, telemetry.app_insights_id):
            self.dashboard_url = Dashboard(f"{name}-dashboard", dashboard, child).portal_url
        callback_url = action_group_id = None
        if bridge := children.webhook_bridge_args(spec, scope, self.agent_id, self.trigger_urls):
            webhook = WebhookBridge(f"{name}-webhook", bridge, child)
            self.callback_url = callback_url = webhook.callback_url
            below.append(webhook)
        if alerts := children.alerts_args(spec, scope, targets, callback_url):
            action_group_id = Alerts(f"{name}-alerts", alerts, child).action_group_id
        if spend := children.spend_args(
            spec, scope, telemetry.app_insights_id, self.agent_id, action_group_id
        ):
            Spend(f"{name}-spend", spend, child)
        return below

    def _system_principal_id(self, agent: resources.Agent) -> Output[str]:
        """Return the object id of the agent's system-assigned identity, which comes with the agent.

        Asked for, as in `Identity`: the agent's own output is unknown in every preview that changes it, and
        is the answer only where the identity was taken away in Azure.
        """
        group = agent.id.apply(lambda arm_id: ArmId(arm_id).resource_group)
        name = agent.id.apply(lambda arm_id: ArmId(arm_id).name)
        # Not by the SDK's `app.get_agent_output`: importing `app` costs three quarters of a second.
        response = invoke_output(
            "azure-native:app:getAgent",
            {"resourceGroupName": group, "agentName": name},
            InvokeOutputOptions(parent=self, version=metadata.version("pulumi_azure_native")),
        )
        default: Any = agent.system_assigned_principal_id
        principal_id: Output[str] = response.apply(
            lambda agent: agent.get("identity", {}).get("principalId") or default
        )
        return principal_id

    def _deployment_scope(self, name: str, spec: AgentSpec) -> DeploymentScope:
        """Return where everything goes; what is in the group depends on it through this."""
        if spec.args.get("existing_resource_group"):
            from pulumi_azure_native import resources as groups  # noqa: PLC0415 - costs a fifth of a second

            group: Any = groups.get_resource_group_output(
                resource_group_name=spec.group, opts=InvokeOutputOptions(parent=self)
            )
        else:
            group = self._group(name, spec, spec.group, protect=spec.args.get("protect"))
        subscription = spec.subscription or group.id.apply(lambda arm_id: ArmId(arm_id).subscription_id)
        return DeploymentScope(group.name, group.id, subscription)

    def _target_id(self, name: str, spec: AgentSpec, scope: DeploymentScope, target: Target) -> Input[str]:
        """Return the ARM id of something to watch: as given, or of a resource group by its name."""
        if target.text is None:
            return lift(spec.target_id, scope.subscription, target.value)
        if not target.is_group_name:
            return target.value
        if spec.args.get("make_targets") and not _is_same(target.text, spec.group):
            former = [Alias(name=f"{name}-{target.former_name}")] if target.former_name else None
            return self._group(f"{name}-{target.name}", spec, target.value, aliases=former).id
        return Output.format("/subscriptions/{}/resourceGroups/{}", scope.subscription, target.value)

    def _group(
        self,
        name: str,
        spec: AgentSpec,
        group: Input[str],
        *,
        protect: bool | None = None,
        aliases: list[Alias] | None = None,
    ) -> "ResourceGroup":
        from pulumi_azure_native import resources as groups  # noqa: PLC0415 - as above

        return groups.ResourceGroup(
            name,
            resource_group_name=group,
            location=spec.location,
            tags=spec.tags,
            opts=ResourceOptions(parent=self, protect=protect, aliases=aliases),
        )


def _is_same(group: str, other: Input[str]) -> bool:
    """Tell whether two names of resource groups are one, as far as that is known."""
    return isinstance(other, str) and group.lower() == other.lower()
