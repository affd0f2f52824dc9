"""The gRPC front end: what the engine asks of a provider, answered from the resource types through ARM.

It answers as azure-native does, with one difference, in `create`: azure-native refuses to create what exists
already, whatever it is; this stand-in takes what is already exactly what it would write. That is what an
interrupted `up` leaves behind, and without it such a run could never converge.
"""

# ruff: noqa: N802 - gRPC's method names

import contextlib
import functools
import os
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import grpc
from google.protobuf import any_pb2, empty_pb2, struct_pb2
from google.protobuf.message import Message
from pulumi.runtime import proto
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from . import conversion
from .arm_client import ArmClient, ArmError, OperationFailed
from .input_diff import diff_inputs
from .input_validation import CREATE_BEFORE_DELETE, validate_inputs, with_defaults
from .install import sdk_version
from .managed_identity import managed_identity
from .property_values import Json, SecretValue, from_struct, holds_secret, reveal, to_struct
from .resource_types import ACTIONS, CLIENT_CONFIG, GETTERS, TYPES
from .resource_types.definition import Action, ResourceType
from .settings import ProviderError, Settings, provider_config

FUNCTIONS = (*GETTERS, *ACTIONS, CLIENT_CONFIG)
STABLE = ("name", "location")
"""Outputs that an update never changes, so that a preview can go on with them."""
DEFAULT_SECONDS = 7200.0
"""As azure-native, where the resource names no custom timeout."""

_Request = TypeVar("_Request", bound=Message)
_Response = TypeVar("_Response", bound=Message)


class InitializationFailed(Exception):
    """Azure accepted a create or update that then failed: the engine must keep the id."""

    def __init__(self, sentence: str, arm_id: str, inputs: Json) -> None:
        super().__init__(sentence)
        self.detail = provider_pb2.ErrorResourceInitFailed(
            id=arm_id, properties=to_struct(inputs), inputs=to_struct(inputs), reasons=[sentence]
        )


def _handle_errors(
    method: "Callable[[AzureNative, _Request], _Response]",
) -> "Callable[[AzureNative, _Request, grpc.ServicerContext], _Response]":
    """Turn expected errors into gRPC statuses with the sentence alone."""

    @functools.wraps(method)
    def handler(provider: "AzureNative", request: _Request, context: grpc.ServicerContext) -> _Response:
        try:
            return method(provider, request)
        except InitializationFailed as error:
            detail = any_pb2.Any()
            detail.Pack(error.detail)
            status = status_pb2.Status(
                code=grpc.StatusCode.UNKNOWN.value[0], message=str(error), details=[detail]
            )
            context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except (ArmError, ProviderError) as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))

    return handler


