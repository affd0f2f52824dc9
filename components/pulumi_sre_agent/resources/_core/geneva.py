"""Geneva actions that agents of a space may take: of use inside Microsoft only (Microsoft.App 2026-01-01)."""

from typing import Annotated, Literal, NotRequired

from pulumi import Input
from typing_extensions import TypedDict

from pulumi_sre_agent.schema.annotations import EnumAliases
from pulumi_sre_agent.schema.rules import PRESENT


class GenevaActionParameterArgs(TypedDict):
    """One parameter of an action."""

    name: NotRequired[Input[str]]
    """Its name."""
    type: NotRequired[Input[str]]
    """Its type, such as `string`."""


class GenevaActionArgs(TypedDict):
    """One action that is allowed."""

    action_name: NotRequired[Input[str]]
    """Its name."""
    extension: NotRequired[Input[str]]
    """The extension that it belongs to."""
    action_parameters: NotRequired[Input[list[Input[GenevaActionParameterArgs]]]]
    """Its parameters."""
    approval_required: NotRequired[Input[bool]]
    """Whether somebody has to approve it."""


class GenevaActionsConfigurationArgs(TypedDict):
    """Which actions, and how to log in for them."""

    extension_name: Annotated[Input[str], PRESENT]
    """Name of the Geneva extension."""
    acis_endpoint: NotRequired[Input[str]]
    """Address of the ACIS service."""
    client_id: NotRequired[Input[str]]
    """Client id of the login."""
    certificate_subject_name: NotRequired[Input[str]]
    """Subject name of the certificate of the login."""
    authentication_mode: NotRequired[
        Annotated[Input[Literal["OAuth", "WS-Trust"]], EnumAliases({"wstrust": "WS-Trust"})]
    ]
    """How to log in."""
    allowed_actions: NotRequired[Input[list[Input[GenevaActionArgs]]]]
    """The actions."""


class AgentSpacePoliciesArgs(TypedDict):
    """What holds for all agents of a space."""

    geneva_actions_configuration: NotRequired[Input[GenevaActionsConfigurationArgs]]
    """Geneva actions that they may take."""
