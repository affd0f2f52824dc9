"""An MCP server made of connections: what gives an agent the tools of services such as Jira or Slack."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, NotRequired

from pulumi import Input, ResourceOptions
from typing_extensions import TypedDict, Unpack

from pulumi_sre_agent.api.kinds import CONNECTOR_V2_CONNECTION, CONNECTOR_V2_MCP_SERVER, Json
from pulumi_sre_agent.schema.annotations import (
    ClientOnly,
    Default,
    Immutable,
    NotReturned,
    References,
    Rule,
    Unordered,
)
from pulumi_sre_agent.schema.rules import CONNECTION_NAME, LOWER_CASE, PRESENT
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, error_at, get_path

from ._core.item_args import AgentItemArgs, item_model
from ._core.provider import ItemProvider, Resource

SOME = Rule(lambda connectors: None if connectors else "must name at least one connection")


class LockedParameterArgs(TypedDict):
    """A parameter that the agent cannot choose."""

    name: Annotated[Input[str], PRESENT]
    """Name of the parameter, as the operation calls it."""
    value: Input[Any]
    """What it always is. For all to see: no place for a secret."""


class ParameterSchemaArgs(TypedDict):
    """What the agent may say for a parameter."""

    type: Annotated[Input[str], PRESENT]
    """JSON type, such as `string`."""
    required: NotRequired[Annotated[Input[bool], Default(value=False)]]
    """Whether the agent has to say it. Default: false."""


class AgentParameterArgs(TypedDict):
    """A parameter that the agent chooses at run time."""

    name: Annotated[Input[str], PRESENT]
    """Name of the parameter, as the operation calls it."""
    schema: NotRequired[Input[ParameterSchemaArgs]]
    """What it may be."""


class OperationArgs(TypedDict):
    """One thing that the agent may do through a connection, as one of its tools."""

    name: Annotated[Input[str], PRESENT]
    """Name of the operation, such as `GetIssue`: one that `pulumi_sre_agent.get_connector_operations` lists.

    One that the connector does not have fails the run before anything is sent, with the nearest.
    """
    display_name: NotRequired[Input[str]]
    """How people see it."""
    requires_approval: NotRequired[Annotated[Input[bool], Default(value=False)]]
    """Whether somebody has to approve each call; not of what runs in Autonomous mode. Default: false."""
    user_parameters: NotRequired[Annotated[Input[list[Input[LockedParameterArgs]]], Unordered()]]
    """Parameters that are locked to a value."""
    agent_parameters: NotRequired[Annotated[Input[list[Input[AgentParameterArgs]]], Unordered()]]
    """Parameters that the agent fills in. Default: none."""


class ConnectedArgs(TypedDict):
    """One connection that the server uses."""

    name: Annotated[Input[str], PRESENT]
    """The service's API, such as `jira`: the connection's `connector_name`."""
    connection_name: Annotated[Input[str], LOWER_CASE, CONNECTION_NAME, References(CONNECTOR_V2_CONNECTION)]
    """Name of the `ConnectorV2Connection`."""
    display_name: NotRequired[Input[str]]
    """How people see it."""
    operations: NotRequired[Annotated[Input[list[Input[OperationArgs]]], Unordered()]]
    """What the agent may do with it. Default: as Azure decides."""


def _check_operations(inputs: Inputs) -> Iterator[ValidationError]:
    """Refuse two operations of one name, and a parameter that is locked and the agent's."""
    connectors = get_path(inputs, "connectors")
    for index, connector in enumerate(connectors if isinstance(connectors, list) else ()):
        operations = connector.get("operations") if isinstance(connector, dict) else None
        first_by_name: dict[str, Any] = {}
        for place, operation in enumerate(operations if isinstance(operations, list) else ()):
            if not isinstance(operation, dict):
                continue
            path = ("connectors", index, "operations", place)
            name = operation.get("name")
            if isinstance(name, str) and first_by_name.setdefault(name, operation) != operation:
                yield error_at((*path, "name"), f"is {name}, as that of another operation is")
            locked, chosen = (
                _names(operation.get("user_parameters")),
                _names(operation.get("agent_parameters")),
            )
            for both in sorted(locked & chosen):
                yield error_at((*path, "agent_parameters"), f"must not have {both}: user_parameters lock it")


def _names(parameters: Any) -> set[str]:
    given = parameters if isinstance(parameters, list) else []
    names = [one.get("name") for one in given if isinstance(one, dict)]
    return {name for name in names if isinstance(name, str)}


def _encode(spec: Json) -> Json:
    """Say of each operation what the agent may fill in, also where that is nothing."""
    connectors = [_with_parameters(connector) for connector in spec.get("connectors", [])]
    return {**spec, "connectors": connectors}


def _with_parameters(connector: Json) -> Json:
    if "operations" not in connector:
        return connector
    operations = [{"agentParameters": [], **operation} for operation in connector["operations"]]
    return {**connector, "operations": operations}


class ConnectorV2McpServerArgs(AgentItemArgs):
    """Arguments of `ConnectorV2McpServer`.

    See docs/reference/data-plane.md#managed-connectors,
    docs/reference/directory-format.md#managed-connectors.
    """

    name: Annotated[Input[str], Immutable(), ClientOnly(), LOWER_CASE, CONNECTION_NAME]
    """Name of the server, in lower case; mostly that of its connection. A change replaces it."""
    description: NotRequired[Annotated[Input[str], NotReturned()]]
    """What it is for."""
    state: NotRequired[Annotated[Input[Literal["Enabled", "Disabled"]], Default("Enabled")]]
    """Whether the agent has its tools. Default: `Enabled`."""
    connectors: Annotated[Input[list[Input[ConnectedArgs]]], SOME, NotReturned()]
    """The connections whose tools it offers, with what the agent may do through each."""
    require_approval_tools: NotRequired[Annotated[Input[list[Input[str]]], Unordered(), NotReturned()]]
    """Tools that wait for somebody's approval before they run, by an older way than `requires_approval`."""


class ConnectorV2McpServerProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(CONNECTOR_V2_MCP_SERVER, ConnectorV2McpServerArgs, _check_operations, encode=_encode)


class ConnectorV2McpServer(Resource):
    """An MCP server made of an agent's connections: which operations it has, and who governs them.

    Its tools are called `<name>_<operation>`. A change of `require_approval_tools` by others goes unseen.
    """

    provider = ConnectorV2McpServerProvider

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **args: Unpack[ConnectorV2McpServerArgs],
    ) -> None:
        super().__init__(resource_name, args, opts)
