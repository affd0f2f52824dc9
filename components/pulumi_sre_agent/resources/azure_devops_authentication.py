"""An Azure DevOps login: how an agent reads the repositories of an organisation."""

from collections.abc import Iterator
from typing import Annotated, Literal, NotRequired

from pulumi import Input, ResourceOptions
from typing_extensions import Unpack

from pulumi_sre_agent.api.kinds import AZURE_DEVOPS_AUTHENTICATION
from pulumi_sre_agent.schema.annotations import ClientOnly, IgnoreCase, Immutable, SensitiveField
from pulumi_sre_agent.schema.normalization import is_unknown
from pulumi_sre_agent.schema.rules import PRESENT, matches
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, error_at, get_path

from ._core.item_args import AgentItemArgs, item_model
from ._core.provider import ItemProvider, Resource


class AzureDevOpsAuthenticationArgs(AgentItemArgs):
    """Arguments of `AzureDevOpsAuthentication` (docs/reference/data-plane.md#code-logins)."""

    organization: Annotated[
        Input[str],
        Immutable(),
        IgnoreCase(),
        ClientOnly(),
        matches(
            r"[A-Za-z0-9]([A-Za-z0-9-]{0,48}[A-Za-z0-9])?",
            "must be the name of an organisation, as in https://dev.azure.com/<organization>",
        ),
    ]
    """The organisation. A change replaces the login."""
    auth_type: Input[Literal["Pat", "ManagedIdentity", "Entra"]]
    """A personal access token, the agent's managed identity, or somebody's Entra token."""
    access_token: NotRequired[Annotated[Input[str], SensitiveField(), PRESENT]]
    """Of `Pat` the token; of `Entra` one for `499b84ac-1321-427f-aa17-267ca6975798`. Azure never shows it."""


def _check_token(inputs: Inputs) -> Iterator[ValidationError]:
    login, token = get_path(inputs, "auth_type"), get_path(inputs, "access_token")
    if is_unknown(login) or is_unknown(token):
        return
    if login in {"Pat", "Entra"} and token is None:
        yield error_at(("access_token",), f"is missing, which auth_type {login} needs")
    if login == "ManagedIdentity" and token is not None:
        yield ValidationError(("access_token",), "access_token does not go with auth_type ManagedIdentity")


class AzureDevOpsAuthenticationProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(
        AZURE_DEVOPS_AUTHENTICATION, AzureDevOpsAuthenticationArgs, _check_token, key="organization"
    )


class AzureDevOpsAuthentication(Resource):
    """A login of an agent with an Azure DevOps organisation.

    Azure has no way to read or delete one: a refresh sees no change, and after a delete it stays in Azure.
    """

    provider = AzureDevOpsAuthenticationProvider

    def __init__(
        self,
        resource_name: str,
        opts: ResourceOptions | None = None,
        **args: Unpack[AzureDevOpsAuthenticationArgs],
    ) -> None:
        super().__init__(resource_name, args, opts)
