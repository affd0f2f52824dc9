"""What an agent is to be: arguments and directory joined and checked, before anything is registered."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NotRequired

from pulumi import Config, Input, RunError
from typing_extensions import TypedDict

from pulumi_sre_agent import directory as directories
from pulumi_sre_agent import resources
from pulumi_sre_agent.access import PersonArgs, people_grants
from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.api.settings import Settings
from pulumi_sre_agent.identity import Identity, IdentityArgs
from pulumi_sre_agent.telemetry import Telemetry, TelemetryArgs

if TYPE_CHECKING:
    from pulumi_sre_agent.directory import AgentDirectory

HIDDEN_LINK = "hidden-link: /app-insights-resource-id"
"""Tag by which the Azure portal finds an agent's Application Insights (api.md A.4)."""
PREVIEW = "2025-05-01-preview"
"""Default api-version of agents, and the only one with experimental settings (api.md A.5)."""
FEATURES = {"EnableWorkspaceTools": True, "EnableHttpTriggers": True, "EnableV2AgentLoop": True}
"""Experimental settings that Microsoft's own templates give every agent (peer-tools.md 1.1)."""


class AgentArgs(TypedDict):
    """What the agent is; whatever is said here wins over the directory.

    Without a directory, `name`, `resource_group_name` and `location` are needed.
    """

    directory: NotRequired[Any]
    """An agent directory: its path, or what `sre.directory.read` returned."""
    name: NotRequired[str]
    """Name of the agent in Azure: 2 to 32 letters, digits and hyphens, a letter first."""
    resource_group_name: NotRequired[str]
    """Resource group of the agent and of all that is made for it."""
    existing_resource_group: NotRequired[bool]
    """Whether that group is there already, and neither made nor deleted here; False by default."""
    location: NotRequired[str]
    """Region, such as `swedencentral`."""
    tags: NotRequired[Mapping[str, str]]
    """Azure tags of everything that is made here."""
    access_level: NotRequired[str]
    """`Low` (default): the agent reads what it watches; `High`: it may change it too."""
    action_mode: NotRequired[str]
    """`Review` (default): people approve what it does; `Automatic`; `ReadOnly`."""
    targets: NotRequired[Sequence[str]]
    """What it watches: names of resource groups in its subscription, or ARM ids of anything anywhere."""
    make_targets: NotRequired[bool]
    """Whether to make those groups too, for trying an agent out where nothing runs yet; default False."""
    people: NotRequired[Sequence[PersonArgs]]
    """Who may use it, and how far; whoever deploys it is its administrator anyway."""
    existing_identity_id: NotRequired[str]
    """ARM id of a user-assigned identity to use instead of a new one."""
    existing_app_insights_id: NotRequired[str]
    """ARM id of an Application Insights component to use instead of a new one."""
    existing_workspace_id: NotRequired[str]
    """ARM id of a Log Analytics workspace for a new Application Insights component to write to."""
    settings: NotRequired[Mapping[str, Any]]
    """Further arguments of `sre.resources.Agent`, such as `upgrade_channel` or `sandbox_configuration`."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Arguments and directory as one; everything in it is known before anything is registered."""

    directory: "AgentDirectory | None"
    arguments: Mapping[str, Any]
    """What `resources.Agent` is given besides what is made around it."""
    existing_group: bool
    subscription: str | None
    """None: only Azure knows, because the login has it from the Azure CLI."""
    targets: Sequence[str]
    make_targets: bool
    people: Sequence[PersonArgs]
    identity_id: str | None
    app_insights_id: str | None
    workspace_id: str | None

    @classmethod
    def of(cls, args: AgentArgs) -> "Plan":
        """Join arguments and directory, and refuse what is wrong with them."""
        subscription = _settings().subscription_id
        directory = args.get("directory")
        if isinstance(directory, str | Path):
            directory = directories.read(Path(directory), subscription=subscription)
        said = directory.agent if directory else None
        plan = cls(
            directory=directory,
            arguments=_arguments(args, said.arguments if said else {}),
            existing_group=args.get("existing_resource_group", False),
            subscription=subscription,
            targets=args.get("targets", said.target_resource_groups if said else ()),
            make_targets=args.get("make_targets", False),
            people=args.get("people", ()),
            identity_id=args.get("existing_identity_id", said.existing_identity_id if said else None),
            app_insights_id=args.get(
                "existing_app_insights_id", said.existing_app_insights_id if said else None
            ),
            workspace_id=args.get("existing_workspace_id"),
        )
        plan._check()
        return plan

    @property
    def name(self) -> str:
        return str(self.arguments["name"])

    @property
    def group(self) -> str:
        return str(self.arguments["resource_group_name"])

    @property
    def location(self) -> str:
        return str(self.arguments["location"])

    @property
    def tags(self) -> dict[str, str]:
        return dict(self.arguments["tags"])

    @property
    def access_level(self) -> str:
        return str(self.arguments["action_configuration"]["access_level"])

    def identity(self, group: Input[str]) -> IdentityArgs:
        if self.identity_id:
            return {"existing_id": self.identity_id}
        return {
            "identity_name": f"id-{self.name}",
            "resource_group_name": group,
            "location": self.location,
            "tags": self.tags,
        }

    def telemetry(self, group: Input[str]) -> TelemetryArgs:
        if self.app_insights_id:
            return {"existing_app_insights_id": self.app_insights_id}
        made: TelemetryArgs = {
            "app_insights_name": f"appi-{self.name}",
            "workspace_name": f"log-{self.name}",
            "resource_group_name": group,
            "location": self.location,
            "tags": self.tags,
        }
        return {**made, "existing_workspace_id": self.workspace_id} if self.workspace_id else made

    def agent(
        self,
        group: Input[str],
        subscription: Input[str],
        identity: Identity,
        telemetry: Telemetry,
        targets: list[Input[str]],
    ) -> dict[str, Any]:
        """Return the agent's own arguments: both identities (api.md A.4), its telemetry, what it watches."""
        return {
            **self.arguments,
            "resource_group_name": group,
            "subscription_id": subscription,
            "tags": {**self.tags, HIDDEN_LINK: telemetry.app_insights_id},
            "identity": {
                "type": "SystemAssigned, UserAssigned",
                "user_assigned_identities": [identity.identity_id],
            },
            "action_configuration": {
                **self.arguments["action_configuration"],
                "identity": identity.identity_id,
            },
            "knowledge_graph_configuration": {
                "identity": identity.identity_id,
                "managed_resources": targets,
            },
            "log_configuration": {
                "application_insights_configuration": {
                    "app_id": telemetry.app_id,
                    "connection_string": telemetry.connection_string,
                }
            },
        }

    def _check(self) -> None:
        missing = [
            name for name in ("name", "resource_group_name", "location") if not self.arguments.get(name)
        ]
        if missing:
            raise RunError(
                f"The agent has no {' and no '.join(missing)}: give it, or a directory that says it."
            )
        said = self.arguments.get("subscription_id")
        if said and self.subscription and said.lower() != self.subscription.lower():
            raise RunError(
                f"The agent {self.name} belongs to subscription {said}, but this stack deploys to "
                f"{self.subscription}: change azure-native:subscriptionId or agent.json."
            )
        made_here = ("knowledge_graph_configuration",)
        found = [each.reason for each in resources.faults("Agent", self.arguments) if each.path != made_here]
        if found:
            raise RunError("\n".join(f"The agent {self.name} cannot be: {reason}." for reason in found))
        list(people_grants({"agent_id": "", "people": self.people}))


def _settings() -> Settings:
    """Read the login and the `sre:*` keys, so that a wrong one is refused before anything is registered."""

    def value(key: str) -> str | None:
        namespace, _, name = key.partition(":")
        return Config(namespace).get(name)

    try:
        return Settings.load(value, os.environ)
    except ConfigError as error:
        raise RunError(str(error)) from None


def _arguments(args: AgentArgs, said: Mapping[str, Any]) -> dict[str, Any]:
    """Lay the arguments over what the directory says, and both over what holds by default."""
    settings = args.get("settings", {})
    given = {
        name: value for name, value in args.items() if name in ("name", "resource_group_name", "location")
    }
    action = {"access_level": "Low", "mode": "Review", **said.get("action_configuration", {})}
    action |= settings.get("action_configuration", {})
    action |= {"access_level": args["access_level"]} if "access_level" in args else {}
    action |= {"mode": args["action_mode"]} if "action_mode" in args else {}
    joined: dict[str, Any] = {**said, **settings, **given, "action_configuration": action}
    joined["tags"] = {**said.get("tags", {}), **args.get("tags", {})}
    if joined.get("api_version", PREVIEW) == PREVIEW:
        joined.setdefault("experimental_settings", FEATURES)
    return joined
