"""The built-in roles that deployments of SRE agents assign.

See docs/reference/control-plane.md#roles-on-an-agent, docs/reference/control-plane.md#roles-of-the-identity.
"""

import re

from sre_agent_local.azure.arm_path import ArmPath, resource_id
from sre_agent_local.azure.errors import BadRequest, NotFound
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.kinds import AGENT

from .request import ArmRequest, ArmRoute, page

TYPE = "Microsoft.Authorization/roleDefinitions"

_AGENT_ACTIONS = [
    f"{AGENT}/read",
    "Microsoft.Authorization/*/read",
    "Microsoft.Insights/alertRules/*",
]
# name: (GUID, control actions, data actions)
_BUILT_IN: dict[str, tuple[str, list[str], list[str]]] = {
    "SRE Agent Administrator": (
        "e79298df-d852-4c6d-84f9-5d13249d1e55",
        _AGENT_ACTIONS,
        [
            f"{AGENT}/*/read",
            f"{AGENT}/*/write",
            f"{AGENT}/*/delete",
            f"{AGENT}/threads/approve/action",
        ],
    ),
    "SRE Agent Standard User": (
        "2d84a65a-63b2-4343-bbb6-31105d857bc1",
        _AGENT_ACTIONS,
        [
            *(
                f"{AGENT}/{area}/{verb}"
                for area in ("threads", "graph", "memory")
                for verb in ("read", "write")
            ),
            f"{AGENT}/incidentManagement/read",
            *(f"{AGENT}/scheduledTasks/{verb}" for verb in ("read", "write", "delete")),
        ],
    ),
    "SRE Agent Reader": (
        "a4b156ac-253f-4a1a-9851-96d62b71b047",
        _AGENT_ACTIONS,
        [f"{AGENT}/{area}/read" for area in ("threads", "graph", "memory", "incidentManagement")],
    ),
    "SRE Agent Author": (
        "eb64ab4c-23eb-4f63-a9c2-27da365f04e7",
        _AGENT_ACTIONS,
        [
            f"{AGENT}/threads/read",
            *(
                f"{AGENT}/{area}/{verb}"
                for area in ("incidentManagement", "extendedAgents")
                for verb in ("read", "write", "delete")
            ),
        ],
    ),
    "Reader": ("acdd72a7-3385-48ef-bd42-f606fba81ae7", ["*/read"], []),
    "Contributor": ("b24988ac-6180-42a0-ab88-20f7382dd24c", ["*"], []),
    "Owner": ("8e3af657-a8ff-443c-a75c-2fe8c4bcb635", ["*"], []),
    "User Access Administrator": (
        "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
        ["*/read", "Microsoft.Authorization/*"],
        [],
    ),
    "Log Analytics Reader": (
        "73c42c96-874c-492b-b04d-ab87d138a893",
        ["*/read", "Microsoft.OperationalInsights/workspaces/analytics/query/action"],
        [],
    ),
    "Monitoring Reader": ("43d0d8ad-25c7-4714-9337-8ba259a9fe05", ["*/read"], []),
    "Monitoring Contributor": (
        "749f88d5-cbae-40b8-bcfc-e573ddc772fa",
        ["*/read", "Microsoft.AlertsManagement/alerts/*", "Microsoft.Insights/alertRules/*"],
        [],
    ),
    "Azure Kubernetes Service RBAC Cluster Admin": (
        "b1ff04bb-8a4e-4dc4-8eb5-8693973ce19b",
        ["Microsoft.ContainerService/managedClusters/listClusterUserCredential/action"],
        ["Microsoft.ContainerService/managedClusters/*"],
    ),
    "Network Contributor": ("4d97b98b-1d4f-4787-a291-c67834d212e7", ["Microsoft.Network/*"], []),
    "Virtual Machine Contributor": (
        "9980e02c-c2be-4d73-94e8-173b1dc7cf3c",
        ["Microsoft.Compute/virtualMachines/*"],
        [],
    ),
}

ADMINISTRATOR = _BUILT_IN["SRE Agent Administrator"][0]

_NAMES = {guid: name for name, (guid, _, _) in _BUILT_IN.items()}
_BY_NAME_FILTER = re.compile(r"\s*roleName\s+eq\s+'(?P<name>(?:[^']|'')*)'\s*", re.IGNORECASE)


class RoleDefinitionDoesNotExist(NotFound):
    code = "RoleDefinitionDoesNotExist"

    def __init__(self, definition: object, *, status: int | None = None) -> None:
        super().__init__(
            f"The specified role definition with ID '{definition}' does not exist.", status=status
        )


def definition_id(scope: str, guid: str) -> str:
    """Return the id of a role in the subscription that the scope lies in."""
    return resource_id(ArmPath.parse(scope).subscription_id, TYPE, (guid,))


def exists(guid: str) -> bool:
    return guid.lower() in _NAMES


def find(role: str) -> str | None:
    """Return the GUID of a role by that or by its name, in any case; None where there is none."""
    wanted = role.lower()
    by_name = {name.lower(): guid for guid, name in _NAMES.items()}
    return wanted if wanted in _NAMES else by_name.get(wanted)


def name_of(definition_id: str) -> str:
    """Return what a role is called, named by its ARM id."""
    return _NAMES[definition_id.rpartition("/")[2].lower()]


def names() -> list[str]:
    """Return what all roles are called."""
    return [*_BUILT_IN]


def data_actions(definition_id: str) -> list[str]:
    """Return what a role, named by its ARM id, allows on data planes."""
    _, _, actions = _BUILT_IN[name_of(definition_id)]
    return actions


def get(request: ArmRequest) -> Response:
    guid = request.name.lower()
    if not exists(guid):
        raise RoleDefinitionDoesNotExist(request.name)
    return Response(200, _definition_body(_NAMES[guid], request.path.scope_id))


def list_all(request: ArmRequest) -> Response:
    wanted = _wanted(request.query.get("$filter", ""))
    names = [name for name in _BUILT_IN if wanted is None or name.lower() == wanted]
    return page([_definition_body(name, request.path.scope_id) for name in names])


def _wanted(filter_: str) -> str | None:
    """Return the name that a filter asks for, in which quotes are doubled; None where it asks for none."""
    by_name = _BY_NAME_FILTER.fullmatch(filter_)
    if by_name is None and "rolename" in filter_.lower():
        raise BadRequest(f"Invalid filter: '{filter_}'.", code="InvalidFilter")
    return by_name["name"].lower() if by_name else None


def _definition_body(name: str, scope: str) -> Json:
    guid, actions, data_actions = _BUILT_IN[name]
    return {
        "id": definition_id(scope, guid),
        "name": guid,
        "type": TYPE,
        "properties": {
            "roleName": name,
            "type": "BuiltInRole",
            "description": name,
            "assignableScopes": ["/"],
            "permissions": [
                {"actions": actions, "notActions": [], "dataActions": data_actions, "notDataActions": []}
            ],
        },
    }


ROUTES = [ArmRoute("GET", TYPE, list_all), ArmRoute("GET", f"{TYPE}/{{}}", get)]
