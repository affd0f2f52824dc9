"""One SRE agent, as its directory and the stack's config say: the program that every environment runs."""

from collections.abc import Mapping
from pathlib import Path

import pulumi

import pulumi_sre_agent as sre

config = pulumi.Config()


def read_directory() -> sre.directory.AgentDirectory:
    """Read what the agent is; every fault of it is printed, and then nothing is deployed."""
    folder = Path(__file__).parent / config.require("agentDirectory")
    try:
        return sre.directory.read(
            folder,
            answers=config.get_object("answers"),
            variables=config.get_object("variables"),
            subscription=pulumi.Config("azure-native").get("subscriptionId"),
        )
    except sre.directory.DirectoryError as error:
        raise pulumi.RunError(str(error)) from None


def made_targets(directory: sre.directory.AgentDirectory) -> Mapping[str, pulumi.Input[str]]:
    """Make the resource groups that the agent watches, where the stack says that nobody else does."""
    if not config.get_bool("makeTargets"):
        return {}
    from pulumi_azure_native import resources  # noqa: PLC0415 - only where there is something to make

    location = directory.agent.location
    groups = directory.agent.target_resource_groups
    return {
        group: resources.ResourceGroup(group, resource_group_name=group, location=location).id
        for group in groups
    }


directory = read_directory()
agent = sre.Agent(
    directory.agent.name,
    {
        "directory": directory,
        "target_ids": made_targets(directory),
        "people": config.get_object("people") or [],
        "existing_resource_group": config.get_bool("existingResourceGroup") or False,
    },
)

pulumi.export("endpoint", agent.endpoint)
pulumi.export("portalUrl", agent.portal_url)
pulumi.export("agentId", agent.agent_id)
pulumi.export("principalId", agent.principal_id)
