"""What goes over the wire to a provider, and what is made of its answers."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, cast

import grpc
import pytest
from google.protobuf import empty_pb2, json_format, struct_pb2
from google.protobuf.any_pb2 import Any as AnyMessage
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

from sre_agent_local.engine.events import PropertyDiff
from sre_agent_local.engine.process import Process
from sre_agent_local.engine.provider import Provider, provider_inputs
from sre_agent_local.engine.resource import Resource
from sre_agent_local.engine.responses import (
    UNKNOWN_CONFIG,
    CheckFailure,
    Diff,
    MissingCallError,
    ProviderError,
    Result,
)
from sre_agent_local.engine.values import MARK, SECRET, UNKNOWN, Secret
from support.rig import urn

OWN = Resource(
    urn="urn:pulumi:dev::toy::pulumi:providers:toy::default",
    type="pulumi:providers:toy",
    custom=True,
    id="id",
)
OLD = Resource(
    urn=urn("a"),
    type="toy:index:Thing",
    custom=True,
    id="id-a",
    inputs={"n": 1, "pw": Secret("hush")},
    outputs={"n": 1, "pw": Secret("hush"), "out": 2},
    custom_timeouts={"create": 1, "update": 2, "delete": 3, "read": 4},
)
Answer = Callable[[Any, grpc.ServicerContext], Any]


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """Answers as a test says, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: dict[str, Any] = {}
        self.answers: dict[str, Any] = {"Configure": provider_pb2.ConfigureResponse()}

    def __getattribute__(self, name: str) -> Any:
        if not name[0].isupper():
            return super().__getattribute__(name)

        def answer(request: Any, context: grpc.ServicerContext) -> Any:
            self.asked[name] = request
            given = self.answers.get(name)
            if given is None:
                context.abort(grpc.StatusCode.UNIMPLEMENTED, f"no {name}")
            return given(context) if callable(given) else given

        return answer


class FakeChild:
    """A process that runs, or has ended."""

    how: str | None = None
    closed = False

    def end(self, _seconds: float) -> str | None:
        return self.how

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def servicer() -> Servicer:
    return Servicer()


@pytest.fixture
def server(servicer: Servicer) -> Iterator[int]:
    server = grpc.server(ThreadPoolExecutor(2))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield port
    server.stop(0).wait()


@pytest.fixture
def child() -> FakeChild:
    return FakeChild()


@pytest.fixture
def provider(server: int, child: FakeChild) -> Iterator[Provider]:
    provider = Provider(cast("Process", child), server, "toy")
    yield provider
    provider.close()
    assert child.closed


def struct(**values: Any) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(values)
    return made


def plain(message: Any) -> Any:
    return json_format.MessageToDict(message)


def configured(provider: Provider, servicer: Servicer, **inputs: Any) -> Provider:
    provider.configure(OWN, inputs)
    return provider


