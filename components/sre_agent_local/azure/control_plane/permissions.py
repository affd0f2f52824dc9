"""What the caller may do, as ARM tells it and asks it before it lets a provider see a request."""

from fnmatch import fnmatchcase

from sre_agent_local.azure.arm_path import RESOURCES, ArmPath
from sre_agent_local.azure.errors import (
    AuthorizationFailed,
    LinkedAuthorizationFailed,
    MissingSubscriptionRegistration,
)
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.state.azure_state import AzureState

from . import resource_types
from .request import ArmRequest, ArmRoute, page

TYPE = "Microsoft.Authorization/permissions"
VERBS = {"GET": "read", "HEAD": "read", "PUT": "write", "PATCH": "write", "DELETE": "delete"}
JOIN_SUBNET = "Microsoft.Network/virtualNetworks/subnets/join/action"
ASSIGN_IDENTITY = "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action"


def list_all(request: ArmRequest) -> Response:
    """Tell what all roles of the caller allow together: everything but what the switch denies."""
    denied = request.azure.settings.denied_actions
    return page([{"actions": ["*"], "notActions": denied, "dataActions": [], "notDataActions": []}])


def check_action(azure: AzureState, caller: str, method: str, path: ArmPath) -> None:
    """Refuse what the caller may not do. Raises AuthorizationFailed."""
    action = action_of(method, path)
    if _is_denied(azure, action):
        raise AuthorizationFailed(caller, action, path.id)


def check_linked_action(request: ArmRequest, linked_action: str, linked_scope: str) -> None:
    """Refuse to refer to what the caller may not use. Raises LinkedAuthorizationFailed."""
    if _is_denied(request.azure, linked_action):
        action = action_of(request.method, request.path)
        raise LinkedAuthorizationFailed(request.caller, action, request.path.id, linked_action, linked_scope)


def check_registered(azure: AzureState, method: str, path: ArmPath) -> None:
    """Refuse to write for a provider that is not registered. Raises MissingSubscriptionRegistration."""
    if method in {"PUT", "PATCH"} and not is_registered(azure, path.namespace):
        raise MissingSubscriptionRegistration(resource_types.NAMESPACES[path.namespace.lower()])


def is_registered(azure: AzureState, namespace: str) -> bool:
    return namespace.lower() not in {each.lower() for each in azure.settings.unregistered_providers}


def action_of(method: str, path: ArmPath) -> str:
    """Return the action that roles allow or not, such as `Microsoft.App/agents/write`."""
    is_action = method == "POST" and len(path.rest) % 2
    kinds, verb = (path.rest[:-1:2], f"{path.rest[-1]}/action") if is_action else (path.rest[::2], "")
    kind = "/".join(kinds)
    if path.namespace == RESOURCES and kind != "subscriptions":
        kind = f"subscriptions/{kind}"
    return f"{path.namespace}/{kind}/{verb or VERBS.get(method, 'action')}"


def _is_denied(azure: AzureState, action: str) -> bool:
    return any(fnmatchcase(action.lower(), denied.lower()) for denied in azure.settings.denied_actions)


ROUTES = [ArmRoute("GET", TYPE, list_all)]
