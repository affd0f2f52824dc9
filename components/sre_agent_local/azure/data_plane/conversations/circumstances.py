"""What an agent is configured with that decides about a tool call: hooks, policies, connectors' questions.

See docs/reference/product.md#tool-calls.
"""

from collections.abc import Iterator, Mapping

from sre_agent_local.azure import kinds
from sre_agent_local.azure.agent_items import items
from sre_agent_local.azure.http import patterns
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.store import Resource

from .gate import SYSTEM_HOOK, Policies


def policies(azure: AzureState, agent: Resource, thread: Resource, subagent: str | None) -> Policies:
    """Return the patterns of all scopes: global, of the subagent, of the thread."""
    everywhere = _properties(azure, f"{agent.id}/settings/global")
    own = _properties(azure, f"{agent.id}/subagentPermissions/{subagent}") if subagent else {}
    allowed = [everywhere.get("allow") or [], own.get("allow") or [], thread.state["allowed"]]
    return Policies(
        allow=tuple(pattern for scope in allowed for pattern in scope),
        ask=tuple(everywhere.get("ask") or ()),
        deny=tuple(everywhere.get("deny") or ()),
    )


def hooks(
    azure: AzureState, agent: Resource, thread: Resource, tool: str, event: str, said: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield the hooks that an event of a tool's call runs, and what the script has each say, if anything.

    Nothing runs a hook's script or prompt here. System hooks are whatever the script calls so.
    """
    for hook in items.list_of(azure, agent, kinds.HOOKS):
        body = hook.properties.get("hook") or {}
        matcher = str(body.get("matcher") or "")
        fits = matcher == "*" or (matcher and patterns.matches_whole(matcher, tool))
        is_for = fits and hook.properties.get("eventType") == event
        if is_for and is_active(thread, hook) and hook.name in said:
            yield hook.name, said[hook.name]
    yield from (pair for pair in said.items() if pair[0].startswith(SYSTEM_HOOK))


def is_active(thread: Resource, hook: Resource) -> bool:
    """Say whether a hook runs in a thread: `always` unless switched off there, else when switched on."""
    fields, mode = thread.document["thread"], hook.properties.get("activationMode") or "always"
    off = hook.name in fields["deactivatedHooks"]
    return not off and (mode == "always" or hook.name in fields["activatedHooks"])


def wants_approval(azure: AzureState, agent: Resource, tool: str) -> bool:
    """Say whether a tool is one of those that want approval, or an operation that its connector asks for."""
    servers = azure.store.of_type(kinds.MCP_SERVER_TYPE, agent.id)
    return tool in azure.settings.approval_tools or any(tool in _asking(server) for server in servers)


def _asking(server: Resource) -> Iterator[str]:
    """Yield the names of operations that want approval, by connection, and by server."""
    runtime = server.properties.get("runtimeMcpConfiguration") or {}
    for name in runtime.get("requireApprovalTools") or []:
        yield from (name, f"{server.name}_{name}")
    for connector in server.properties["properties"]["connectors"]:
        for operation in connector.get("operations") or []:
            if operation.get("requiresApproval"):
                yield f"{connector['connectionName']}_{operation['name']}"
                yield f"{server.name}_{operation['name']}"


def _properties(azure: AzureState, resource_id: str) -> Json:
    resource = azure.store.get(resource_id)
    return dict(resource.properties) if resource else {}
