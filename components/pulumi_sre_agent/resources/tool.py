"""A tool: something that an agent can call, such as a query, a link or a Python function."""

import ast
import re
import warnings
from collections.abc import Iterator
from typing import Annotated, Any, NotRequired

from pulumi import Input, Output, ResourceOptions
from pulumi.output import UNKNOWN
from typing_extensions import TypedDict, Unpack

from pulumi_sre_agent.api.kinds import CONNECTOR, TOOL
from pulumi_sre_agent.schema.annotations import TEXT, Default, IgnoreCase, References, Unordered
from pulumi_sre_agent.schema.normalization import is_blank, is_unknown
from pulumi_sre_agent.schema.rules import PRESENT, between
from pulumi_sre_agent.schema.validation import (
    Inputs,
    ValidationError,
    did_you_mean,
    duplicate_keys,
    error_at,
    get_path,
)

from ._core.additional_properties import (
    check_additional,
    merge_additional,
    split_additional,
    wire_names,
)
from ._core.item_args import ItemArgs, item_model
from ._core.provider import ItemProvider, Resource


class ToolParameterArgs(TypedDict):
    """One thing that a caller of a tool says."""

    name: Annotated[Input[str], PRESENT]
    """Its name, as `##name##` in a query, as `{name}` in a link's template."""
    type: NotRequired[Input[str]]
    """Its type in the service's words, such as `string`."""
    description: NotRequired[Annotated[Input[str], TEXT]]
    """What it means, for the agent to fill it in."""
    required: NotRequired[Input[bool]]
    """Whether a call must say it."""
    target: NotRequired[Input[str]]
    """Where it goes in an HTTP request."""


class ToolArgs(ItemArgs):
    """Arguments of `Tool`. Which of them a tool has depends on its `type`.

    See docs/reference/data-plane.md#members-by-kind.
    """

    type: NotRequired[Input[str]]
    """`KustoTool`, `LinkTool`, `PythonTool`, `HttpClientTool`, or another that the service knows."""
    description: NotRequired[Annotated[Input[str], TEXT]]
    """What the tool does; the agent decides by this whether to call it."""
    parameters: NotRequired[Input[list[Input[ToolParameterArgs]]]]
    """What a caller says, in this order."""
    tool_mode: NotRequired[Input[str]]
    """`Auto`, or another mode that the service knows."""
    connector: NotRequired[Annotated[Input[str], References(CONNECTOR)]]
    """Connector that a `KustoTool` asks."""
    database: NotRequired[Input[str]]
    """Database that a `KustoTool` asks."""
    mode: NotRequired[Annotated[Input[str], Default("Query")]]
    """What a `KustoTool` runs: `query` (the service's default), `function`, or a script.

    How a script is named on the wire is not published: say that member in `additional_properties`.
    """
    query: NotRequired[Annotated[Input[str], TEXT]]
    """KQL of a `KustoTool`, run as it stands; `##name##` becomes a parameter's text, so quote it yourself."""
    function: NotRequired[Input[str]]
    """Stored function that a `KustoTool` of mode `Function` calls."""
    template: NotRequired[Input[str]]
    """Address that a `LinkTool` makes; `{name}` becomes a parameter's text."""
    function_code: NotRequired[Annotated[Input[str], TEXT]]
    """Source of a `PythonTool` with a function `main` (or `execute`) that returns what JSON can say.

    Public agents have functions of other names, too: docs/reference/assumptions.md#entry-of-a-python-tool.
    """
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


REQUIRED_ARGS = {
    "KustoTool": ("connector", "database"),
    "LinkTool": ("template",),
    "PythonTool": ("function_code",),
    "PythonFunctionTool": ("function_code",),
}
"""Arguments without which a tool of a type cannot work."""
KUSTO_MODES = ("Query", "Function", "Script")
PYTHON_TOOLS = ("PythonTool", "PythonFunctionTool")
PLACEHOLDERS = {"query": re.compile(r"##(\w+)##"), "template": re.compile(r"\{(\w+)\}")}
"""By the argument that has them."""
WIRE_NAMES = wire_names(ToolArgs)


def _check_required_args(inputs: Inputs) -> Iterator[ValidationError]:
    type_ = get_path(inputs, "type")
    if is_unknown(type_):
        return
    for name in REQUIRED_ARGS.get(type_, ()):
        if is_blank(get_path(inputs, name)):
            yield error_at((name,), f"is missing, which a {type_} needs")
    if type_ == "KustoTool":
        yield from _check_kusto_source(inputs)


def _check_kusto_source(inputs: Inputs) -> Iterator[ValidationError]:
    mode, query, function = get_path(inputs, "mode"), get_path(inputs, "query"), get_path(inputs, "function")
    if isinstance(mode, str) and mode not in KUSTO_MODES:
        yield error_at(("mode",), f"must be one of {', '.join(KUSTO_MODES)}{did_you_mean(mode, KUSTO_MODES)}")
    elif mode == "Function" and is_blank(function):
        yield error_at(("function",), "is missing, which a KustoTool of mode Function needs")
    elif mode == "Query" and is_blank(query):
        yield error_at(("query",), "is missing, which a KustoTool of mode Query needs")
    elif mode is None and query is None and function is None:
        yield error_at(("query",), "is missing, which a KustoTool needs, unless it names a stored function")


def _check_placeholders(inputs: Inputs) -> Iterator[ValidationError]:
    """Refuse a placeholder that no parameter fills; nothing is said where a parameter is not known yet."""
    parameters = get_path(inputs, "parameters") or []
    names = [get_path(each, "name") for each in parameters] if isinstance(parameters, list) else [UNKNOWN]
    if any(map(is_unknown, names)):
        return
    for field, pattern in PLACEHOLDERS.items():
        text = get_path(inputs, field)
        for name in dict.fromkeys(pattern.findall(text) if isinstance(text, str) else ()):
            if name not in names:
                yield error_at(
                    (field,),
                    f"uses {name}, which is none of the parameters{did_you_mean(name, map(str, names))}",
                )


def _check_python(inputs: Inputs) -> Iterator[ValidationError]:
    code = get_path(inputs, "function_code")
    if get_path(inputs, "type") not in PYTHON_TOOLS or not isinstance(code, str) or is_blank(code):
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the code looks like is its author's business
            body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
        yield error_at(("function_code",), f"must be Python ({getattr(error, 'msg', error)}{line})")
        return
    if not any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in body):
        yield error_at(("function_code",), "must define a function, main as a rule")


def _check_duplicate_parameters(inputs: Inputs) -> Iterator[ValidationError]:
    return duplicate_keys(inputs, "parameters", "name")


class ToolProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(
        TOOL,
        ToolArgs,
        _check_required_args,
        _check_duplicate_parameters,
        _check_placeholders,
        _check_python,
        check_additional(WIRE_NAMES),
        encode=merge_additional,
        decode=split_additional(WIRE_NAMES),
    )


class Tool(Resource):
    """A tool of an agent."""

    provider = ToolProvider

    timeout_seconds: Output[int]
    """As in the arguments; said here too since a whole number would come back from the engine as a float."""

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[ToolArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
