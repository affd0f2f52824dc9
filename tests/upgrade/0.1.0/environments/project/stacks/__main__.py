"""One SRE agent, as its directory and the stack's config say: the program that every environment runs."""

import pulumi

import pulumi_sre_agent as sre
from settings import HERE, config, left, refuse_plain_keys, refuse_unknown, said, text


def read_directory() -> sre.directory.AgentDirectory:
    """Read what the agent is; where it has faults, all of them are printed and nothing is deployed."""
    try:
        return sre.directory.read(
            HERE / config.require("agentDirectory"),
            answers=said("answers"),
            variables=said("variables"),
            subscription=pulumi.Config("azure-native").get("subscriptionId"),
        )
    except sre.directory.DirectoryError as error:
        raise pulumi.RunError(str(error)) from None


refuse_unknown()
refuse_plain_keys()
directory = read_directory()
limit = said("unitLimit")
agent = sre.Agent(
    directory.agent.name,
    {
        "directory": directory,
        # What it may do, and how much
        "action_mode": text("actionMode"),
        "access_level": text("accessLevel"),
        "targets": said("targets"),
        "make_targets": said("makeTargets"),
        "extra_roles": said("extraRoles"),
        "settings": {"monthly_agent_unit_limit": limit} if limit else {},
        # Who may use it
        "people": said("people"),
        "federated_credentials": said("federatedCredentials"),
        # Where it lies, and how it reaches out
        "existing_resource_group": said("existingResourceGroup"),
        "existing_workspace_id": text("existingWorkspaceId"),
        "network": said("network"),
        # What comes in, and what watches it
        "incident_platform": said("incidentPlatform"),
        "quickstart_plan": left("quickstartPlan"),
        "http_triggers": said("httpTriggers"),
        "alerts": said("alerts"),
        "webhook_bridge": said("webhookBridge"),
        "dashboard": said("dashboard"),
        "spend": said("spend"),
        "diagnostic_settings": said("diagnosticSettings"),
        # What must not be lost
        "protect": said("protect"),
        "lock": said("lock"),
    },
)

pulumi.export("endpoint", agent.endpoint)
pulumi.export("portalUrl", agent.portal_url)
pulumi.export("agentId", agent.agent_id)
pulumi.export("identityId", agent.identity_id)
pulumi.export("principalId", agent.principal_id)
pulumi.export("outboundIpAddresses", agent.outbound_ip_addresses)
pulumi.export("dashboardUrl", agent.dashboard_url)
pulumi.export("triggerUrls", agent.trigger_urls or None)
pulumi.export("callbackUrl", agent.callback_url)
