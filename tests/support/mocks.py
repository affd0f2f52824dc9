"""Components under Pulumi's mocks: what a program registers, without an engine, a provider or Azure."""

import asyncio
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import pulumi
from google.protobuf import struct_pb2
from pulumi.runtime import mocks, rpc, settings
from pulumi.runtime.proto import resource_pb2

from pulumi_sre_agent.network import permissions

Json = dict[str, Any]

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
PRINCIPAL = "00000000-0000-0000-0000-0000000000ee"
SYSTEM_PRINCIPAL = "00000000-0000-0000-0000-00000000005e"
CONNECTION_STRING = "InstrumentationKey=of-the-mocks"
ADDRESS = "203.0.113.7"
AGENTS_ADDRESS = "203.0.113.8"
CALLBACK_URL = "https://prod-01.swedencentral.logic.azure.com/workflows/1?sig=of-the-mocks"
TRIGGER_URL = "https://oncall.azuresre.ai/api/v1/httptriggers/trigger/of-the-mocks"
ENDPOINT = "https://oncall--1.2.swedencentral.azuresre.ai"

_GROUP = "/subscriptions/{subscription}/resourceGroups/{resourceGroupName}"
_NETWORK = _GROUP + "/providers/Microsoft.Network"
_IDS = {
    "azure-native:resources:ResourceGroup": _GROUP,
    "azure-native:managedidentity:UserAssignedIdentity": (
        _GROUP + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{resourceName}"
    ),
    "azure-native:operationalinsights:Workspace": (
        _GROUP + "/providers/Microsoft.OperationalInsights/workspaces/{workspaceName}"
    ),
    "azure-native:applicationinsights:Component": _GROUP
    + "/providers/microsoft.insights/components/{resourceName}",
    "pulumi-python:dynamic/sre:RoleAssignment": (
        "{scope}/providers/Microsoft.Authorization/roleAssignments/{role}"
    ),
    "azure-native:network:VirtualNetwork": _NETWORK + "/virtualNetworks/{virtualNetworkName}",
    "azure-native:network:Subnet": (_NETWORK + "/virtualNetworks/{virtualNetworkName}/subnets/{subnetName}"),
    "azure-native:network:NetworkSecurityGroup": (
        _NETWORK + "/networkSecurityGroups/{networkSecurityGroupName}"
    ),
    "azure-native:network:NatGateway": _NETWORK + "/natGateways/{natGatewayName}",
    "azure-native:network:PublicIPAddress": _NETWORK + "/publicIPAddresses/{publicIpAddressName}",
    "azure-native:privatedns:PrivateZone": _NETWORK + "/privateDnsZones/{privateZoneName}",
    "azure-native:monitor:ActionGroup": (
        _GROUP + "/providers/microsoft.insights/actionGroups/{actionGroupName}"
    ),
    "azure-native:monitor:MetricAlert": _GROUP + "/providers/microsoft.insights/metricAlerts/{ruleName}",
    "azure-native:monitor:ScheduledQueryRule": (
        _GROUP + "/providers/microsoft.insights/scheduledQueryRules/{ruleName}"
    ),
    "azure-native:applicationinsights:Workbook": _GROUP
    + "/providers/microsoft.insights/workbooks/{resourceName}",
    "azure-native:logic:Workflow": _GROUP + "/providers/Microsoft.Logic/workflows/{workflowName}",
    "azure-native:consumption:Budget": "{scope}/providers/Microsoft.Consumption/budgets/{budgetName}",
    "azure-native:app:Agent": _GROUP + "/providers/Microsoft.App/agents/{agentName}",
    "pulumi-python:dynamic/sre:Agent": (
        "/subscriptions/{subscription_id}/resourceGroups/{resource_group_name}/providers/Microsoft.App/agents/{name}"
    ),
}
COMPUTED: dict[str, Json] = {
    "azure-native:managedidentity:UserAssignedIdentity": {
        "principalId": PRINCIPAL,
        "clientId": "of-the-mocks",
    },
    "azure-native:applicationinsights:Component": {"appId": "app", "connectionString": CONNECTION_STRING},
    "azure-native:network:PublicIPAddress": {"ipAddress": ADDRESS},
    "azure-native:logic:Workflow": {"identity": {"type": "SystemAssigned", "principalId": PRINCIPAL}},
    "azure-native:app:Agent": {"identity": {"principalId": SYSTEM_PRINCIPAL}},
    "pulumi-python:dynamic/sre:HttpTrigger": {"trigger_url": TRIGGER_URL},
    "pulumi-python:dynamic/sre:Agent": {
        "agent_endpoint": ENDPOINT,
        "outbound_ip_addresses": [AGENTS_ADDRESS],
    },
}


@dataclass(frozen=True)
class Secret:
    """What a program passes on as a secret."""

    value: Any


@dataclass
class Made:
    """One registration, by the names that tests speak of."""

    type: str
    name: str
    inputs: Json
    parent: str
    """Name of the parent; the stack has none."""
    waits_for: set[str]
    """Names of what it depends on."""
    deleted_with: str
    secret_outputs: set[str]
    read_id: str = ""
    """The id, for what is only read."""
    protect: bool = False
    provider: str = ""
    """Name of its provider; a default one has none."""


@dataclass
class Registered:
    """Everything that a program registered."""

    made: list[Made] = field(default_factory=list)
    outputs: dict[str, Json] = field(default_factory=dict)
    """Registered outputs of components, by `type::name`."""
    calls: list[tuple[str, Json]] = field(default_factory=list)

    def of(self, type_: str) -> dict[str, Made]:
        return {made.name: made for made in self.made if made.type == type_}

    def one(self, type_: str) -> Made:
        (made,) = self.of(type_).values()
        return made


