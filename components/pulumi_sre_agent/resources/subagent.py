"""A subagent: instructions with tools of their own, which the agent hands work to."""

import logging
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, NotRequired

from pulumi import Input, Output, ResourceOptions, dynamic
from typing_extensions import TypedDict, Unpack

from pulumi_sre_agent.api.errors import ApiError, NotFound
from pulumi_sre_agent.api.kinds import COMMON_PROMPT, SKILL, SUBAGENT, Json
from pulumi_sre_agent.schema.annotations import TEXT, ClientOnly, NoDiff, References, Unordered
from pulumi_sre_agent.schema.choices import ACTION_MODE_ALIASES, ActionMode
from pulumi_sre_agent.schema.rules import at_least, longer_than
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, error_at, get_path

from ._core.additional_properties import check_additional, merge_additional, split_additional, wire_names
from ._core.hook_body import HookBodyArgs, check_hook_body
from ._core.item_args import ItemArgs, ToolNames, item_model
from ._core.item_crud import LISTINGS, ItemCrud
from ._core.provider import ItemProvider, Resource

if TYPE_CHECKING:
    from pulumi_sre_agent.api.collections.collection import Collection

log = logging.getLogger(__name__)

UNKNOWN_HANDOFF = re.compile(r"Handoff agent '(?P<name>[^']+)' does not exist")
"""How Azure refuses a handoff (docs/reference/data-plane.md#members-by-kind)."""
NO_NEW_HANDOFFS = re.compile("(?i)new .*handoffs|handoffs .*new")
"""What Azure may say of a subagent that is made with handoffs while `EnableV2AgentLoop` is on.

See docs/reference/assumptions.md#handoffs-of-new-subagents.
"""
MISSING = "missing_handoffs"
"""Output of a subagent that was made without some of its handoffs: which."""
PLACEHOLDER: Json = {
    "instructions": "Say that you have no instructions yet: your deployment is going on, or was broken off.",
    "handoffs": [],
}
"""What stands in for a subagent that is to come: the least that Azure takes."""
EVENTS = {"stop": "Stop", "post_tool_use": "PostToolUse"}
WIRE_EVENTS = {"stop": "Stop", "postToolUse": "PostToolUse"}


class SubagentHooksArgs(TypedDict):
    """Hooks of one subagent, by event; each runs."""

    stop: NotRequired[Input[list[Input[HookBodyArgs]]]]
    """Before it stops."""
    post_tool_use: NotRequired[Input[list[Input[HookBodyArgs]]]]
    """After it has used a tool."""


class SubagentArgs(ItemArgs):
    """Arguments of `Subagent` (docs/reference/data-plane.md#members-by-kind)."""

    instructions: Annotated[Input[str], TEXT, longer_than(50)]
    """What it does and how, more than 50 characters. Line ends are written as LF."""
    handoff_description: NotRequired[Annotated[Input[str], TEXT]]
    """What others read to decide whether to hand work to it."""
    handoffs: NotRequired[Annotated[Input[list[Input[str]]], Unordered(), References(SUBAGENT)]]
    """Subagents that it may hand work to, not itself; `depends_on` them, since Azure wants them there first.

    One that is not there yet when this one is created is left out of it, with a warning, and comes with the
    next update, unless `handoffs_to_come` names it.
    """
    handoffs_to_come: NotRequired[Annotated[Input[list[Input[str]]], ClientOnly(), NoDiff()]]
    """Those of the handoffs that the same program makes after this subagent, depending on it.

    A placeholder stands in for each until then, so that two that hand work to each other take one update.
    """
    tools: NotRequired[ToolNames]
    """Tools that it may use, built-in ones or the agent's own."""
    mcp_tools: NotRequired[ToolNames]
    """Tools of MCP connectors: `<connector>_<tool>`, or `<connector>/*` for all of one."""
    agent_type: NotRequired[Input[str]]
    """`Autonomous`, or another that the service knows."""
    agent_mode: NotRequired[Annotated[Input[ActionMode], ACTION_MODE_ALIASES]]
    """Whether it asks before it acts."""
    model: NotRequired[Input[str]]
    """Model that it thinks with: a tier such as `ReasoningFast`."""
    temperature: NotRequired[Annotated[Input[float], at_least(0)]]
    """How freely it answers."""
    allow_parallel_tool_calls: NotRequired[Input[bool]]
    """Whether it may use several tools at a time."""
    enable_skills: NotRequired[Input[bool]]
    """Whether it may load skills."""
    add_system_skills: NotRequired[Input[bool]]
    """Whether Azure's own skills are among them."""
    allowed_skills: NotRequired[Annotated[Input[list[Input[str]]], Unordered(), References(SKILL)]]
    """Which of the agent's skills it may load."""
    common_tools: NotRequired[Annotated[Input[list[Input[str]]], Unordered()]]
    """Sets of tools that it shares with others."""
    common_prompts: NotRequired[Annotated[Input[list[Input[str]]], References(COMMON_PROMPT)]]
    """Common prompts that its instructions include, in this order."""
    max_reflection_count: NotRequired[Annotated[Input[int], at_least(0)]]
    """How often it thinks over its answer."""
    custom_reflection_note: NotRequired[Annotated[Input[str], TEXT]]
    """What it is told when it does."""
    critic_prompt_path: NotRequired[Input[str]]
    """Prompt of the critic that judges its work."""
    critic_on_handoff: NotRequired[Input[bool]]
    """Whether the critic also judges what it hands on."""
    disable_document_retrieval: NotRequired[Input[bool]]
    """Whether it does without the agent's documents."""
    enable_vanilla_mode: NotRequired[Input[bool]]
    """Whether it runs without the service's own instructions."""
    hooks: NotRequired[Input[SubagentHooksArgs]]
    """Checks that it goes through, besides those of the agent."""
    additional_properties: NotRequired[Input[dict[str, Any]]]
    """Members without an argument here, in camelCase, sent as they are."""


