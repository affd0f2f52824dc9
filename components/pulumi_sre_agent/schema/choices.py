"""Values that more than one field may take, and the toolkit's own defaults among them: each list once.

A choice that one field alone has stands as a `Literal` where that field is.
"""

from typing import Literal

from pulumi_sre_agent.schema.annotations import EnumAliases

AccessLevel = Literal["Low", "High"]
DEFAULT_ACCESS_LEVEL: AccessLevel = "Low"

ActionMode = Literal["Review", "Autonomous", "ReadOnly"]
"""`Review` asks before it acts, `Autonomous` acts, `ReadOnly` only looks."""
DEFAULT_ACTION_MODE: ActionMode = "Review"
AgentActionMode = Literal["Review", "Autonomous", "Automatic", "ReadOnly"]
"""As ARM has it: its preview version says `Automatic` for `Autonomous`."""
RunMode = Literal["Autonomous", "Review"]
"""Of what runs by itself: nothing of that only looks."""
ACTION_MODE_ALIASES = EnumAliases({"automatic": "Autonomous"})

UpgradeChannel = Literal["Preview", "Stable"]
ModelProvider = Literal["Anthropic", "MicrosoftFoundry"]
EgressMode = Literal["AzureVNet", "Limited", "Unrestricted"]

IncidentPlatformType = Literal["AzMonitor", "PagerDuty", "ServiceNow"]
AgentPlatformType = Literal["AzMonitor", "PagerDuty", "ServiceNow", "None"]
"""As an agent's own block has it, where `None` is no platform."""
PLATFORM_ALIASES = EnumAliases({"azuremonitor": "AzMonitor"})

PrincipalType = Literal["User", "Group", "ServicePrincipal"]