class _Cloud(mocks.Mocks):
    def __init__(self, calls: list[tuple[str, Json]]) -> None:
        self._calls = calls

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, Json]:
        inputs = {name: _plain(value) for name, value in args.inputs.items()}
        arm_id = args.resource_id or f"{args.name}-id"
        if not args.resource_id and args.typ in _IDS:
            arm_id = _IDS[args.typ].format(subscription=SUBSCRIPTION, **inputs)
        name = {} if args.typ.startswith("pulumi-python") else {"name": arm_id.rpartition("/")[2]}
        return arm_id, {**args.inputs, **name, **COMPUTED.get(args.typ, {})}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        self._calls.append((args.token, dict(args.args)))
        if args.token == "azure-native:logic:listWorkflowTriggerCallbackUrl":
            return {"value": CALLBACK_URL}, []
        module, _, name = args.token.rpartition(":get")
        template = _IDS[f"{module}:{name}"]
        arm_id = template.format(subscription=SUBSCRIPTION, **args.args)
        known = {"id": arm_id, "name": arm_id.rpartition("/")[2]}
        return {**known, **COMPUTED.get(f"{module}:{name}", {})}, []


class _Monitor(mocks.MockMonitor):
    """Pulumi's own, which also keeps what it does not show: parents, dependencies, options."""

    def __init__(self, registered: Registered) -> None:
        super().__init__(_Cloud(registered.calls))
        self._registered = registered

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> Any:  # noqa: N802 - gRPC's name
        if request.type != "pulumi:pulumi:Stack":
            self._keep(request, request.object, request.deletedWith)
        return super().RegisterResource(request)  # type: ignore[no-untyped-call] # untyped in the SDK

    def ReadResource(self, request: resource_pb2.ReadResourceRequest) -> Any:  # noqa: N802 - gRPC's name
        self._keep(request, request.properties, "", request.id)
        return super().ReadResource(request)  # type: ignore[no-untyped-call] # untyped in the SDK

    def RegisterResourceOutputs(self, request: resource_pb2.RegisterResourceOutputsRequest) -> Any:  # noqa: N802 - gRPC's name
        type_, _, name = request.urn.split("::", 2)[2].partition("::")
        self._registered.outputs[f"{type_.rpartition('$')[2]}::{name}"] = _inputs(request.outputs)
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call] # untyped in the SDK

    def _keep(self, request: Any, inputs: struct_pb2.Struct, deleted_with: str, read_id: str = "") -> None:
        self._registered.made.append(
            Made(
                request.type,
                request.name,
                _inputs(inputs),
                _name(request.parent),
                {_name(urn) for urn in request.dependencies},
                _name(deleted_with),
                set(request.additionalSecretOutputs),
                read_id,
                getattr(request, "protect", False),
                _name(request.provider.rpartition("::")[0]),
            )
        )


class _InPlace(ThreadPoolExecutor):
    """Runs what it is given at once: threads would leave event loops of the SDK's behind."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - handed on, whatever it is
            done.set_exception(error)
        return done


def run(
    program: Callable[[], object],
    config: Mapping[str, str] | None = None,
    *,
    may: Callable[[str, str], bool] = lambda _action, _group: True,
    preview: bool = False,
    secret_keys: Collection[str] = (),
) -> Registered:
    """Run a program that creates components, to its end, and return what it registered.

    `may` answers in Azure's place whether the login may do something in a resource group;
    `secret_keys` names keys of the config that are secret as a whole.
    """
    registered = Registered()
    loop = asyncio.new_event_loop()
    loop.set_default_executor(_InPlace())
    asyncio.set_event_loop(loop)
    try:
        with (
            patch.object(permissions, "is_allowed", may),
            configured({"azure-native:subscriptionId": SUBSCRIPTION, **(config or {})}, secret_keys),
        ):
            mocks.set_mocks(
                _Cloud(registered.calls),
                project="sre-agent",
                stack="test",
                preview=preview,
                monitor=_Monitor(registered),
            )

            def build() -> None:
                program()

            mocks.test(build)()  # type: ignore[no-untyped-call] # untyped in the SDK
    finally:
        _end_tasks(loop)
        settings.reset_options()
        loop.close()
        asyncio.set_event_loop(None)
    return registered


def _end_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """End what a program that failed was still about to do: it would fail, and be told, among later tests."""
    loop.set_exception_handler(lambda _loop, _context: None)
    while tasks := asyncio.all_tasks(loop):
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))


@contextmanager
def configured(config: Mapping[str, str], secret_keys: Collection[str] = ()) -> Iterator[None]:
    """Give a program its stack's config, some keys of which are secret as a whole."""
    pulumi.runtime.set_all_config({name: value for name, value in config.items() if value}, list(secret_keys))
    try:
        yield
    finally:
        pulumi.runtime.set_all_config({})


def _inputs(message: struct_pb2.Struct) -> Json:
    inputs = {name: _marked(value) for name, value in rpc.deserialize_properties(message).items()}
    inputs.pop("__provider", None)
    return inputs


def _marked(value: Any) -> Any:
    if rpc.is_rpc_secret(value):
        return Secret(_marked(rpc.unwrap_rpc_secret(value)))
    if isinstance(value, Mapping):
        return {name: _marked(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_marked(item) for item in value]
    return value


def _plain(value: Any) -> Any:
    return rpc.unwrap_rpc_secret(value) if rpc.is_rpc_secret(value) else value


def _name(urn: str) -> str:
    """Return what a URN names; empty for the stack."""
    return "" if not urn or "pulumi:pulumi:Stack::" in urn else urn.split("::", 3)[3]