class TestConfigure:
    def test_settings_go_as_values_and_as_text(self, provider: Provider, servicer: Servicer) -> None:
        """Arguments keep their types and secrets; variables are text, without the version."""
        configured(provider, servicer, version="1.2.3", pw=Secret("hush"), flag=True, name="n")
        request = servicer.asked["Configure"]

        assert dict(request.variables) == {
            "toy:config:pw": "hush",
            "toy:config:flag": "true",
            "toy:config:name": "n",
        }
        assert plain(request.args)["pw"] == {MARK: SECRET, "value": "hush"}
        assert plain(request.args)["version"] == "1.2.3"
        assert (request.id, request.urn, request.name, request.type) == (
            "id",
            OWN.urn,
            "default",
            "pulumi:providers:toy",
        )
        assert request.acceptSecrets

    @pytest.mark.parametrize("takes", [True, False])
    def test_secrets_go_only_to_those_that_take_them(
        self, provider: Provider, servicer: Servicer, takes: bool
    ) -> None:
        """A provider says so when it is configured; from any other, secrets come back marked again."""
        servicer.answers["Configure"] = provider_pb2.ConfigureResponse(acceptSecrets=takes)
        servicer.answers["Check"] = provider_pb2.CheckResponse(inputs=struct(pw="hush"))
        inputs, _ = configured(provider, servicer).check(OLD, {}, {"pw": Secret("hush")})

        assert (plain(servicer.asked["Check"].news)["pw"] == "hush") is not takes
        assert inputs == {"pw": "hush" if takes else Secret("hush")}

    def test_unknown_settings_are_not_sent(self, provider: Provider, servicer: Servicer) -> None:
        """While a preview does not know a provider's settings, the provider is not asked anything."""
        provider.configure(OWN, {"region": UNKNOWN})

        assert provider.check(OLD, {}, {"n": 1}) == ({"n": 1}, [])
        assert provider.diff(OLD, {"n": 2}, ()) == Diff(changes=True, warning=UNKNOWN_CONFIG)
        assert provider.create(OLD, preview=True) == Result(id="", outputs={})
        assert provider.update(OLD, OLD, preview=True) == Result(id="id-a", outputs={})
        assert provider.invoke("toy:index:f", {}) == ({}, [])
        assert servicer.asked == {}

    def test_check_config(self, provider: Provider, servicer: Servicer) -> None:
        """Secrets are sent in plain and marked again; without the call, inputs stay as they are."""
        news = {"pw": Secret("hush"), "region": "x"}
        unchecked = provider.check_config(OWN, {}, news)
        servicer.answers["CheckConfig"] = provider_pb2.CheckResponse(
            inputs=struct(pw="hush", region="y"),
            failures=[provider_pb2.CheckFailure(property="region", reason="unheard of")],
        )

        assert unchecked == (news, [])
        assert provider.check_config(OWN, {}, news) == (
            {"pw": Secret("hush"), "region": "y"},
            [CheckFailure("region", "unheard of")],
        )
        assert plain(servicer.asked["CheckConfig"].news) == {"pw": "hush", "region": "x"}

    @pytest.mark.parametrize(
        ("answer", "diff"),
        [
            (None, None),
            (provider_pb2.DiffResponse(), None),
            (
                provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_SOME, replaces=["region"]),
                Diff(changes=True, replaces=("region",)),
            ),
        ],
    )
    def test_diff_config(
        self, provider: Provider, servicer: Servicer, answer: Any, diff: Diff | None
    ) -> None:
        """A provider may have no opinion on its own configuration."""
        servicer.answers["DiffConfig"] = answer

        assert provider.diff_config(OLD, {"region": "y"}, ["x"]) == diff
        assert list(servicer.asked["DiffConfig"].ignoreChanges) == ["x"]

    def test_the_engines_own_key_is_kept_from_it(self) -> None:
        assert provider_inputs({"__internal": {}, "region": "x"}) == {"region": "x"}


class TestDiff:
    def test_is_asked_with_everything(self, provider: Provider, servicer: Servicer) -> None:
        servicer.answers["Diff"] = provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)
        diff = configured(provider, servicer).diff(OLD, {"n": UNKNOWN}, ["x"])
        request = servicer.asked["Diff"]

        assert diff == Diff(changes=False)
        assert (request.id, request.urn, request.name, request.type) == ("id-a", OLD.urn, "a", OLD.type)
        assert plain(request.olds) == {"n": 1, "pw": "hush", "out": 2}
        assert plain(request.old_inputs) == {"n": 1, "pw": "hush"}
        assert plain(request.news) == {"n": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}
        assert list(request.ignoreChanges) == ["x"]

    def test_details_are_passed_on(self, provider: Provider, servicer: Servicer) -> None:
        kind = provider_pb2.PropertyDiff
        servicer.answers["Diff"] = provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME,
            diffs=["n"],
            deleteBeforeReplace=True,
            hasDetailedDiff=True,
            detailedDiff={"n": kind(kind=kind.UPDATE_REPLACE, inputDiff=True)},
        )
        diff = configured(provider, servicer).diff(OLD, {"n": 2}, ())

        assert diff.detailed_diff == {"n": PropertyDiff(kind="update-replace")}
        assert (diff.replace, diff.delete_before_replace, diff.diffs) == (True, True, ("n",))

    @pytest.mark.parametrize(
        ("news", "ignore", "diff"),
        [
            pytest.param({"n": 1.0, "pw": "hush"}, (), Diff(changes=False), id="equal"),
            pytest.param({"n": 2, "pw": Secret("hush")}, ("n",), Diff(changes=False), id="ignored"),
            pytest.param(
                {"n": 2, "pw": Secret("hush")},
                (),
                Diff(changes=True, diffs=("n",), detailed_diff={"n": PropertyDiff(kind="update")}),
                id="changed",
            ),
        ],
    )
    def test_is_made_here_where_the_provider_leaves_it_open(
        self, provider: Provider, servicer: Servicer, news: Any, ignore: Any, diff: Diff
    ) -> None:
        """`changes` unset: the inputs are compared, without regard to secret marks."""
        servicer.answers["Diff"] = provider_pb2.DiffResponse()

        assert configured(provider, servicer).diff(OLD, news, ignore) == diff


