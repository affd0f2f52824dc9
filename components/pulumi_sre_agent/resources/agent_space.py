"""An agent space: what several agents share, above all connectors."""

from typing import Annotated, NotRequired

from pulumi import Input, Output, ResourceOptions
from typing_extensions import TypedDict, Unpack

from pulumi_sre_agent.api.versions import AGENT_GA
from pulumi_sre_agent.schema.annotations import TEXT, ClientOnly, IgnoreCase, Immutable, NoDiff, ReplaceWhole
from pulumi_sre_agent.schema.rules import LOCATION, PRESENT, SPACE_NAME, at_least, matches

from ._core.geneva import AgentSpacePoliciesArgs
from ._core.model import Json, Model
from ._core.provider import KindProvider, Resource
from ._core.tracked_args import IdentityArgs, apply_place_defaults, check_identity, check_location
from ._core.tracked_crud import TrackedCrud, from_arm_body, inputs_from_arm_id


class AgentSpaceArgs(TypedDict):
    """Arguments of `AgentSpace` (api.md A.2, Microsoft.App 2026-01-01)."""

    name: Annotated[Input[str], Immutable(), ClientOnly(), SPACE_NAME]
    """Name of the space. A change replaces it."""
    resource_group_name: Annotated[Input[str], Immutable(), IgnoreCase(), ClientOnly(), PRESENT]
    """Resource group that holds the space. A change replaces it."""
    subscription_id: NotRequired[Annotated[Input[str], Immutable(), IgnoreCase(), ClientOnly(), PRESENT]]
    """Subscription of the group. Default: as for azure-native: config, `ARM_SUBSCRIPTION_ID`, Azure CLI."""
    location: NotRequired[Annotated[Input[str], Immutable(), LOCATION, PRESENT]]
    """Region, such as `swedencentral`. Default: `azure-native:location`. A change replaces the space."""
    tags: NotRequired[Input[dict[str, Input[str]]]]
    """Tags of the Azure resource."""
    identity: NotRequired[Annotated[Input[IdentityArgs], ReplaceWhole()]]
    """Managed identities of the space."""
    adopt: NotRequired[Annotated[Input[bool], ClientOnly(), NoDiff()]]
    """Whether to take over a space of that name that is there already, and change what differs.

    Default: false; a create then fails rather than touch a space that differs.
    """
    description: NotRequired[Annotated[Input[str], TEXT]]
    """What it is for."""
    max_agent_count: NotRequired[Annotated[Input[int], at_least(1)]]
    """How many agents it may have."""
    service_tree_id: NotRequired[
        Annotated[
            Input[str],
            IgnoreCase(),
            matches(r"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "must be a GUID"),
        ]
    ]
    """GUID of its Service Tree; of use inside Microsoft only."""
    policies: NotRequired[Input[AgentSpacePoliciesArgs]]
    """What holds for all its agents."""


class AgentSpaceCrud(TrackedCrud):
    """A space's life in its resource group."""

    segment = "agentSpaces"
    default_version = AGENT_GA


class AgentSpaceProvider(KindProvider):
    """Pickled into state by this path."""

    model = Model(
        title="agent space",
        args=AgentSpaceArgs,
        rules=(check_location, check_identity),
        apply_defaults=apply_place_defaults,
        decode=from_arm_body,
    )

    def crud(self) -> AgentSpaceCrud:
        return AgentSpaceCrud(self.model, self.client)

    def inputs_from_id(self, id_: str) -> Json:
        return inputs_from_arm_id(id_, AgentSpaceCrud.segment)


class AgentSpace(Resource, module="sre", name="AgentSpace"):
    """An agent space. `Agent` takes its `id` as `agent_space_id`, its connectors take it as `space_id`."""

    system_assigned_principal_id: Output[str | None]
    """Object id of its system-assigned identity; None without one."""
    max_agent_count: Output[int]
    """As in the arguments; said here too since a whole number would come back from the engine as a float."""

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[AgentSpaceArgs]
    ) -> None:
        unset = {"system_assigned_principal_id": None}
        super().__init__(AgentSpaceProvider(), resource_name, args, opts, unset)
