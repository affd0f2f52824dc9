"""What plugins are taken from: functions that make the arguments of a `Marketplace`.

    Marketplace("contoso", agent_id=agent.id, name="contoso", **plugins.github_marketplace("contoso/plugins"))

A `PluginInstallation` needs none: its `marketplace`, `source_url` and `pin` are arguments.

See docs/reference/data-plane.md#plugins.
"""

from typing import NotRequired

from pulumi import Input, Output
from typing_extensions import TypedDict


class OwnerArgs(TypedDict):
    """Whose a marketplace is."""

    name: Input[str]
    """The owner's name, for people."""


class CredentialsArgs(TypedDict):
    """How Azure reads a private marketplace; a secret as a whole."""

    authMethod: Input[str]
    """`pat`."""
    pat: Input[str]
    """A token that reads the repository."""


class MarketplaceSpecArgs(TypedDict):
    """`spec` of a `Marketplace`, spelled as Azure has it."""

    sourceType: Input[str]
    """`github`."""
    sourceUrl: Input[str]
    """The repository, as `owner/repo`."""
    owner: Input[OwnerArgs]
    """Whose it is."""
    credentials: NotRequired[Input[CredentialsArgs]]
    """How Azure reads it, where it is private."""
    description: NotRequired[Input[str]]
    """What people should know of it."""


class SpecArgs(TypedDict):
    """The argument of `Marketplace` that says what it is."""

    spec: MarketplaceSpecArgs


def github_marketplace(
    repository: Input[str],
    *,
    owner: Input[str] | None = None,
    pat: Input[str] | None = None,
    description: Input[str] | None = None,
) -> SpecArgs:
    """Make the arguments for a marketplace on GitHub, by `owner/repo`.

    `owner`: its name for people, by default that of the repository. `pat`: a token that reads a private one.
    """
    spec: MarketplaceSpecArgs = {
        "sourceType": "github",
        "sourceUrl": repository,
        "owner": {"name": _owner_of(repository) if owner is None else owner},
    }
    if pat is not None:
        spec["credentials"] = {"authMethod": "pat", "pat": pat}
    if description is not None:
        spec["description"] = description
    return {"spec": spec}


def _owner_of(repository: Input[str]) -> Input[str]:
    if isinstance(repository, str):
        return repository.partition("/")[0]
    known: Output[str] = Output.from_input(repository)
    return known.apply(lambda name: name.partition("/")[0])
