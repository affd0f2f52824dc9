"""What a program may ask of Azure without a resource of its own: `get*`, `list*`, and who it is."""

from collections.abc import Mapping
from typing import Any

from . import conversion
from .arm_client import ArmClient
from .arm_responses import ArmError
from .property_values import Json
from .resource_types import ACTIONS, CLIENT_CONFIG, GETTERS
from .resource_types.definition import Action
from .settings import ProviderError, Settings

FUNCTIONS = (*GETTERS, *ACTIONS, CLIENT_CONFIG)


def invoke(arm: ArmClient, settings: Settings, token: str, args: Mapping[str, Any]) -> Json:
    """Call a function by its token. Raises ProviderError, ArmError."""
    if token == CLIENT_CONFIG:
        return _client_config(arm.claims(), settings)
    function = GETTERS.get(token) or ACTIONS.get(token)
    if function is None:
        raise ProviderError(
            f"Invoke type {token} not found: the local azure-native has {', '.join(FUNCTIONS)}."
        )
    if missing := [name for name in function.path_inputs if name not in args]:
        raise ProviderError(f"{token} needs {', '.join(missing)}.")
    path = conversion.format_arm_path(function, args, settings.subscription_id)
    try:
        if isinstance(function, Action):
            response = arm.post(path, function.api_version)
            return {name: response[name] for name in function.outputs if name in response}
        resource = arm.get(path, function.api_version)
    except ArmError as error:
        raise ArmError(f"request failed {path}: {error}") from None
    return {"id": resource.get("id", path), **conversion.response_outputs(function, resource)}


def _client_config(claims: Json, settings: Settings) -> Json:
    return {
        "clientId": str(claims.get("appid", settings.client_id)),
        "objectId": str(claims.get("oid", "")),
        "subscriptionId": settings.subscription_id,
        "tenantId": str(claims.get("tid", settings.tenant_id)),
    }
