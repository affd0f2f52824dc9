"""A GitHub domain: how an agent logs in to github.com or to a GitHub Enterprise Server."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Literal, NotRequired

from pulumi import Input, Output, ResourceOptions
from typing_extensions import Unpack

from pulumi_sre_agent.api.kinds import GITHUB_DOMAIN
from pulumi_sre_agent.schema.annotations import ClientOnly, IgnoreCase, Immutable, NotReturned, SensitiveField
from pulumi_sre_agent.schema.normalization import is_blank, is_unknown
from pulumi_sre_agent.schema.rules import ARM_ID, LOWER_CASE, PRESENT, matches
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, error_at, get_path

from ._core.item_args import AgentItemArgs, item_model
from ._core.provider import ItemProvider, Resource

REQUIRED_ARGS = {
    "Pat": ("pat",),
    "GitHubApp": ("client_id", "private_key_secret_uri", "key_vault_managed_identity_id"),
    "OAuth": (),
}
"""What each kind of login needs, and none of the others takes."""


class GitHubDomainArgs(AgentItemArgs):
    """Arguments of `GitHubDomain`.

    See docs/reference/data-plane.md#code-logins, docs/reference/directory-format.md#github-domains.
    """

    domain: Annotated[
        Input[str],
        Immutable(),
        ClientOnly(),
        LOWER_CASE,
        matches(r"[a-z0-9-]+(\.[a-z0-9-]+)+", "must be a domain such as github.com or ghe.example.com"),
    ]
    """The domain, such as `github.com`. A change replaces the login."""
    auth_type: Input[Literal["Pat", "GitHubApp", "OAuth"]]
    """A token, an app, or somebody's consent in a browser at `oauth_url`."""
    pat: NotRequired[Annotated[Input[str], SensitiveField(), PRESENT]]
    """Personal access token, of `Pat`; Azure never shows it."""
    client_id: NotRequired[
        Annotated[
            Input[str],
            NotReturned(),
            matches(r"Iv\S+", "must be the client id of a GitHub app, which begins with Iv"),
        ]
    ]
    """Client id of the app, of `GitHubApp`."""
    private_key_secret_uri: NotRequired[
        Annotated[
            Input[str],
            NotReturned(),
            matches(
                r"https://[^/\s]+/keys/[^/\s]+(/[^/\s]+)?",
                "must be the address of a key in a Key Vault: https://<vault>.vault.azure.net/keys/<name>",
            ),
        ]
    ]
    """Key Vault key with the app's private key, of `GitHubApp`: a key, not a secret."""
    key_vault_managed_identity_id: NotRequired[Annotated[Input[str], NotReturned(), IgnoreCase(), ARM_ID]]
    """User-assigned identity that uses the key, with the role Key Vault Crypto User, of `GitHubApp`."""


def _check_login(inputs: Inputs) -> Iterator[ValidationError]:
    login = get_path(inputs, "auth_type")
    if is_unknown(login) or login not in REQUIRED_ARGS:
        return
    for type_, names in REQUIRED_ARGS.items():
        for name in names:
            value = get_path(inputs, name)
            if type_ == login and is_blank(value):
                yield error_at((name,), f"is missing, which auth_type {login} needs")
            elif type_ != login and not is_unknown(value) and not is_blank(value):
                yield ValidationError((name,), f"{name} belongs to auth_type {type_}, not {login}")


class GitHubDomainProvider(ItemProvider):
    """Pickled into state by this path."""

    model = replace(
        item_model(
            GITHUB_DOMAIN,
            GitHubDomainArgs,
            _check_login,
            key="domain",
            outputs=lambda spec: {"oauth_url": spec.get("oauthUrl")},
        ),
        may_be_hidden=lambda inputs: inputs.get("auth_type") == "OAuth",
    )


class GitHubDomain(Resource):
    """A login of an agent with a GitHub domain.

    For `OAuth` nothing is written: somebody consents at `oauth_url`, and until then Azure does not show the
    domain. No way to delete a login is published: where Azure refuses, it stays, and a warning says so.
    """

    provider = GitHubDomainProvider

    oauth_url: Output[str | None]
    """Where to consent, of `OAuth`, until a refresh finds that somebody did; else None."""

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[GitHubDomainArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
