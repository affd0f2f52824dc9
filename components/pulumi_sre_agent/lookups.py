"""What is there already: functions that ask Azure while the program runs, in previews too.

Each `get_…` answers at once and each `get_…_output` takes outputs and returns one. They log in as the
resources do, by the stack's configuration and the environment, and need nothing of azure-native.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pulumi import Config, Input, Output

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.errors import SreAgentError
from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.api.settings import Settings
from pulumi_sre_agent.api.versions import AGENT_GA, AGENT_PREVIEW
from pulumi_sre_agent.schema.secrecy import refusal

if TYPE_CHECKING:
    from pulumi_sre_agent.api.client import Client
    from pulumi_sre_agent.api.runtime.usages import Name

T = TypeVar("T")


@dataclass(frozen=True)
class FoundAgent:
    """An agent as it is now.

    See docs/reference/control-plane.md#identity, docs/reference/control-plane.md#properties-of-an-agent.
    """

    id: str
    """Its ARM id."""
    name: str
    location: str
    """Region, such as `swedencentral`."""
    tags: dict[str, str]
    endpoint: str | None
    """Base address of its data plane; None while it is being made."""
    outbound_ip_addresses: list[str]
    """Addresses from which it calls out, for firewalls; sorted."""
    system_assigned_principal_id: str | None
    """Object id of its system-assigned identity; None without one."""
    user_assigned_identities: list[str]
    """ARM ids of its user-assigned identities; sorted."""
    managed_resources: list[str]
    """ARM ids of what it watches."""
    mode: str | None
    """How it acts, as Azure spells it: `Review`, `Automatic`, `autonomous` …"""
    access_level: str | None
    """`Low` or `High`."""
    upgrade_channel: str | None
    """`Preview` or `Stable`."""
    incident_platform: str | None
    """`AzMonitor`, `PagerDuty`, `ServiceNow` or `None`; None where nothing was ever set."""
    power_state: str | None
    """`Running` or `Stopped`."""
    provisioning_state: str | None
    """`Succeeded`, or what goes on."""


@dataclass(frozen=True)
class SupportedModel:
    """A model that an agent can think with (docs/reference/control-plane.md#models)."""

    provider: str
    """What `default_model.provider` takes."""
    name: str
    """What `default_model.name` takes."""
    is_default: bool
    display_name: str | None
    multiplier: str | None
    """What it costs in comparison, such as `1x`."""


@dataclass(frozen=True)
class Usage:
    """What an agent has used this month (docs/reference/control-plane.md#usages)."""

    name: str
    """Such as `AgentUnits`."""
    unit: str
    current_value: float
    limit: float | None
    """None: no limit is set."""


@dataclass(frozen=True)
class DailyUsage:
    """What an agent has used in a day (docs/reference/control-plane.md#usages)."""

    date: str
    """As `2026-01-20`."""
    name: str
    """Such as `AgentUnits`."""
    value: float


def get_agent(name: str, resource_group_name: str, subscription_id: str | None = None) -> FoundAgent:
    """Return an existing agent. Raises `RunError` where there is none, or Azure does not answer.

    `subscription_id`: by default as for azure-native: config, `ARM_SUBSCRIPTION_ID`, Azure CLI.
    """
    with connected() as azure:
        subscription = subscription_id or azure.subscription_id()
        group = ArmId.scope(subscription, resource_group_name)
        agent_id = group.child("providers/Microsoft.App/agents", name)
        return _agent(azure.control.get(str(agent_id), AGENT_PREVIEW))


def get_agent_output(
    name: Input[str], resource_group_name: Input[str], subscription_id: Input[str | None] = None
) -> Output[FoundAgent]:
    """As `get_agent`, of outputs."""
    return as_output(get_agent, name, resource_group_name, subscription_id)


def get_supported_models(location: str, subscription_id: str | None = None) -> list[SupportedModel]:
    """Return the models on offer in a region. Raises `RunError` where Azure does not answer."""
    from pulumi_sre_agent.api.runtime.usages import supported_models  # noqa: PLC0415 - pydantic, for few

    with connected() as azure:
        subscription = subscription_id or azure.subscription_id()
        return [
            SupportedModel(
                provider=model.properties.provider or "",
                name=model.properties.model or model.name or "",
                is_default=model.properties.default is True,
                display_name=model.properties.model_display_name,
                multiplier=model.properties.multiplier,
            )
            for model in supported_models(azure.control, subscription, location)
        ]


def get_supported_models_output(
    location: Input[str], subscription_id: Input[str | None] = None
) -> Output[list[SupportedModel]]:
    """As `get_supported_models`, of outputs."""
    return as_output(get_supported_models, location, subscription_id)


def get_agent_locations(subscription_id: str | None = None) -> list[str]:
    """Return the regions where Azure has agents, such as `swedencentral`; sorted.

    Raises `RunError` where Azure does not answer.
    """
    from pulumi_sre_agent.api.runtime.usages import agent_locations  # noqa: PLC0415 - as above

    with connected() as azure:
        return agent_locations(azure.control, subscription_id or azure.subscription_id())


def is_allowed(action: str, resource_group_name: str) -> bool:
    """Tell whether the login may do something in a group of its subscription.

    Raises `RunError` where Azure does not tell.
    """
    from pulumi_sre_agent.api.runtime import permissions  # noqa: PLC0415 - as above

    with connected() as azure:
        group = str(ArmId.scope(azure.subscription_id(), resource_group_name))
        return permissions.may(azure.control, group, action)


def get_agent_locations_output(subscription_id: Input[str | None] = None) -> Output[list[str]]:
    """As `get_agent_locations`, of an output."""
    return as_output(get_agent_locations, subscription_id)


def get_usages(agent_id: str) -> list[Usage]:
    """Return what an agent, named by its ARM id, has used. Raises `RunError` where Azure does not tell."""
    with connected() as azure:
        return [
            Usage(_value(usage.name), usage.unit or "", usage.current_value or 0.0, usage.limit)
            for usage in azure.agent(agent_id).usage.list()
        ]


def get_usages_output(agent_id: Input[str]) -> Output[list[Usage]]:
    """As `get_usages`, of an output."""
    return as_output(get_usages, agent_id)


def get_daily_usages(agent_id: str) -> list[DailyUsage]:
    """Return what an agent, named by its ARM id, has used day by day. Raises as `get_usages`."""
    with connected() as azure:
        return [
            DailyUsage(usage.date or "", _value(usage.name), usage.value or 0.0)
            for usage in azure.agent(agent_id).usage.daily()
        ]


def get_daily_usages_output(agent_id: Input[str]) -> Output[list[DailyUsage]]:
    """As `get_daily_usages`, of an output."""
    return as_output(get_daily_usages, agent_id)


def get_connector_secrets_output(agent_id: Input[str], name: Input[str]) -> Output[Json]:
    """Return a connector's `data_source` and `extended_properties` with all their secrets, as a secret.

    For those who hold `Microsoft.App/agents/dataconnectors/listSecrets/action`; fails for all others.
    """
    return Output.secret(as_output(_connector_secrets, agent_id, name))


def _connector_secrets(agent_id: str, name: str) -> Json:
    with connected() as azure:
        secrets = azure.control.post(f"{agent_id}/connectors/{name}/listSecrets", AGENT_GA) or {}
        properties = secrets.get("properties") or {}
        return {
            "data_source": properties.get("dataSource"),
            "extended_properties": properties.get("extendedProperties") or {},
        }


def _agent(resource: Json) -> FoundAgent:
    properties, identity = resource.get("properties") or {}, resource.get("identity") or {}
    action = properties.get("actionConfiguration") or {}
    return FoundAgent(
        id=resource["id"],
        name=resource["name"],
        location=resource["location"],
        tags=resource.get("tags") or {},
        endpoint=properties.get("agentEndpoint"),
        outbound_ip_addresses=sorted(properties.get("outboundIpAddresses") or []),
        system_assigned_principal_id=identity.get("principalId"),
        user_assigned_identities=sorted(identity.get("userAssignedIdentities") or {}),
        managed_resources=(properties.get("knowledgeGraphConfiguration") or {}).get("managedResources") or [],
        mode=action.get("mode"),
        access_level=action.get("accessLevel"),
        upgrade_channel=properties.get("upgradeChannel"),
        incident_platform=(properties.get("incidentManagementConfiguration") or {}).get("type"),
        power_state=properties.get("powerState"),
        provisioning_state=properties.get("provisioningState"),
    )


def _value(name: "Name | None") -> str:
    return (name.value if name else None) or ""


@contextmanager
def connected() -> Iterator["Client"]:
    """Connect as the stack says, and let errors reach whoever runs it as their sentence alone."""
    from pulumi_sre_agent.api.client import connect  # noqa: PLC0415 - most programs look nothing up

    try:
        yield connect(Settings.load(_config, os.environ))
    except SreAgentError as error:
        raise refusal(str(error)) from None


def _config(key: str) -> str | None:
    bag, _, name = key.rpartition(":")
    return Config(bag).get(name)


def as_output(lookup: Callable[..., T], *args: Input[Any]) -> Output[T]:
    """Look once all arguments are known, beside whatever else the program waits for."""
    return Output.all(*args).apply(lambda values: asyncio.to_thread(lookup, *values))
