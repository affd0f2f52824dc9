"""The gRPC front end: what the engine asks of resources, answered from the resource types through ARM.

It answers as azure-native does, in its words; docs/reference/azure-native.md#where-the-stand-in-differs says
what stays different.
"""

# ruff: noqa: N802 - gRPC's method names

from collections.abc import Callable, Mapping
from typing import Any

from google.protobuf import empty_pb2, struct_pb2

from sre_agent_local.protocol import provider_pb2 as proto

from . import conversion
from .arm_client import ArmClient
from .arm_responses import ArmError, OperationAbandoned, OperationFailed
from .engine_log import EngineLog
from .functions import invoke
from .grpc_errors import InitializationFailed, handle_errors
from .input_diff import diff_inputs
from .input_validation import CREATE_BEFORE_DELETE, unknown_inputs, validate_inputs, with_defaults
from .package import Package, connect
from .property_values import (
    UNKNOWN,
    Json,
    Unknown,
    from_struct,
    keep_secrets,
    mark_secrets,
    reveal,
    to_struct,
)
from .resource_types import TYPES
from .resource_types.definition import ResourceType
from .settings import ProviderError, Settings

RESOURCE_GROUP = "azure-native:resources:ResourceGroup"
STABLE = ("name", "location")
"""Outputs that an update never changes, so that a preview can go on with them."""
DEFAULT_SECONDS = 7200.0
"""As azure-native, where the resource names no custom timeout."""
GROUP_API_VERSION = "2020-10-01"
"""Of the resource group that lends its location to what is in it."""


