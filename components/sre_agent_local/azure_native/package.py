"""What the engine asks of the provider as a whole: what it is, how it is set up, that it is to end."""

# ruff: noqa: N802 - gRPC's method names

import json
import os
import threading
from collections.abc import Callable

import grpc
from google.protobuf import empty_pb2

from sre_agent_local.protocol import plugin_pb2, provider_pb2_grpc
from sre_agent_local.protocol import provider_pb2 as proto

from .arm_client import ArmClient
from .engine_log import EngineLog
from .grpc_errors import handle_errors
from .install import sdk_version
from .managed_identity import managed_identity
from .property_values import from_struct, reveal
from .schema import package_schema
from .settings import ProviderError, Settings, provider_config


def connect(settings: Settings) -> ArmClient:
    return ArmClient(settings, managed_identity)


class Package(provider_pb2_grpc.ResourceProviderServicer):
    """What is not about resources; they come on top."""

    def __init__(self, log: EngineLog, connect: Callable[[Settings], ArmClient] = connect) -> None:
        self._log = log
        self._connect = connect
        self._settings: Settings | None = None
        self._arm: ArmClient | None = None
        self._cancelled = threading.Event()

    @property
    def is_cancelled(self) -> bool:
        """Whether the engine has said that it is through with this provider."""
        return self._cancelled.is_set()

    def close(self) -> None:
        self._log.close()
        if self._arm:
            self._arm.close()

    def GetPluginInfo(
        self, _request: empty_pb2.Empty, _context: grpc.ServicerContext
    ) -> plugin_pb2.PluginInfo:
        return plugin_pb2.PluginInfo(version=sdk_version())

    @handle_errors
    def GetSchema(self, request: proto.GetSchemaRequest) -> proto.GetSchemaResponse:
        if request.version:
            raise ProviderError(f"Unsupported schema version {request.version}: there is version 0.")
        return proto.GetSchemaResponse(schema=json.dumps(package_schema(sdk_version())))

    def CheckConfig(self, request: proto.CheckRequest, _context: grpc.ServicerContext) -> proto.CheckResponse:
        return proto.CheckResponse(inputs=request.news)

    def DiffConfig(self, _request: proto.DiffRequest, _context: grpc.ServicerContext) -> proto.DiffResponse:
        """Say nothing of replacement: as azure-native, another configuration never replaces resources."""
        return proto.DiffResponse()

    def Cancel(self, _request: empty_pb2.Empty, _context: grpc.ServicerContext) -> empty_pb2.Empty:
        self._cancelled.set()
        if self._arm:
            self._arm.cancel()
        return empty_pb2.Empty()

    @handle_errors
    def Configure(self, request: proto.ConfigureRequest) -> proto.ConfigureResponse:
        config = provider_config(reveal(from_struct(request.args)), request.variables)
        self._settings = Settings.load(config, os.environ)
        if not self._settings.subscription_id:
            raise ProviderError(
                "A Subscription ID must be configured when authenticating as a Managed Identity using MSI."
            )
        if self._arm:
            self._arm.close()
        self._arm = self._connect(self._settings)
        self._arm.tell = self._log.status
        return proto.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

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
