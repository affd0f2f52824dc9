"""What an agent is to be: arguments and directory joined and checked, before anything is registered."""

import os
from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi import Config, Input

from pulumi_sre_agent import directory as directories
from pulumi_sre_agent import resources
from pulumi_sre_agent.agent import targets
from pulumi_sre_agent.agent.args import AgentArgs, validate
from pulumi_sre_agent.agent.extensions import directory_has_values
from pulumi_sre_agent.agent.response_plans import AZURE_MONITOR, for_platform, platform_type
from pulumi_sre_agent.agent.targets import Target
from pulumi_sre_agent.agent.tools import check_reach, check_tools
from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.api.kinds import HTTP_TRIGGER, INCIDENT_PLATFORM
from pulumi_sre_agent.api.settings import Settings
from pulumi_sre_agent.api.versions import AGENT_PREVIEW
from pulumi_sre_agent.identity.access import AccessArgs, ExtraRoleArgs
from pulumi_sre_agent.identity.identity import credentials_of_new
from pulumi_sre_agent.monitoring.spend import budget_is_complete
from pulumi_sre_agent.network.network import full_egress
from pulumi_sre_agent.schema.choices import DEFAULT_ACCESS_LEVEL, DEFAULT_ACTION_MODE, AccessLevel
from pulumi_sre_agent.schema.normalization import is_unknown
from pulumi_sre_agent.schema.outputs import lift
from pulumi_sre_agent.schema.secrecy import refusal
from pulumi_sre_agent.schema.validation import ValidationError, get_path, nested, raise_errors

if TYPE_CHECKING:
    from pulumi_sre_agent.directory import AgentDirectory

