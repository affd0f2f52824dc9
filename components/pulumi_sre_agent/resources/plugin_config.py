"""The configuration of a plugin: whatever its plugin asks for."""

from collections.abc import Iterator
from typing import Annotated, Any

from pulumi import Input, ResourceOptions
from typing_extensions import Unpack

from pulumi_sre_agent.api.kinds import PLUGIN_CONFIG
from pulumi_sre_agent.schema.annotations import SensitiveMembers
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, error_at, get_path

from ._core.item_args import ItemArgs, item_model
from ._core.provider import ItemProvider, Resource


class PluginConfigArgs(ItemArgs):
    """Arguments of `PluginConfig` (docs/reference/control-plane.md#sub-resources)."""

    properties: Annotated[Input[dict[str, Any]], SensitiveMembers()]
    """What the plugin asks for, in its own names, sent as it is. Tokens, keys and the like become secrets."""


def _check_name_member(inputs: Inputs) -> Iterator[ValidationError]:
    properties = get_path(inputs, "properties")
    if isinstance(properties, dict) and "name" in properties:
        yield error_at(("properties", "name"), "is the plugin's own name, which the argument name says")


class PluginConfigProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(
        PLUGIN_CONFIG,
        PluginConfigArgs,
        _check_name_member,
        encode=lambda spec: dict(spec["properties"]),
        decode=lambda spec: {"properties": spec},
    )


class PluginConfig(Resource):
    """The configuration of a plugin of an agent."""

    provider = PluginConfigProvider

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[PluginConfigArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
