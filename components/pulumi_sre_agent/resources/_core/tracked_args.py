"""What tracked ARM resources have in common: where they are, and who they are to Azure.

See docs/reference/control-plane.md#identity.
"""

from collections.abc import Iterator
from typing import Annotated, Literal, NotRequired

from pulumi import Input
from typing_extensions import TypedDict

from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.schema.annotations import (
    ClientOnly,
    EnumAliases,
    IgnoreCase,
    Immutable,
    ReplaceWhole,
    Unordered,
)
from pulumi_sre_agent.schema.normalization import is_unknown
from pulumi_sre_agent.schema.rules import ARM_ID, LOCATION, PRESENT, RESOURCE_GROUP_NAME
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, error_at, get_path

from .model import StackDefaults

ArmId = Annotated[Input[str], IgnoreCase(), ARM_ID]
"""An ARM id, whose letter case means nothing."""


class ManagedIdentityArgs(TypedDict):
    """Who a resource is to Azure."""

    type: Annotated[
        Input[Literal["None", "SystemAssigned", "UserAssigned", "SystemAssigned, UserAssigned"]],
        EnumAliases({"systemassigned,userassigned": "SystemAssigned, UserAssigned"}),
    ]
    """Usually both kinds: the user-assigned one gets the Azure roles, connectors call the other `system`."""
    user_assigned_identities: NotRequired[Annotated[Input[list[ArmId]], Unordered()]]
    """ARM ids of the user-assigned identities."""


class TrackedArgs(TypedDict):
    """Where the resource lies, and who it is to Azure."""

    resource_group_name: Annotated[Input[str], Immutable(), IgnoreCase(), ClientOnly(), RESOURCE_GROUP_NAME]
    """Resource group that holds it. A change replaces it."""
    subscription_id: NotRequired[Annotated[Input[str], Immutable(), IgnoreCase(), ClientOnly(), PRESENT]]
    """Subscription of the group. Default: as for azure-native: config, `ARM_SUBSCRIPTION_ID`, Azure CLI."""
    location: NotRequired[Annotated[Input[str], Immutable(), LOCATION, PRESENT]]
    """Region, such as `swedencentral`. Default: `azure-native:location`. A change replaces it."""
    tags: NotRequired[Input[dict[str, Input[str]]]]
    """Tags of the Azure resource."""
    identity: NotRequired[Annotated[Input[ManagedIdentityArgs], ReplaceWhole()]]
    """Its managed identities."""


def apply_place_defaults(inputs: Json, defaults: StackDefaults) -> None:
    """Take region and subscription from where azure-native takes them."""
    if defaults.subscription_id:
        inputs.setdefault("subscription_id", defaults.subscription_id)
    if defaults.location:
        inputs.setdefault("location", LOCATION.convert(defaults.location))


def check_location(inputs: Inputs) -> Iterator[ValidationError]:
    if get_path(inputs, "location") is None:
        yield error_at(
            ("location",), "is missing, here and as azure-native:location in the stack's configuration"
        )


def check_identity(inputs: Inputs) -> Iterator[ValidationError]:
    kind, users = (
        get_path(inputs, "identity", "type"),
        get_path(inputs, "identity", "user_assigned_identities"),
    )
    if is_unknown(kind) or is_unknown(users) or kind is None:
        return
    path = ("identity", "user_assigned_identities")
    if "UserAssigned" in kind and not users:
        yield error_at(path, f"is missing, which identity.type {kind} needs")
    if "UserAssigned" not in kind and users:
        yield error_at(path, f"needs identity.type UserAssigned, not {kind}")
