"""What a connector to an MCP server must say (docs/reference/control-plane.md#connectors)."""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from pulumi.output import UNKNOWN

from pulumi_sre_agent.api.secrets import BY_IDENTITY, is_header_name
from pulumi_sre_agent.schema.fields import fields_of
from pulumi_sre_agent.schema.normalization import is_blank, is_unknown
from pulumi_sre_agent.schema.validation import (
    Inputs,
    ValidationError,
    did_you_mean,
    error_at,
    get_path,
    validate_field,
)

from .mcp_args import McpArgs

MEMBERS = fields_of(McpArgs)
EXTENDED = "extended_properties"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
ARM_SCOPE = re.compile(r"(api|https)://[^\s/]+(/[^\s/]+)*/\.default|[0-9a-fA-F-]{36}/\.default")
PRIVATE_LABELS = frozenset({"corp", "home", "internal", "intranet", "lan", "local", "private", "privatelink"})
"""What names that only a private network resolves have among their parts."""


def private_address(inputs: Inputs) -> str | None:
    """Return the address of an MCP server that is reached without encryption, inside a network only."""
    endpoint = get_path(inputs, EXTENDED, "endpoint")
    parts = _split(endpoint) if isinstance(endpoint, str) else None
    if parts is None or parts.scheme != "http" or parts.hostname in LOOPBACK:
        return None
    return str(endpoint)


def check_mcp(inputs: Inputs) -> Iterator[ValidationError]:
    """Demand what the transport needs; what Azure hides or the program does not know yet passes."""
    transport = get_path(inputs, EXTENDED, "type")
    if get_path(inputs, "data_connector_type") != "Mcp" or is_unknown(transport):
        return
    needed = {"http": "endpoint", "stdio": "command"}.get(str(transport))
    if needed is None:
        yield error_at((EXTENDED, "type"), "must be http or stdio, which a connector of type Mcp needs")
        return
    errors = list(_check_members(inputs))
    yield from errors
    wrong = {error.path[1]: UNKNOWN for error in errors}
    sound = {**inputs, EXTENDED: {**inputs[EXTENDED], **wrong}}
    if is_blank(get_path(sound, EXTENDED, needed)):
        yield error_at((EXTENDED, needed), f"is missing, which an MCP server over {transport} needs")
    elif transport == "http":
        yield from _check_http(sound)


def _check_members(inputs: Inputs) -> Iterator[ValidationError]:
    """Refuse members that are misspelt or of another type; others than the known ones go as they are."""
    lax = get_path(inputs, "allow_unknown_type") is True
    for name, value in inputs[EXTENDED].items():
        path = (EXTENDED, name)
        if name in MEMBERS:
            yield from validate_field(MEMBERS[name], value, path) if value is not None else ()
        elif not (lax or is_header_name(name)) and (hint := did_you_mean(name, MEMBERS, cutoff=0.85)):
            yield error_at(path, f"is no member of an MCP connector{hint}")


def _check_http(inputs: Inputs) -> Iterator[ValidationError]:
    endpoint, login = get_path(inputs, EXTENDED, "endpoint"), get_path(inputs, EXTENDED, "authType")
    if not (is_unknown(endpoint) or _is_safe(endpoint)):
        yield error_at(
            (EXTENDED, "endpoint"),
            "must be an https address (http only on this machine itself and to private hosts in a network)",
        )
    if is_unknown(login) or login is None:
        return
    lax = get_path(inputs, "allow_unknown_type") is True
    if login == BY_IDENTITY:
        yield from _check_identity_login(inputs)
        return
    if get_path(inputs, EXTENDED, "armScope") is not None:
        yield error_at((EXTENDED, "armScope"), f"needs authType {BY_IDENTITY}")
    if str(login).startswith("Custom"):
        yield from _check_headers(inputs[EXTENDED])
    if not (login == "BearerToken" or str(login).startswith("Custom") or lax):
        yield error_at(
            (EXTENDED, "authType"),
            f"must be BearerToken, CustomHeaders or another that begins with Custom, or {BY_IDENTITY}"
            " (allow_unknown_type=True lets any other through)",
        )
    if login == "BearerToken" and is_blank(get_path(inputs, EXTENDED, "bearerToken")):
        yield error_at((EXTENDED, "bearerToken"), "is missing, which authType BearerToken needs")


def _check_identity_login(inputs: Inputs) -> Iterator[ValidationError]:
    """Demand who logs in and for what; headers stand beside the rest, and there is no token."""
    extended = get_path(inputs, EXTENDED)
    scope = extended.get("armScope")
    if not is_unknown(scope) and (is_blank(scope) or not ARM_SCOPE.fullmatch(str(scope))):
        yield error_at(
            (EXTENDED, "armScope"),
            f"must be the scope of the server's application, such as api://<application id>/.default,"
            f" which authType {BY_IDENTITY} needs",
        )
    if is_blank(get_path(inputs, "identity")):
        yield error_at(
            ("identity",),
            f"must be system or the ARM id of a user-assigned identity, which authType {BY_IDENTITY} needs",
        )
    for name, instead in (("bearerToken", "the identity logs in"), ("headers", "say each header beside it")):
        if extended.get(name) is not None:
            yield error_at((EXTENDED, name), f"does not go with authType {BY_IDENTITY}: {instead}")
    yield from _check_headers(extended)


def _check_headers(extended: Mapping[str, Any]) -> Iterator[ValidationError]:
    for name, value in extended.items():
        if is_header_name(name) and not (is_unknown(value) or isinstance(value, str)):
            yield error_at((EXTENDED, name), "must be a text, as headers are")


def _is_safe(endpoint: Any) -> bool:
    """Whether a token sent there is encrypted on the way, or never leaves a private network."""
    parts = _split(str(endpoint))
    if parts is None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_private(str(parts.hostname)))


def _split(endpoint: str) -> SplitResult | None:
    try:
        parts = urlsplit(endpoint)
    except ValueError:
        return None
    return parts if parts.hostname else None


def _is_private(host: str) -> bool:
    """Tell whether only a private network knows a host, by its address or its name."""
    try:
        address = ip_address(host)
    except ValueError:
        labels = host.removesuffix(".").split(".")
        return len(labels) == 1 or not PRIVATE_LABELS.isdisjoint(labels)
    return address.is_loopback or (address.is_private and not address.is_link_local)
