"""One SRE agent, as its directory and the stack's config say: the program that every environment runs."""

from pathlib import Path

import pulumi

import pulumi_sre_agent as sre

config = pulumi.Config()


def read_directory() -> sre.directory.AgentDirectory:
    """Read what the agent is; where it has faults, all of them are printed and nothing is deployed."""
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


directory = read_directory()
agent = sre.Agent(
    directory.agent.name,
    {
        "directory": directory,
        "people": config.get_object("people") or [],
        "make_targets": config.get_bool("makeTargets") or False,
        "existing_resource_group": config.get_bool("existingResourceGroup") or False,
    },
)

pulumi.export("endpoint", agent.endpoint)
pulumi.export("portalUrl", agent.portal_url)
pulumi.export("agentId", agent.agent_id)
pulumi.export("principalId", agent.principal_id)