class TestLife:
    def test_create(self, provider: Provider, servicer: Servicer) -> None:
        """Outputs that repeat a secret input come back secret."""
        servicer.answers["Create"] = provider_pb2.CreateResponse(id="new", properties=struct(pw="hush", n=1))
        result = configured(provider, servicer).create(OLD, preview=False)
        request = servicer.asked["Create"]

        assert result == Result(id="new", outputs={"pw": Secret("hush"), "n": 1})
        assert (request.timeout, request.preview, request.name) == (1, False, "a")

    def test_create_without_an_id_fails(self, provider: Provider, servicer: Servicer) -> None:
        servicer.answers["Create"] = provider_pb2.CreateResponse()

        with pytest.raises(ProviderError, match="did not return an ID"):
            configured(provider, servicer).create(OLD, preview=False)

    @pytest.mark.parametrize("able", [True, False])
    def test_previews_ask_only_those_that_can(
        self, provider: Provider, servicer: Servicer, able: bool
    ) -> None:
        """Where a provider cannot preview, the inputs stand for the outputs."""
        servicer.answers["Configure"] = provider_pb2.ConfigureResponse(supportsPreview=able)
        servicer.answers["Create"] = provider_pb2.CreateResponse(properties=struct(n=5))
        servicer.answers["Update"] = provider_pb2.UpdateResponse(properties=struct(n=6))
        configured(provider, servicer)
        created = provider.create(OLD, preview=True)
        updated = provider.update(OLD, OLD, preview=True)

        assert created == Result(id="", outputs={"n": 5} if able else OLD.inputs)
        assert updated == Result(id="id-a", outputs={"n": 6} if able else OLD.inputs)

    def test_update(self, provider: Provider, servicer: Servicer) -> None:
        servicer.answers["Update"] = provider_pb2.UpdateResponse(properties=struct(n=2))
        result = configured(provider, servicer).update(
            OLD, replace(OLD, ignore_changes=("x",)), preview=False
        )
        request = servicer.asked["Update"]

        assert result == Result(id="id-a", outputs={"n": 2})
        assert plain(request.olds)["out"] == 2
        assert (request.timeout, list(request.ignoreChanges)) == (2, ["x"])

    @pytest.mark.parametrize("inputs", [None, struct(pw="new")])
    def test_read(self, provider: Provider, servicer: Servicer, inputs: Any) -> None:
        """A provider may tell the inputs, or leave them as they are."""
        servicer.answers["Read"] = provider_pb2.ReadResponse(id="id-b", properties=struct(n=3), inputs=inputs)
        result = configured(provider, servicer).read(
            replace(OLD, id="id-b"), inputs=OLD.inputs, state=OLD.outputs
        )

        assert result.id == "id-b"
        assert result.inputs == (None if inputs is None else {"pw": Secret("new")})
        assert servicer.asked["Read"].timeout == 4

    def test_delete(self, provider: Provider, servicer: Servicer) -> None:
        servicer.answers["Delete"] = empty_pb2.Empty()
        configured(provider, servicer).delete(OLD)

        assert (servicer.asked["Delete"].id, servicer.asked["Delete"].timeout) == ("id-a", 3)

    @pytest.mark.parametrize("secret", [True, False])
    def test_invoke(self, provider: Provider, servicer: Servicer, secret: bool) -> None:
        """A secret among the arguments makes the whole result secret, where the provider knows none."""
        answer = provider_pb2.InvokeResponse(failures=[provider_pb2.CheckFailure(reason="no")])
        getattr(answer, "return").CopyFrom(struct(a=1))
        servicer.answers["Invoke"] = answer
        result, failures = configured(provider, servicer).invoke(
            "toy:index:f", {"k": Secret(1) if secret else 1}
        )

        assert result == {"a": Secret(1) if secret else 1}
        assert failures == [CheckFailure("", "no")]


