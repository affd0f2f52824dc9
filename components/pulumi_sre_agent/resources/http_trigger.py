"""An HTTP trigger: an address that makes an agent work on what is sent there."""

from typing import Annotated, NotRequired

from pulumi import Input, Output, ResourceOptions
from typing_extensions import TypedDict, Unpack

from pulumi_sre_agent.api.kinds import HTTP_TRIGGER, Json
from pulumi_sre_agent.schema.annotations import TEXT, Default
from pulumi_sre_agent.schema.choices import RunMode
from pulumi_sre_agent.schema.rules import PRESENT

from ._core.item_args import HANDLER, NamedItemArgs, item_model
from ._core.item_crud import ItemCrud
from ._core.provider import ItemProvider, Resource


class HttpTriggerOptionsArgs(TypedDict):
    """What a call of the trigger makes the agent do (docs/reference/data-plane.md#http-triggers)."""

    agent_prompt: Annotated[Input[str], TEXT, PRESENT]
    """What the agent is told; `{payload.a.b}` stands for a member of the JSON that is sent, and what no
    placeholder takes is appended."""
    description: NotRequired[Annotated[Input[str], TEXT]]
    """What it is for."""
    agent: NotRequired[Annotated[Input[str], HANDLER]]
    """Subagent that answers. Default: the agent itself."""
    agent_mode: NotRequired[Annotated[Input[RunMode], Default("Autonomous")]]
    """`Autonomous` acts, which is the service's default; `Review` asks before it acts."""
    thread_id: NotRequired[Input[str]]
    """Thread in which all runs go on. Default: every run begins a thread of its own."""
    is_enabled: NotRequired[Annotated[Input[bool], Default(True)]]
    """Whether it is on; to callers a trigger that is off is not there. Default: true."""


class HttpTriggerArgs(NamedItemArgs, HttpTriggerOptionsArgs):
    """Arguments of `HttpTrigger`: what it does, what it is called, and of which agent."""


def _outputs(spec: Json) -> Json:
    return {"trigger_id": spec.get("triggerId"), "trigger_url": spec.get("triggerUrl")}


class HttpTriggerCrud(ItemCrud):
    """The service makes a trigger that is on; one that is to be off is turned off afterwards."""

    def _fields_written_last(self, existing: Json) -> frozenset[str]:
        return frozenset({"is_enabled"} if existing.get("isEnabled") else ())


class HttpTriggerProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(HTTP_TRIGGER, HttpTriggerArgs, outputs=_outputs)

    crud_type = HttpTriggerCrud


class HttpTrigger(Resource):
    """An HTTP trigger of an agent.

    The service would take several of one name; here a name is what tells them apart, and a second one of it,
    whoever made it, is an error until it is gone. Callers need a token of the agent's audience and the right
    to write threads; who has none goes through a bridge such as a Logic App.
    """

    provider = HttpTriggerProvider

    trigger_id: Output[str]
    """The service's id of it."""
    trigger_url: Output[str]
    """Address to POST to."""

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[HttpTriggerArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
