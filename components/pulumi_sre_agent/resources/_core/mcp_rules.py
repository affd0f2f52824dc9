"""What a connector to an MCP server must say (docs/reference/control-plane.md#connectors)."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from pulumi_sre_agent.schema.normalization import is_blank, is_unknown
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, error_at, get_path

MAX_TOOLS = 80
"""How many MCP tools an agent can have active (docs/reference/control-plane.md#units)."""
TOOL_LISTS = ("selectedTools", "toolsVisibleToMetaAgent")
EXTENDED = "extended_properties"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def check_mcp(inputs: Inputs) -> Iterator[ValidationError]:
    """Demand what the transport needs; what Azure hides or the program does not know yet passes."""
    transport = get_path(inputs, EXTENDED, "type")
    if get_path(inputs, "data_connector_type") != "Mcp" or is_unknown(transport):
        return
    needed = {"http": "endpoint", "stdio": "command"}.get(str(transport))
    if needed is None:
        yield error_at((EXTENDED, "type"), "must be http or stdio, which a connector of type Mcp needs")
        return
    if is_blank(get_path(inputs, EXTENDED, needed)):
        yield error_at((EXTENDED, needed), f"is missing, which an MCP server over {transport} needs")
    elif transport == "http":
        yield from _check_http(inputs)
    else:
        yield from _check_stdio(inputs)
    for name in TOOL_LISTS:
        if problem := _check_tools(get_path(inputs, EXTENDED, name)):
            yield error_at((EXTENDED, name), problem)


def _check_http(inputs: Inputs) -> Iterator[ValidationError]:
    endpoint, login = get_path(inputs, EXTENDED, "endpoint"), get_path(inputs, EXTENDED, "authType")
    if not (is_unknown(endpoint) or _is_safe(endpoint)):
        yield error_at((EXTENDED, "endpoint"), "must be an https address (http only on this machine itself)")
    if is_unknown(login) or login is None:
        return
    lax = get_path(inputs, "allow_unknown_type") is True
    if not (login == "BearerToken" or str(login).startswith("Custom") or lax):
        yield error_at(
            (EXTENDED, "authType"),
            "must be BearerToken, CustomHeaders or another that begins with Custom"
            " (allow_unknown_type=True lets any other through)",
        )
    if login == "BearerToken" and is_blank(get_path(inputs, EXTENDED, "bearerToken")):
        yield error_at((EXTENDED, "bearerToken"), "is missing, which authType BearerToken needs")


def _check_stdio(inputs: Inputs) -> Iterator[ValidationError]:
    args, envs = get_path(inputs, EXTENDED, "args"), get_path(inputs, EXTENDED, "envs")
    if not (is_unknown(args) or args is None or _are_texts(args)):
        yield error_at((EXTENDED, "args"), "must be a list of texts")
    if not (is_unknown(envs) or envs is None or (isinstance(envs, dict) and _are_texts(list(envs.values())))):
        yield error_at((EXTENDED, "envs"), "must be an object whose values are texts")


def _check_tools(tools: Any) -> str | None:
    if is_unknown(tools) or tools is None:
        return None
    if not _are_texts(tools):
        return "must be a list of names of tools"
    return f"must have at most {MAX_TOOLS} entries" if len(tools) > MAX_TOOLS else None


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) or is_unknown(one) for one in value)


def _is_safe(endpoint: Any) -> bool:
    """Whether a token sent there is encrypted on the way."""
    try:
        parts = urlsplit(str(endpoint))
    except ValueError:
        return False
    local = parts.scheme == "http" and parts.hostname in LOOPBACK
    return bool(parts.hostname) and (parts.scheme == "https" or local)