def half_made(**members: Any) -> Answer:
    """Fail as a provider does whose resource exists, but did not come up."""

    def fail(context: Any) -> None:
        detail = AnyMessage()
        detail.Pack(provider_pb2.ErrorResourceInitFailed(reasons=["not healthy"], **members))
        status = status_pb2.Status(code=2, message="failed", details=[detail])
        context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
        context.abort(grpc.StatusCode.UNKNOWN, "failed")

    return cast("Answer", fail)


class TestErrors:
    def test_half_made_resources_are_kept(self, provider: Provider, servicer: Servicer) -> None:
        """Whatever call it was, the resource's id and outputs are not lost."""
        fail = half_made(id="half", properties=struct(n=1), inputs=struct(n=2))
        servicer.answers |= {"Create": fail, "Update": fail, "Read": fail}
        configured(provider, servicer)
        expected = Result(id="half", outputs={"n": 1}, inputs={"n": 2}, init_errors=("not healthy",))

        assert provider.create(OLD, preview=False) == expected
        assert provider.update(OLD, OLD, preview=False) == expected
        assert provider.read(OLD, inputs={}, state={}) == expected
        servicer.answers["Create"] = half_made(id="half")
        assert provider.create(OLD, preview=False).inputs is None

    def test_text_of_the_provider_is_the_error(self, provider: Provider, servicer: Servicer) -> None:
        servicer.answers["Delete"] = lambda context: context.abort(grpc.StatusCode.UNKNOWN, " no room \n")

        with pytest.raises(ProviderError, match=r"^no room$"):
            configured(provider, servicer).delete(OLD)

    def test_details_that_say_something_else_are_passed_over(
        self, provider: Provider, servicer: Servicer
    ) -> None:
        def fail(context: Any) -> None:
            detail = AnyMessage()
            detail.Pack(struct())
            status = status_pb2.Status(code=2, details=[detail]).SerializeToString()
            context.set_trailing_metadata((("grpc-status-details-bin", status),))
            context.abort(grpc.StatusCode.UNKNOWN, "no room")

        servicer.answers["Delete"] = fail
        with pytest.raises(ProviderError, match="no room"):
            configured(provider, servicer).delete(OLD)

    def test_calls_that_are_not_there_are_named(self, provider: Provider, servicer: Servicer) -> None:
        with pytest.raises(MissingCallError, match="no Check"):
            configured(provider, servicer).check(OLD, {}, {})

    def test_values_that_are_not_known_are_named(self, provider: Provider, servicer: Servicer) -> None:
        asset = {MARK: "c44067f5952c0a294b673a41bacd8c17"}
        servicer.answers["Check"] = provider_pb2.CheckResponse(inputs=struct(a=asset))

        with pytest.raises(ProviderError, match="provider toy answered with assets"):
            configured(provider, servicer).check(OLD, {}, {})

    @pytest.mark.parametrize(
        ("how", "why"),
        [("ended with exit code 3", "the process of provider toy ended with exit code 3"), (None, "gone")],
    )
    def test_a_provider_that_died(
        self, provider: Provider, servicer: Servicer, child: FakeChild, how: str | None, why: str
    ) -> None:
        """A lost connection is told as what it is where the process has ended."""
        servicer.answers["Delete"] = lambda context: context.abort(grpc.StatusCode.UNAVAILABLE, "gone")
        child.how = how

        with pytest.raises(ProviderError, match=why):
            configured(provider, servicer).delete(OLD)
