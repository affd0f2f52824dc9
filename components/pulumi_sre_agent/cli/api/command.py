"""`sre-agent api`: a request of one's own to either plane, logged in and checked as every other."""

import json
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

import typer

from pulumi_sre_agent.api import versions
from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.api.http.urls import with_api_version
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.api import fields
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.target import Target, with_target

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pulumi_sre_agent.api.agent import AgentClient
    from pulumi_sre_agent.api.http.transport import Reply
    from pulumi_sre_agent.api.planes.control_plane import ControlPlane
    from pulumi_sre_agent.api.planes.data_plane import DataPlane

EPILOG = epilog(
    "sre-agent api GET /api/v2/extendedAgent/skills --query 'value[].name'",
    "sre-agent api GET /api/v1/threads --paginate",
    "sre-agent api GET {agent} --query properties.powerState",
    "sre-agent api POST /api/v1/httptriggers/create -f name=look -f agentPrompt=Look.",
)


class Method(StrEnum):
    """What is done."""

    GET = "GET"
    POST = "POST"
    PUT = "PUT"
    PATCH = "PATCH"
    DELETE = "DELETE"


@with_target
def api(  # noqa: PLR0913 - Typer reads options as parameters
    method: Annotated[Method, typer.Argument(case_sensitive=False, show_default=False)],
    path: Annotated[str, typer.Argument(metavar="PATH", show_default=False)],
    target: Target,
    *,
    field: Annotated[
        list[str] | None,
        typer.Option(
            "--raw-field", "-f", metavar="KEY=VALUE", help="A text in the body; in the query of a GET."
        ),
    ] = None,
    typed: Annotated[
        list[str] | None,
        typer.Option("--field", "-F", metavar="KEY=VALUE", help="The same of JSON: a number, true, a @file."),
    ] = None,
    body_file: Annotated[
        str | None, typer.Option("--input", metavar="FILE", help="The body, as JSON; - for stdin.")
    ] = None,
    header: Annotated[
        list[str] | None, typer.Option("--header", "-H", metavar="NAME:VALUE", help="A further header.")
    ] = None,
    paginate: Annotated[
        bool, typer.Option("--paginate", help="GET every page of a list, and print all items as one.")
    ] = False,
    query: Annotated[
        str | None,
        typer.Option("--query", metavar="JMESPATH", help="Print what this finds; a text without quotes."),
    ] = None,
    api_version: Annotated[
        str, typer.Option("--api-version", metavar="DATE", help="Of ARM, where PATH says none.")
    ] = versions.AGENT_PREVIEW,
    include: Annotated[
        bool, typer.Option("--include", "-i", help="Print status and headers of the answer on stderr.")
    ] = False,
) -> None:
    """Send a request to an agent, or to ARM, and print the answer.

    PATH begins with `/api` for the agent's data plane, with `/subscriptions` or `/providers` for ARM;
    `{agent}` stands for the agent's ARM id. The login is that of every command, and goes nowhere else. What
    ARM begins is not waited for. In keys, `a[b]` is a member and `a[]` goes on a list.
    """
    body = _body(method, field or [], typed or [], body_file)
    find = _finder(query)
    headers = dict(_header(each) for each in header or [])
    if paginate and method != Method.GET:
        raise ConfigError("--paginate is for GET.")
    with target.open() as agent:
        plane, link = _place(agent, path, api_version)
        if method == Method.GET and body:
            link += f"{'&' if '?' in link else '?'}{urlencode(_query(body))}"
        if paginate:
            _print(find([*plane.request_pages(link, headers)]))
            return
        reply = plane.request(method.value, link, None if method == Method.GET else body, headers)
    if include:
        for line in (str(reply.status), *(f"{name}: {value}" for name, value in reply.headers.items())):
            terminal.note(line)
    _print_reply(reply, find)


def _body(method: Method, raw: "Sequence[str]", typed: "Sequence[str]", file: str | None) -> Any:
    """Return what is sent; None for nothing."""
    if file is None:
        return fields.parse(raw, typed) or None
    if raw or typed or method == Method.GET:
        raise ConfigError("--input is the whole body: it goes with no field, and not with GET.")
    return fields.json_of(file)


def _place(agent: "AgentClient", path: str, api_version: str) -> "tuple[ControlPlane | DataPlane, str]":
    """Return the plane of a path, and the link in it."""
    link = path.replace("{agent}", agent.id)
    first = link.lower().lstrip("/").partition("/")[0].partition("?")[0]
    if not link.startswith("/") or first not in {"api", "subscriptions", "providers"}:
        raise ConfigError(
            f"{path!r} is on neither plane: it begins with /api, /subscriptions, /providers or {{agent}}."
        )
    return (
        (agent.data_plane, link) if first == "api" else (agent.control, with_api_version(link, api_version))
    )


def _query(body: dict[str, Any]) -> dict[str, str]:
    """Return fields as parameters of a query, which have no members."""
    if any(isinstance(value, dict | list) for value in body.values()):
        raise ConfigError("The query of a GET has no members and no lists.")
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise ConfigError(f"{text!r} is no header: write name: value.")
    if name.strip().lower() in {"authorization", "host", "content-length"}:
        raise ConfigError(f"The header {name.strip()} is the command's own.")
    return name.strip(), value.strip()


def _finder(expression: str | None) -> "Callable[[Any], Any]":
    """Return what finds something in a JSON value. Raises ConfigError, before anything is sent."""
    if expression is None:
        return lambda value: value
    import jmespath  # noqa: PLC0415 - --help stays quick

    try:
        compiled = jmespath.compile(expression)
    except jmespath.exceptions.JMESPathError as error:
        raise ConfigError(f"{expression!r} is no JMESPath: {str(error).splitlines()[0]}.") from error

    def find(value: Any) -> Any:
        try:
            return compiled.search(value)
        except jmespath.exceptions.JMESPathError as error:
            raise ConfigError(f"{expression!r} does not fit the answer: {error}.") from error

    return find


def _print_reply(reply: "Reply", find: "Callable[[Any], Any]") -> None:
    """Print JSON as such, and anything else as the bytes that it is."""
    content = bytes(reply.body or b"")
    if "json" in reply.headers.get("content-type", ""):
        _print(find(json.loads(content)))
    elif content:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


def _print(value: Any) -> None:
    if isinstance(value, str):
        terminal.result(value)
    else:
        terminal.result_json(value)
