"""An agent space: what several agents share, above all connectors."""

from typing import Annotated, Literal, NotRequired

from pulumi import Input, Output, ResourceOptions
from typing_extensions import TypedDict, Unpack

from pulumi_sre_agent.api.versions import AGENT_GA
from pulumi_sre_agent.schema.annotations import (
    TEXT,
    ClientOnly,
    EnumAliases,
    IgnoreCase,
    Immutable,
    NoDiff,
)
from pulumi_sre_agent.schema.rules import PRESENT, SPACE_NAME, at_least, matches

from ._core.model import Model
from ._core.provider import Resource, TrackedProvider
from ._core.tracked_args import TrackedArgs, apply_place_defaults, check_identity, check_location
from ._core.tracked_crud import TrackedCrud, from_arm_body


class GenevaActionParameterArgs(TypedDict):
    """One parameter of a Geneva action; Geneva is of use inside Microsoft only (Microsoft.App 2026-01-01)."""

    name: NotRequired[Input[str]]
    """Its name."""
    type: NotRequired[Input[str]]
    """Its type, such as `string`."""


class GenevaActionArgs(TypedDict):
    """One action that is allowed."""

    action_name: NotRequired[Input[str]]
    """Its name."""
    extension: NotRequired[Input[str]]
    """The extension that it belongs to."""
    action_parameters: NotRequired[Input[list[Input[GenevaActionParameterArgs]]]]
    """Its parameters."""
    approval_required: NotRequired[Input[bool]]
    """Whether somebody has to approve it."""


class GenevaActionsConfigurationArgs(TypedDict):
    """Which actions, and how to log in for them."""

    extension_name: Annotated[Input[str], PRESENT]
    """Name of the Geneva extension."""
    acis_endpoint: NotRequired[Input[str]]
    """Address of the ACIS service."""
    client_id: NotRequired[Input[str]]
    """Client id of the login."""
    certificate_subject_name: NotRequired[Input[str]]
    """Subject name of the certificate of the login."""
    authentication_mode: NotRequired[
        Annotated[Input[Literal["OAuth", "WS-Trust"]], EnumAliases({"wstrust": "WS-Trust"})]
    ]
    """How to log in."""
    allowed_actions: NotRequired[Input[list[Input[GenevaActionArgs]]]]
    """The actions."""


class AgentSpacePoliciesArgs(TypedDict):
    """What holds for all agents of a space."""

    geneva_actions_configuration: NotRequired[Input[GenevaActionsConfigurationArgs]]
    """Geneva actions that they may take."""


class AgentSpaceArgs(TrackedArgs):
    """Arguments of `AgentSpace` (docs/reference/control-plane.md#operations, Microsoft.App 2026-01-01)."""

    name: Annotated[Input[str], Immutable(), IgnoreCase(), ClientOnly(), SPACE_NAME]
    """Name of the space. A change replaces it."""
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


class AgentSpaceProvider(TrackedProvider):
    """Pickled into state by this path."""

    model = Model(
        title="agent space",
        args=AgentSpaceArgs,
        rules=(check_location, check_identity),
        apply_defaults=apply_place_defaults,
        decode=from_arm_body,
    )

    crud_type = AgentSpaceCrud


class AgentSpace(Resource):
    """An agent space. `Agent` takes its `id` as `agent_space_id`, its connectors take it as `space_id`."""

    provider = AgentSpaceProvider

    system_assigned_principal_id: Output[str | None]
    """Object id of its system-assigned identity; None without one."""
    max_agent_count: Output[int]
    """As in the arguments; said here too since a whole number would come back from the engine as a float."""

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[AgentSpaceArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
