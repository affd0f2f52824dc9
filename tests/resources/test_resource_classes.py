"""What a program declares: types, secrets, outputs; by Pulumi's mocks, without an engine."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.kinds import KINDS
from pulumi_sre_agent.resources import connectors
from pulumi_sre_agent.resources._core.agent_crud import outputs
from pulumi_sre_agent.resources._core.registry import model_of
from support.samples import AGENT_ID, SAMPLES, Json

SECRET_KEY = "4dabf18193072939515e22adb298388d"
AGENT: Json = {
    "name": "aa",
    "resource_group_name": "g",
    "location": "x",
    "knowledge_graph_configuration": {"identity": AGENT_ID},
    "monthly_agent_unit_limit": 1000,
}


class Registered(mocks.Mocks):
    """What the program registered, by name."""

    def __init__(self) -> None:
        self.resources: dict[str, mocks.MockResourceArgs] = {}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, Json]:
        self.resources[args.name] = args
        return f"{args.name}-id", dict(args.inputs)

    def call(self, args: mocks.MockCallArgs) -> tuple[Json, None]:
        raise AssertionError(f"nothing here calls {args.token}")


class AtOnce(ThreadPoolExecutor):
    """Work done by whoever submits it: the SDK's mocks leave an open event loop in every other thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


@pytest.fixture
def engine() -> Iterator[Registered]:
    """Pulumi's mocks on an event loop of their own."""
    loop = asyncio.new_event_loop()
    loop.set_default_executor(AtOnce())
    asyncio.set_event_loop(loop)
    registered = Registered()
    mocks.set_mocks(registered)
    yield registered
    loop.close()
    asyncio.set_event_loop(None)


def resolved(output: pulumi.Output[Any]) -> Any:
    return asyncio.get_event_loop().run_until_complete(output.future())


def is_secret(output: pulumi.Output[Any]) -> bool:
    return asyncio.get_event_loop().run_until_complete(output.is_secret())


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_a_kind_registers_under_its_type(engine: Registered, kind: str) -> None:
    """The types never change: they are in every stack's state."""
    made = getattr(resources, kind)("one", agent_id=AGENT_ID, **SAMPLES[kind].args)
    key = getattr(model_of(kind), "key")  # noqa: B009 - the model of an item has one

    assert resolved(made.id) == "one-id"
    assert key is None or resolved(getattr(made, key)) == SAMPLES[kind].args[key]
    assert engine.resources["one"].typ == f"pulumi-python:dynamic/sre:{kind}"


def test_an_agent_has_outputs_that_only_the_service_knows(engine: Registered) -> None:
    """They exist before the service has said them, as unknown or None."""
    agent = resources.Agent("one", **AGENT)

    assert resolved(agent.id) == "one-id"
    assert {name for name in outputs({}) if resolved(getattr(agent, name)) is None} == set(outputs({}))
    assert repr(resolved(agent.monthly_agent_unit_limit)) == "1000"
    assert engine.resources["one"].typ == "pulumi-python:dynamic/sre:Agent"


def test_whole_numbers_stay_whole(engine: Registered) -> None:
    """The engine knows floats only."""
    tool = resources.Tool("one", agent_id=AGENT_ID, name="t", timeout_seconds=30)

    assert repr(resolved(tool.timeout_seconds)) == "30"


def test_secrets_are_secrets_even_when_given_plain(engine: Registered) -> None:
    """Inside the objects that hold them; what is no secret stays legible in previews."""
    agent = resources.Agent(
        "agent",
        log_configuration={
            "application_insights_configuration": {"app_id": "x", "connection_string": "s3cret"}
        },
        **AGENT,
    )
    extended = {
        "type": "http",
        "endpoint": "https://e",
        "bearerToken": "s3cret",
        "headers": {"Authorization": "x"},
    }
    connector = resources.Connector(
        "mcp", agent_id=AGENT_ID, name="c", data_connector_type="Mcp", extended_properties=extended
    )

    assert is_secret(agent.log_configuration)
    assert is_secret(connector.extended_properties)
    assert not is_secret(connector.data_connector_type)


def test_what_may_hold_a_secret_is_one_while_nobody_can_look_inside(engine: Registered) -> None:
    """An output of an object could hold a token."""
    connector = resources.Connector(
        "mcp",
        agent_id=AGENT_ID,
        name="c",
        data_connector_type="Mcp",
        extended_properties=pulumi.Output.from_input({"type": "http", "bearerToken": "s3cret"}),
    )

    assert is_secret(connector.extended_properties)


def test_arguments_of_a_type_can_come_from_other_resources(engine: Registered) -> None:
    """What is made of them follows them, and a password stays a secret."""
    component = pulumi.Output.from_input("/subscriptions/s/providers/components/appi")
    insights = resources.Connector(
        "insights", agent_id=AGENT_ID, name="i", **connectors.app_insights(component)
    )
    snow = resources.Connector(
        "snow",
        agent_id=AGENT_ID,
        name="s",
        **connectors.service_now(
            pulumi.Output.from_input("https://contoso.service-now.com/"), username="me", password="s3cret"
        ),
    )

    assert resolved(insights.extended_properties)["resource"] == {"name": "appi"}
    assert resolved(snow.extended_properties) == {
        "type": "http",
        "endpoint": "https://contoso.service-now.com/api/sn_mcp/mcp",
        "authType": "CustomHeaders",
        "headers": {"Authorization": "Basic bWU6czNjcmV0"},
    }
    assert is_secret(snow.extended_properties)


def test_what_is_not_said_is_no_secret(engine: Registered) -> None:
    """An argument that is None is left out."""
    agent = resources.Agent("agent", log_configuration=None, tags=None, **AGENT)  # type: ignore[arg-type] # on purpose

    assert resolved(agent.id) == "agent-id"
    assert set(engine.resources["agent"].inputs) == {*AGENT, "__provider"}


def test_the_callers_options_and_arguments_are_left_alone(engine: Registered) -> None:
    """One set of options serves several resources."""
    options = pulumi.ResourceOptions(additional_secret_outputs=["prompt"])
    args: Json = {"agent_id": AGENT_ID, **SAMPLES["CommonPrompt"].args}
    before = dict(args)

    first = resources.CommonPrompt("one", options, **args)
    second = resources.CommonPrompt("two", options, **(args | {"name": "another"}))

    assert resolved(first.prompt) == resolved(second.prompt)
    assert options.additional_secret_outputs == ["prompt"]
    assert args == before


def test_a_misspelt_argument_reaches_the_check(engine: Registered) -> None:
    """Editors mark it; a program that runs all the same is told by the check, with what was meant."""
    made = resources.Skill("one", agent_id=AGENT_ID, name="a", skil_content="x")  # type: ignore[call-arg] # on purpose

    assert resolved(made.id) == "one-id"
    [fault, *_] = resources.validate("Skill", dict(engine.resources["one"].inputs, __provider=None))
    assert fault.reason == "skill_content is missing"
