"""The gRPC front end: what the engine asks of a provider, answered from the table through ARM.

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
from .arm_client import Arm, ArmError, OperationFailed
from .input_diff import changes
from .input_validation import CREATE_BEFORE_DELETE, faults, with_defaults
from .install import sdk_version
from .managed_identity import managed_identity
from .property_values import Json, Secret, holds_secret, plain, read, write
from .resource_types import ACTIONS, CLIENT_CONFIG, GETTERS, TYPES
from .resource_types.definition import Action, ResourceType
from .settings import Refused, Settings, provider_config

FUNCTIONS = (*GETTERS, *ACTIONS, CLIENT_CONFIG)
STABLE = ("name", "location")
"""Outputs that an update never changes, so that a preview can go on with them."""
DEFAULT_SECONDS = 7200.0
"""As azure-native, where the resource names no custom timeout."""

_Request = TypeVar("_Request", bound=Message)
_Response = TypeVar("_Response", bound=Message)


class HalfMade(Exception):
    """Azure accepted a create or update that then failed: the engine must keep the id."""

    def __init__(self, sentence: str, arm_id: str, inputs: Json) -> None:
        super().__init__(sentence)
        self.detail = provider_pb2.ErrorResourceInitFailed(
            id=arm_id, properties=write(inputs), inputs=write(inputs), reasons=[sentence]
        )


def _answering(
    method: "Callable[[AzureNative, _Request], _Response]",
) -> "Callable[[AzureNative, _Request, grpc.ServicerContext], _Response]":
    """Turn expected errors into gRPC statuses with the sentence alone."""

    @functools.wraps(method)
    def answer(provider: "AzureNative", request: _Request, context: grpc.ServicerContext) -> _Response:
        try:
            return method(provider, request)
        except HalfMade as half:
            detail = any_pb2.Any()
            detail.Pack(half.detail)
            status = status_pb2.Status(
                code=grpc.StatusCode.UNKNOWN.value[0], message=str(half), details=[detail]
            )
            context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
            context.abort(grpc.StatusCode.UNKNOWN, str(half))
        except (ArmError, Refused) as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))

    return answer


class AzureNative(provider_pb2_grpc.ResourceProviderServicer):
    """One configured provider; the engine starts a process for each."""

    def __init__(self) -> None:
        self._settings: Settings | None = None
        self._arm: Arm | None = None

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

    @_answering
    def Configure(self, request: proto.ConfigureRequest) -> proto.ConfigureResponse:
        config = provider_config(plain(read(request.args)), request.variables)
        self._settings = Settings.load(config, os.environ)
        self.close()
        self._arm = Arm(self._settings, managed_identity)
        return proto.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    @_answering
    def Check(self, request: proto.CheckRequest) -> proto.CheckResponse:
        kind = _kind(request.urn)
        inputs = with_defaults(
            kind,
            read(request.news),
            read(request.olds),
            name=request.urn.split("::", 3)[-1],
            seed=request.randomSeed,
            location=self._configured.location,
        )
        found = [
            proto.CheckFailure(property=fault.property, reason=fault.reason)
            for fault in faults(kind, plain(inputs))
        ]
        return proto.CheckResponse(inputs=write(inputs), failures=found)

    @_answering
    def Diff(self, request: proto.DiffRequest) -> proto.DiffResponse:
        before = plain(read(request.old_inputs))
        found = changes(_kind(request.urn), before, plain(read(request.news)))
        replaces = sorted({change.top for change in found if change.replaces})
        return proto.DiffResponse(
            changes=proto.DiffResponse.DIFF_SOME if found else proto.DiffResponse.DIFF_NONE,
            replaces=replaces,
            deleteBeforeReplace=bool(replaces) and not before.get(CREATE_BEFORE_DELETE),
            diffs=sorted({change.top for change in found}),
            detailedDiff={
                change.path: proto.PropertyDiff(
                    kind=proto.PropertyDiff.Kind.Value(change.kind + ("_REPLACE" if change.replaces else "")),
                    inputDiff=True,
                )
                for change in found
            },
            hasDetailedDiff=bool(found),
        )

    @_answering
    def Create(self, request: proto.CreateRequest) -> proto.CreateResponse:
        kind, inputs = _kind(request.urn), read(request.properties)
        if request.preview:
            return proto.CreateResponse(
                properties=write(_marked(inputs, conversion.preview(kind, plain(inputs), {})))
            )
        path = conversion.arm_path(kind, plain(inputs), self._configured.subscription_id)
        wanted = conversion.body(kind, plain(inputs))
        seconds = request.timeout or DEFAULT_SECONDS
        there = self._azure.get(path, kind.api_version)
        if there and not conversion.matches(wanted, there):
            raise ArmError(
                f"Cannot create already existing resource {path!r}: it differs from what the program says, "
                "so delete it, or let the program use it as an existing one."
            )
        found = self._write(kind, path, inputs, seconds=seconds, there=there)
        return proto.CreateResponse(id=str(found.get("id", path)), properties=_state(kind, inputs, found))

    @_answering
    def Update(self, request: proto.UpdateRequest) -> proto.UpdateResponse:
        kind, inputs = _kind(request.urn), read(request.news)
        if request.preview:
            before = read(request.olds)
            stable = {name: before[name] for name in STABLE if name in before}
            return proto.UpdateResponse(
                properties=write(_marked(inputs, conversion.preview(kind, plain(inputs), stable)))
            )
        found = self._write(kind, request.id, inputs, seconds=request.timeout or DEFAULT_SECONDS)
        return proto.UpdateResponse(properties=_state(kind, inputs, found))

    @_answering
    def Read(self, request: proto.ReadRequest) -> proto.ReadResponse:
        kind = _kind(request.urn)
        if conversion.path_members(kind, request.id) is None:
            raise Refused(f"{request.id!r} is not the id of a {kind.token}: that looks like {kind.path}.")
        found = self._azure.get(request.id, kind.api_version)
        if found is None:
            return proto.ReadResponse()
        now = conversion.outputs(kind, found)
        before = read(request.inputs)
        if before:
            inputs = conversion.refreshed(kind, before, plain(read(request.properties)), now)
        else:
            inputs = conversion.imported(kind, request.id, now)
        return proto.ReadResponse(id=request.id, properties=_state(kind, inputs, found), inputs=write(inputs))

    @_answering
    def Delete(self, request: proto.DeleteRequest) -> empty_pb2.Empty:
        kind = _kind(request.urn)
        self._azure.delete(request.id, kind.api_version, seconds=request.timeout or DEFAULT_SECONDS)
        return empty_pb2.Empty()

    @_answering
    def Invoke(self, request: proto.InvokeRequest) -> proto.InvokeResponse:
        if request.tok == CLIENT_CONFIG:
            return _answer(self._client_config())
        function = GETTERS.get(request.tok) or ACTIONS.get(request.tok)
        if function is None:
            raise Refused(
                f"The local azure-native has no function {request.tok}; it has {', '.join(FUNCTIONS)}."
            )
        args = plain(read(request.args))
        if missing := [name for name in function.path_inputs if name not in args]:
            raise Refused(f"{request.tok} needs {', '.join(missing)}.")
        path = conversion.arm_path(function, args, self._configured.subscription_id)
        if isinstance(function, Action):
            answer = self._azure.post(path, function.api_version)
            return _answer({name: answer[name] for name in function.outputs if name in answer})
        found = self._azure.get(path, function.api_version)
        if found is None:
            raise ArmError(f"{request.tok} found nothing: there is no {path}.")
        return _answer({"id": found.get("id", path), **conversion.outputs(function, found)})

    @property
    def _configured(self) -> Settings:
        if self._settings is None:
            raise Refused("The provider was not configured.")
        return self._settings

    @property
    def _azure(self) -> Arm:
        if self._arm is None:
            raise Refused("The provider was not configured.")
        return self._arm

    def _write(
        self, kind: ResourceType, path: str, inputs: Json, *, seconds: float, there: Json | None = None
    ) -> Json:
        """PUT, or wait for what an interrupted run has put already; what failed half way keeps its id."""
        try:
            if there:
                with contextlib.suppress(OperationFailed):  # what ended badly is put once more
                    return self._azure.settled(path, kind.api_version, time.monotonic() + seconds)
            return self._azure.put(
                path, kind.api_version, conversion.body(kind, plain(inputs)), seconds=seconds
            )
        except OperationFailed as failed:
            raise HalfMade(str(failed), path, inputs) from None

    def _client_config(self) -> Json:
        claims = self._azure.identity()
        return {
            "clientId": str(claims.get("appid", self._configured.client_id)),
            "objectId": str(claims.get("oid", "")),
            "subscriptionId": self._configured.subscription_id,
            "tenantId": str(claims.get("tid", self._configured.tenant_id)),
        }


def _kind(urn: str) -> ResourceType:
    token = urn.split("::", 3)[2].rpartition("$")[2]
    if token not in TYPES:
        raise Refused(f"The local azure-native has no resource type {token}; it has {', '.join(TYPES)}.")
    return TYPES[token]


def _state(kind: ResourceType, inputs: Json, found: Json) -> struct_pb2.Struct:
    return write(_marked(inputs, conversion.outputs(kind, found)))


def _answer(values: Json) -> proto.InvokeResponse:
    answer: dict[str, Any] = {"return": write(values)}  # a keyword of Python's
    return proto.InvokeResponse(**answer)


def _marked(inputs: Mapping[str, Any], outputs: Json) -> Json:
    """Mark those outputs secret that repeat a secret input."""
    return {
        name: Secret(value) if holds_secret(inputs.get(name)) else value for name, value in outputs.items()
    }