class AzureNative(provider_pb2_grpc.ResourceProviderServicer):
    """One configured provider; the engine starts a process for each."""

    def __init__(self) -> None:
        self._settings: Settings | None = None
        self._arm: ArmClient | None = None

    def close(self) -> None:
        if self._arm:
            self._arm.close()

    def GetPluginInfo(self, _request: empty_pb2.Empty, _context: grpc.ServicerContext) -> proto.PluginInfo:
        return proto.PluginInfo(version=sdk_version())

    def CheckConfig(self, request: proto.CheckRequest, _context: grpc.ServicerContext) -> proto.CheckResponse:
        return proto.CheckResponse(inputs=request.news)

    def DiffConfig(self, _request: proto.DiffRequest, _context: grpc.ServicerContext) -> proto.DiffResponse:
        """Say nothing of replacement: as azure-native, another configuration never replaces resources."""
        return proto.DiffResponse()

    def Cancel(self, _request: empty_pb2.Empty, _context: grpc.ServicerContext) -> empty_pb2.Empty:
        if self._arm:
            self._arm.cancel()
        return empty_pb2.Empty()

    @_handle_errors
    def Configure(self, request: proto.ConfigureRequest) -> proto.ConfigureResponse:
        config = provider_config(reveal(from_struct(request.args)), request.variables)
        self._settings = Settings.load(config, os.environ)
        self.close()
        self._arm = ArmClient(self._settings, managed_identity)
        return proto.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    @_handle_errors
    def Check(self, request: proto.CheckRequest) -> proto.CheckResponse:
        resource_type = _resource_type(request.urn)
        inputs = with_defaults(
            resource_type,
            from_struct(request.news),
            from_struct(request.olds),
            name=request.urn.split("::", 3)[-1],
            seed=request.randomSeed,
            location=self._configured.location,
        )
        failures = list(validate_inputs(resource_type, reveal(inputs)))
        return proto.CheckResponse(inputs=to_struct(inputs), failures=failures)

    @_handle_errors
    def Diff(self, request: proto.DiffRequest) -> proto.DiffResponse:
        before = reveal(from_struct(request.old_inputs))
        changes = diff_inputs(_resource_type(request.urn), before, reveal(from_struct(request.news)))
        replaces = sorted({change.top for change in changes if change.replaces})
        return proto.DiffResponse(
            changes=proto.DiffResponse.DIFF_SOME if changes else proto.DiffResponse.DIFF_NONE,
            replaces=replaces,
            deleteBeforeReplace=bool(replaces) and not before.get(CREATE_BEFORE_DELETE),
            diffs=sorted({change.top for change in changes}),
            detailedDiff={
                change.path: proto.PropertyDiff(
                    kind=proto.PropertyDiff.Kind.Value(change.kind + ("_REPLACE" if change.replaces else "")),
                    inputDiff=True,
                )
                for change in changes
            },
            hasDetailedDiff=bool(changes),
        )

    @_handle_errors
    def Create(self, request: proto.CreateRequest) -> proto.CreateResponse:
        resource_type, inputs = _resource_type(request.urn), from_struct(request.properties)
        if request.preview:
            return proto.CreateResponse(properties=_preview_struct(resource_type, inputs, {}))
        path = conversion.format_arm_path(resource_type, reveal(inputs), self._configured.subscription_id)
        body = conversion.request_body(resource_type, reveal(inputs))
        seconds = request.timeout or DEFAULT_SECONDS
        existing = self._azure.get(path, resource_type.api_version)
        if existing and not conversion.is_satisfied(body, existing):
            raise ArmError(
                f"Cannot create already existing resource {path!r}: it differs from what the program says, "
                "so delete it, or let the program use it as an existing one."
            )
        resource = self._write(resource_type, path, inputs, seconds=seconds, existing=existing)
        return proto.CreateResponse(
            id=str(resource.get("id", path)), properties=_output_struct(resource_type, inputs, resource)
        )

    @_handle_errors
    def Update(self, request: proto.UpdateRequest) -> proto.UpdateResponse:
        resource_type, inputs = _resource_type(request.urn), from_struct(request.news)
        if request.preview:
            before = from_struct(request.olds)
            stable = {name: before[name] for name in STABLE if name in before}
            return proto.UpdateResponse(properties=_preview_struct(resource_type, inputs, stable))
        resource = self._write(resource_type, request.id, inputs, seconds=request.timeout or DEFAULT_SECONDS)
        return proto.UpdateResponse(properties=_output_struct(resource_type, inputs, resource))

    @_handle_errors
    def Read(self, request: proto.ReadRequest) -> proto.ReadResponse:
        resource_type = _resource_type(request.urn)
        if conversion.parse_arm_path(resource_type, request.id) is None:
            raise ProviderError(
                f"{request.id!r} is not the id of a {resource_type.token}: "
                f"that looks like {resource_type.path}."
            )
        resource = self._azure.get(request.id, resource_type.api_version)
        if resource is None:
            return proto.ReadResponse()
        outputs = conversion.response_outputs(resource_type, resource)
        before, state = from_struct(request.inputs), from_struct(request.properties)
        if before:
            inputs = conversion.refresh_inputs(resource_type, before, reveal(state), outputs)
        else:
            inputs = conversion.import_inputs(resource_type, request.id, outputs)
        return proto.ReadResponse(
            id=request.id,
            properties=_output_struct(resource_type, inputs, resource),
            inputs=to_struct(inputs),
        )

    @_handle_errors
    def Delete(self, request: proto.DeleteRequest) -> empty_pb2.Empty:
        resource_type = _resource_type(request.urn)
        self._azure.delete(request.id, resource_type.api_version, seconds=request.timeout or DEFAULT_SECONDS)
        return empty_pb2.Empty()

    @_handle_errors
    def Invoke(self, request: proto.InvokeRequest) -> proto.InvokeResponse:
        if request.tok == CLIENT_CONFIG:
            return _invoke_response(self._client_config())
        function = GETTERS.get(request.tok) or ACTIONS.get(request.tok)
        if function is None:
            raise ProviderError(
                f"The local azure-native has no function {request.tok}; it has {', '.join(FUNCTIONS)}."
            )
        args = reveal(from_struct(request.args))
        if missing := [name for name in function.path_inputs if name not in args]:
            raise ProviderError(f"{request.tok} needs {', '.join(missing)}.")
        path = conversion.format_arm_path(function, args, self._configured.subscription_id)
        if isinstance(function, Action):
            response = self._azure.post(path, function.api_version)
            return _invoke_response({name: response[name] for name in function.outputs if name in response})
        resource = self._azure.get(path, function.api_version)
        if resource is None:
            raise ArmError(f"{request.tok} found nothing: there is no {path}.")
        return _invoke_response(
            {"id": resource.get("id", path), **conversion.response_outputs(function, resource)}
        )

    @property
    def _configured(self) -> Settings:
        if self._settings is None:
            raise ProviderError("The provider was not configured.")
        return self._settings

    @property
    def _azure(self) -> ArmClient:
        if self._arm is None:
            raise ProviderError("The provider was not configured.")
        return self._arm

    def _write(
        self,
        resource_type: ResourceType,
        path: str,
        inputs: Json,
        *,
        seconds: float,
        existing: Json | None = None,
    ) -> Json:
        """PUT, or wait for what an interrupted run has put already; what failed half way keeps its id."""
        try:
            if existing:
                with contextlib.suppress(OperationFailed):  # what ended badly is put once more
                    return self._azure.await_provisioned(
                        path, resource_type.api_version, time.monotonic() + seconds
                    )
            return self._azure.put(
                path,
                resource_type.api_version,
                conversion.request_body(resource_type, reveal(inputs)),
                seconds=seconds,
            )
        except OperationFailed as error:
            raise InitializationFailed(str(error), path, inputs) from None

    def _client_config(self) -> Json:
        claims = self._azure.claims()
        return {
            "clientId": str(claims.get("appid", self._configured.client_id)),
            "objectId": str(claims.get("oid", "")),
            "subscriptionId": self._configured.subscription_id,
            "tenantId": str(claims.get("tid", self._configured.tenant_id)),
        }


def _resource_type(urn: str) -> ResourceType:
    token = urn.split("::", 3)[2].rpartition("$")[2]
    if token not in TYPES:
        raise ProviderError(
            f"The local azure-native has no resource type {token}; it has {', '.join(TYPES)}."
        )
    return TYPES[token]


def _preview_struct(resource_type: ResourceType, inputs: Json, stable: Json) -> struct_pb2.Struct:
    return to_struct(_mark_secrets(inputs, conversion.preview_outputs(resource_type, reveal(inputs), stable)))


def _output_struct(resource_type: ResourceType, inputs: Json, resource: Json) -> struct_pb2.Struct:
    return to_struct(_mark_secrets(inputs, conversion.response_outputs(resource_type, resource)))


def _invoke_response(values: Json) -> proto.InvokeResponse:
    arguments: dict[str, Any] = {"return": to_struct(values)}  # a keyword of Python's
    return proto.InvokeResponse(**arguments)


def _mark_secrets(inputs: Mapping[str, Any], outputs: Json) -> Json:
    """Mark those outputs secret that repeat a secret input."""
    return {
        name: SecretValue(value) if holds_secret(inputs.get(name)) else value
        for name, value in outputs.items()
    }
