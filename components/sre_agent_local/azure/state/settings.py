"""What can be set while the server runs: how long things take, and how strict it is."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationError

from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.validation import StrictModel, validation_message

Seconds = Annotated[float, Field(ge=0, le=24 * 3600)]


REGIONS = {
    "australiaeast": "Australia East",
    "canadacentral": "Canada Central",
    "centralus": "Central US",
    "eastasia": "East Asia",
    "eastus2": "East US 2",
    "francecentral": "France Central",
    "italynorth": "Italy North",
    "japaneast": "Japan East",
    "koreacentral": "Korea Central",
    "northcentralus": "North Central US",
    "polandcentral": "Poland Central",
    "southafricanorth": "South Africa North",
    "southcentralus": "South Central US",
    "southeastasia": "Southeast Asia",
    "spaincentral": "Spain Central",
    "swedencentral": "Sweden Central",
    "uksouth": "UK South",
    "westcentralus": "West Central US",
    "westus2": "West US 2",
    "westus3": "West US 3",
}
"""What people call each region, by its name."""


# fmt: off
SEEDED_HOSTS = (
    "*.azuresre.ai", "*.blob.core.windows.net", "*.hcp.swedencentral.azmk8s.io", "*.kusto.windows.net",
    "*.monitor.azure.com", "*.ods.opinsights.azure.com", "*.oms.opinsights.azure.com", "*.vault.azure.net",
    "api.applicationinsights.io", "api.loganalytics.azure.com", "api.loganalytics.io", "graph.microsoft.com",
    "login.microsoftonline.com", "login.windows.net", "management.azure.com",
)
# fmt: on


APPROVAL_TOOLS = ("RunAzCliWriteCommands", "RunKubectlWriteCommand", "RunPsqlWriteCommand")


class LocalSettings(StrictModel):
    """Seconds are real seconds; 0 means at once. What stands below a switch is shown to who lists them."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    operation_seconds: Seconds = 2.0
    """How long an operation takes: of agents, connectors, groups; also a clone, indexing, an agent's turn.

    See docs/reference/control-plane.md#long-running-operations.
    """
    ready_seconds: Seconds = 2.0
    """How long after its creation an agent's data plane begins to answer.

    See docs/reference/data-plane.md#general-behaviour.
    """
    platform_seconds: Seconds = 2.0
    """How long after ARM an agent sees its incident platform; some 30 s in Azure.

    See docs/reference/run-time.md#incident-platforms.
    """
    latency_seconds: Seconds = 0.0
    """Added to every answer of either plane."""
    restricted_tenant: bool = False
    """ARM refuses every sub-resource but connectors, as it does in most external tenants.

    See docs/reference/control-plane.md#sub-resources.
    """
    memory_enabled: bool = True
    """Whether the agent's memory is on; off, it takes no documents.

    See docs/reference/data-plane.md#knowledge.
    """
    strict_tool_type: bool = False
    """The data plane refuses `Tool` as the type of a tool and wants `ExtendedAgentTool`.

    See docs/reference/assumptions.md#tool-type.
    """
    strict_accept: bool = False
    """A GET that does not ask for `application/json` by name gets the web page.

    See docs/reference/assumptions.md#accept-header.
    """
    webhook_needs_token: bool = True
    """The webhook of an HTTP trigger refuses callers without a token.

    See docs/reference/assumptions.md#webhook-authentication.
    """
    messages_start_threads: bool = False
    """A message to a GUID that names no thread starts that thread, rather than being a 404.

    See docs/reference/assumptions.md#thread-creation.
    """
    lower_case_events: bool = False
    """The hub calls its event `messageupdate`, as some clients have seen it.

    See docs/reference/assumptions.md#case-of-events.
    """
    review_blocks: bool = True
    """In Review mode a write waits for an approval; without, it runs at once, as in July 2026.

    See docs/reference/assumptions.md#review-mode.
    """
    agent_mode_caps: bool = False
    """The agent's mode is a ceiling for plans, tasks and triggers, rather than what counts without theirs.

    See docs/reference/assumptions.md#the-agents-mode.
    """
    approval_tools: list[str] = Field(default_factory=lambda: [*APPROVAL_TOOLS])
    """Built-in tools that want approval, as a connector's operation can be set to.

    See docs/reference/assumptions.md#tools-that-want-approval.
    """
    on_behalf_of: Literal["lowAccess", "always", "never"] = "lowAccess"
    """When a write waits for the permissions of whoever approves it; by default at access level Low.

    See docs/reference/run-time.md#approvals.
    """
    quickstart_plan: Literal["quickstart_response_plan", "quickstart_handler", ""] = (
        "quickstart_response_plan"
    )
    """Name of the incident filter that comes with a platform; empty: none does.

    See docs/reference/assumptions.md#quickstart-plan.
    """
    several_plans: Literal["any", "each"] = "any"
    """What becomes of an incident that several response plans take: one of them has it, or each.

    See docs/reference/assumptions.md#several-plans.
    """
    plan_choice_seed: int = 0
    """Draws the one of several response plans that takes an incident; the same for alerts of one rule.

    See docs/reference/assumptions.md#several-plans.
    """
    alert_scope: Literal["subscription", "group"] = "subscription"
    """Which alerts an agent looks at: all of the subscriptions in which it manages something, or those of
    what it manages.

    See docs/reference/assumptions.md#scope-of-alerts.
    """
    writable_filters_v1: bool = False
    """Version 1 of the API writes incident filters too, as builds did that knew no other.

    See docs/reference/assumptions.md#version-1-filters.
    """
    new_handoffs: bool = False
    """A subagent may be made with handoffs also by an agent whose `EnableV2AgentLoop` is on.

    See docs/reference/assumptions.md#handoffs-of-new-subagents.
    """
    connector_catalogue: bool = True
    """Managed connectors have a catalogue, and connections access policies, which some builds lack.

    See docs/reference/assumptions.md#managed-connectors.
    """
    plugin_commits: bool = True
    """An installation says the commit that it was installed from.

    See docs/reference/assumptions.md#what-a-plugin-brought.
    """
    deep_investigation: bool = True
    """Incident filters may ask for a deep investigation, which some builds refuse.

    See docs/reference/data-plane.md#incident-filters.
    """
    denied_actions: list[str] = Field(default_factory=list)
    """ARM actions that no caller may perform, `*` for anything: `Microsoft.Network/*`, as a login without
    that role meets them. Joins and assignments of linked resources count, such as `*/subnets/join/action`.

    See docs/reference/control-plane.md#errors.
    """
    data_plane_roles: bool = False
    """An agent answers only to who has a role on it, or above it, whose data actions allow that.

    See docs/reference/control-plane.md#roles-on-an-agent.
    """
    strict_directory: bool = False
    """Roles go only to users and groups that are in the directory, as in Azure.

    See docs/reference/control-plane.md#principals.
    """
    unregistered_providers: list[str] = Field(default_factory=list)
    """Namespaces that the subscription is not registered for: nothing of theirs can be written.

    See docs/reference/control-plane.md#errors.
    """
    agent_regions: list[str] = Field(default_factory=lambda: [*REGIONS])
    """Where agents can be: by default in every region that a public source names.

    See docs/reference/control-plane.md#regions.
    """
    seeded_hosts: list[str] = Field(default_factory=lambda: [*SEEDED_HOSTS])
    """What an agent may reach once its egress is restricted and nobody says what: Azure's own hosts.

    See docs/reference/assumptions.md#hosts-that-azure-needs.
    """
    pager_duty_general_keys: list[str] = Field(default_factory=list)
    """Keys that PagerDuty knows as an account's, and not as a user's.

    See docs/reference/run-time.md#incident-platforms.
    """

    def with_changes(self, changes: Json) -> "LocalSettings":
        """Return a copy with `changes`. Raises BadRequest for an unknown switch or a wrong value."""
        try:
            return LocalSettings.model_validate({**self.to_json(), **changes})
        except ValidationError as error:
            names = ", ".join(self.to_json())
            raise BadRequest(
                f"The switches cannot be set: {validation_message(error, '')}; there are: {names}."
            ) from error

    def to_json(self) -> dict[str, Any]:
        return self.model_dump(by_alias=True)


@dataclass(frozen=True)
class Switch:
    """What a switch stands for, in a sentence or two, and where that is written down; a place, or nothing."""

    name: str
    meaning: str
    source: str


def switches() -> list[Switch]:
    """Return every switch, by its name on the wire."""
    found = []
    for name, field in LocalSettings.model_fields.items():
        meaning, _, source = (field.description or "").partition("See docs/")
        meaning = " ".join(meaning.split()).replace("`", "")
        found.append(Switch(field.alias or name, meaning, f"docs/{source.strip(' .')}" if source else ""))
    return found
