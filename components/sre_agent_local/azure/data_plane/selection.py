"""Which items of a list a query asks for: `top`, `skip` and `orderby`, each with or without `$`.

See docs/reference/data-plane.md#lists-and-paging.
"""

from sre_agent_local.azure.errors import ProblemDetails
from sre_agent_local.azure.http.json_values import Json

from .request import AgentRequest

MOST = 1000


def select(request: AgentRequest, items: list[Json], members: tuple[str, ...]) -> list[Json]:
    """Return items in the order of one of these members, by default the first. Raises ProblemDetails."""
    name, _, direction = request.option("orderby", members[0]).strip().lower().partition(" ")
    member = next((member for member in members if member.lower() == name), None)
    if member is None or direction.strip() not in ("", "asc", "desc"):
        raise ProblemDetails(f"The query is invalid: orderby is such as '{members[0]} desc'.")
    skip, top = number(request, "skip", 0), number(request, "top", MOST)
    ordered = sorted(items, key=lambda item: str(item[member]))
    if direction.strip() == "desc":
        ordered.reverse()
    return ordered[skip:][:top]


def number(request: AgentRequest, name: str, default: int) -> int:
    """Return a whole number of the query. Raises ProblemDetails."""
    text = request.option(name, str(default))
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise ProblemDetails(f"The query is invalid: {name} is a number.")
    return int(text)