WIRE_NAMES = wire_names(SubagentArgs)


def _check_handoffs(inputs: Inputs) -> Iterator[ValidationError]:
    name, handoffs = get_path(inputs, "name"), get_path(inputs, "handoffs")
    if isinstance(handoffs, list) and isinstance(name, str) and name in handoffs:
        yield error_at(("handoffs",), "must not name the subagent itself")


def _check_hooks(inputs: Inputs) -> Iterator[ValidationError]:
    for key, event in EVENTS.items():
        hooks = get_path(inputs, "hooks", key)
        for index, hook in enumerate(hooks if isinstance(hooks, list) else ()):
            if isinstance(hook, dict):
                yield from check_hook_body(hook, event, ("hooks", key, index))


def _encode(spec: Json) -> Json:
    """Say handoffs also where there are none, which must not be null, and events as Azure spells them."""
    spec.setdefault("handoffs", [])
    if "hooks" in spec:
        spec["hooks"] = {WIRE_EVENTS[key]: hooks for key, hooks in spec["hooks"].items()}
    return merge_additional(spec)


def _decode(spec: Json) -> Json:
    hooks = spec.get("hooks") or {}
    return split_additional(WIRE_NAMES)(spec) | {
        "hooks": {key: hooks.get(event) for key, event in WIRE_EVENTS.items()}
    }


class SubagentCrud(ItemCrud):
    """Creates a subagent also before those that it hands work to, as a cycle of them needs."""

    def create(self, inputs: Json) -> tuple[str, Json]:
        """Leave out a handoff that Azure refuses; the outputs say so, and the next update adds it."""
        self._hold_places(inputs)
        try:
            return super().create(inputs)
        except ApiError as refused:
            match = UNKNOWN_HANDOFF.search(refused.message)
            handoffs = inputs.get("handoffs", [])
            if match is None and handoffs and NO_NEW_HANDOFFS.search(refused.message):
                return self._create_then_hand_off(inputs)
            if match is None or match["name"] not in handoffs:
                raise
            absent = match["name"]
        log.warning(
            "Subagent %s is made without its handoff to %s, which is not there yet: the next update adds it.",
            inputs["name"],
            absent,
        )
        id_, outputs = self.create(inputs | {"handoffs": [name for name in handoffs if name != absent]})
        return id_, outputs | {MISSING: [absent, *outputs.get(MISSING, [])]}

    def _create_then_hand_off(self, inputs: Json) -> tuple[str, Json]:
        """Make it without handoffs and give it them at once, as the V2 loop wants new subagents."""
        id_, outputs = super().create(inputs | {"handoffs": []})
        return id_, self.update(id_, outputs, inputs)

    def update(self, id_: str, outputs: Mapping[str, Any], inputs: Json) -> Json:
        self._hold_places(inputs)
        return super().update(id_, outputs, inputs)

    def _hold_places(self, inputs: Json) -> None:
        """Put a placeholder where a subagent is to come, for Azure takes no handoff to nobody."""
        for name in set(inputs.get("handoffs_to_come", [])) & set(inputs.get("handoffs", [])):
            items = self._items(inputs)
            try:
                items.get(name)
            except NotFound:
                LISTINGS.get(self._listing_key(inputs), items.list)[name] = items.put(name, PLACEHOLDER)

    def _differing_fields(self, inputs: Json, spec: Json) -> list[str]:
        """Count as ours a placeholder, and what lacks only handoffs: an interrupted create left it."""
        if _is_placeholder(spec):
            return []
        differing = super()._differing_fields(inputs, spec)
        return [] if differing == ["handoffs"] and self._lacks_handoffs(inputs, spec) else differing

    def _must_rewrite(self, items: "Collection", inputs: Json, existing: Json) -> bool:
        ours = _is_placeholder(existing) or self._lacks_handoffs(inputs, existing)
        return ours or super()._must_rewrite(items, inputs, existing)

    def _lacks_handoffs(self, inputs: Json, spec: Json) -> bool:
        return set(spec.get("handoffs") or []) < set(inputs.get("handoffs", []))


def _is_placeholder(spec: Json) -> bool:
    return bool(spec.get("instructions") == PLACEHOLDER["instructions"])


class SubagentProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(
        SUBAGENT,
        SubagentArgs,
        _check_handoffs,
        _check_hooks,
        check_additional(WIRE_NAMES),
        encode=_encode,
        decode=_decode,
    )

    def diff(self, id_: str, olds: Json, news: Json) -> dynamic.DiffResult:
        """Tell also of handoffs that a create left out, which the engine does not see among the inputs."""
        result = super().diff(id_, olds, news)
        return dynamic.DiffResult(changes=True) if olds.get(MISSING) and not result.replaces else result

    crud_type = SubagentCrud


class Subagent(Resource):
    """A subagent of an agent."""

    provider = SubagentProvider

    max_reflection_count: Output[int]
    """As in the arguments; said here too since a whole number would come back from the engine as a float."""

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[SubagentArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
