"""Many agents in one program, and what they share."""

from collections.abc import Mapping
from typing import Any

from pulumi import ComponentResource, Input, Output, ProviderResource, ResourceOptions

from pulumi_sre_agent.agent.component import Agent
from pulumi_sre_agent.agent.spec import AgentSpec, login
from pulumi_sre_agent.fleet.args import FleetArgs, checked, shares
from pulumi_sre_agent.fleet.fleet_specs import in_shared_workspace, members, networks
from pulumi_sre_agent.identity import subscriptions
from pulumi_sre_agent.monitoring.telemetry import workspace
from pulumi_sre_agent.network.shared_network import SharedNetwork, SharedNetworkArgs


class Fleet(ComponentResource):
    """Many agents, each an `sre.Agent` called `<fleet>-<agent>` in Pulumi, in any regions and subscriptions.

    They are listed, or found in a folder of agent directories. Whoever joins or leaves touches no other.
    Agents may share a Log Analytics workspace, each with an Application Insights component of its own in it,
    and a virtual network in each region, each with a subnet of its own in it. For every subscription but that
    of the login, there is a provider of azure-native that logs in in the same way.

    Before anything is registered, it raises `pulumi.RunError` with all that is wrong with any of them.

    ```python
    fleet = sre.Fleet("oncall", {
        "agents": {
            "payments": {"location": "swedencentral", "targets": ["rg-payments"]},
            "shop": {"location": "eastus2", "subscription_id": "00000000-0000-0000-0000-000000000002"},
        },
        "defaults": {"action_mode": "Review", "incident_platform": {"type": "AzMonitor"}},
        "location": "swedencentral",  # of what they share
        "shared_workspace": {},
        "shared_network": {
            "address_prefixes": {"swedencentral": "10.20.0.0/16", "eastus2": "10.21.0.0/16"},
        },
    })
    pulumi.export("portalUrls", fleet.portal_urls)
    ```
    """

    endpoints: dict[str, Output[str]]
    """Where each agent's data plane answers."""
    portal_urls: dict[str, Output[str]]
    """Each agent in the SRE Agent portal."""
    outbound_ip_addresses: dict[str, Output[list[str]]]
    """What the internet sees of the shared network, by region."""

    def __init__(self, name: str, args: FleetArgs, opts: ResourceOptions | None = None) -> None:
        args = checked(args)
        # With a provider of the program's own for all of them, only Azure knows the subscription.
        own = None if subscriptions.has_provider(opts) else login().subscription_id
        own = own and own.lower()
        group = args.get("resource_group_name", f"rg-{name}")
        plans = members(args, group if shares(args) else None, own)
        wanted = networks(args, plans)
        super().__init__("sre:index:Fleet", name, None, opts)
        place = self._place(name, args, group) if shares(args) else group
        workspace_id = self._workspace(name, args, place)
        subnet_ids = self._networks(name, args, place, wanted)
        providers = self._providers_of(name, own, plans)
        self.agents: dict[str, Agent] = {}
        """The agents, by name here; not an output, which is data."""
        for called, plan in plans.items():
            its: Any = {**plan.args, "directory": plan.directory}
            if workspace_id and in_shared_workspace(plan):
                its["existing_workspace_id"] = workspace_id
            if called in subnet_ids:
                its["network"] = {"existing_subnet_id": subnet_ids[called]}
            within = ResourceOptions(parent=self, provider=providers.get(plan.subscription))
            self.agents[called] = Agent(f"{name}-{called}", its, within)
        self.endpoints = {called: agent.endpoint for called, agent in self.agents.items()}
        self.portal_urls = {called: agent.portal_url for called, agent in self.agents.items()}
        told = ("endpoints", "portal_urls", "outbound_ip_addresses")
        self.register_outputs({output: getattr(self, output) for output in told})

    def _place(self, name: str, args: FleetArgs, group: str) -> Input[str]:
        """Return the name of the resource group of what is shared."""
        if args.get("existing_resource_group"):
            return group
        from pulumi_azure_native import resources as groups  # noqa: PLC0415 - costs a fifth of a second

        made = groups.ResourceGroup(
            name,
            resource_group_name=group,
            location=args["location"],
            tags=args.get("tags"),
            opts=ResourceOptions(parent=self),
        )
        return made.name

    def _workspace(self, name: str, args: FleetArgs, group: Input[str]) -> Output[str] | None:
        """Return the id of the workspace that agents share."""
        if "shared_workspace" not in args:
            return None
        made: Any = {
            "workspace_name": f"log-{name}",
            **args["shared_workspace"],
            "resource_group_name": group,
            "location": args["location"],
            "tags": args.get("tags"),
        }
        return workspace(name, made, ResourceOptions(parent=self)).id

    def _networks(
        self, name: str, args: FleetArgs, group: Input[str], wanted: Mapping[str, SharedNetworkArgs]
    ) -> dict[str, Output[str]]:
        """Make the network of each region; return the id of each agent's subnet."""
        self.outbound_ip_addresses = {}
        found: dict[str, Output[str]] = {}
        for region, its in wanted.items():
            named: SharedNetworkArgs = {
                **its,
                "resource_group_name": group,
                "tags": args.get("tags", {}),
                "virtual_network_name": f"vnet-{name}-{region}",
                "network_security_group_name": f"nsg-{name}-{region}",
                "nat_gateway_name": f"ng-{name}-{region}",
                "public_ip_address_name": f"pip-{name}-{region}",
            }
            network = SharedNetwork(f"{name}-{region}", named, ResourceOptions(parent=self))
            found |= network.subnet_ids
            self.outbound_ip_addresses[region] = network.outbound_ip_addresses
        return found

    def _providers_of(
        self, name: str, own: str | None, plans: Mapping[str, AgentSpec]
    ) -> dict[str | None, ProviderResource]:
        """Return a provider for each subscription but the fleet's own."""
        others = {plan.subscription for plan in plans.values()} - {own, None}
        return {
            other: subscriptions.provider(f"{name}-{other}", other, ResourceOptions(parent=self))
            for other in sorted(filter(None, others))
        }
