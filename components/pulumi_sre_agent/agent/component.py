"""An SRE Agent with everything around it."""

from collections.abc import Mapping
from importlib import metadata
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Input, InvokeOutputOptions, Output, Resource, ResourceOptions
from pulumi.runtime import invoke_output

from pulumi_sre_agent import resources
from pulumi_sre_agent.agent import children, regions
from pulumi_sre_agent.agent.args import AgentArgs
from pulumi_sre_agent.agent.children import DeploymentScope
from pulumi_sre_agent.agent.extensions import Extensions, ExtensionsArgs
from pulumi_sre_agent.agent.spec import AgentSpec
from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.kinds import INCIDENT_PLATFORM, SUBAGENT
from pulumi_sre_agent.identity.access import Access
from pulumi_sre_agent.identity.identity import Identity
from pulumi_sre_agent.identity.subscriptions import has_provider
from pulumi_sre_agent.lock import Lock
from pulumi_sre_agent.monitoring.alerts import Alerts
from pulumi_sre_agent.monitoring.dashboard import Dashboard
from pulumi_sre_agent.monitoring.diagnostics import DiagnosticSettings
from pulumi_sre_agent.monitoring.spend import Spend
from pulumi_sre_agent.monitoring.telemetry import Telemetry
from pulumi_sre_agent.network.network import Network
from pulumi_sre_agent.schema.references import Key
from pulumi_sre_agent.webhook_bridge import WebhookBridge

if TYPE_CHECKING:
    from pulumi_azure_native.resources import ResourceGroup