FEATURES = {"EnableWorkspaceTools": True, "EnableHttpTriggers": True, "EnableV2AgentLoop": True}
"""Experimental settings, which only the preview has: Microsoft's own templates give them to every agent
(docs/reference/directory-format.md#what-the-templates-deploy)."""


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
        args = validate(args)
        own = login().subscription_id
        directory: AgentDirectory | None = args.get("directory")
        if isinstance(directory, str | Path):
            directory = directories.read(Path(directory), subscription=args.get("subscription_id", own))
        if directory and "incident_platform" in args:  # an agent has one, and arguments win
            others = (item for item in directory.items if item.kind != INCIDENT_PLATFORM)
            directory = replace(directory, items=tuple(others))
        arguments = _arguments(args, directory.agent.arguments if directory else {})
        subscription = arguments.get("subscription_id") if has_provider else own
        spec = cls(args=args, directory=directory, arguments=arguments, subscription=subscription)
        spec._validate()
        if spec.directory:
            spec = replace(spec, directory=for_platform(spec.directory, spec.incident_platform))
        return spec

    @property
    def name(self) -> Input[str]:
        name: Input[str] = self.arguments["name"]
        return name

    @property
    def title(self) -> str:
        """What errors call it."""
        return f"The agent {self.name}" if isinstance(self.name, str) else "The agent"

    @property
    def group(self) -> Input[str]:
        group: Input[str] = self.arguments["resource_group_name"]
        return group

    @property
    def location(self) -> Input[str]:
        location: Input[str] = self.arguments["location"]
        return location

    @property
    def tags(self) -> Input[Mapping[str, Input[str]]]:
        tags: Input[Mapping[str, Input[str]]] = self.arguments["tags"]
        return tags

    @property
    def access_level(self) -> AccessLevel:
        level: AccessLevel = self.arguments["action_configuration"]["access_level"]
        return level

    @property
    def targets(self) -> Sequence[Target]:
        defaults = self.directory.agent.target_resource_groups if self.directory else ()
        return [*targets.read(self.args.get("targets", defaults), self.subscription)]

    @property
    def identity_ids(self) -> Sequence[Input[str]]:
        """ARM ids of identities to use instead of a new one."""
        listed = self.args.get("managed_identities", {}).get("user_assigned_resource_ids", ())
        default = self.directory.agent.existing_identity_id if self.directory else None
        identity_id = self.args.get("existing_identity_id", default)
        return listed or ([identity_id] if identity_id else [])

    @property
    def system_assigned(self) -> bool:
        return self.args.get("managed_identities", {}).get("system_assigned", True)

    @property
    def app_insights_id(self) -> Input[str] | None:
        """ARM id of an Application Insights component to use instead of a new one."""
        default = self.directory.agent.existing_app_insights_id if self.directory else None
        return self.args.get("existing_app_insights_id", default)

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
        items = self.directory.of(INCIDENT_PLATFORM) if self.directory else ()
        return next((item.args for item in items), {})

    @property
    def on_azure_monitor(self) -> bool:
        """Whether its incidents are the alerts of Azure Monitor, which it looks for by itself."""
        return platform_type(self.incident_platform.get("type")) == AZURE_MONITOR

    @property
    def derives_from_targets(self) -> bool:
        """Whether alerts come from where its targets lie, and so from places that must suit."""
        subscriptions = self.on_azure_monitor and "alert_subscriptions" not in self.args
        return subscriptions or (self.wants_alerts and "health_scopes" not in self.args.get("alerts", {}))

    @property
    def webhook_bridge(self) -> Mapping[str, Any] | None:
        """What the webhook bridge is to be: as the arguments say, else as the directory does."""
        if "webhook_bridge" in self.args:
            return self.args["webhook_bridge"]
        settings = self.directory.agent if self.directory else None
        if settings is None or not settings.webhook_bridge:
            return None
        if settings.webhook_bridge_trigger_url:
            return {"trigger_url": settings.webhook_bridge_trigger_url}
        return {"trigger": next(iter(self.triggers), "")}

    @property
    def triggers(self) -> Sequence[str]:
        """Names of the HTTP triggers, of the directory and of the arguments."""
        items = self.directory.of(HTTP_TRIGGER) if self.directory else ()
        return [*(item.name for item in items), *self.args.get("http_triggers", {})]

    @property
    def extra_roles(self) -> dict[str, ExtraRoleArgs]:
        """Roles of the agent's identity besides those of its access level."""
        grants = self.directory.roles if self.directory else ()
        defaults: dict[str, ExtraRoleArgs] = {
            grant.name: {"role": grant.role, "scope": grant.scope} for grant in grants
        }
        return {**defaults, **self.args.get("extra_roles", {})}

    @property
    def wants_alerts(self) -> bool:
        default = self.on_azure_monitor or "alerts" in self.args
        return bool(self.args.get("alerts", {}).get("enabled", default))

    @property
    def wants_dashboard(self) -> bool:
        return bool(self.args.get("dashboard", {}).get("enabled", True))

    @property
    def unit_limit(self) -> Input[int] | None:
        """What it may use in a month, where somebody is to be warned of that."""
        limit: Input[int] | None = self.arguments.get("monthly_agent_unit_limit")
        return limit if self.args.get("spend", {}).get("enabled", True) else None

    @property
    def egress(self) -> Mapping[str, Any]:
        """What its sandbox may reach, and how."""
        if "network" in self.args:
            return full_egress(self.args["network"])
        egress = get_path(self.arguments, "sandbox_configuration", "egress")
        return {"mode": egress} if is_unknown(egress) else egress or {}

    def at(self, location: Input[str]) -> "AgentSpec":
        """Return the same agent somewhere else."""
        return replace(self, arguments={**self.arguments, "location": location})

    def target_id(self, subscription: str, target: str) -> str:
        """Return the ARM id of a target that was an output.

        Raises `pulumi.RunError` where alerts were to come from it and cannot.
        """
        arm_id = ArmId(target) if target.startswith("/") else ArmId.scope(subscription, target)
        is_own = arm_id.subscription_id.lower() == subscription.lower()
        if self.derives_from_targets and not (is_own and arm_id.resource_group):
            raise refusal(
                f"{self.title} watches {arm_id}, which is no resource group or resource of its subscription: "
                "say whose alerts it works on in alert_subscriptions and alerts.health_scopes."
            )
        return str(arm_id)

    def _validate(self) -> None:
        missing = [
            name for name in ("name", "resource_group_name", "location") if not self.arguments.get(name)
        ]
        if missing:
            raise refusal(
                f"The agent has no {' and no '.join(missing)}: give it, or a directory that says it."
            )
        subscription = self.arguments.get("subscription_id")
        if subscription and self.subscription and subscription.lower() != self.subscription.lower():
            raise refusal(
                f"{self.title} belongs to subscription {subscription}, but this stack deploys to "
                f"{self.subscription}: change azure-native:subscriptionId or agent.json, or bring a provider "
                "for it in the agent's options, as sre.Fleet does."
            )
        made_here = ("knowledge_graph_configuration",)
        errors = [error for error in resources.validate("Agent", self.arguments) if error.path != made_here]
        raise_errors(self.title, [*errors, *self._errors()])
        self._validate_items()

    def _errors(self) -> Iterator[ValidationError]:
        """Yield what is wrong with arguments for children, in the light of what the directory says."""
        spend = self.args.get("spend", {})
        if spend.get("enabled") and self.unit_limit is None:
            yield ValidationError(
                (), "there is no limit to warn of: give it a monthly_agent_unit_limit, or no spend"
            )
        known = {*spend, "budget_scope", "agent_id", *(["action_group_id"] if self.wants_alerts else [])}
        yield from nested("spend", budget_is_complete)({"spend": dict.fromkeys(known)})
        credentials = self.args.get("federated_credentials")
        yield from credentials_of_new(
            {"existing_id": next(iter(self.identity_ids), None), "federated_credentials": credentials}
        )
        if self.directory:
            yield from directory_has_values({"directory": self.directory})
            yield from check_tools(self.directory)
            yield from check_reach(self.directory, self.egress)
        trigger = (self.webhook_bridge or {}).get("trigger")
        if trigger is not None and trigger not in self.triggers:
            yield ValidationError(
                ("webhook_bridge", "trigger"),
                f"there is no HTTP trigger {trigger!r} for its webhook bridge; there are "
                f"{', '.join(self.triggers) or 'none'}",
            )

    def _validate_items(self) -> None:
        if "incident_platform" in self.args:
            errors = resources.validate("IncidentPlatform", self.args["incident_platform"])
            raise_errors("The incident platform", errors)
        for name, trigger in self.args.get("http_triggers", {}).items():
            errors = resources.validate("HttpTrigger", {**trigger, "name": name})
            raise_errors(f"The HTTP trigger {name}", errors)


