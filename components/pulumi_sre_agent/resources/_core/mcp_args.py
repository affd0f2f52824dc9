"""What a connector of type `Mcp` says among its extended properties: the only list of its members."""

from typing import Annotated, Required

from pulumi import Input
from typing_extensions import TypedDict

from pulumi_sre_agent.schema.rules import at_most

MAX_TOOLS = 80
"""How many MCP tools an agent can have active (docs/reference/control-plane.md#units)."""

ToolNames = Annotated[Input[list[Input[str]]], at_most(MAX_TOOLS)]


class McpArgs(TypedDict, total=False):
    """`extended_properties` of a `Connector` of type `Mcp`, spelled as Azure has them.

    A header is a member of its own, too, beside these: under `authType` `AzureARM` always, under
    `CustomHeaders` instead of `headers`. `connectors.mcp_http`, `mcp_by_identity` and `mcp_stdio` make them.

    See docs/reference/control-plane.md#connectors.
    """

    type: Required[Input[str]]
    """`http`, or `stdio` for a server that the agent runs itself."""
    endpoint: Input[str]
    """Address of a server over HTTP: https, or http on a private host in the agent's network."""
    authType: Input[str]
    """How the agent logs in there: `BearerToken`, `CustomHeaders`, `AzureARM`; nothing without a login."""
    bearerToken: Input[str]
    """Token of `BearerToken`; made a secret."""
    headers: Input[dict[str, Input[str]]]
    """Headers of `CustomHeaders`, by name; made secrets."""
    armScope: Input[str]
    """What `AzureARM` asks a token for, as the connector's `identity`: `api://<application id>/.default`."""
    partnerType: Input[str]
    """Partner whose server it is, in the service's words, such as `DynatraceMcp`."""
    command: Input[str]
    """What the agent runs for a server over stdio."""
    args: Input[list[Input[str]]]
    """Arguments of the command."""
    envs: Input[dict[str, Input[str]]]
    """Environment of the command, by name; made secrets."""
    selectedTools: ToolNames
    """Tools that are on: `*`, or names such as `<connector>_<tool>`; 80 at most."""
    toolsVisibleToMetaAgent: ToolNames
    """Tools that the agent itself sees, besides its subagents: as `selectedTools`."""
