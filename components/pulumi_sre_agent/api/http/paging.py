"""Collections in every shape that Azure gives them (docs/reference/data-plane.md#lists-and-paging)."""

from collections.abc import Callable, Iterator
from typing import Any

from pulumi_sre_agent.api.errors import Unavailable
from pulumi_sre_agent.api.http.transport import Reply
from pulumi_sre_agent.api.http.urls import with_parameter

MEMBERS = ("value", "data", "values", "files", "insights", "hooks", "items", "triggers")
"""Where a list may be: bare, or under one of these."""


def pages(fetch: Callable[[str], Reply], link: str) -> Iterator[dict[str, Any]]:
    """Yield the items of a collection, page by page; raises as `replies`."""
    for reply in replies(fetch, link):
        yield from items(reply)


def replies(fetch: Callable[[str], Reply], link: str) -> Iterator[Reply]:
    """Yield the pages of a collection; raises `Unavailable` for one that goes in circles.

    The next page is where `nextLink` leads, or the same address with the `continuationToken`.

    See docs/reference/data-plane.md#knowledge.
    """
    visited = set()
    while link:
        if link in visited:
            raise Unavailable(f"{link.partition('?')[0]} answered with a list that goes round in circles.")
        visited.add(link)
        reply = fetch(link)
        yield reply
        link = _next(link, reply.body) if isinstance(reply.body, dict) else ""


def _next(link: str, body: dict[str, Any]) -> str:
    token = body.get("continuationToken")
    return body.get("nextLink") or (with_parameter(link, "continuationToken", token) if token else "")


def items(reply: Reply) -> list[dict[str, Any]]:
    """Return the items of one page. Raises `Unavailable` for what is none."""
    body = reply.body
    if isinstance(body, dict):
        body = next((body[member] for member in MEMBERS if isinstance(body.get(member), list)), None)
    if not isinstance(body, list) or not all(isinstance(item, dict) for item in body):
        raise Unavailable(f"{reply.call} was answered with something that is not a list.")
    return body
