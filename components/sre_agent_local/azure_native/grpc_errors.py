"""Failures as engines hear of them: a gRPC status, with what there is of a half-made resource."""

import functools
from collections.abc import Callable
from typing import TypeVar

import grpc
from google.protobuf import any_pb2, struct_pb2
from google.protobuf.message import Message

from sre_agent_local.protocol import provider_pb2, status_pb2

from .arm_responses import ArmError
from .engine_log import URN
from .property_values import Json, to_struct
from .settings import ProviderError

_Provider = TypeVar("_Provider")
_Request = TypeVar("_Request", bound=Message)
_Response = TypeVar("_Response", bound=Message)


class InitializationFailed(Exception):
    """Azure accepted a create or update that then failed: the engine must keep the id."""

    def __init__(self, sentence: str, arm_id: str, inputs: Json, outputs: struct_pb2.Struct | None) -> None:
        super().__init__(sentence)
        self.detail = provider_pb2.ErrorResourceInitFailed(
            id=arm_id, properties=outputs, inputs=to_struct(inputs), reasons=[sentence]
        )


def handle_errors(
    method: Callable[[_Provider, _Request], _Response],
) -> Callable[[_Provider, _Request, grpc.ServicerContext], _Response]:
    """Turn expected errors into gRPC statuses with the sentence alone; note what a call is about."""

    @functools.wraps(method)
    def handler(provider: _Provider, request: _Request, context: grpc.ServicerContext) -> _Response:
        URN.set(getattr(request, "urn", ""))
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
