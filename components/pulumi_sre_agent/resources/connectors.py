"""What each documented type of connector needs: functions that make a `Connector`'s arguments.

    Connector("queries", agent_id=agent.id, name="queries", **connectors.kusto("https://c.kusto.windows.net/db"))

All yield plain arguments of `Connector`: another type, or more extended properties, are said there.

See docs/reference/control-plane.md#connectors.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NotRequired

from pulumi import Input, Output
from typing_extensions import TypedDict

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.secrets import BY_IDENTITY

from ._core.mcp_args import McpArgs as McpArgs  # noqa: PLC0414 - exported here
from ._core.mcp_rules import private_address as private_address  # noqa: PLC0414 - exported here

SYSTEM = "system"
"""The agent's system-assigned identity."""


class TypeArgs(TypedDict):
    """The arguments of `Connector` that a type decides."""

    data_connector_type: str
    """The type."""
    data_source: NotRequired[Input[str]]
    """Where the data is."""
    identity: NotRequired[Input[str]]
    """Who connects."""
    extended_properties: NotRequired[Input[Mapping[str, Any]]]
    """What else the type wants."""


def kusto(address: Input[str], *, identity: Input[str] = SYSTEM) -> TypeArgs:
    """Azure Data Explorer: `https://<cluster>.<region>.kusto.windows.net/<database>`.

    The identity needs AllDatabasesViewer on the cluster.
    """
    return {"data_connector_type": "Kusto", "data_source": address, "identity": identity}


def app_insights(
    component_id: Input[str], *, app_id: Input[str] | None = None, identity: Input[str] = SYSTEM
) -> TypeArgs:
    """Application Insights, by the component's ARM id and its application id."""
    more = {} if app_id is None else {"appId": app_id}
    return _azure_connector(
        "AppInsights", component_id, identity, resource={"name": _last_segment(component_id)}, **more
    )


def log_analytics(workspace_id: Input[str], *, identity: Input[str] = SYSTEM) -> TypeArgs:
    """Log Analytics, by the ARM id of a workspace."""
    return _azure_connector(
        "LogAnalytics", workspace_id, identity, resource={"name": _last_segment(workspace_id)}
    )


def azure_monitor(
    subscription_id: Input[str], *, lookback_days: int = 7, identity: Input[str] = SYSTEM
) -> TypeArgs:
    """Azure Monitor's alerts of a subscription, given by its GUID, some days back."""
    scope = _apply(subscription_id, lambda id_: str(ArmId.scope(id_)))
    return _azure_connector("AzureMonitor", scope, identity, lookbackDays=lookback_days)


def monitor_client(*, identity: Input[str] = SYSTEM) -> TypeArgs:
    """Azure Monitor as Microsoft's labs connect it."""
    return {"data_connector_type": "MonitorClient", "data_source": "n/a", "identity": identity}


def mcp_http(
    endpoint: Input[str],
    *,
    bearer_token: Input[str] | None = None,
    headers: Mapping[str, Input[str]] | None = None,
    partner_type: str | None = None,
    selected_tools: Sequence[Input[str]] | None = None,
    tools_visible_to_meta_agent: Sequence[Input[str]] | None = None,
) -> TypeArgs:
    """Make the arguments for an MCP server at an https address, with a bearer token, headers or neither.

    A server on a private host may be at an http address, for an agent in a network whose egress has no
    `allow_http_mcp_server_network_access`, by which Azure calls MCP servers over the internet instead.

    `selected_tools`, `tools_visible_to_meta_agent`: `*`, or names such as `<connector>_<tool>`.
    """
    extended: McpArgs = {"type": "http", "endpoint": endpoint}
    if bearer_token is not None:
        extended = _bearer(endpoint, bearer_token)
    elif headers is not None:
        extended |= {"authType": "CustomHeaders", "headers": dict(headers)}
    if partner_type:
        extended["partnerType"] = partner_type
    return _mcp_connector(endpoint, "", extended, selected_tools, tools_visible_to_meta_agent)


def mcp_by_identity(
    endpoint: Input[str],
    arm_scope: Input[str],
    *,
    identity: Input[str] = SYSTEM,
    headers: Mapping[str, Input[str]] | None = None,
    selected_tools: Sequence[Input[str]] | None = None,
    tools_visible_to_meta_agent: Sequence[Input[str]] | None = None,
) -> TypeArgs:
    """Make the arguments for an MCP server that a managed identity of the agent logs in to.

    `arm_scope`: what the server's application takes, such as `api://<application id>/.default`. `identity`:
    the agent's own, or the ARM id of a user-assigned one; it needs a role in that application. `headers` are
    sent on top. ARM shows neither address nor scope nor headers again. The rest is as in `mcp_http`.
    """
    extended: McpArgs = {
        "type": "http",
        "endpoint": endpoint,
        "authType": BY_IDENTITY,
        "armScope": arm_scope,
    }
    return _mcp_connector(endpoint, identity, extended, selected_tools, tools_visible_to_meta_agent, headers)


