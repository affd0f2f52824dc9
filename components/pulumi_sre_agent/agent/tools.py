"""What the tools of an agent's directory come to together, and how the agent reaches those who bring them."""

from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_sre_agent.api.kinds import CONNECTOR, TOOL
from pulumi_sre_agent.directory import AgentDirectory
from pulumi_sre_agent.network.network import THROUGH_SUBNET
from pulumi_sre_agent.resources import connectors
from pulumi_sre_agent.schema.normalization import is_unknown
from pulumi_sre_agent.schema.validation import ValidationError, get_path

MAX_TOOLS = 80
"""Of an agent, whoever brings them (docs/reference/control-plane.md#units)."""


def check_tools(directory: AgentDirectory) -> Iterator[ValidationError]:
    """Refuse more tools than an agent can have; how many the service brings itself is not known here."""
    chosen = [tool for item in directory.of(CONNECTOR) for tool in _chosen_tools(item.args)]
    count = len(chosen) + len(directory.of(TOOL))
    if count > MAX_TOOLS:
        yield ValidationError(
            (),
            f"it has {count} tools, {len(chosen)} of them selectedTools of its connectors, and an agent can"
            f" have {MAX_TOOLS} at most, the service's own included: select fewer",
        )


def check_reach(directory: AgentDirectory, egress: Mapping[str, Any]) -> Iterator[ValidationError]:
    """Refuse MCP servers without encryption that the agent does not reach through a network.

    See docs/reference/control-plane.md#mcp-servers-by-managed-identity.
    """
    mode = egress.get("mode")
    through_network = is_unknown(mode) or mode == THROUGH_SUBNET
    if through_network and egress.get("allow_http_mcp_server_network_access") is not True:
        return
    for item in directory.of(CONNECTOR):
        if address := connectors.private_address(item.args):
            yield ValidationError(
                (),
                f"its connector {item.name} is at {address}, which only a network reaches: give it one,"
                " without allow_http_mcp_server_network_access, or an https address",
            )


def _chosen_tools(args: Mapping[str, Any]) -> list[Any]:
    chosen = get_path(args, "extended_properties", "selectedTools")
    return chosen if isinstance(chosen, list) else []
