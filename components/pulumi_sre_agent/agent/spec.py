"""What an agent is to be: arguments and directory joined and checked, before anything is registered."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi import Config, RunError

from pulumi_sre_agent import directory as directories
from pulumi_sre_agent import resources
from pulumi_sre_agent.agent.args import AgentArgs, checked, refuse
from pulumi_sre_agent.agent.response_plans import AZURE_MONITOR, for_platform, platform_type
from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.api.kinds import HTTP_TRIGGER, INCIDENT_PLATFORM
from pulumi_sre_agent.api.settings import Settings
from pulumi_sre_agent.api.versions import AGENT_PREVIEW
from pulumi_sre_agent.identity.access import AccessArgs, ExtraRoleArgs, people_grants
from pulumi_sre_agent.schema.choices import DEFAULT_ACCESS_LEVEL, DEFAULT_ACTION_MODE

if TYPE_CHECKING:
    from pulumi_sre_agent.directory import AgentDirectory

FEATURES = {"EnableWorkspaceTools": True, "EnableHttpTriggers": True, "EnableV2AgentLoop": True}
"""Experimental settings, which only the preview has: Microsoft's own templates give them to every agent
(peer-tools.md 1.1)."""


@dataclass(frozen=True, kw_only=True)
class AgentSpec:
    """Arguments and directory as one; everything in it is known before anything is registered."""

    args: AgentArgs
    directory: "AgentDirectory | None"
    arguments: Mapping[str, Any]
    """What `resources.Agent` is given besides what is made around it."""
    subscription: str | None
    """None: only Azure knows, because the login has it from the Azure CLI, or a provider of the program's."""

    @classmethod
    def of(cls, args: AgentArgs, *, has_provider: bool = False) -> "AgentSpec":
        """Join arguments and directory, and refuse what is wrong with them.

        `has_provider`: whether the program has its own provider for azure-native, for whichever subscription.
        """
        args = checked(args)
        own = login().subscription_id
        directory: AgentDirectory | None = args.get("directory")
        if isinstance(directory, str | Path):
            directory = directories.read(Path(directory), subscription=args.get("subscription_id", own))
        if directory and "incident_platform" in args:  # an agent has one, and arguments win
            others = (item for item in directory.items if item.kind != INCIDENT_PLATFORM)
            directory = replace(directory, items=tuple(others))
        said = directory.agent.arguments if directory else {}
        arguments = _arguments(args, said)
        subscription = arguments.get("subscription_id") if has_provider else own
        plan = cls(args=args, directory=directory, arguments=arguments, subscription=subscription)
        plan._check()
        if plan.directory:
            plan = replace(plan, directory=for_platform(plan.directory, plan.incident_platform))
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

    @property
    def targets(self) -> Sequence[str]:
        return self.args.get("targets", self.directory.agent.target_resource_groups if self.directory else ())

    @property
    def identity_ids(self) -> Sequence[str]:
        """ARM ids of identities to use instead of a new one."""
        listed = self.args.get("managed_identities", {}).get("user_assigned_resource_ids", ())
        said = self.directory.agent.existing_identity_id if self.directory else None
        one = self.args.get("existing_identity_id", said)
        return listed or ([one] if one else [])

    @property
    def system_assigned(self) -> bool:
        return self.args.get("managed_identities", {}).get("system_assigned", True)

    @property
    def app_insights_id(self) -> str | None:
        """ARM id of an Application Insights component to use instead of a new one."""
        said = self.directory.agent.existing_app_insights_id if self.directory else None
        return self.args.get("existing_app_insights_id", said)

    @property
    def people(self) -> AccessArgs:
        """Who has which role on the agent."""
        return {
            "people": self.args.get("people", ()),
            "role_assignments": self.args.get("role_assignments", ()),
        }

    @property
    def incident_platform(self) -> Mapping[str, Any]:
        """Where its incidents come from: as the arguments say, else as the directory does, if that does."""
        if "incident_platform" in self.args:
            return self.args["incident_platform"]
        said = self.directory.of(INCIDENT_PLATFORM) if self.directory else ()
        return next((item.args for item in said), {})

    @property
    def on_azure_monitor(self) -> bool:
        """Whether its incidents are the alerts of Azure Monitor, which it looks for by itself."""
        return platform_type(self.incident_platform.get("type")) == AZURE_MONITOR

    @property
    def webhook_bridge(self) -> Mapping[str, Any] | None:
        """What the webhook bridge is to be: as the arguments say, else as the directory does."""
        if "webhook_bridge" in self.args:
            return self.args["webhook_bridge"]
        said = self.directory.agent if self.directory else None
        if said is None or not said.webhook_bridge:
            return None
        if said.webhook_bridge_trigger_url:
            return {"trigger_url": said.webhook_bridge_trigger_url}
        return {"trigger": next(iter(self.triggers), "")}

    @property
    def triggers(self) -> Sequence[str]:
        """Names of the HTTP triggers, of the directory and of the arguments."""
        said = self.directory.of(HTTP_TRIGGER) if self.directory else ()
        return [*(item.name for item in said), *self.args.get("http_triggers", {})]

    @property
    def extra_roles(self) -> dict[str, ExtraRoleArgs]:
        """Roles of the agent's identity besides those of its access level."""
        said = self.directory.roles if self.directory else ()
        listed: dict[str, ExtraRoleArgs] = {
            grant.name: {"role": grant.role, "scope": grant.scope} for grant in said
        }
        return {**listed, **self.args.get("extra_roles", {})}

    @property
    def wants_alerts(self) -> bool:
        asked = self.on_azure_monitor or "alerts" in self.args
        return bool(self.args.get("alerts", {}).get("enabled", asked))

    @property
    def wants_dashboard(self) -> bool:
        return bool(self.args.get("dashboard", {}).get("enabled", True))

    @property
    def unit_limit(self) -> int | None:
        """What it may use in a month, where somebody is to be warned of that."""
        limit: int | None = self.arguments.get("monthly_agent_unit_limit")
        return limit if self.args.get("spend", {}).get("enabled", True) else None

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
                f"{self.subscription}: change azure-native:subscriptionId or agent.json, or bring a provider "
                "for it in the agent's options, as sre.Fleet does."
            )
        made_here = ("knowledge_graph_configuration",)
        found = [fault for fault in resources.validate("Agent", self.arguments) if fault.path != made_here]
        refuse(f"The agent {self.name}", found)
        if self.args.get("spend", {}).get("enabled") and self.unit_limit is None:
            raise RunError(
                f"The agent {self.name} has no limit to warn of: give it a monthly_agent_unit_limit, or no "
                "spend."
            )
        list(people_grants({"agent_id": "", **self.people}))
        self._check_parts()

    def _check_parts(self) -> None:
        if "incident_platform" in self.args:
            found = resources.validate("IncidentPlatform", self.args["incident_platform"])
            refuse("The incident platform", found)
        for name, trigger in self.args.get("http_triggers", {}).items():
            refuse(f"The HTTP trigger {name}", resources.validate("HttpTrigger", {**trigger, "name": name}))
        bridge = self.webhook_bridge
        if bridge is not None and ("trigger" in bridge) == ("trigger_url" in bridge):
            raise RunError("The webhook bridge cannot be: say either its trigger or its trigger_url.")
        if bridge and "trigger" in bridge and bridge["trigger"] not in self.triggers:
            raise RunError(
                f"The webhook bridge cannot be: there is no HTTP trigger {bridge['trigger']!r}; there are "
                f"{', '.join(self.triggers) or 'none'}."
            )


def login() -> Settings:
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
    where = ("name", "resource_group_name", "location", "subscription_id")
    given = {name: value for name, value in args.items() if name in where}
    action = {
        "access_level": DEFAULT_ACCESS_LEVEL,
        "mode": DEFAULT_ACTION_MODE,
        **said.get("action_configuration", {}),
    }
    action |= {"access_level": args["access_level"]} if "access_level" in args else {}
    action |= {"mode": args["action_mode"]} if "action_mode" in args else {}
    joined: dict[str, Any] = {**said, **settings, **given, "action_configuration": action}
    joined["tags"] = {**said.get("tags", {}), **args.get("tags", {})}
    if joined.get("api_version", AGENT_PREVIEW) == AGENT_PREVIEW:
        joined.setdefault("experimental_settings", FEATURES)
    return joined
