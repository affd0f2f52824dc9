"""A plugin marketplace: where an agent finds plugins to install."""

from typing import Annotated, Any

from pulumi import Input, ResourceOptions
from typing_extensions import Unpack

from pulumi_sre_agent.api.kinds import MARKETPLACE
from pulumi_sre_agent.schema.annotations import SensitiveMembers

from ._core.item_args import NamedItemArgs, item_model
from ._core.provider import ItemProvider, Resource


class MarketplaceArgs(NamedItemArgs):
    """Arguments of `Marketplace` (docs/reference/data-plane.md#plugins)."""

    spec: Annotated[Input[dict[str, Any]], SensitiveMembers()]
    """What the marketplace is, in Azure's camelCase, sent as it is: its members are not published."""


class MarketplaceProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(MARKETPLACE, MarketplaceArgs)


class Marketplace(Resource):
    """A plugin marketplace of an agent.

    No way to delete one is published: where Azure refuses, it stays, and a warning says so.
    """

    provider = MarketplaceProvider

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[MarketplaceArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
