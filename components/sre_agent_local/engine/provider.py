"""A provider plugin's calls, with Python values in and out."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import grpc
from google.protobuf import struct_pb2
from google.protobuf.message import Message

from sre_agent_local.protocol import provider_pb2, provider_pb2_grpc

from .process import Process
from .resource import Resource
from .responses import (
    UNKNOWN_CONFIG,
    Checked,
    Diff,
    InitFailedError,
    MissingCallError,
    ProviderError,
    Result,
    read_diff,
    read_error,
    read_failures,
)
from .values import (
    Properties,
    Secret,
    Unknown,
    UnsupportedValueError,
    contains,
    from_struct,
    propagate_secrets,
    to_struct,
    unwrap_secrets,
)

INTERNAL = "__internal"
"""The engine's own key among a provider's inputs."""
DYING_SECONDS = 0.5
CHANNEL_OPTIONS = (
    ("grpc.max_receive_message_length", 400 << 20),
    ("grpc.max_send_message_length", 400 << 20),
    ("grpc.enable_http_proxy", 0),
)
Call: TypeAlias = Callable[[Any], Any]


class Provider:
    """One plugin process, configured once."""

    def __init__(self, process: Process, port: int, name: str) -> None:
        self._process, self._name = process, name
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=CHANNEL_OPTIONS)
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        self._takes_secrets = self._takes_resources = self._previews = False
        self._known = True
        """Whether its own configuration is: in a preview it may have unknowns, and then nothing is asked."""

    def configure(self, resource: Resource, inputs: Properties) -> None:
        """Hand over the configuration."""
        self._known = not contains(inputs, Unknown)
        if not self._known:
            return
        plain = unwrap_secrets({key: value for key, value in inputs.items() if key != "version"})
        texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in plain.items()}
        request = provider_pb2.ConfigureRequest(
            **_identity(resource),
            id=resource.id,
            variables={f"{self._name}:config:{key}": text for key, text in texts.items()},
            args=to_struct(inputs, secrets=True, resources=True),
            acceptSecrets=True,
            acceptResources=True,
            sends_old_inputs=True,
            sends_old_inputs_to_delete=True,
        )
        answer = self._ask(self._stub.Configure, request)
        self._takes_secrets, self._takes_resources = answer.acceptSecrets, answer.acceptResources
        self._previews = answer.supportsPreview

    def check_config(self, new: Resource, olds: Properties, news: Properties) -> Checked:
        """Validate a configuration before it is used."""
        request = provider_pb2.CheckRequest(
            **_identity(new), olds=_plain_struct(olds), news=_plain_struct(news)
        )
        try:
            answer = self._ask(self._stub.CheckConfig, request)
        except MissingCallError:
            return news, []
        return propagate_secrets(self._read(answer.inputs), news), read_failures(answer.failures)

    def diff_config(self, old: Resource, news: Properties, ignore: Sequence[str]) -> Diff | None:
        """Compare configurations; None where the provider cannot say."""
        request = provider_pb2.DiffRequest(
            **_identity(old),
            id=old.id,
            olds=_plain_struct(old.outputs),
            news=_plain_struct(news),
            old_inputs=_plain_struct(provider_inputs(old.inputs)),
            ignoreChanges=ignore,
        )
        try:
            answer = self._ask(self._stub.DiffConfig, request)
        except MissingCallError:
            return None
        unknown = answer.changes == provider_pb2.DiffResponse.DIFF_UNKNOWN
        return None if unknown else read_diff(answer, {}, {}, ())

    def check(self, new: Resource, olds: Properties, news: Properties) -> Checked:
        """Validate inputs and fill in defaults."""
        if not self._known:
            return news, []
        request = provider_pb2.CheckRequest(**_identity(new), olds=self._wire(olds), news=self._wire(news))
        answer = self._ask(self._stub.Check, request)
        return self._propagate_secrets(answer.inputs, news), read_failures(answer.failures)

    def diff(self, old: Resource, news: Properties, ignore: Sequence[str]) -> Diff:
        """Compare a resource with new inputs; where the provider cannot say, inputs are compared here."""
        if not self._known:
            return Diff(changes=True, warning=UNKNOWN_CONFIG)
        request = provider_pb2.DiffRequest(
            **_identity(old),
            id=old.id,
            olds=self._wire(old.outputs),
            news=self._wire(news),
            old_inputs=self._wire(old.inputs),
            ignoreChanges=ignore,
        )
        return read_diff(self._ask(self._stub.Diff, request), old.inputs, news, ignore)

    def create(self, new: Resource, *, preview: bool) -> Result:
        """Create a resource. A provider that cannot preview is not asked in one: outputs are the inputs."""
        if preview and not self._previews:
            return Result(id="", outputs=new.inputs if self._known else {})
        request = provider_pb2.CreateRequest(
            **_identity(new),
            properties=self._wire(new.inputs),
            timeout=new.custom_timeouts.get("create", 0),
            preview=preview,
        )
        result = self._result(self._stub.Create, request, new.inputs, new.inputs)
        if not result.id and not preview:
            raise ProviderError("provider did not return an ID from Create")
        return result

    def update(self, old: Resource, new: Resource, *, preview: bool) -> Result:
        """Change a resource in place."""
        if preview and not self._previews:
            return Result(id=old.id, outputs=new.inputs if self._known else {})
        request = provider_pb2.UpdateRequest(
            **_identity(new),
            id=old.id,
            olds=self._wire(old.outputs),
            news=self._wire(new.inputs),
            timeout=new.custom_timeouts.get("update", 0),
            ignoreChanges=new.ignore_changes,
            preview=preview,
            old_inputs=self._wire(old.inputs),
        )
        result = self._result(self._stub.Update, request, new.inputs, new.inputs)
        return replace(result, id=result.id or old.id)

    def read(self, resource: Resource, *, inputs: Properties, state: Properties) -> Result:
        """Read a resource as it is; an empty id in the result says that it is gone."""
        request = provider_pb2.ReadRequest(
            **_identity(resource),
            id=resource.id,
            properties=self._wire(state),
            inputs=self._wire(inputs),
            timeout=resource.custom_timeouts.get("read", 0),
        )
        return self._result(self._stub.Read, request, inputs, state)

    def delete(self, old: Resource) -> None:
        """Delete a resource."""
        request = provider_pb2.DeleteRequest(
            **_identity(old),
            id=old.id,
            properties=self._wire(old.outputs),
            timeout=old.custom_timeouts.get("delete", 0),
            old_inputs=self._wire(old.inputs),
        )
        self._ask(self._stub.Delete, request)

    def invoke(self, token: str, args: Properties) -> Checked:
        """Call a function."""
        if not self._known:
            return {}, []
        request = provider_pb2.InvokeRequest(tok=token, args=self._wire(args))
        answer = self._ask(self._stub.Invoke, request)
        result = self._read(getattr(answer, "return"))
        if contains(args, Secret) and not self._takes_secrets:
            result = {key: Secret(value) for key, value in result.items()}
        return result, read_failures(answer.failures)

    def close(self) -> None:
        """End the process."""
        self._channel.close()
        self._process.close()

    def _wire(self, properties: Properties) -> struct_pb2.Struct:
        return to_struct(properties, secrets=self._takes_secrets, resources=self._takes_resources)

    def _read(self, struct: struct_pb2.Struct) -> Properties:
        try:
            return from_struct(struct)
        except UnsupportedValueError as error:
            raise ProviderError(
                f"provider {self._name} answered with {error}, which the embedded engine refuses"
            ) from error

    def _propagate_secrets(self, struct: struct_pb2.Struct, sent: Properties) -> Properties:
        answer = self._read(struct)
        return answer if self._takes_secrets else propagate_secrets(answer, sent)

    def _result(self, call: Call, request: Message, inputs: Properties, state: Properties) -> Result:
        """Make a call that answers with a resource; one that did not come up is still there."""
        init_errors: tuple[str, ...] = ()
        try:
            response = self._ask(call, request)
        except InitFailedError as failed:
            response, init_errors = failed.response, tuple(failed.response.reasons)
        has_inputs = "inputs" in response.DESCRIPTOR.fields_by_name and response.HasField("inputs")
        return Result(
            id=getattr(response, "id", ""),
            outputs=self._propagate_secrets(response.properties, state),
            inputs=self._propagate_secrets(response.inputs, inputs) if has_inputs else None,
            init_errors=init_errors,
        )

    def _ask(self, call: Call, request: Message) -> Any:
        """Make a call; what gRPC raises becomes a ProviderError."""
        try:
            return call(request)
        except grpc.RpcError as error:
            gone = error.code() == grpc.StatusCode.UNAVAILABLE
            raise read_error(error, self._name, self._process.end(DYING_SECONDS) if gone else None) from None


def _identity(resource: Resource) -> dict[str, Any]:
    """Name a resource as every request does."""
    return {"urn": resource.urn, "name": resource.name, "type": resource.type}


def provider_inputs(inputs: Properties) -> Properties:
    """Leave out of a provider's inputs what is the engine's own."""
    return {key: value for key, value in inputs.items() if key != INTERNAL}


def _plain_struct(properties: Properties) -> struct_pb2.Struct:
    return to_struct(properties, secrets=False, resources=False)
