"""Repo instructions: what an agent knows of one repository, as files beside its code."""

from typing import Annotated

from pulumi import Input, ResourceOptions
from typing_extensions import Unpack

from pulumi_sre_agent.api.kinds import REPO, REPO_INSTRUCTIONS
from pulumi_sre_agent.schema.annotations import ClientOnly, IgnoreCase, Immutable, References
from pulumi_sre_agent.schema.rules import PRESENT

from ._core.archive_crud import ArchiveCrud, Files, check_paths
from ._core.item_args import AgentItemArgs, item_model
from ._core.provider import ItemProvider, Resource


class RepoInstructionsArgs(AgentItemArgs):
    """Arguments of `RepoInstructions` (docs/reference/data-plane.md#workspace-memory)."""

    repo: Annotated[Input[str], Immutable(), IgnoreCase(), ClientOnly(), PRESENT, References(REPO)]
    """Name of the agent's repository. A change replaces the instructions."""
    files: Files
    """Text by path, such as `AGENTS.md`. Files that the agent adds by itself are left alone."""


class RepoInstructionsProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(REPO_INSTRUCTIONS, RepoInstructionsArgs, check_paths, key="repo")

    crud_type = ArchiveCrud


class RepoInstructions(Resource):
    """Instructions of an agent for one repository; deleting this takes out the files that it put in."""

    provider = RepoInstructionsProvider

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[RepoInstructionsArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
