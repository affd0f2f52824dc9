"""Collections in every shape that Azure gives them (api.md C.0)."""

from collections.abc import Callable, Iterator
from typing import Any

from pulumi_sre_agent.api.errors import Unavailable
from pulumi_sre_agent.api.transport import Reply

MEMBERS = ("value", "data", "values", "files", "insights")
"""Where a list may be: bare, or under one of these."""


def pages(fetch: Callable[[str], Reply], link: str) -> Iterator[dict[str, Any]]:
    """The items of a collection, following `nextLink`; a link met before ends in `Unavailable`, not in a loop."""
    seen = set()
    while link:
        if link in seen:
            raise Unavailable(
                f"{link.partition('?')[0]} answered with a list whose next page is the page itself."
            )
        seen.add(link)
        body = fetch(link).body
        yield from _items(body, link)
        link = (body.get("nextLink") if isinstance(body, dict) else None) or ""


def _items(body: Any, link: str) -> list[dict[str, Any]]:
    if isinstance(body, dict):
        body = next((body[member] for member in MEMBERS if isinstance(body.get(member), list)), None)
    if not isinstance(body, list) or not all(isinstance(item, dict) for item in body):
        raise Unavailable(f"{link.partition('?')[0]} answered with something that is not a list.")
    return body
