"""A hook: a check that an agent goes through before it stops, and before or after it uses a tool."""

from collections.abc import Iterator
from typing import Annotated, Literal, NotRequired

from pulumi import Input, ResourceOptions, log
from typing_extensions import Unpack

from pulumi_sre_agent.api.kinds import HOOK, Json
from pulumi_sre_agent.schema.annotations import TEXT, Default, EnumAliases, NotReturned
from pulumi_sre_agent.schema.rules import PRESENT, matches
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, error_at, get_path

from ._core.hook_body import PROMPT, HookBodyArgs, check_hook_body
from ._core.item_args import ItemArgs, item_model
from ._core.model import StackDefaults
from ._core.provider import ItemProvider, Resource

HOOK_NAME = matches(
    r"(?i)(?!system__)[-a-z0-9_]{1,128}",
    "must have letters, digits, - and _ only, and not begin with system__",
)
EVENTS = ("Stop", "PreToolUse", "PostToolUse")


class HookArgs(ItemArgs):
    """Arguments of `Hook` (docs/reference/data-plane.md#hooks)."""

    event_type: Annotated[Input[str], PRESENT]
    """`Stop`, `PostToolUse`, or `PreToolUse`, which the service takes though its pages name two only."""
    hook: Input[HookBodyArgs]
    """What it does."""
    activation_mode: NotRequired[
        Annotated[Input[Literal["always", "onDemand"]], EnumAliases({"on-demand": "onDemand"})]
    ]
    """Whether it holds for every thread, or for those in which somebody activates it."""
    description: NotRequired[Annotated[Input[str], TEXT]]
    """What it is for."""
    permission_decision: NotRequired[Annotated[Input[Literal["allow", "deny", "ask"]], NotReturned()]]
    """What a match decides. Azure does not show it."""
    enabled: NotRequired[Annotated[Input[bool], NotReturned(), Default(True)]]
    """Whether it is on. Default: true. Azure does not show it."""


def _check_name_and_body(inputs: Inputs) -> Iterator[ValidationError]:
    name, event, hook = get_path(inputs, "name"), get_path(inputs, "event_type"), get_path(inputs, "hook")
    if isinstance(name, str) and (problem := HOOK_NAME.check(name)):
        yield error_at(("name",), problem)
    if isinstance(hook, dict) and isinstance(event, str):
        yield from check_hook_body(hook, event, ("hook",))


def _apply_defaults(inputs: Json, _defaults: StackDefaults) -> None:
    """Say also the usual type: a hook of the other one that is there already is then seen to differ."""
    hook = inputs.get("hook")
    if isinstance(hook, dict):
        hook.setdefault("type", PROMPT)


class HookProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(HOOK, HookArgs, _check_name_and_body, apply_defaults=_apply_defaults)


class Hook(Resource):
    """A hook of the whole agent. Hooks whose name begins with `system__` are Azure's own."""

    provider = HookProvider

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[HookArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
        event = args.get("event_type")
        if isinstance(event, str) and event not in EVENTS:
            log.warn(f"event_type {event} is none of {', '.join(EVENTS)}: it is sent as it is", self)
