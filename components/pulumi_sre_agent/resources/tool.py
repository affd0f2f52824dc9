"""A tool: something that an agent can call, such as a query, a link or a Python function."""

from collections.abc import Iterator
from typing import Annotated, Any, NotRequired

from pulumi import Input, Output, ResourceOptions
from typing_extensions import TypedDict, Unpack

from pulumi_sre_agent.api.kinds import TOOL

from ._additional import gather, said_once, spread, wire_names
from ._check import Fault, Inputs, fault, look
from ._dynamic import ItemProvider, Resource
from ._fields import TEXT, Default, IgnoreCase, Unordered
from ._item_args import ItemArgs, item_model
from ._normalise import is_blank, is_unknown
from ._rules import PRESENT, between


class ToolParameterArgs(TypedDict):
    """One thing that a caller of a tool says."""

    name: Annotated[Input[str], PRESENT]
    """Its name, as `##name##` in a query or template."""
    type: NotRequired[Input[str]]
    """Its type in the service's words, such as `string`."""
    description: NotRequired[Annotated[Input[str], TEXT]]
    """What it means, for the agent to fill it in."""
    required: NotRequired[Input[bool]]
    """Whether a call must say it."""
    target: NotRequired[Input[str]]
    """Where it goes in an HTTP request."""


class ToolArgs(ItemArgs):
    """Arguments of `Tool` (api.md C.8). Which of them a tool has depends on its `type`."""

    type: NotRequired[Input[str]]
    """`KustoTool`, `LinkTool`, `PythonTool`, `HttpClientTool`, or another that the service knows."""
    description: NotRequired[Annotated[Input[str], TEXT]]
    """What the tool does; the agent decides by this whether to call it."""
    parameters: NotRequired[Input[list[Input[ToolParameterArgs]]]]
    """What a caller says, in this order."""
    tool_mode: NotRequired[Input[str]]
    """`Auto`, or another mode that the service knows."""
    connector: NotRequired[Input[str]]
    """Connector that a `KustoTool` asks."""
    database: NotRequired[Input[str]]
    """Database that a `KustoTool` asks."""
    mode: NotRequired[Input[str]]
    """What a `KustoTool` runs: `Query` (the service's default), `Function` or `Script`."""
    query: NotRequired[Annotated[Input[str], TEXT]]
    """KQL of a `KustoTool`, run as it stands; `##name##` becomes a parameter's text, so quote it yourself."""
    function: NotRequired[Input[str]]
    """Stored function that a `KustoTool` of mode `Function` calls."""
    template: NotRequired[Input[str]]
    """Address that a `LinkTool` makes, with placeholders."""
    function_code: NotRequired[Annotated[Input[str], TEXT]]
    """Source of a `PythonTool` with a function `main` (or `execute`) that returns what JSON can say."""
    timeout_seconds: NotRequired[Annotated[Input[int], between(5, 900), Default(120)]]
    """How long a `PythonTool` may run: 5 to 900 s, the service's default is 120."""
    dependencies: NotRequired[Annotated[Input[list[Input[str]]], Unordered()]]
    """Packages that a `PythonTool` needs besides those that its container has."""
    auth_scopes: NotRequired[Annotated[Input[list[Input[str]]], Unordered()]]
    """Token scopes that a `PythonTool` may ask for: ARM, Key Vault, Storage."""
    identity: NotRequired[Annotated[Input[str], IgnoreCase()]]
    """Identity of a `PythonTool`'s tokens: `system` or the ARM id of a user-assigned identity."""
    additional_properties: NotRequired[Input[dict[str, Any]]]
    """Members without an argument here, such as an `HttpClientTool`'s, in camelCase, sent as they are."""


NEEDED = {
    "KustoTool": ("connector", "database"),
    "LinkTool": ("template",),
    "PythonTool": ("function_code",),
    "PythonFunctionTool": ("function_code",),
}
"""Arguments without which a tool of a type cannot work."""
WIRE_NAMES = wire_names(ToolArgs)


def _complete(inputs: Inputs) -> Iterator[Fault]:
    type_ = look(inputs, "type")
    if is_unknown(type_):
        return
    for name in NEEDED.get(type_, ()):
        if is_blank(look(inputs, name)):
            yield fault((name,), f"is missing, which a {type_} needs")
    if type_ == "KustoTool" and look(inputs, "query") is None and look(inputs, "function") is None:
        yield fault(("query",), "is missing, which a KustoTool needs, unless it names a stored function")


class ToolProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(
        TOOL, ToolArgs, _complete, said_once(WIRE_NAMES), rewire=spread, unwire=gather(WIRE_NAMES)
    )


class Tool(Resource, module="sre", name="Tool"):
    """A tool of an agent."""

    timeout_seconds: Output[int]
    """As in the arguments; said here too since a whole number would come back from the engine as a float."""

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[ToolArgs]
    ) -> None:
        super().__init__(ToolProvider(), resource_name, args, opts)
