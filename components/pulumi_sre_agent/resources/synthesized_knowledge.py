"""Synthesized knowledge: what an agent remembers, as files that it reads and writes itself."""

from pulumi import ResourceOptions
from typing_extensions import Unpack

from pulumi_sre_agent.api.kinds import SYNTHESIZED_KNOWLEDGE

from ._core.archive_crud import ArchiveCrud, Files, check_paths
from ._core.item_args import AgentItemArgs, item_model
from ._core.provider import ItemProvider, Resource


class SynthesizedKnowledgeArgs(AgentItemArgs):
    """Arguments of `SynthesizedKnowledge` (docs/reference/data-plane.md#workspace-memory)."""

    files: Files
    """Text by path, such as `overview.md`. Files that the agent adds by itself are left alone."""


class SynthesizedKnowledgeProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(SYNTHESIZED_KNOWLEDGE, SynthesizedKnowledgeArgs, check_paths, key=None)

    crud_type = ArchiveCrud


class SynthesizedKnowledge(Resource):
    """Memories of an agent, which has one set of them; deleting this takes out the files that it put in."""

    provider = SynthesizedKnowledgeProvider

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **args: Unpack[SynthesizedKnowledgeArgs],
    ) -> None:
        super().__init__(resource_name, args, opts)
