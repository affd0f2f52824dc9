"""A skill: instructions that an agent loads when a task calls for them, with the tools that they need."""

from collections.abc import Iterator
from typing import Annotated, NotRequired

from pulumi import Input, ResourceOptions
from typing_extensions import TypedDict, Unpack

from pulumi_sre_agent.api.kinds import SKILL, Json
from pulumi_sre_agent.schema.annotations import TEXT, Rule, Unordered
from pulumi_sre_agent.schema.rules import longer_than
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, duplicate_keys

from ._core.item_args import ItemArgs, ToolNames, item_model
from ._core.provider import ItemProvider, Resource


def _check_path(path: str) -> str | None:
    inside = "\\" not in path and not {"", ".", ".."} & set(path.split("/"))
    return None if inside else "must be a path below the skill, such as scripts/check.sh, without . and .."


class SkillFileArgs(TypedDict):
    """A file that belongs to a skill."""

    file_path: Annotated[Input[str], Rule(_check_path)]
    """Path below the skill, such as `scripts/check.sh`."""
    content: Annotated[Input[str], TEXT]
    """Text of the file. Line ends are written as LF."""


class SkillArgs(ItemArgs):
    """Arguments of `Skill` (docs/reference/data-plane.md#members-by-kind)."""

    description: NotRequired[Annotated[Input[str], TEXT]]
    """When to use the skill; the agent decides by this whether to load it."""
    skill_content: Annotated[Input[str], TEXT, longer_than(50)]
    """The instructions, in Markdown, more than 50 characters. Line ends are written as LF."""
    tools: NotRequired[ToolNames]
    """Names of the tools that the skill may use, built-in ones or the agent's own."""
    additional_files: NotRequired[Annotated[Input[list[Input[SkillFileArgs]]], Unordered()]]
    """Files that the instructions speak of."""


def _check_duplicate_files(inputs: Inputs) -> Iterator[ValidationError]:
    return duplicate_keys(inputs, "additional_files", "file_path")


def _decode(spec: Json) -> Json:
    """Take the content also from `skillMdContent`, as some answers call it."""
    return spec | {"skillContent": spec.get("skillContent") or spec.get("skillMdContent")}


class SkillProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(SKILL, SkillArgs, _check_duplicate_files, decode=_decode)


class Skill(Resource):
    """A skill of an agent. At most five are loaded at a time."""

    provider = SkillProvider

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[SkillArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
