"""An MCP server made of connections: what gives an agent the tools of services such as Jira or Slack."""

from typing import Annotated, NotRequired

from pulumi import Input, ResourceOptions
from typing_extensions import TypedDict, Unpack

from pulumi_sre_agent.api.kinds import CONNECTOR_V2_CONNECTION, CONNECTOR_V2_MCP_SERVER
from pulumi_sre_agent.schema.annotations import ClientOnly, Immutable, References, Rule, Unordered
from pulumi_sre_agent.schema.rules import CONNECTION_NAME, LOWER_CASE, PRESENT

from ._core.item_args import AgentItemArgs, item_model
from ._core.provider import ItemProvider, Resource

SOME = Rule(lambda connectors: None if connectors else "must name at least one connection")


class ConnectedArgs(TypedDict):
    """One connection that the server uses."""

    name: Annotated[Input[str], PRESENT]
    """The service's API, such as `jira`: the connection's `connector_name`."""
    connection_name: Annotated[Input[str], LOWER_CASE, CONNECTION_NAME, References(CONNECTOR_V2_CONNECTION)]
    """Name of the `ConnectorV2Connection`."""


class ConnectorV2McpServerArgs(AgentItemArgs):
    """Arguments of `ConnectorV2McpServer`.

    See docs/reference/data-plane.md#managed-connectors,
    docs/reference/directory-format.md#managed-connectors.
    """

    name: Annotated[Input[str], Immutable(), ClientOnly(), LOWER_CASE, CONNECTION_NAME]
    """Name of the server, in lower case; mostly that of its connection. A change replaces it."""
    description: NotRequired[Input[str]]
    """What it is for."""
    connectors: Annotated[Input[list[Input[ConnectedArgs]]], SOME]
    """The connections whose tools it offers."""
    require_approval_tools: NotRequired[Annotated[Input[list[Input[str]]], Unordered()]]
    """Tools that wait for somebody's approval before they run."""


class ConnectorV2McpServerProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(CONNECTOR_V2_MCP_SERVER, ConnectorV2McpServerArgs)


class ConnectorV2McpServer(Resource):
    """An MCP server made of an agent's connections; a refresh sees no change that somebody else makes."""

    provider = ConnectorV2McpServerProvider

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **args: Unpack[ConnectorV2McpServerArgs],
    ) -> None:
        super().__init__(resource_name, args, opts)
