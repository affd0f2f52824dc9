"""Tool enablement: which tools an agent has at hand, of those that it could have."""

from collections.abc import Mapping
from typing import Any

from pulumi import Input, ResourceOptions
from typing_extensions import Unpack

from pulumi_sre_agent.api.errors import NotFound
from pulumi_sre_agent.api.kinds import TOOL_ENABLEMENT, Json

from ._core.item_args import AgentItemArgs, item_model
from ._core.item_crud import ItemCrud
from ._core.model import SINGLETON_NAME
from ._core.provider import ItemProvider, Resource


class ToolEnablementArgs(AgentItemArgs):
    """Arguments of `ToolEnablement` (docs/reference/data-plane.md#tool-enablement)."""

    overrides: Input[dict[str, Input[bool]]]
    """Whether a tool is on, by its name, built-in ones and the agent's own. Others are let alone."""


class ToolEnablementCrud(ItemCrud):
    """Switches on again what it has switched off and no longer speaks of."""

    def update(self, id_: str, outputs: Mapping[str, Any], inputs: Json) -> Json:
        self._release(outputs, inputs)
        return super().update(id_, outputs, inputs)

    def delete(self, id_: str, outputs: Mapping[str, Any]) -> None:
        try:
            self._release(outputs, {**outputs, "overrides": {}})
        except NotFound:
            return  # the agent is gone, and all that was in it
        super().delete(id_, outputs)

    def _release(self, outputs: Mapping[str, Any], inputs: Mapping[str, Any]) -> None:
        before, now = outputs.get("overrides", {}), inputs["overrides"]
        off = [tool for tool, on in before.items() if not on and tool not in now]
        if off:
            items = self._items(inputs)
            overrides = items.get(SINGLETON_NAME)["overrides"]
            items.put(SINGLETON_NAME, {"overrides": {tool: True for tool in off if tool in overrides}})


class ToolEnablementProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(TOOL_ENABLEMENT, ToolEnablementArgs, key=None)

    crud_type = ToolEnablementCrud


class ToolEnablement(Resource):
    """Which tools of an agent are on or off.

    Several of these may share an agent as long as they name different tools. Deleting one switches on again
    what it had switched off; what it had switched on stays on.
    """

    provider = ToolEnablementProvider

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[ToolEnablementArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
