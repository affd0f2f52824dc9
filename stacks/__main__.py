"""One SRE agent, as its directory and the stack's config say: the program that every environment runs."""

import pulumi

import pulumi_sre_agent as sre
from settings import STACKS, config, false_or_none, get_json, get_text, validate_keys, validate_secrets


def read_directory() -> sre.directory.AgentDirectory:
    """Read what the agent is; where it has faults, all of them are printed and nothing is deployed."""
    try:
        return sre.directory.read(
            STACKS / config.require("agentDirectory"),
            answers=get_json("answers"),
            variables=get_json("variables"),
            subscription=pulumi.Config("azure-native").get("subscriptionId"),
        )
    except sre.directory.DirectoryError as error:
        raise pulumi.RunError(str(error)) from None


validate_keys()
validate_secrets()
directory = read_directory()
limit = get_json("unitLimit")
agent = sre.Agent(
    directory.agent.name,
    {
        "directory": directory,
        # What it may do, and how much
        "action_mode": get_text("actionMode"),
        "access_level": get_text("accessLevel"),
        "targets": get_json("targets"),
        "make_targets": get_json("makeTargets"),
        "extra_roles": get_json("extraRoles"),
        "settings": {"monthly_agent_unit_limit": limit} if limit else {},
        # Who may use it
        "people": get_json("people"),
        "federated_credentials": get_json("federatedCredentials"),
        # Where it lies, and how it reaches out
        "existing_resource_group": get_json("existingResourceGroup"),
        "existing_workspace_id": get_text("existingWorkspaceId"),
        "network": get_json("network"),
        # What comes in, and what watches it
        "incident_platform": get_json("incidentPlatform"),
        "quickstart_plan": false_or_none("quickstartPlan"),
        "http_triggers": get_json("httpTriggers"),
        "alerts": get_json("alerts"),
        "webhook_bridge": get_json("webhookBridge"),
        "dashboard": get_json("dashboard"),
        "spend": get_json("spend"),
        "diagnostic_settings": get_json("diagnosticSettings"),
        # What must not be lost
        "protect": get_json("protect"),
        "lock": get_json("lock"),
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
