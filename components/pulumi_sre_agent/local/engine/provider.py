"""A provider plugin's calls, with Python values in and out."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import grpc
from google.protobuf import struct_pb2

from .answers import (
    UNKNOWN_CONFIG,
    Abilities,
    Diff,
    Failure,
    InitFailedError,
    MissingCallError,
    ProviderError,
    Result,
    read_diff,
    read_error,
    read_failures,
)
from .process import Child
from .protocol import provider_pb2, provider_pb2_grpc
from .resource import Resource, urn_name, urn_type
from .values import (
    Properties,
    Secret,
    Unknown,
    Unsupported,
    contains,
    from_struct,
    remark,
    strip,
    to_struct,
)

INTERNAL = "__internal"
"""The engine's own key among a provider's inputs."""
DYING_SECONDS = 0.5
CHANNEL_OPTIONS = (
    ("grpc.max_receive_message_length", 400 << 20),
    ("grpc.max_send_message_length", 400 << 20),
    ("grpc.enable_http_proxy", 0),
)


class Provider:
    """One plugin process, configured once."""

    def __init__(self, child: Child, port: int, name: str) -> None:
        self._child, self._name = child, name
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=CHANNEL_OPTIONS)
        self._stub = provider_pb2_grpc.ResourceProviderStub(self._channel)
        self._able = Abilities()

    def handshake(self, engine: str, root: str, program: str) -> None:
        """Exchange abilities; providers that do not know this call tell theirs when configured."""
        request = provider_pb2.ProviderHandshakeRequest(
            engine_address=engine, root_directory=root, program_directory=program, configure_with_urn=True
        )
        try:
            with self._call():
                answer = self._stub.Handshake(request, wait_for_ready=True)
        except MissingCallError:
            return
        self._able = Abilities(answer.accept_secrets, answer.accept_resources, preview=True, handshake=True)

    def configure(self, urn: str, identity: str, inputs: Properties) -> None:
        """Hand over the configuration."""
        self._able.known = not contains(inputs, Unknown)
        if not self._able.known:
            return
        plain = strip({key: value for key, value in inputs.items() if key != "version"})
        texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in plain.items()}
        request = provider_pb2.ConfigureRequest(
            variables={f"{self._name}:config:{key}": text for key, text in texts.items()},
            args=to_struct(inputs, secrets=True, resources=True),
            acceptSecrets=True,
            acceptResources=True,
            sends_old_inputs=True,
            sends_old_inputs_to_delete=True,
            id=identity,
            urn=urn,
            name=urn_name(urn),
            type=urn_type(urn),
        )
        with self._call():
            answer = self._stub.Configure(request)
        if not self._able.handshake:
            self._able.secrets, self._able.resources = answer.acceptSecrets, answer.acceptResources
            self._able.preview = answer.supportsPreview

    def check_config(self, urn: str, olds: Properties, news: Properties) -> tuple[Properties, list[Failure]]:
        """Validate a configuration before it is used."""
        request = provider_pb2.CheckRequest(
            urn=urn, olds=_plain(olds), news=_plain(news), name=urn_name(urn), type=urn_type(urn)
        )
        try:
            with self._call():
                answer = self._stub.CheckConfig(request)
        except MissingCallError:
            return news, []
        return remark(self._read(answer.inputs), news), read_failures(answer.failures)

    def diff_config(
        self, urn: str, old: Resource, news: Properties, ignore: Sequence[str] = ()
    ) -> Diff | None:
        """Compare configurations; None where the provider cannot say."""
        request = provider_pb2.DiffRequest(
            id=old.id,
            urn=urn,
            olds=_plain(old.outputs),
            news=_plain(news),
            old_inputs=_plain(external(old.inputs)),
            ignoreChanges=ignore,
            name=urn_name(urn),
            type=urn_type(urn),
        )
        try:
            with self._call():
                answer = self._stub.DiffConfig(request)
        except MissingCallError:
            return None
        return (
            None
            if answer.changes == provider_pb2.DiffResponse.DIFF_UNKNOWN
            else read_diff(answer, {}, {}, ())
        )

    def check(self, urn: str, olds: Properties, news: Properties) -> tuple[Properties, list[Failure]]:
        """Validate inputs and fill in defaults."""
        if not self._able.known:
            return news, []
        request = provider_pb2.CheckRequest(
            urn=urn, olds=self._wire(olds), news=self._wire(news), name=urn_name(urn), type=urn_type(urn)
        )
        with self._call():
            answer = self._stub.Check(request)
        return self._remarked(answer.inputs, news), read_failures(answer.failures)

    def diff(self, old: Resource, news: Properties, ignore: Sequence[str]) -> Diff:
        """Compare a resource with new inputs; where the provider cannot say, inputs are compared here."""
        if not self._able.known:
            return Diff(changes=True, warning=UNKNOWN_CONFIG)
        request = provider_pb2.DiffRequest(
            id=old.id,
            urn=old.urn,
            olds=self._wire(old.outputs),
            news=self._wire(news),
            old_inputs=self._wire(old.inputs),
            ignoreChanges=ignore,
            name=old.name,
            type=old.type,
        )
        with self._call():
            answer = self._stub.Diff(request)
        return read_diff(answer, old.inputs, news, ignore)

    def create(self, new: Resource, *, preview: bool) -> Result:
        """Create a resource. A provider that cannot preview is not asked in one: outputs are the inputs."""
        if preview and not (self._able.known and self._able.preview):
            return Result(id="", outputs=new.inputs if self._able.known else {})
        request = provider_pb2.CreateRequest(
            urn=new.urn,
            properties=self._wire(new.inputs),
            timeout=new.custom_timeouts.get("create", 0),
            preview=preview,
            name=new.name,
            type=new.type,
        )
        try:
            with self._call():
                answer = self._stub.Create(request)
        except InitFailedError as failed:
            return self._half_made(failed, new.inputs)
        if not answer.id and not preview:
            raise ProviderError("provider did not return an ID from Create")
        return Result(id=answer.id, outputs=self._remarked(answer.properties, new.inputs))

    def update(self, old: Resource, new: Resource, *, preview: bool, ignore: Sequence[str]) -> Result:
        """Change a resource in place."""
        if preview and not (self._able.known and self._able.preview):
            return Result(id=old.id, outputs=new.inputs if self._able.known else {})
        request = provider_pb2.UpdateRequest(
            id=old.id,
            urn=new.urn,
            olds=self._wire(old.outputs),
            news=self._wire(new.inputs),
            timeout=new.custom_timeouts.get("update", 0),
            ignoreChanges=ignore,
            preview=preview,
            old_inputs=self._wire(old.inputs),
            name=new.name,
            type=new.type,
        )
        try:
            with self._call():
                answer = self._stub.Update(request)
        except InitFailedError as failed:
            return self._half_made(failed, new.inputs)
        return Result(id=old.id, outputs=self._remarked(answer.properties, new.inputs))

    def read(self, resource: Resource, identity: str, *, inputs: Properties, state: Properties) -> Result:
        """Read a resource as it is; an empty id in the result says that it is gone."""
        request = provider_pb2.ReadRequest(
            id=identity,
            urn=resource.urn,
            properties=self._wire(state),
            inputs=self._wire(inputs),
            name=resource.name,
            type=resource.type,
            timeout=resource.custom_timeouts.get("read", 0),
        )
        try:
            with self._call():
                answer = self._stub.Read(request)
        except InitFailedError as failed:
            return self._half_made(failed, state)
        told = self._remarked(answer.inputs, inputs) if answer.HasField("inputs") else None
        return Result(id=answer.id, outputs=self._remarked(answer.properties, state), inputs=told)

    def delete(self, old: Resource) -> None:
        """Delete a resource."""
        request = provider_pb2.DeleteRequest(
            id=old.id,
            urn=old.urn,
            properties=self._wire(old.outputs),
            timeout=old.custom_timeouts.get("delete", 0),
            old_inputs=self._wire(old.inputs),
            name=old.name,
            type=old.type,
        )
        with self._call():
            self._stub.Delete(request)

    def invoke(self, token: str, args: Properties) -> tuple[Properties, list[Failure]]:
        """Call a function."""
        if not self._able.known:
            return {}, []
        with self._call():
            answer = self._stub.Invoke(provider_pb2.InvokeRequest(tok=token, args=self._wire(args)))
        result = self._read(getattr(answer, "return"))
        hidden = not self._able.secrets and contains(args, Secret)
        return ({key: Secret(value) for key, value in result.items()} if hidden else result), read_failures(
            answer.failures
        )

    def close(self) -> None:
        """End the process."""
        self._channel.close()
        self._child.close()

    def _wire(self, properties: Properties) -> struct_pb2.Struct:
        return to_struct(properties, secrets=self._able.secrets, resources=self._able.resources)

    def _read(self, struct: struct_pb2.Struct) -> Properties:
        try:
            return from_struct(struct)
        except Unsupported as error:
            raise ProviderError(
                f"provider {self._name} answered with {error}, which the embedded engine refuses"
            ) from error

    def _remarked(self, struct: struct_pb2.Struct, sent: Properties) -> Properties:
        answer = self._read(struct)
        return answer if self._able.secrets else remark(answer, sent)

    def _half_made(self, failed: InitFailedError, sent: Properties) -> Result:
        told = failed.told
        inputs = self._remarked(told.inputs, sent) if told.HasField("inputs") else None
        return Result(
            id=told.id,
            outputs=self._remarked(told.properties, sent),
            inputs=inputs,
            faults=tuple(told.reasons),
        )

    @contextmanager
    def _call(self) -> Iterator[None]:
        """Turn what gRPC raises into a ProviderError."""
        try:
            yield
        except grpc.RpcError as error:
            gone = error.code() == grpc.StatusCode.UNAVAILABLE
            raise read_error(error, self._name, self._child.wait(DYING_SECONDS) if gone else None) from None


def external(inputs: Properties) -> Properties:
    """Leave out of a provider's inputs what is the engine's own."""
    return {key: value for key, value in inputs.items() if key != INTERNAL}


def _plain(properties: Properties) -> struct_pb2.Struct:
    return to_struct(properties, secrets=False, resources=False)