PORTAL = "https://sre.azure.com/#/agent"
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
        plan = AgentSpec.of(args, has_provider=has_provider(opts))
        children.check(plan)
        regions.check(plan.location, plan.subscription)
        super().__init__("sre:index:Agent", name, None, opts)
        child = ResourceOptions(parent=self)
        kept = ResourceOptions(parent=self, protect=plan.args.get("protect"))
        place = self._place(name, plan)
        targets = {target: self._target(name, plan, place, target) for target in plan.targets}

        identity = Identity(f"{name}-identity", children.identity(plan, place), kept)
        telemetry = Telemetry(f"{name}-telemetry", children.telemetry(plan, place), kept)
        reach = children.network(plan, place)
        network = Network(f"{name}-network", reach, kept) if reach else None
        access = Access(f"{name}-access", children.access(plan, place, identity, targets), child)
        agent = resources.Agent(
            name,
            ResourceOptions.merge(kept, ResourceOptions(depends_on=[access])),
            **children.agent(plan, place, identity, telemetry, network, [*targets.values()]),
        )

        self.agent_id = agent.id
        self.endpoint = agent.agent_endpoint
        self.portal_url = Output.format("{}/{}/{}/{}", PORTAL, place.subscription, plan.group, plan.name)
        self.identity_id, self.principal_id = identity.identity_id, identity.principal_id
        seen = network if network and children.is_new(reach) else agent
        self.outbound_ip_addresses = seen.outbound_ip_addresses
        around = self._roles(name, plan, agent, targets)
        made = self._knowledge(name, plan, agent)
        self._work(name, plan, agent, made)
        around += made.values()
        around += self._beside(name, plan, place, telemetry, targets)
        if "lock" in plan.args:
            # Last, and so the first to go: while it stands, Azure lets nothing below the agent be deleted.
            locked = ResourceOptions(parent=self, depends_on=around)
            Lock(f"{name}-lock", {**plan.args["lock"], "scope": agent.id}, locked)
        self.register_outputs({output: getattr(self, output) for output in Agent.__annotations__})

    def _roles(
        self, name: str, plan: AgentSpec, agent: resources.Agent, targets: Mapping[str, Input[str]]
    ) -> list[Resource]:
        """Say what its connectors may read, and who may use it; return what hangs on the agent."""
        child = ResourceOptions(parent=self)
        # Nothing waits for these: a role takes minutes to work in Azure, so coming first would help no item.
        if plan.system_assigned:
            system = self._system_principal(agent)
            Access(f"{name}-system-access", {"principal_id": system, "targets": targets}, child)
        people = children.people(plan, agent.id)
        return [Access(f"{name}-people", people, child)] if people else []

    def _knowledge(self, name: str, plan: AgentSpec, agent: resources.Agent) -> Mapping[Key, Resource]:
        """Make what the agent knows and can do, and where its incidents come from; return all of it."""
        with_it = ResourceOptions(parent=self, deleted_with=agent)
        said: ExtensionsArgs = {"agent_id": agent.id, "directory": plan.directory}
        made: dict[Key, Resource] = {}
        self.trigger_urls = {}
        if "incident_platform" in plan.args:
            wanted: Any = {**plan.args["incident_platform"], "agent_id": agent.id}
            platform = resources.IncidentPlatform(f"{name}-incidents", with_it, **wanted)
            made[PLATFORM] = said["incident_platform"] = platform
        if plan.directory:
            extensions = Extensions(name, said, with_it)
            made |= extensions.resources
            self.trigger_urls |= extensions.trigger_urls
        return made

    def _work(self, name: str, plan: AgentSpec, agent: resources.Agent, made: Mapping[Key, Resource]) -> None:
        """Say what makes it work besides its directory; each waits for the one thing that it names."""

        def after(needed: Key) -> ResourceOptions:
            there = [made[needed]] if needed in made else []
            return ResourceOptions(parent=self, deleted_with=agent, depends_on=there)

        if "quickstart_plan" in plan.args:  # which comes with the platform, wherever that is declared
            may: Any = {"agent_id": agent.id, "present": plan.args["quickstart_plan"]}
            resources.QuickstartPlan(f"{name}-quickstart", after(PLATFORM), **may)
        for called, said in plan.args.get("http_triggers", {}).items():
            wanted: Any = {"name": called, **said, "agent_id": agent.id}
            handler = said.get("agent")
            needed = SUBAGENT.name, handler if isinstance(handler, str) else ""
            trigger = resources.HttpTrigger(f"{name}-{called}", after(needed), **wanted)
            self.trigger_urls[called] = trigger.trigger_url

    def _beside(
        self,
        name: str,
        plan: AgentSpec,
        place: DeploymentScope,
        telemetry: Telemetry,
        targets: Mapping[str, Input[str]],
    ) -> list[Resource]:
        """Make what watches the agent and what leads to it."""
        child = ResourceOptions(parent=self)
        beside: list[Resource] = []
        self.dashboard_url = self.callback_url = Output.from_input(None)
        if settings := [*children.diagnostic_settings(plan, telemetry.workspace_id)]:
            sent: Any = {"resource_id": self.agent_id, "settings": settings}
            beside.append(DiagnosticSettings(f"{name}-diagnostics", sent, child))
        if page := children.dashboard(plan, place, telemetry.app_insights_id):
            self.dashboard_url = Dashboard(f"{name}-dashboard", page, child).portal_url
        bridge = action_group_id = None
        if door := children.webhook_bridge(plan, place, self.agent_id, self.trigger_urls):
            bridge = WebhookBridge(f"{name}-webhook", door, child)
            self.callback_url = bridge.callback_url
            beside.append(bridge)
        if rules := children.alerts(plan, place, targets, bridge.callback_url if bridge else None):
            action_group_id = Alerts(f"{name}-alerts", rules, child).action_group_id
        if limit := children.spend(plan, place, telemetry.app_insights_id, self.agent_id, action_group_id):
            Spend(f"{name}-spend", limit, child)
        return beside

    def _system_principal(self, agent: resources.Agent) -> Output[str]:
        """Return the object id of the agent's system-assigned identity, which comes with the agent.

        Asked for, as in `Identity`: the agent's own output is unknown in every preview that changes it, and
        is the answer only where the identity was taken away in Azure.
        """
        group = agent.id.apply(lambda arm_id: ArmId(arm_id).resource_group)
        name = agent.id.apply(lambda arm_id: ArmId(arm_id).name)
        # Not by the SDK's `app.get_agent_output`: importing `app` costs three quarters of a second.
        shown = invoke_output(
            "azure-native:app:getAgent",
            {"resourceGroupName": group, "agentName": name},
            InvokeOutputOptions(parent=self, version=metadata.version("pulumi_azure_native")),
        )
        kept: Any = agent.system_assigned_principal_id
        principal: Output[str] = shown.apply(
            lambda found: found.get("identity", {}).get("principalId") or kept
        )
        return principal

    def _place(self, name: str, plan: AgentSpec) -> DeploymentScope:
        """Return where everything goes; what is in the group depends on it through this."""
        if plan.args.get("existing_resource_group"):
            from pulumi_azure_native import resources as groups  # noqa: PLC0415 - costs a fifth of a second

            group: Any = groups.get_resource_group_output(
                resource_group_name=plan.group, opts=InvokeOutputOptions(parent=self)
            )
        else:
            group = self._group(name, plan, plan.group, protect=plan.args.get("protect"))
        subscription = plan.subscription or group.id.apply(lambda arm_id: ArmId(arm_id).subscription_id)
        return DeploymentScope(group.name, group.id, subscription)

    def _target(self, name: str, plan: AgentSpec, place: DeploymentScope, target: str) -> Input[str]:
        """Return the ARM id of something to watch: as given, or of a resource group by its name."""
        if target.startswith("/"):
            return target
        if plan.args.get("make_targets") and target != plan.group:
            return self._group(f"{name}-{target}", plan, target).id
        return Output.format("/subscriptions/{}/resourceGroups/{}", place.subscription, target)

    def _group(
        self, name: str, plan: AgentSpec, group: str, *, protect: bool | None = None
    ) -> "ResourceGroup":
        from pulumi_azure_native import resources as groups  # noqa: PLC0415 - as above

        return groups.ResourceGroup(
            name,
            resource_group_name=group,
            location=plan.location,
            tags=plan.tags,
            opts=ResourceOptions(parent=self, protect=protect),
        )
