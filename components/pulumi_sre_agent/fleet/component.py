"""Many agents in one program, and what they share."""

from collections.abc import Mapping
from typing import Any

from pulumi import ComponentResource, Input, Output, ProviderResource, ResourceOptions

from pulumi_sre_agent.agent.component import Agent
from pulumi_sre_agent.agent.spec import AgentSpec, login
from pulumi_sre_agent.fleet.args import FleetArgs, is_shared, validate
from pulumi_sre_agent.fleet.specs import fleet_specs, in_shared_workspace, shared_networks
from pulumi_sre_agent.identity import subscriptions
from pulumi_sre_agent.monitoring.telemetry import workspace
from pulumi_sre_agent.network.shared_network import SharedNetwork, SharedNetworkArgs
from pulumi_sre_agent.schema.secrecy import guarding


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
        args = validate(args)
        # With a provider of the program's own for all of them, only Azure knows the subscription.
        own = None if subscriptions.has_provider(opts) else login().subscription_id
        own = own and own.lower()
        group = args.get("resource_group_name", f"rg-{name}")
        specs = fleet_specs(args, group if is_shared(args) else None, own)
        networks = shared_networks(args, specs)
        super().__init__("sre:index:Fleet", name, None, guarding(opts))
        shared_group = self._shared_group(name, args, group) if is_shared(args) else group
        workspace_id = self._workspace_id(name, args, shared_group)
        subnet_ids = self._subnet_ids(name, args, shared_group, networks)
        providers = self._subscription_providers(name, own, specs)
        self.agents: dict[str, Agent] = {}
        """The agents, by name here; not an output, which is data."""
        for agent_name, spec in specs.items():
            agent_args: Any = {**spec.args, "directory": spec.directory}
            if workspace_id and in_shared_workspace(spec):
                agent_args["existing_workspace_id"] = workspace_id
            if agent_name in subnet_ids:
                agent_args["network"] = {"existing_subnet_id": subnet_ids[agent_name]}
            child = ResourceOptions(parent=self, provider=providers.get(spec.subscription))
            self.agents[agent_name] = Agent(f"{name}-{agent_name}", agent_args, child)
        self.endpoints = {agent_name: agent.endpoint for agent_name, agent in self.agents.items()}
        self.portal_urls = {agent_name: agent.portal_url for agent_name, agent in self.agents.items()}
        outputs = ("endpoints", "portal_urls", "outbound_ip_addresses")
        self.register_outputs({output: getattr(self, output) for output in outputs})

    def _shared_group(self, name: str, args: FleetArgs, group: Input[str]) -> Input[str]:
        """Return the name of the resource group of what is shared."""
        if args.get("existing_resource_group"):
            return group
        from pulumi_azure_native import resources as groups  # noqa: PLC0415 - costs a fifth of a second

        resource_group = groups.ResourceGroup(
            name,
            resource_group_name=group,
            location=args["location"],
            tags=args.get("tags"),
            opts=ResourceOptions(parent=self),
        )
        return resource_group.name

    def _workspace_id(self, name: str, args: FleetArgs, group: Input[str]) -> Output[str] | None:
        """Make the workspace that agents share, if they do; return its id."""
        if "shared_workspace" not in args:
            return None
        workspace_args: Any = {
            "workspace_name": f"log-{name}",
            **args["shared_workspace"],
            "resource_group_name": group,
            "location": args["location"],
            "tags": args.get("tags"),
        }
        return workspace(name, workspace_args, ResourceOptions(parent=self)).id

    def _subnet_ids(
        self, name: str, args: FleetArgs, group: Input[str], networks: Mapping[str, SharedNetworkArgs]
    ) -> dict[str, Output[str]]:
        """Make the network of each region; return the id of each agent's subnet."""
        self.outbound_ip_addresses = {}
        subnet_ids: dict[str, Output[str]] = {}
        for region, network_args in networks.items():
            named_args: SharedNetworkArgs = {
                **network_args,
                "resource_group_name": group,
                "tags": args.get("tags", {}),
                "virtual_network_name": f"vnet-{name}-{region}",
                "network_security_group_name": f"nsg-{name}-{region}",
                "nat_gateway_name": f"ng-{name}-{region}",
                "public_ip_address_name": f"pip-{name}-{region}",
            }
            network = SharedNetwork(f"{name}-{region}", named_args, ResourceOptions(parent=self))
            subnet_ids |= network.subnet_ids
            self.outbound_ip_addresses[region] = network.outbound_ip_addresses
        return subnet_ids

    def _subscription_providers(
        self, name: str, own: str | None, specs: Mapping[str, AgentSpec]
    ) -> dict[str | None, ProviderResource]:
        """Return a provider for each subscription but the fleet's own."""
        others = {spec.subscription for spec in specs.values()} - {own, None}
        return {
            other: subscriptions.provider(f"{name}-{other}", other, ResourceOptions(parent=self))
            for other in sorted(filter(None, others))
        }
