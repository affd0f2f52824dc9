"""What the types of Microsoft.Insights that alert share: members, durations, and what they refer to."""

import re
from collections.abc import Iterable, Sequence

from sre_agent_local.azure.arm_path import ArmPath
from sre_agent_local.azure.errors import BadRequest, LocationNotAvailableForResourceType
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.state.azure_state import AzureState

from . import resource_types
from .request import normalize_location

ACTION_GROUP = "microsoft.insights/actionGroups"
NAME = r"[^*#&+:<>?@%{}\\/|]{0,259}[^*#&+:<>?@%{}\\/|. ]"
"""Pattern of the names of action groups and of every kind of alert rule."""

_DURATION = re.compile(r"P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?)?")


def check_location(body: Json, resource_type: str, available: Sequence[str]) -> None:
    """Refuse a region where a type is not. Raises LocationNotAvailableForResourceType."""
    location = str(body.get("location", ""))
    if normalize_location(location) not in available:
        raise LocationNotAvailableForResourceType(location, resource_type, available)


def minutes(member: str, duration: str, allowed: Iterable[int]) -> int:
    """Return the length of an ISO 8601 duration. Raises BadRequest for one that is none, or not allowed."""
    match = _DURATION.fullmatch(duration)
    parts = {unit: int(value) for unit, value in match.groupdict("0").items()} if match else {}
    length = (parts.get("days", 0) * 24 + parts.get("hours", 0)) * 60 + parts.get("minutes", 0)
    if length not in allowed:
        raise BadRequest(
            f"The value '{duration}' of '{member}' is not supported: it is one of "
            f"{', '.join(map(str, allowed))} minutes as an ISO 8601 duration."
        )
    return length


def check_times(properties: Json, frequencies: Iterable[int], windows: Iterable[int]) -> None:
    """Refuse a window shorter than the time between two looks at it. Raises BadRequest."""
    frequency = minutes("evaluationFrequency", properties["evaluationFrequency"], frequencies)
    window = minutes("windowSize", properties["windowSize"], windows)
    if window < frequency:
        raise BadRequest("The window size must not be smaller than the evaluation frequency.")


def check_scopes(azure: AzureState, scopes: Iterable[str]) -> None:
    """Refuse scopes that are no ids, or ids of what there should be here and is not. Raises BadRequest."""
    for scope in scopes:
        path = ArmPath.parse(scope)
        if not scope.startswith("/subscriptions/"):
            raise BadRequest(f"The scope '{scope}' is not the id of a resource.", code="InvalidScope")
        is_subscription = len(scope.strip("/").split("/")) == 2
        if (
            resource_types.find(path.namespace, path.kind)
            and not is_subscription
            and azure.store.get(scope) is None
        ):
            raise BadRequest(
                f"The resource '{scope}' in the rule's scopes was not found.", code="ResourceNotFound"
            )


def check_action_groups(azure: AzureState, ids: Iterable[str]) -> None:
    """Refuse action groups that do not exist. Raises BadRequest."""
    for group_id in ids:
        group = azure.store.get(group_id)
        if group is None or group.type.lower() != ACTION_GROUP.lower():
            raise BadRequest(f"The action group '{group_id}' was not found.", code="ActionGroupNotFound")
