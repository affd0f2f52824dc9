"""A connector of an agent space, which all its agents share."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, NotRequired

from pulumi import Input, ResourceOptions
from typing_extensions import TypedDict, Unpack

from pulumi_sre_agent.api.kinds import AGENT_SPACE_CONNECTOR
from pulumi_sre_agent.api.secrets import is_header_name
from pulumi_sre_agent.schema.annotations import (
    ClientOnly,
    IgnoreCase,
    Immutable,
    NoDiff,
    SensitiveField,
    SensitiveMembers,
)
from pulumi_sre_agent.schema.normalization import is_blank, is_unknown
from pulumi_sre_agent.schema.rules import AGENT_NAME, PRESENT, SPACE_ID, WITHOUT_TRAILING_SLASH
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, error_at, get_path

from ._core.item_args import item_model
from ._core.item_crud import ItemCrud
from ._core.mcp_rules import check_mcp
from ._core.provider import ItemProvider, Resource
from .connector import check_connector_type


class AgentSpaceConnectorArgs(TypedDict):
    """Arguments of `AgentSpaceConnector` (Microsoft.App 2026-01-01).

    See docs/reference/control-plane.md#connectors.
    """

    space_id: Annotated[Input[str], Immutable(), IgnoreCase(), ClientOnly(), WITHOUT_TRAILING_SLASH, SPACE_ID]
    """ARM id of the space, which is the `id` of `AgentSpace`. A change replaces the connector."""
    name: Annotated[Input[str], Immutable(), IgnoreCase(), ClientOnly(), AGENT_NAME]
    """Name of the connector, unique in the space. A change replaces it."""
    adopt: NotRequired[Annotated[Input[bool], ClientOnly(), NoDiff()]]
    """Whether to take over a connector of that name that is there already. Default: false."""
    data_connector_type: Annotated[Input[str], PRESENT]
    """What it connects to, as in `Connector`; `sre.resources.connectors` makes the arguments of each type."""
    allow_unknown_type: NotRequired[Annotated[Input[bool], ClientOnly(), NoDiff()]]
    """Whether types and kinds of login that this release does not know may pass. Default: false."""
    data_source: NotRequired[Annotated[Input[str], SensitiveField()]]
    """Where the data is; Azure takes it for a secret and never shows it."""
    endpoint: NotRequired[Input[str]]
    """Where the data is, for all to see."""
    identity: NotRequired[Annotated[Input[str], IgnoreCase()]]
    """Who connects: `system`, the ARM id of a user-assigned identity, or empty for nobody."""
    extended_properties: NotRequired[Annotated[Input[Mapping[str, Any]], SensitiveMembers(is_header_name)]]
    """What else the type wants, in Azure's camelCase, sent as it is; what sounds secret becomes one."""


def _check_target(inputs: Inputs) -> Iterator[ValidationError]:
    source, endpoint = get_path(inputs, "data_source"), get_path(inputs, "endpoint")
    kusto = get_path(inputs, "data_connector_type") == "Kusto"
    if kusto and not (is_unknown(source) or is_unknown(endpoint)) and is_blank(source) and is_blank(endpoint):
        yield error_at(("endpoint",), "or data_source is missing, which a Kusto connector needs")


class SpaceConnectorCrud(ItemCrud):
    """A connector's life under a space."""

    parent = "space_id"
    parent_title = "agent space"


class AgentSpaceConnectorProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(
        AGENT_SPACE_CONNECTOR, AgentSpaceConnectorArgs, check_connector_type, check_mcp, _check_target
    )

    crud_type = SpaceConnectorCrud


class AgentSpaceConnector(Resource):
    """A connector of an agent space; creating one waits until Azure has provisioned it."""

    provider = AgentSpaceConnectorProvider

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **args: Unpack[AgentSpaceConnectorArgs],
    ) -> None:
        super().__init__(resource_name, args, opts)
