"""A repository: source code that an agent may search."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal, NotRequired, cast

from pulumi import Input, ResourceOptions
from typing_extensions import Unpack

from pulumi_sre_agent.api.errors import NotFound
from pulumi_sre_agent.api.kinds import CONNECTOR, GITHUB_DOMAIN, REPO, Json
from pulumi_sre_agent.schema.annotations import TEXT, Canonical, ClientOnly, EnumAliases, NoDiff, References
from pulumi_sre_agent.schema.rules import matches
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, get_path

from ._core.item_args import ItemArgs, item_model
from ._core.item_crud import ItemCrud
from ._core.listing_cache import Listing
from ._core.model import StackDefaults
from ._core.provider import ItemProvider, Resource

if TYPE_CHECKING:
    from pulumi_sre_agent.api.collections.collection import Collection
    from pulumi_sre_agent.api.collections.repositories import RepositoryCollection

AZURE_DEVOPS_HOSTS = ("dev.azure.com", ".visualstudio.com")
REPO_TYPE_ALIASES = {"ado": "AzureDevOps", "azure-devops": "AzureDevOps", "azure_devops": "AzureDevOps"}
"""What directories in Microsoft's format may say (docs/reference/directory-format.md#repositories)."""


def _absolute(url: str) -> str:
    """`org/repo` as the address on github.com that it means."""
    short = url.count("/") == 1 and "://" not in url and all(url.split("/"))
    return f"https://github.com/{url}" if short else url


class RepoArgs(ItemArgs):
    """Arguments of `Repo` (docs/reference/data-plane.md#repositories)."""

    url: Annotated[
        Input[str],
        Canonical(_absolute),
        References(GITHUB_DOMAIN, lambda url, domain: _host(_absolute(str(url))) == domain),
        matches(
            r"https?://[^/\s]+/\S+", "must be an address such as https://github.com/org/repo, or org/repo"
        ),
    ]
    """Where the repository is; `org/repo` means `https://github.com/org/repo`."""
    type: NotRequired[Annotated[Input[Literal["GitHub", "AzureDevOps"]], EnumAliases(REPO_TYPE_ALIASES)]]
    """Who hosts it. Default: `AzureDevOps` where the address says so, else `GitHub`."""
    description: NotRequired[Annotated[Input[str], TEXT]]
    """What is in it, for the agent to know when to look there."""
    branch: NotRequired[Input[str]]
    """Stored by the service; one of Microsoft's labs says that the default branch is cloned all the same."""
    auth_connector_name: NotRequired[Annotated[Input[str], References(CONNECTOR)]]
    """Connector whose login opens a private repository."""
    test_connection: NotRequired[Annotated[Input[bool], ClientOnly(), NoDiff()]]
    """Whether to have the service reach for the repository after each write, and fail if it cannot.

    Default: false.
    """
    wait_until_ready: NotRequired[Annotated[Input[bool], ClientOnly(), NoDiff()]]
    """Whether a write waits until the repository is cloned, one to ten minutes, and fails if it cannot be.

    Default: true. One of the four calls that the provider serves at a time waits with it.
    """


def _apply_defaults(inputs: Json, _defaults: StackDefaults) -> None:
    url = inputs.get("url")
    if "type" not in inputs and isinstance(url, str):
        inputs["type"] = "AzureDevOps" if _host(url).endswith(AZURE_DEVOPS_HOSTS) else "GitHub"


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0].lower()


def _check_url_login(inputs: Inputs) -> Iterator[ValidationError]:
    """Refuse logins; a user name alone is usual for Azure DevOps, elsewhere it may be a token."""
    url = get_path(inputs, "url")
    if isinstance(url, str):
        user = url.partition("://")[2].partition("/")[0].rpartition("@")[0]
        if ":" in user or (user and not _host(url).endswith(AZURE_DEVOPS_HOSTS)):
            yield ValidationError(
                (), "url must not hold a user name or token: name a connector in auth_connector_name"
            )


class RepoCrud(ItemCrud):
    """A repository is of use once it is cloned, and one whose clone failed is cloned again by writing it."""

    def _finish_write(self, items: "Collection", name: str, stored: Json, inputs: Json) -> Json:
        if inputs.get("test_connection", False):
            cast("RepositoryCollection", items).test(name)
        if inputs.get("wait_until_ready", True):
            items.wait_until_ready(name, stored)
        return inputs

    def _find_existing(self, items: "Collection", listing: Listing, inputs: Json) -> Json | None:
        """Look again at a repository that was not cloned when it was listed: by now that may have failed."""
        existing = super()._find_existing(items, listing, inputs)
        if existing is None or existing.get("cloneStatus") == "Ready":
            return existing
        try:
            return items.get(inputs["name"])
        except NotFound:
            return None

    def _must_rewrite(self, _items: "Collection", _inputs: Json, existing: Json) -> bool:
        return existing.get("cloneStatus") == "Failed"


class RepoProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(REPO, RepoArgs, _check_url_login, apply_defaults=_apply_defaults)

    crud_type = RepoCrud


class Repo(Resource):
    """A repository that an agent searches as files; creating one waits until it is cloned."""

    provider = RepoProvider

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[RepoArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