class AzureNative(Package):
    """One configured provider; the engine starts a process for each."""

    def __init__(self, log: EngineLog, connect: Callable[[Settings], ArmClient] = connect) -> None:
        super().__init__(log, connect)
        self._locations: dict[str, str] = {}

    @handle_errors
    def Check(self, request: proto.CheckRequest) -> proto.CheckResponse:
        resource_type = _resource_type(request.urn)
        inputs = with_defaults(
            resource_type,
            from_struct(request.news),
            from_struct(request.olds),
            name=request.urn.split("::", 3)[-1],
            seed=request.randomSeed,
            find_location=self._default_location,
        )
        plain = reveal(inputs)
        for sentence in unknown_inputs(resource_type, plain):
            self._log.warn(request.urn, sentence)
        failures = [proto.CheckFailure(reason=reason) for reason in validate_inputs(resource_type, plain)]
        return proto.CheckResponse(inputs=to_struct(inputs), failures=failures)

    @handle_errors
    def Diff(self, request: proto.DiffRequest) -> proto.DiffResponse:
        before = reveal(from_struct(request.old_inputs))
        changes = diff_inputs(
            _resource_type(request.urn),
            before,
            reveal(from_struct(request.news)),
            reveal(from_struct(request.olds)),
        )
        replaces = sorted(change.path for change in changes if change.replaces)
        return proto.DiffResponse(
            changes=proto.DiffResponse.DIFF_SOME if changes else proto.DiffResponse.DIFF_NONE,
            replaces=replaces,
            deleteBeforeReplace=bool(replaces) and not before.get(CREATE_BEFORE_DELETE),
            diffs=sorted({change.path.split(".")[0] for change in changes if change.counts}),
            detailedDiff={
                change.path: proto.PropertyDiff(
                    kind=proto.PropertyDiff.Kind.Value(change.kind + ("_REPLACE" if change.replaces else "")),
                    inputDiff=change.counts,
                )
                for change in changes
            },
            hasDetailedDiff=bool(changes),
        )

    @handle_errors
    def Create(self, request: proto.CreateRequest) -> proto.CreateResponse:
        resource_type, inputs = _resource_type(request.urn), from_struct(request.properties)
        if request.preview:
            return proto.CreateResponse(properties=_preview_struct(resource_type, inputs, {}))
        path = conversion.format_arm_path(resource_type, reveal(inputs), self._configured.subscription_id)
        if self._azure.exists(path, resource_type.api_version):
            raise ArmError(f"cannot create already existing resource '{path}'")
        resource = self._write(request, resource_type, path, inputs, live={})
        return proto.CreateResponse(
            id=str(resource.get("id", path)), properties=_output_struct(resource_type, inputs, resource)
        )

    @handle_errors
    def Update(self, request: proto.UpdateRequest) -> proto.UpdateResponse:
        resource_type, inputs = _resource_type(request.urn), from_struct(request.news)
        if request.preview:
            before = from_struct(request.olds)
            stable = {name: before[name] for name in STABLE if name in before}
            return proto.UpdateResponse(properties=_preview_struct(resource_type, inputs, stable))
        live: Json = {}
        if conversion.unset_lists(resource_type, inputs):
            try:
                live = self._azure.get(request.id, resource_type.api_version)
            except ArmError as error:
                raise ArmError(
                    f"failed maintaining unset sub-resource properties: reading cloud state: {error}"
                ) from None
        resource = self._write(request, resource_type, request.id, inputs, live=live)
        return proto.UpdateResponse(properties=_output_struct(resource_type, inputs, resource))

    @handle_errors
    def Read(self, request: proto.ReadRequest) -> proto.ReadResponse:
        resource_type = _resource_type(request.urn)
        try:
            resource = self._azure.get(request.id, resource_type.api_version)
        except ArmError as error:
            if error.is_gone:
                return proto.ReadResponse()
            raise
        outputs = conversion.response_outputs(resource_type, resource)
        before, state = from_struct(request.inputs), from_struct(request.properties)
        if before:
            inputs = conversion.refresh_inputs(resource_type, reveal(before), reveal(state), outputs)
        elif conversion.parse_arm_path(resource_type, request.id) is None:
            raise ProviderError(f"failed to parse '{request.id}' against the path '{resource_type.path}'")
        else:
            inputs = conversion.import_inputs(resource_type, request.id, outputs)
        return proto.ReadResponse(
            id=request.id,
            properties=to_struct(mark_secrets(before, outputs)),
            inputs=to_struct(keep_secrets(before, inputs)),
        )

    @handle_errors
    def Delete(self, request: proto.DeleteRequest) -> empty_pb2.Empty:
        resource_type = _resource_type(request.urn)
        self._azure.delete(
            request.id,
            resource_type.api_version,
            long_running="delete" in resource_type.long_running,
            seconds=request.timeout or DEFAULT_SECONDS,
        )
        return empty_pb2.Empty()

    @handle_errors
    def Invoke(self, request: proto.InvokeRequest) -> proto.InvokeResponse:
        values = invoke(self._azure, self._configured, request.tok, reveal(from_struct(request.args)))
        arguments: dict[str, Any] = {"return": to_struct(values)}  # a keyword of Python's
        return proto.InvokeResponse(**arguments)

    def _write(
        self,
        request: proto.CreateRequest | proto.UpdateRequest,
        resource_type: ResourceType,
        path: str,
        inputs: Json,
        *,
        live: Json,
    ) -> Json:
        """PUT, and return what a GET says then; what failed half way keeps its id, and all there is of it."""
        api_version = resource_type.api_version
        body = conversion.request_body(resource_type, reveal(inputs))
        try:
            resource = self._azure.put(
                path,
                api_version,
                conversion.fill_unset_lists(resource_type, inputs, body, live),
                long_running="write" in resource_type.long_running,
                seconds=request.timeout or DEFAULT_SECONDS,
            )
        except OperationFailed as error:
            raise self._half_made(resource_type, path, inputs, error) from None
        try:
            return self._azure.get(str(resource.get("id", path)), api_version)
        except ArmError as error:
            self._log.warn(
                request.urn,
                f"Azure accepted {path}, but does not show it, so the state holds what Azure said at the "
                f"write; `refresh` reads it again. {error}",
            )
            return resource

    def _half_made(
        self, resource_type: ResourceType, path: str, inputs: Json, error: OperationFailed
    ) -> InitializationFailed:
        """Keep what Azure has of a resource whose write it had accepted, and that failed then."""
        if isinstance(error, OperationAbandoned):  # nor does azure-native ask any more
            return InitializationFailed(str(error), path, inputs, None)
        try:
            resource = self._azure.get(path, resource_type.api_version)
        except ArmError as unread:
            sentence = f"resource created but read failed {unread}: {error}"
            return InitializationFailed(sentence, path, inputs, None)
        outputs = _output_struct(resource_type, inputs, resource)
        return InitializationFailed(str(error), path, inputs, outputs)

    def _default_location(self, inputs: Mapping[str, Any]) -> str | Unknown:
        """Return the configured location, else that of the resource group where there is one; "" if none."""
        group = reveal(inputs.get("resourceGroupName", ""))
        if self._configured.location or not group:
            return self._configured.location
        if isinstance(group, Unknown):
            return UNKNOWN
        if group.lower() not in self._locations:
            path = conversion.format_arm_path(
                TYPES[RESOURCE_GROUP], {"resourceGroupName": group}, self._configured.subscription_id
            )
            try:
                resource = self._azure.get(path, GROUP_API_VERSION)
            except ArmError:
                return ""
            self._locations[group.lower()] = str(resource.get("location", ""))
        return self._locations[group.lower()]


def _resource_type(urn: str) -> ResourceType:
    token = urn.split("::", 3)[2].rpartition("$")[2]
    if token not in TYPES:
        raise ProviderError(
            f"Resource type {token} not found: the local azure-native has {', '.join(TYPES)}."
        )
    return TYPES[token]


def _preview_struct(resource_type: ResourceType, inputs: Json, stable: Json) -> struct_pb2.Struct:
    return to_struct(mark_secrets(inputs, conversion.preview_outputs(resource_type, reveal(inputs), stable)))


def _output_struct(resource_type: ResourceType, inputs: Json, resource: Json) -> struct_pb2.Struct:
    return to_struct(mark_secrets(inputs, conversion.response_outputs(resource_type, resource)))