def login() -> Settings:
    """Read the login and the `sre:*` keys, so that a wrong one is refused before anything is registered."""

    def value(key: str) -> str | None:
        namespace, _, name = key.partition(":")
        return Config(namespace).get(name)

    try:
        return Settings.load(value, os.environ)
    except ConfigError as error:
        raise refusal(str(error)) from None


def _arguments(args: AgentArgs, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Lay the arguments over what the directory says, and both over what holds by default."""
    placement = ("name", "resource_group_name", "location", "subscription_id")
    action = {
        "access_level": DEFAULT_ACCESS_LEVEL,
        "mode": DEFAULT_ACTION_MODE,
        **defaults.get("action_configuration", {}),
    }
    action |= {"access_level": args["access_level"]} if "access_level" in args else {}
    action |= {"mode": args["action_mode"]} if "action_mode" in args else {}
    arguments: dict[str, Any] = {
        **defaults,
        **args.get("settings", {}),
        **{name: value for name, value in args.items() if name in placement},
        "action_configuration": action,
        "tags": lift(lambda *tags: dict(ChainMap(*tags)), args.get("tags", {}), defaults.get("tags", {})),
    }
    if arguments.get("api_version", AGENT_PREVIEW) == AGENT_PREVIEW:
        arguments.setdefault("experimental_settings", FEATURES)
    return arguments
