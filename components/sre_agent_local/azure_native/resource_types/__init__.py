"""The types and functions that the stand-in knows, as data.

Names, types and required members are those of `pulumi_azure_native` 3.29 (its Args classes; a test compares
them); ARM paths, api-versions and spellings are those that its documentation names per class. What forces a
replacement: every member of the path, `location`, and what a type marks.
"""

from collections.abc import Mapping

from .core import AGENT, CORE
from .definition import Action, ResourceType
from .governance import GOVERNANCE
from .monitor import MONITOR, MONITOR_ACTIONS
from .network import NETWORK

TYPES: Mapping[str, ResourceType] = {
    resource_type.token: resource_type for resource_type in (*CORE, *GOVERNANCE, *NETWORK, *MONITOR)
}
GETTERS: Mapping[str, ResourceType] = {
    resource_type.getter: resource_type for resource_type in (*TYPES.values(), AGENT)
}
ACTIONS: Mapping[str, Action] = {action.token: action for action in MONITOR_ACTIONS}
CLIENT_CONFIG = "azure-native:authorization:getClientConfig"
