"""An SRE Agent with everything around it."""

from importlib import metadata
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Input, InvokeOutputOptions, Output, ResourceOptions
from pulumi.runtime import invoke_output

from pulumi_sre_agent import resources
from pulumi_sre_agent.access import Access
from pulumi_sre_agent.extensions import Extensions
from pulumi_sre_agent.identity import Identity
from pulumi_sre_agent.plan import AgentArgs, Plan
from pulumi_sre_agent.telemetry import Telemetry

if TYPE_CHECKING:
    from pulumi_azure_native.resources import ResourceGroup

PORTAL = "https://sre.azure.com/#/agent"


class Agent(ComponentResource):
    """An SRE Agent: resource group, identity, telemetry, roles, the agent itself and what its directory says.

    It acts as its user-assigned identity, which gets the roles of its access level. Its connectors log in as
    its system-assigned one, which may only read what the agent watches, at access level `High` too.

    Before anything is registered, it raises `sre.directory.DirectoryError` for a directory with faults and
    `pulumi.RunError` for wrong arguments.
    """

    endpoint: Output[str]
    """Where the agent's data plane answers."""
    portal_url: Output[str]
    """The agent in the SRE Agent portal."""
    agent_id: Output[str]
    """ARM id."""
    principal_id: Output[str]
    """Object id of the user-assigned identity, to give it further roles."""

    def __init__(self, name: str, args: AgentArgs, opts: ResourceOptions | None = None) -> None:
        plan = Plan.of(args)
        super().__init__("sre:index:Agent", name, None, opts)
        child = ResourceOptions(parent=self)
        group_name, group_id = self._resource_group(name, plan)
        subscription = plan.subscription or group_id.apply(lambda arm_id: arm_id.split("/")[2])
        targets = {target: self._target(name, plan, subscription, target) for target in plan.targets}

        identity = Identity(
            f"{name}-identity",
            plan.identity(group_name),
            child,
        )
        telemetry = Telemetry(
            f"{name}-telemetry",
            plan.telemetry(group_name),
            child,
        )
        access = Access(
            f"{name}-access",
            {
                "principal_id": identity.principal_id,
                "access_level": plan.access_level,
                "targets": targets,
                "home_id": group_id,
            },
            child,
        )
        agent = resources.Agent(
            name,
            ResourceOptions(parent=self, depends_on=[access]),
            **plan.agent(group_name, subscription, identity, telemetry, list(targets.values())),
        )
        # Nothing waits for these: a role takes minutes to work in Azure, so coming first would help no item.
        Access(
            f"{name}-system-access",
            {"principal_id": self._system_principal(agent), "targets": targets},
            child,
        )
        below = ResourceOptions(parent=self, deleted_with=agent)
        if plan.people:
            Access(f"{name}-people", {"agent_id": agent.id, "people": plan.people}, child)
        if plan.directory:
            Extensions(name, {"agent_id": agent.id, "directory": plan.directory}, below)

        self.agent_id = agent.id
        self.endpoint = agent.agent_endpoint
        self.principal_id = identity.principal_id
        self.portal_url = Output.format("{}/{}/{}/{}", PORTAL, subscription, plan.group, plan.name)
        self.register_outputs(
            {
                "agent_id": self.agent_id,
                "endpoint": self.endpoint,
                "principal_id": self.principal_id,
                "portal_url": self.portal_url,
            }
        )

    def _system_principal(self, agent: resources.Agent) -> Output[str]:
        """Return the object id of the agent's system-assigned identity, which comes with the agent.

        Asked for, as in `Identity`: the agent's own output is unknown in every preview that changes it, and
        is the answer only where the identity was taken away in Azure.
        """
        arm_id = agent.id.apply(lambda arm_id: arm_id.split("/"))
        # Not by the SDK's `app.get_agent_output`: importing `app` costs three quarters of a second.
        shown = invoke_output(
            "azure-native:app:getAgent",
            {"resourceGroupName": arm_id[4], "agentName": arm_id[8]},
            InvokeOutputOptions(parent=self, version=metadata.version("pulumi_azure_native")),
        )
        kept: Any = agent.system_assigned_principal_id
        principal: Output[str] = shown.apply(
            lambda found: found.get("identity", {}).get("principalId") or kept
        )
        return principal

    def _resource_group(self, name: str, plan: Plan) -> tuple[Output[str], Output[str]]:
        """Return name and id of the group, which everything in it depends on through them."""
        if plan.existing_group:
            from pulumi_azure_native import resources as groups  # noqa: PLC0415 - costs a fifth of a second

            found = groups.get_resource_group_output(
                resource_group_name=plan.group, opts=InvokeOutputOptions(parent=self)
            )
            return found.name, found.id
        group = self._made_group(name, plan, plan.group)
        return group.name, group.id

    def _target(self, name: str, plan: Plan, subscription: Input[str], target: str) -> Input[str]:
        """Return the ARM id of something to watch: as given, or of a resource group by its name."""
        if target.startswith("/"):
            return target
        if plan.make_targets and target != plan.group:
            return self._made_group(f"{name}-{target}", plan, target).id
        return Output.format("/subscriptions/{}/resourceGroups/{}", subscription, target)

    def _made_group(self, name: str, plan: Plan, group: str) -> "ResourceGroup":
        from pulumi_azure_native import resources as groups  # noqa: PLC0415 - as above

        return groups.ResourceGroup(
            name,
            resource_group_name=group,
            location=plan.location,
            tags=plan.tags,
            opts=ResourceOptions(parent=self),
        )
