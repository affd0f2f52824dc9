"""A plugin marketplace: where an agent finds plugins to install."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, NotRequired, cast

from pulumi import Input, ResourceOptions
from typing_extensions import Unpack

from pulumi_sre_agent.api.kinds import MARKETPLACE
from pulumi_sre_agent.schema.annotations import ClientOnly, SensitiveMembers

from ._core.item_args import NamedItemArgs, item_model
from ._core.item_crud import ItemCrud
from ._core.provider import ItemProvider, Resource

if TYPE_CHECKING:
    from pulumi_sre_agent.api.collections.collection import Collection


class MarketplaceArgs(NamedItemArgs):
    """Arguments of `Marketplace` (docs/reference/data-plane.md#plugins)."""

    spec: Annotated[Input[Mapping[str, Any]], SensitiveMembers()]
    """What the marketplace is, in Azure's camelCase, sent as it is; Azure clones it.

    Known members are `plugins.MarketplaceSpecArgs`, which `plugins.github_marketplace` makes.
    """
    delete_installations: NotRequired[Annotated[Input[bool], ClientOnly()]]
    """Whether deleting it takes along what was installed from it, with the skills. Default: false."""


class MarketplaceCrud(ItemCrud):
    """A marketplace's life: its end may be that of its installations."""

    def _items(self, inputs: Mapping[str, Any]) -> "Collection":
        items: Any = super()._items(inputs)
        items.deletes_installations = inputs.get("delete_installations") is True
        return cast("Collection", items)


class MarketplaceProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(MARKETPLACE, MarketplaceArgs)

    crud_type = MarketplaceCrud


class Marketplace(Resource):
    """A plugin marketplace of an agent; creating one waits until Azure has cloned it."""

    provider = MarketplaceProvider

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[MarketplaceArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
