"""A role assignment: what a person or an identity may do with something in Azure."""

from typing import Annotated, NotRequired

from pulumi import Input, Output, ResourceOptions
from typing_extensions import TypedDict, Unpack

from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.schema.annotations import ClientOnly, IgnoreCase, Immutable
from pulumi_sre_agent.schema.choices import PrincipalType
from pulumi_sre_agent.schema.rules import ARM_ID, PRESENT, WITHOUT_TRAILING_SLASH, matches

from ._core.model import Model
from ._core.provider import KindProvider, Resource
from ._core.role_crud import RoleCrud

PRINCIPAL = matches(
    r"(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "must be an object id in Entra ID, such as 00000000-0000-0000-0000-000000000000",
)


class RoleAssignmentArgs(TypedDict):
    """Arguments of `RoleAssignment`. A change of any but the description replaces it.

    See docs/reference/control-plane.md#roles-on-an-agent.
    """

    scope: Annotated[Input[str], Immutable(), IgnoreCase(), ClientOnly(), WITHOUT_TRAILING_SLASH, ARM_ID]
    """ARM id of what the role is for: a subscription, a resource group or a resource, in any subscription."""
    role: Annotated[Input[str], Immutable(), IgnoreCase(), ClientOnly(), PRESENT]
    """The role: its name, such as `Monitoring Contributor`, its GUID, or its ARM id."""
    principal_id: Annotated[Input[str], Immutable(), IgnoreCase(), PRINCIPAL]
    """Object id of who gets it."""
    principal_type: Annotated[Input[PrincipalType], Immutable()]
    """What that is; identities are service principals."""
    description: NotRequired[Input[str]]
    """Why, for whoever finds it in Azure."""


def _properties(resource: Json) -> Json:
    properties: Json = resource["properties"]
    return properties


class RoleAssignmentProvider(KindProvider):
    """Pickled into state by this path."""

    model = Model(title="role assignment", args=RoleAssignmentArgs, decode=_properties)

    crud_type = RoleCrud
    named_by = ("scope", "principal_id", "role")


class RoleAssignment(Resource):
    """A role for one principal on one scope, under a name in Azure that is the same for the same three.

    azure-native's own resource fails where the role is assigned already, be it by a run that was interrupted
    or by somebody else. This one takes the assignment that there is. If it was somebody else's, then others
    may rely on it: it stays when this resource goes.
    """

    provider = RoleAssignmentProvider

    role_definition_id: Output[str]
    """ARM id of the role."""
    adopted: Output[bool]
    """Whether somebody else had assigned it before."""

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[RoleAssignmentArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
