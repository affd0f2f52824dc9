"""The indexing of incidents: which past incidents of a platform an agent can search."""

from dataclasses import replace
from typing import Annotated, Any, Literal, NotRequired

from pulumi import Input, Output, ResourceOptions
from typing_extensions import Unpack

from pulumi_sre_agent.api.kinds import INCIDENT_INDEXING
from pulumi_sre_agent.schema.annotations import ClientOnly, Default, Immutable
from pulumi_sre_agent.schema.rules import at_least

from ._core.additional_properties import (
    check_additional,
    merge_additional,
    split_additional,
    wire_names,
)
from ._core.item_args import AgentItemArgs, item_model
from ._core.provider import ItemProvider, Resource


class IncidentIndexingArgs(AgentItemArgs):
    """Arguments of `IncidentIndexing` (docs/reference/data-plane.md#incident-indexing)."""

    platform: Annotated[Input[Literal["azmonitor", "pagerduty", "servicenow"]], Immutable(), ClientOnly()]
    """The platform whose incidents are indexed. A change replaces the resource."""
    assignment_group: NotRequired[Input[str]]
    """ServiceNow: the group whose incidents count."""
    lookback_days: NotRequired[Annotated[Input[int], at_least(1), Default(30)]]
    """ServiceNow: how far back, in days; the service's default is 30."""
    additional_properties: NotRequired[Input[dict[str, Any]]]
    """Members without an argument here, in camelCase, sent as they are.

    What Azure Monitor and PagerDuty take is not published: all of theirs goes here.
    """


WIRE_NAMES = wire_names(IncidentIndexingArgs) | {"providerType": "platform"}

SETTINGS = ("assignment_group", "lookback_days", "additional_properties")
"""Without any of them a configuration reads as none."""


class IncidentIndexingProvider(ItemProvider):
    """Pickled into state by this path."""

    model = replace(
        item_model(
            INCIDENT_INDEXING,
            IncidentIndexingArgs,
            check_additional(WIRE_NAMES),
            key="platform",
            encode=merge_additional,
            decode=split_additional(WIRE_NAMES),
        ),
        may_be_hidden=lambda inputs: not any(map(inputs.get, SETTINGS)),
    )


class IncidentIndexing(Resource):
    """How an agent indexes the past incidents of a platform.

    Azure has no published way to delete a configuration: deleting this leaves it as it is, and says so.
    """

    provider = IncidentIndexingProvider

    lookback_days: Output[int]
    """As in the arguments; said here too since a whole number would come back from the engine as a float."""

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[IncidentIndexingArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