def mcp_stdio(
    command: Input[str],
    args: Sequence[Input[str]] = (),
    *,
    envs: Mapping[str, Input[str]] | None = None,
    selected_tools: Sequence[Input[str]] | None = None,
    tools_visible_to_meta_agent: Sequence[Input[str]] | None = None,
) -> TypeArgs:
    """Make the arguments for an MCP server that the agent runs itself: Node 20, Python 3.12 or .NET 9."""
    extended: McpArgs = {
        "type": "stdio",
        "command": command,
        "args": list(args),
        "envs": dict(envs or {}),
    }
    return _mcp_connector(command, SYSTEM, extended, selected_tools, tools_visible_to_meta_agent)


def pager_duty(api_token: Input[str], *, address: str = "https://api.pagerduty.com") -> TypeArgs:
    """PagerDuty's MCP server; `address` may also be `https://<subdomain>.pagerduty.com`."""
    extended = _bearer(f"{address.rstrip('/')}/mcp", api_token)
    return _mcp_connector(address, "", extended, None, None)


def service_now(
    address: Input[str],
    *,
    bearer_token: Input[str] | None = None,
    username: Input[str] | None = None,
    password: Input[str] | None = None,
) -> TypeArgs:
    """ServiceNow's MCP server on an instance, with a token, or else a user name and a password."""
    endpoint = _apply(address, lambda url: f"{url.rstrip('/')}/api/sn_mcp/mcp")
    if bearer_token is not None:
        return _mcp_connector(address, "", _bearer(endpoint, bearer_token), None, None)
    login: Output[str] = Output.all(username, password).apply(_basic)
    extended: McpArgs = {
        "type": "http",
        "endpoint": endpoint,
        "authType": "CustomHeaders",
        "headers": {"Authorization": Output.secret(login)},
    }
    return _mcp_connector(address, "", extended, None, None)


def outlook(data_source: Input[str], *, identity: Input[str]) -> TypeArgs:
    """Outlook, by what the portal's consent gave and a user-assigned identity: consent once in the portal."""
    return {"data_connector_type": "Outlook", "data_source": data_source, "identity": identity}


def teams(data_source: Input[str], *, identity: Input[str]) -> TypeArgs:
    """Teams, by what the portal's consent gave and a user-assigned identity: consent once in the portal."""
    return {"data_connector_type": "Teams", "data_source": data_source, "identity": identity}


def github_oauth() -> TypeArgs:
    """GitHub through OAuth, given up by the service in April 2026 for `GitHubDomain`."""
    return {"data_connector_type": "GitHubOAuth", "data_source": "github-oauth"}


def _azure_connector(type_: str, id_: Input[str], identity: Input[str], **more: Any) -> TypeArgs:
    return {
        "data_connector_type": type_,
        "data_source": id_,
        "identity": identity,
        "extended_properties": {"armResourceId": id_, **more},
    }


def _mcp_connector(
    source: Input[str],
    identity: Input[str],
    extended: McpArgs,
    selected: Sequence[Input[str]] | None,
    visible: Sequence[Input[str]] | None,
    headers: Mapping[str, Input[str]] | None = None,
) -> TypeArgs:
    """Make the arguments of `Connector`; `headers` are those that stand beside the other members."""
    if selected is not None:
        extended["selectedTools"] = list(selected)
    if visible is not None:
        extended["toolsVisibleToMetaAgent"] = list(visible)
    return {
        "data_connector_type": "Mcp",
        "data_source": source,
        "identity": identity,
        "extended_properties": {**extended, **(headers or {})},
    }


def _bearer(endpoint: Input[str], token: Input[str]) -> McpArgs:
    return {"type": "http", "endpoint": endpoint, "authType": "BearerToken", "bearerToken": token}


def _basic(login: Sequence[str | None]) -> str:
    pair = ":".join(part or "" for part in login)
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _last_segment(id_: Input[str]) -> Input[str]:
    return _apply(id_, lambda known: ArmId(known).name)


def _apply(value: Input[str], make: Callable[[str], str]) -> Input[str]:
    """Apply to a plain text at once, so that the check sees what comes of it even in previews."""
    if isinstance(value, str):
        return make(value)
    output: Output[str] = Output.from_input(value)
    return output.apply(make)
