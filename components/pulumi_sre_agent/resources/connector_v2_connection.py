"""A connection: an agent's account with a service such as Jira, Slack or Teams."""

from typing import Annotated, Any, NotRequired

from pulumi import Input, Output, ResourceOptions
from typing_extensions import TypedDict, Unpack

from pulumi_sre_agent.api.kinds import CONNECTOR_V2_CONNECTION, Json
from pulumi_sre_agent.schema.annotations import ClientOnly, Immutable, NotReturned, SensitiveField
from pulumi_sre_agent.schema.rules import CONNECTION_NAME, LOWER_CASE, PRESENT

from ._core.item_args import AgentItemArgs, item_model
from ._core.model import StackDefaults
from ._core.provider import ItemProvider, Resource


class ParameterValueSetArgs(TypedDict):
    """One of the ways to log in that a service offers, and what that wants."""

    name: Annotated[Input[str], PRESENT]
    """Name of the way, as the service's connector calls it."""
    values: NotRequired[Annotated[Input[dict[str, Any]], SensitiveField()]]
    """Its parameters, in the connector's names; a secret as a whole."""


class ConnectorV2ConnectionArgs(AgentItemArgs):
    """Arguments of `ConnectorV2Connection`.

    See docs/reference/data-plane.md#managed-connectors,
    docs/reference/directory-format.md#managed-connectors.
    """

    name: Annotated[Input[str], Immutable(), ClientOnly(), LOWER_CASE, CONNECTION_NAME]
    """Name of the connection, in lower case. A change replaces it."""
    connector_name: Annotated[Input[str], PRESENT, NotReturned()]
    """The service's API, such as `jira` or `slack`."""
    display_name: NotRequired[Annotated[Input[str], NotReturned()]]
    """How people see it. Default: `connector_name`."""
    parameter_value_set: NotRequired[Annotated[Input[ParameterValueSetArgs], NotReturned()]]
    """How to log in, of services that offer several ways."""
    parameter_values: NotRequired[Annotated[Input[dict[str, Any]], SensitiveField()]]
    """Parameters of the login, in the connector's names; a secret as a whole."""


def _apply_defaults(inputs: Json, _defaults: StackDefaults) -> None:
    if "connector_name" in inputs:
        inputs.setdefault("display_name", inputs["connector_name"])


class ConnectorV2ConnectionProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(
        CONNECTOR_V2_CONNECTION,
        ConnectorV2ConnectionArgs,
        apply_defaults=_apply_defaults,
        outputs=lambda spec: {"overall_status": spec.get("overallStatus")},
    )


class ConnectorV2Connection(Resource):
    """A connection of an agent.

    A service that wants somebody's consent gets it in the portal only: the connection is made all the same, a
    warning says so, and `overall_status` is `Unauthenticated` or `Error` until a refresh after the consent.
    Its agent is let use it. Azure does not show how it logs in, so a change of that by somebody else goes
    unseen; `pulumi_sre_agent.get_managed_apis` says what there is to connect to.
    """

    provider = ConnectorV2ConnectionProvider

    overall_status: Output[str | None]
    """What the service last said of it: `Connected`; `Error` and `Unauthenticated` want consent."""

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **args: Unpack[ConnectorV2ConnectionArgs],
    ) -> None:
        super().__init__(resource_name, args, opts)
